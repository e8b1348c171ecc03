import { expect, test } from "vitest";
import type { ReviewRow } from "./access-review.documents.ts";
import { choiceOf, decidedAs, decidedIn, isUnderWay } from "./decided.ts";

const decision = (isOutdated: boolean): NonNullable<ReviewRow["decision"]> => ({
  choice: "ROTATE",
  note: "",
  by: { kind: "PERSON", name: "Ananya Das" },
  at: "2026-11-20T10:00:00Z",
  isOutdated,
});

test("what was decided of something that changed since counts as not decided", () => {
  const rows = [{ decision: null }, { decision: decision(false) }, { decision: decision(true) }];
  expect(rows.map(decidedAs)).toEqual([null, "ROTATE", null]);
  expect(decidedIn(rows)).toBe(1);
});

test("a key decides what can be done about this one, and nothing else", () => {
  const key: Pick<ReviewRow, "choices"> = { choices: ["KEEP", "ROTATE", "REVOKE"] };
  expect(["KeyK", "KeyR", "KeyO", "KeyX", "KeyZ"].map((code) => choiceOf(code, key))).toEqual([
    "KEEP",
    null,
    "ROTATE",
    "REVOKE",
    null,
  ]);
});

test("after a signing nothing is counted until somebody decides for the next review, or it is due", () => {
  const signed = [{ signedAt: "", signedBy: { kind: "PERSON" as const, name: "Ananya Das" }, hash: "", url: "" }];
  const review = { dueAt: "2027-02-21T10:00:00Z", signed };
  const [today, due] = [Date.parse("2026-11-23T10:00:00Z"), Date.parse("2027-02-21T10:01:00Z")];
  expect(isUnderWay(review, 0, today)).toBe(false);
  expect(isUnderWay(review, 1, today), "somebody decided").toBe(true);
  expect(isUnderWay(review, 0, due), "it is due").toBe(true);
  expect(isUnderWay({ ...review, signed: [] }, 0, today), "the first one").toBe(true);
});
