import { setupI18n } from "@lingui/core";
import { describe, expect, it } from "vitest";
import { createFormat, sentenceLocales } from "./format.ts";
import { languages } from "./words.ts";

const now = () => new Date("2026-11-20T17:17:00Z"); // 22:47 in Kolkata
const format = (language: (typeof languages)[number]) =>
  createFormat({ language, zone: "Asia/Kolkata", region: "IN", now });
const inRegion = (language: (typeof languages)[number], region: string) =>
  createFormat({ language, zone: "Asia/Kolkata", region, now });
const plain = (text: string): string => text.replaceAll("\u00a0", " ");

describe("money", () => {
  it("that is a change carries its sign, up as down", () => {
    expect(format("hi").money("1204.5", "INR", { change: true })).toBe("+₹1,204.50");
    expect(format("en").money("-3020", "INR", { change: true })).toBe("−₹3,020.00");
    expect(plain(format("en").money("12", "CLP", { change: true }))).toBe("+CLP 12");
    expect([format("as").count("1200", { change: true }), format("en").count("0", { change: true })]).toEqual([
      "+1,200",
      "0",
    ]);
  });
  it("keeps every digit of an amount that a double cannot hold", () => {
    expect(format("en").money("90071992547409931.25", "USD")).toBe("$90,07,19,92,54,74,09,931.25");
  });
  it("groups rupees by lakh and drops paise from 1,000 up in tiles only", () => {
    expect(format("en").money("842610.40", "INR", { whole: true })).toBe("₹8,42,610");
    expect(format("en").money("842610.40", "INR")).toBe("₹8,42,610.40");
    expect(format("en").money("656.5", "INR", { whole: true })).toBe("₹656.50");
  });
  it("writes zero as a bare zero in tiles", () =>
    expect(format("en").money("0.00", "INR", { whole: true })).toBe("₹0"));
  it("tells one dollar from another", () => {
    expect(format("en").money("3.50", "AUD")).toBe("A$3.50");
    expect(plain(format("en").money("3", "CLP"))).toBe("CLP 3");
  });
  it("follows each currency: no minor unit for yen, three digits for dinar", () => {
    expect(format("en").money("1000", "JPY")).toBe("JP¥1,000");
    expect(plain(format("en").money("1.250", "KWD"))).toBe("KWD 1.250");
  });
  it("names the currency by code where two share a screen", () =>
    expect(plain(format("en").money("11940", "AED", { whole: true, named: true }))).toBe("AED 11,940"));
  it("writes a true minus", () => expect(format("en").money("-3.5", "INR")).toBe("−₹3.50"));
  it("shortens axes the Indian way", () => expect(format("en").axisMoney(1_200_000, "INR")).toBe("₹12L"));
  it("names the currency on an axis as well", () =>
    expect(plain(inRegion("en", "US").axisMoney(120_000, "USD", { named: true }))).toBe("USD 120K"));
});

describe("the beginning of a day", () => {
  it.each([
    ["Asia/Kolkata", "2026-11-25", "2026-11-24T18:30:00.000Z"],
    ["America/New_York", "2026-03-08", "2026-03-08T05:00:00.000Z"],
    ["Pacific/Kiritimati", "2026-11-25", "2026-11-24T10:00:00.000Z"],
    ["Pacific/Niue", "2026-11-25", "2026-11-25T11:00:00.000Z"],
    ["Asia/Kathmandu", "2026-11-25", "2026-11-24T18:15:00.000Z"],
    // Clocks go from 23:59:59 to 01:00:00: the day has no midnight.
    ["Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00.000Z"],
  ])("in %s, %s", (zone, day, begins) => {
    expect(createFormat({ language: "en", zone, region: "IN", now }).startOf(day).toISOString()).toBe(begins);
  });
});

