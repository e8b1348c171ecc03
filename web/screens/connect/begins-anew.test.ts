import { expect, test } from "vitest";
import { beginsAnew } from "./begins-anew.ts";

const expired = { state: "EXPIRED" } as const;
const stands = { id: "a" };

test("a first connect whose attempt is over begins anew", () => {
  expect(beginsAnew({ kind: "continue" }, { attempt: expired, datasource: null })).toBe(true);
  expect(beginsAnew({ kind: "continue" }, { attempt: { state: "REFUSED" }, datasource: null })).toBe(false);
});

test("a datasource that stands is authorized again, however late its consent was", () => {
  expect(beginsAnew({ kind: "reauthorize" }, { attempt: expired, datasource: stands })).toBe(false);
  expect(beginsAnew({ kind: "reauthorize" }, { attempt: expired, datasource: null })).toBe(true);
});
