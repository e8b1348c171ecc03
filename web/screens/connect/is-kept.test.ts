import { expect, test } from "vitest";
import { isKept } from "./is-kept.ts";

test("only a sign-in that waits for somebody is kept for later", () => {
  const waits = ["WAITING_FOR_CONSENT", "CHOOSING_ACCOUNT"] as const;
  const goesOnByItself = ["RETURNED", "VERIFYING", "CONNECTED"] as const;
  const hasEnded = ["REFUSED", "EXPIRED", "FAILED", "CANCELLED"] as const;
  expect(waits.filter((state) => !isKept({ state }))).toEqual([]);
  expect([...goesOnByItself, ...hasEnded].filter((state) => isKept({ state }))).toEqual([]);
});
