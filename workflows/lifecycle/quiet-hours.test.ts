import * as fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { expect, test, vi } from "vitest";
import { LONGEST_MINUTES, lengthOf, quietAround, quietBetween } from "./quiet-hours.ts";
import { doneAfter, lateBefore, quietAt } from "./quiet.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const zones = fc.constantFrom(
  "Asia/Kolkata",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
  "UTC",
);
const minutes = fc.integer({ min: 0, max: 1439 });
const hours = fc
  .record({ from: minutes, to: minutes, zone: zones })
  .filter((one) => lengthOf(one) > 0 && lengthOf(one) <= LONGEST_MINUTES);
const year = { min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) };
const instants = fc.integer(year);

const clock = (at: number, zone: string): number => {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(at);
  const [hour = 0, minute = 0] = parts.split(":").map(Number);
  return hour * 60 + minute;
};
const isBetween = (now: number, { from, to }: { from: number; to: number }): boolean =>
  from < to ? from <= now && now < to : now >= from || now < to;
const shownOf = (windows: readonly { from: number; to: number }[]) =>
  windows.map(({ from, to }) => [new Date(from).toISOString(), new Date(to).toISOString()]);

test("at any moment of a year it is quiet as the clock of the zone says, but near a changed clock", () => {
  fc.assert(
    fc.property(hours, instants, (given, now) => {
      const quiet = quietAt(quietAround(given, now), now);
      const changes = [-1, 1].some((days) => clock(now + days * DAY, given.zone) !== clock(now, given.zone));
      if (!changes) expect(quiet !== null).toBe(isBetween(clock(now, given.zone), given));
    }),
    { numRuns: 2_000 },
  );
});

test("whole years long, there is one stretch a day, none touches the next, and none is longer than set by more than a clock is put back", () => {
  fc.assert(
    fc.property(hours, (given) => {
      const windows = quietBetween(given, year.min, year.max);
      const length = lengthOf(given) * 60_000;
      for (const [n, { from, to }] of windows.entries()) {
        expect(from).toBeLessThan(to);
        expect(to - from).toBeLessThanOrEqual(length + HOUR);
        expect(windows[n + 1]?.from ?? Number.POSITIVE_INFINITY).toBeGreaterThan(to);
      }
      expect(windows.length).toBeGreaterThan(363);
    }),
    { numRuns: 40 },
  );
});

test.each<[string, { from: number; to: number; zone: string }, string, [string, string]]>([
  [
    "over midnight",
    { from: 22 * 60, to: 6 * 60, zone: "Asia/Kolkata" },
    "2026-11-22T20:00:00Z",
    ["2026-11-22T16:30:00.000Z", "2026-11-23T00:30:00.000Z"],
  ],
  [
    "the night of a skipped hour is an hour shorter",
    { from: 22 * 60, to: 6 * 60, zone: "Europe/Berlin" },
    "2026-03-29T00:00:00Z",
    ["2026-03-28T21:00:00.000Z", "2026-03-29T04:00:00.000Z"],
  ],
  [
    "the night of a doubled hour is an hour longer",
    { from: 22 * 60, to: 6 * 60, zone: "Europe/Berlin" },
    "2026-10-25T00:00:00Z",
    ["2026-10-24T20:00:00.000Z", "2026-10-25T05:00:00.000Z"],
  ],
  [
    "an end that the clock skips is the hour it jumps to",
    { from: 60, to: 150, zone: "Europe/Berlin" },
    "2026-03-29T00:30:00Z",
    ["2026-03-29T00:00:00.000Z", "2026-03-29T01:30:00.000Z"],
  ],
])("%s", (_what, given, now, told) => {
  const at = Date.parse(now);
  expect(shownOf(quietAround(given, at).filter(({ from, to }) => from <= at && at < to))).toEqual([told]);
});

test("nobody is late for points that fell into quiet hours", () => {
  const given = { from: 22 * 60, to: 6 * 60, zone: "UTC" };
  const at = (text: string) => Date.parse(`2026-11-${text}:00Z`);
  const isLate = (last: string, now: string) => at(last) < lateBefore(at(now), HOUR, quietAround(given, at(now)));
  expect(isLate("21T21:40", "22T05:59")).toBe(false);
  expect(isLate("21T21:40", "22T06:59")).toBe(false);
  expect(isLate("21T21:40", "22T07:01")).toBe(true);
  expect(isLate("21T19:00", "21T21:30")).toBe(true);
  expect(isLate("21T12:00", "21T14:01")).toBe(true);
  expect(isLate("21T12:00", "21T13:59")).toBe(false);
});

test("without quiet hours late is what it was: two points ago", () => {
  fc.assert(
    fc.property(instants, fc.integer({ min: 900_000, max: DAY }), (now, intervalMs) => {
      expect(lateBefore(now, intervalMs)).toBe(now - 2 * intervalMs);
    }),
  );
});

test("work that rests in quiet hours is done later by those that lie before its end, and by no more", () => {
  fc.assert(
    fc.property(hours, instants, fc.integer({ min: 1, max: 3 * DAY }), (given, now, workMs) => {
      const windows = quietBetween(given, now, now + 60 * DAY);
      const done = doneAfter(now, workMs, windows);
      const rested = windows.reduce(
        (sum, { from, to }) => sum + Math.max(0, Math.min(to, done) - Math.max(from, now)),
        0,
      );
      expect(done - now - rested).toBe(workMs);
    }),
  );
});

test("sources that share their quiet hours have them reckoned once", () => {
  const asked = vi.spyOn(Temporal.PlainDate.prototype, "toZonedDateTime");
  const given = { from: 1321, to: 367, zone: "Europe/Berlin" };
  const now = Date.UTC(2031, 4, 3, 12);
  const first = quietBetween(given, now, now + 120 * DAY);
  const once = asked.mock.calls.length;
  for (let n = 1; n < 40; n += 1)
    expect(quietBetween(given, now + n * 1_000, now + n * 1_000 + 120 * DAY)).toEqual(first);
  expect([once, asked.mock.calls.length]).toEqual([244, 244]);
  for (const others of [{ from: 1320 }, { to: 366 }, { zone: "Europe/Lisbon" }])
    expect(quietBetween({ ...given, ...others }, now, now + 120 * DAY), "each of others").not.toEqual(first);
  expect(
    first.filter(({ to }) => to <= now),
    "those that were over",
  ).toEqual([]);
  asked.mockRestore();
});
