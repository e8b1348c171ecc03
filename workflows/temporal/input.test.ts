import { expect, test } from "vitest";
import { DURATIONS } from "./input.ts";

test("a login of several accounts waits an hour for the choice, and an account that seems gone is looked at again after five minutes", () => {
  expect(DURATIONS).toMatchObject({ choosingMs: 3_600_000, secondLookMs: 300_000 });
});
