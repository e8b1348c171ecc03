import * as fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { dayAfter, dayCutter, dayStart } from "./days.ts";

const zones = [
  "UTC",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Pacific/Chatham",
  "America/New_York",
  "America/Sao_Paulo",
  "Europe/London",
  "Europe/Berlin",
  "Africa/Monrovia",
  "Antarctica/Troll",
];

describe.each(zones)("days in %s", (zone) => {
  const dayOf = dayCutter(zone);

  test("agree with the calendar at any instant of 150 years", () => {
    const instant = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2050, 0, 1) });
    fc.assert(
      fc.property(instant, (atMs) => {
        const expected = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDate().toString();
        expect(dayOf(atMs)).toBe(expected);
      }),
    );
  });

  test("agree with the calendar on both sides of every clock change since 2005", () => {
    let at = Temporal.Instant.from("2005-01-01T00:00:00Z").toZonedDateTimeISO(zone);
    for (
      let next = at.getTimeZoneTransition("next");
      next !== null && next.year < 2028;
      next = at.getTimeZoneTransition("next")
    ) {
      for (const ms of [-3_600_000, -1, 0, 1, 3_600_000]) {
        const atMs = next.epochMilliseconds + ms;
        const expected = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDate().toString();
        expect(dayOf(atMs), `${next.toString()} ${ms}`).toBe(expected);
      }
      at = next;
    }
  });

  test("lie between their own start and the next day's start, and nowhere else", () => {
    const day = fc.integer({ min: 0, max: 9_000 }).map((n) => dayAfter("2006-01-01", n));
    fc.assert(
      fc.property(day, (text) => {
        const start = dayStart(text, zone).getTime();
        const isSkipped = dayOf(start) !== text;
        // Apia had no 30 December 2011: such a day has no instant, and its start is the next day's.
        if (isSkipped) expect([zone, text]).toEqual(["Pacific/Apia", "2011-12-30"]);
        else {
          expect(dayOf(start - 1) < text).toBe(true);
          expect(dayOf(dayStart(dayAfter(text), zone).getTime() - 1)).toBe(text);
        }
      }),
    );
  });
});

test("a day of 23, 24, 25 hours and one of 23.5 take in exactly their own instants", () => {
  const hours = (day: string, zone: string) =>
    (dayStart(dayAfter(day), zone).getTime() - dayStart(day, zone).getTime()) / 3_600_000;
  expect(hours("2026-03-08", "America/New_York")).toBe(23);
  expect(hours("2026-11-01", "America/New_York")).toBe(25);
  expect(hours("2026-10-04", "Australia/Lord_Howe")).toBe(23.5);
  expect(hours("2026-04-05", "Australia/Lord_Howe")).toBe(24.5);
  expect(hours("2026-06-01", "Asia/Kathmandu")).toBe(24);
  expect(dayStart("2026-06-01", "Asia/Kathmandu").toISOString()).toBe("2026-05-31T18:15:00.000Z");
  expect(dayStart("2018-11-04", "America/Sao_Paulo").toISOString()).toBe("2018-11-04T03:00:00.000Z");
});
