import { expect, test } from "vitest";
import { unusedSince } from "./unused.ts";

const now = Date.parse("2026-11-20T10:00:00Z");

test("an access is pointed out once nothing was read with it for 30 days, from when it was given where it never was", () => {
  expect(unusedSince("2026-10-21T10:00:00Z", "2026-01-01T00:00:00Z", now)).toBe("2026-10-21T10:00:00Z");
  expect(unusedSince("2026-10-21T10:00:01Z", "2026-01-01T00:00:00Z", now), "a second less").toBeNull();
  expect(unusedSince(null, "2026-10-01T00:00:00Z", now)).toBe("2026-10-01T00:00:00Z");
  expect(unusedSince(null, "2026-11-19T00:00:00Z", now), "given yesterday").toBeNull();
  expect(unusedSince(null, null, now), "not given yet").toBeNull();
});
