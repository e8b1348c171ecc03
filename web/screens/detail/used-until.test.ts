import { expect, test } from "vitest";
import { usedUntil } from "./used-until.ts";

test("an hour in which something was used ends with it, and never in the future", () => {
  const hour = "2026-11-23T09:00:00.000Z";
  const until = (now: string): string => usedUntil(hour, Date.parse(now)).toISOString();
  expect(until("2026-11-23T12:00:00.000Z")).toBe("2026-11-23T10:00:00.000Z");
  expect(until("2026-11-23T09:17:00.000Z")).toBe("2026-11-23T09:17:00.000Z");
  expect(until("2026-11-23T08:59:00.000Z"), "by a clock that is slow").toBe(hour);
});

test("nothing is used after its access has ended", () => {
  const hour = "2026-11-23T09:00:00.000Z";
  const now = Date.parse("2026-11-23T09:56:00.000Z");
  expect(usedUntil(hour, now, "2026-11-23T09:45:00.000Z").toISOString()).toBe("2026-11-23T09:45:00.000Z");
  expect(usedUntil(hour, now, "2026-11-23T10:45:00.000Z").getTime()).toBe(now);
  expect(usedUntil(hour, now, null).getTime()).toBe(now);
});
