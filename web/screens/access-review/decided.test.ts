import { expect, test } from "vitest";
import type { ReviewRow } from "./access-review.documents.ts";
import { choiceOf, decidedAs, decidedIn } from "./decided.ts";

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
