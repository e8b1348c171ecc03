import { expect, test } from "vitest";
import { mistakenFor } from "./mistaken-for.ts";

const message = "This is the public key.";
const field = { mistakenFor: [{ shape: "^[A-Za-z0-9]{6}$", message }] };

test.each([
  ["AbC123", message],
  [" AbC123\t", message],
  ["", null],
  ["pk_abc", null],
  ["AbC1234", null],
])("%j is known as what it is", (typed, said) => expect(mistakenFor(field, typed)).toBe(said));

test("where nothing is mistaken for it, nothing is said", () =>
  expect(mistakenFor({ mistakenFor: [] }, "AbC123")).toBeNull());

test("a pattern that this browser cannot read names nothing, and the others still do", () => {
  const unread = { shape: "(?<", message: "unread" };
  expect(mistakenFor({ mistakenFor: [unread, ...field.mistakenFor] }, "AbC123")).toBe(message);
});
