import { expect, test } from "vitest";
import { dayCutter } from "../days.ts";
import { dayAgo, zoneAtNoon } from "./days.ts";

test("a day ago is the calendar's, also where the night between was an hour longer or shorter", () => {
  const at = (time: string) => new Date(time);
  expect(dayAgo("America/New_York", 1, at("2026-11-02T04:30:00Z"))).toBe("2026-10-31");
  expect(dayAgo("America/New_York", 1, at("2026-03-09T04:30:00Z"))).toBe("2026-03-08");
  expect(dayAgo("Australia/Lord_Howe", 0, at("2026-11-21T13:00:00Z"))).toBe("2026-11-22");
  expect(dayAgo("Asia/Kathmandu", -1, at("2028-02-28T18:15:00Z"))).toBe("2028-03-01");
});

test("there is a zone at noon at every hour", () => {
  for (let hour = 0; hour < 24; hour += 1) {
    const now = new Date(Date.UTC(2026, 0, 1, hour, 59));
    const [before, after] = [-11, 11].map((by) => dayCutter(zoneAtNoon(now))(now.getTime() + by * 3_600_000));
    expect(before, zoneAtNoon(now)).toBe(after);
  }
});
