// An instant is told in one way, whether the server words the sentence or the page does.
import { LOCALES } from "@headwater/server/words/catalog.ts";
import { wordsIn } from "@headwater/server/words/words.ts";
import { createFormat } from "@headwater/web/format/format.ts";
import { describe, expect, test } from "vitest";

const zone = "Asia/Kolkata";
const now = new Date("2026-11-20T17:17:00Z");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const nearby = Array.from({ length: 41 }, (_, n) => new Date(now.getTime() + (n - 20) * 9 * HOUR_MS));
const months = Array.from({ length: 14 }, (_, n) => new Date(now.getTime() - n * 30 * DAY_MS));
const places = LOCALES.flatMap((language) => ["IN", "US", "GB", "001"].map((region) => [language, region] as const));

describe.each(places)("in %s of %s", (language, region) => {
  const words = wordsIn(language, region);
  const format = createFormat({ language, zone, region, now: () => now });

  test.each([...nearby, ...months, new Date("2027-01-02T00:00:00Z")])("%s", (instant) => {
    expect(words.when(instant, zone, now)).toBe(format.whenWithin(instant));
    expect(words.moment(instant, zone, now)).toMatch(new RegExp(`^${format.whenWithin(instant)}`, "u"));
    expect(words.moment(instant, zone, now)).toMatch(new RegExp(`\\s${format.time(instant)}$`, "u"));
  });
  test("a count", () => expect(words.count(152918)).toBe(format.count(152918)));
});

test("within a sentence the words stand as they are told on the page", () => {
  const told = (instant: string) => wordsIn("en", "IN").when(new Date(instant), zone, now);
  expect(told("2026-11-20T13:00:00Z")).toBe("today\u00A018:30");
  expect(told("2026-11-18T10:32:00Z")).toBe("Wed\u00A018\u00A0Nov\u00A016:02");
  expect(told("2025-09-18T10:32:00Z")).toBe("18\u00A0Sep\u00A02025");
});