describe("numbers", () => {
  it("groups counts by lakh in all three languages with Latin digits", () => {
    for (const language of languages) expect(format(language).count("152918")).toBe("1,52,918");
  });
  it("groups them so within a sentence too, and none is counted as each language counts it", () => {
    const rows = [["n", "plural", { one: ["one of ", "#"], other: ["other ", "#"] }]] as const;
    const said = languages.map((language) => {
      const locales = sentenceLocales(language, "IN");
      const i18n = setupI18n({
        locale: language,
        locales,
        messages: { [language]: { rows: rows.map((each) => [...each]) } },
      });
      return [i18n._("rows", { n: 152918 }), i18n._("rows", { n: 0 })];
    });
    expect(said).toEqual([
      ["other 1,52,918", "other 0"],
      ["other 1,52,918", "one of 0"],
      ["other 1,52,918", "one of 0"],
    ]);
  });
  it("groups by thousands for a shop in the United States, in the language too where browsers lack its numbers", () => {
    const there = languages.map((language) => inRegion(language, "US").count("152918"));
    expect(there).toEqual(["152,918", "1,52,918", "152,918"]);
    expect(inRegion("en", "US").money("842610.40", "USD")).toBe("$842,610.40");
    expect(inRegion("en", "US").axisMoney(1_200_000, "USD")).toBe("$1.2M");
    expect(sentenceLocales("as", "US").at(-1)).toBe("en-US-u-nu-latn");
    expect(setupI18n({ locale: "en", locales: sentenceLocales("en", "US") }).number(152918)).toBe("152,918");
  });
  it("shows a change with one decimal, and as a multiple past ten times", () => {
    expect(format("en").change("0.1243")).toBe("12.4%");
    expect(format("en").change("-0.049")).toBe("4.9%");
    expect(format("en").change("9.995")).toBe("999.5%");
    expect(format("en").change("11")).toBe("12×");
  });
  it("never rounds progress up to a hundred", () => expect(format("en").percent(99.97)).toBe("99%"));
  it("never shows what came in as nothing", () => {
    expect(["0", "640", "48211", "110000", "48211004"].map((size) => plain(format("en").bytes(size)))).toEqual([
      "0 kB",
      "1 kB",
      "49 kB",
      "0.1 MB",
      "48 MB",
    ]);
  });
  it.each([
    ["en", "USD 1, AED 2 and EUR 3"],
    ["hi", "USD 1, AED 2, और EUR 3"],
    ["as", "USD 1, AED 2 আৰু EUR 3"],
  ] as const)("joins a list as the language does: %s", (language, said) => {
    expect(format(language).list(["USD 1", "AED 2", "EUR 3"])).toBe(said);
  });
  it.each([
    ["en", "Shopify, Amazon or WATI"],
    ["hi", "Shopify, Amazon या WATI"],
    ["as", "Shopify, Amazon বা WATI"],
  ] as const)("tells of which one will do as the language does: %s", (language, said) => {
    expect(format(language).oneOf(["Shopify", "Amazon", "WATI"])).toBe(said);
    expect(format(language).oneOf(["Shopify"])).toBe("Shopify");
  });
  it("gives rates two significant digits", () => expect(format("en").rate(2143)).toBe("2,100"));
});

describe("time", () => {
  it("says today, yesterday, a weekday within the week, then the day", () => {
    const f = format("en");
    expect(plain(f.when("2026-11-20T17:11:00Z"))).toBe("Today 22:41");
    expect(plain(f.when("2026-11-19T13:10:00Z"))).toBe("Yesterday 18:40");
    expect(plain(f.when("2026-11-18T10:32:00Z"))).toBe("Wed 18 Nov 16:02");
    expect(plain(f.when("2026-01-24T00:00:00Z"))).toBe("24 Jan");
    expect(plain(f.when("2025-11-18T10:00:00Z"))).toBe("18 Nov 2025");
  });
  it("says how far something is complete: up to a midnight is the whole day before", () => {
    const f = format("en");
    const midnightOf = (day: string) => `${day}T00:00:00+05:30`;
    expect(plain(f.through("2026-11-20T16:41:00Z"))).toBe("Today 22:11");
    expect(plain(f.through(midnightOf("2026-11-20")))).toBe("Yesterday");
    expect(plain(f.throughWithin(midnightOf("2026-11-20")))).toBe("yesterday");
    expect(plain(f.through(midnightOf("2026-11-19")))).toBe("Wed 18 Nov");
    expect(plain(f.through(midnightOf("2026-11-01")))).toBe("31 Oct");
  });
  it("cuts days in the zone given, not in UTC", () =>
    expect(plain(format("en").when("2026-11-19T18:31:00Z"))).toBe("Today 00:01"));
  it.each([
    ["en", "IN", "Today 22:41"],
    ["en", "US", "Today 10:41 PM"],
    ["en", "GB", "Today 22:41"],
    ["en", "001", "Today 22:41"],
    ["hi", "US", "आज 10:41 pm"],
    ["as", "US", "আজি 10:41 PM"],
  ] as const)("has 24 hours unless the locale says otherwise: %s-%s", (language, region, said) => {
    const f = inRegion(language, region);
    expect(plain(f.when("2026-11-20T17:11:00Z"))).toBe(said);
    expect(plain(f.through("2026-11-20T00:00:00+05:30"))).toBe(plain(f.when("2026-11-19T13:10:00Z")).split(" ")[0]);
  });
  it("speaks Assamese where Intl cannot", () => {
    expect(plain(format("as").day("2026-11-18", { weekday: true }))).toBe("বুধ 18 নৱে");
    expect(plain(format("as").ago("2026-11-20T17:11:00Z"))).toBe("6 মিনিট আগতে");
  });
  it("speaks Hindi with Latin digits", () => expect(plain(format("hi").when("2026-11-20T17:11:00Z"))).toBe("आज 22:41"));
  it.each([
    ["2026-11-20T17:16:20Z", "just now"],
    ["2026-11-20T17:15:58Z", "1 min ago"],
    ["2026-11-20T17:15:37Z", "1 min ago"],
    ["2026-11-20T17:15:00Z", "2 min ago"],
    ["2026-11-20T16:00:00Z", "77 min ago"],
    ["2026-11-20T15:17:00Z", "2 h ago"],
  ])("never counts seconds of the past: %s is %s", (at, said) => expect(plain(format("en").ago(at))).toBe(said));
  it("puts the month first where the region does, with its commas, in the languages that have it so", () => {
    const f = inRegion("en", "US");
    expect(plain(f.day("2026-11-18"))).toBe("Nov 18");
    expect(plain(f.day("2026-11-18", { weekday: true }))).toBe("Wed, Nov 18");
    expect(plain(f.day("2025-11-18"))).toBe("Nov 18, 2025");
    expect(plain(f.when("2026-11-18T10:32:00Z"))).toBe("Wed, Nov 18, 4:02 PM");
    expect(plain(f.exact("2026-11-18T10:32:00Z"))).toBe("Nov 18, 2026, 4:02 PM Asia/Kolkata");
    expect(plain(f.dayRange("2026-10-10", "2026-10-26"))).toBe("Oct 10–26");
    expect(plain(f.dayRange("2025-10-10", "2025-10-26"))).toBe("Oct 10–26, 2025");
    expect(plain(f.dayRange("2026-10-28", "2026-11-03"))).toBe("Oct 28 – Nov 3");
    expect(plain(f.dayRange("2025-12-28", "2026-01-03"))).toBe("Dec 28, 2025 – Jan 3, 2026");
    const others = [inRegion("hi", "US"), inRegion("as", "US"), inRegion("en", "GB"), inRegion("en", "001")];
    expect(others.map((each) => plain(each.day("2025-11-18")))).toEqual([
      "18 नव॰ 2025",
      "18 নৱে 2025",
      "18 Nov 2025",
      "18 Nov 2025",
    ]);
  });
  it("shortens a range within a month", () => {
    expect(plain(format("en").dayRange("2026-10-10", "2026-10-26"))).toBe("10–26 Oct");
    expect(plain(format("en").dayRange("2025-10-28", "2025-11-03"))).toBe("28 Oct – 3 Nov 2025");
    expect(plain(format("en").dayRange("2025-12-28", "2026-01-03"))).toBe("28 Dec 2025 – 3 Jan 2026");
  });
});

