import { expect, test } from "vitest";
import type { Attempt } from "./connect.documents.ts";
import { beginsAnew, replacedBy, standingOf } from "./begins-anew.ts";

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

test("an attempt that has ended hides none that was begun after it, and what still goes on stays", () => {
  const attempt = (id: string, state: Attempt["state"]) => ({ id, state });
  const old = attempt("a", "EXPIRED");
  const choosing = attempt("b", "CHOOSING_ACCOUNT");
  const connected = attempt("a", "CONNECTED");
  expect(standingOf(old, choosing)).toBe(choosing);
  expect(standingOf(null, choosing)).toBe(choosing);
  expect(standingOf(connected, choosing)).toBe(connected);
  expect(standingOf(old, attempt("b", "WAITING_FOR_CONSENT")), "which waits in another window").toBe(old);
  expect(standingOf(old, attempt("a", "VERIFYING")), "the same, heard of before it ended").toBe(old);
  expect(standingOf(null, null)).toBeNull();
});
