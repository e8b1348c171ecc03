import { expect, test } from "vitest";
import { beginsAnew, replacedBy } from "./begins-anew.ts";

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

test("an unfinished one takes the place that it was begun for", () => {
  expect(replacedBy({ kind: "replace", datasource: "a" })).toBe("a");
  expect(replacedBy({ kind: "continue", datasource: "b", replaces: "a" })).toBe("a");
  expect(replacedBy({ kind: "continue", datasource: "b" })).toBeNull();
  expect(replacedBy({ kind: "connect" })).toBeNull();
});