describe("durations", () => {
  it("gives one unit", () => {
    const f = format("en");
    expect([48, 51 * 60, 8 * 3600, 3 * 86_400].map((s) => plain(f.duration(s)))).toEqual([
      "48 s",
      "51 min",
      "8 h",
      "3 days",
    ]);
  });
  it("says one minute and one hour, not sixty of the smaller", () => {
    const f = format("en");
    expect([59, 60, 61, 60.3, 3599, 3600, 3660].map((s) => plain(f.duration(s)))).toEqual([
      "59 s",
      "1 min",
      "61 s",
      "1 min",
      "1 h",
      "1 h",
      "61 min",
    ]);
  });
  it("gives two units of what took hours or days, and one where nothing is left for the second", () => {
    const f = format("en");
    const hours = (many: number) => many * 3600;
    expect(
      [48, 51 * 60, 29_520, hours(8), hours(35.999), hours(36), hours(54), hours(72)].map((s) =>
        plain(f.durationInTwo(s)),
      ),
    ).toEqual(["48 s", "51 min", "8 h 12 min", "8 h", "36 h", "1 day 12 h", "2 days 6 h", "3 days"]);
  });
  it("never says that something took no time", () => {
    expect([0, 0.3, 0.99, 1].map((s) => plain(format("en").duration(s)))).toEqual(["< 1 s", "< 1 s", "< 1 s", "1 s"]);
  });
  it("widens a range outwards and never narrows it to a lie", () => {
    expect(plain(format("en").durationRange(7.4 * 3600, 8.2 * 3600))).toBe("7–9 h");
    expect(plain(format("en").durationRange(15 * 60, 20 * 60))).toBe("15–20 min");
    expect(plain(format("en").durationRange(40, 70))).toBe("40–70 s");
    expect(plain(format("en").durationRange(80 * 60, 3 * 3600))).toBe("80 min – 3 h");
    expect(plain(format("en").durationRange(60, 2 * 60, { long: true }))).toBe("1–2 minutes");
    expect(plain(format("en").durationRange(0, 2 * 60))).toBe("up to 2 min");
    expect(plain(format("en").durationRange(59.8 * 60, 2 * 3600))).toBe("1–2 h");
  });
  it("names the usual cadences", () => expect(format("en").cadence(3600)).toBe("hourly"));
});
