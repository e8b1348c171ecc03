/** The text of a calendar, held against RFC 5545 by its octets, and read back by a parser that nobody here wrote. */
import ical from "ical.js";
import { describe, expect, test } from "vitest";
import { calendarText } from "./icalendar.ts";
import type { CalendarEvent } from "./icalendar.ts";

const madeAt = new Date("2026-11-21T20:40:05.678Z");
const event = (more: Partial<CalendarEvent> = {}): CalendarEvent => ({
  uid: "0197f1c0-0000-7000-8000-000000000001",
  day: "2026-12-01",
  summary: "Priya’s access at Meta Ads ends",
  description: "These stand on it: Shop US.",
  url: "https://app.example/tea/settings/integrations/access-review",
  ...more,
});
const textFor = (...events: CalendarEvent[]) => calendarText({ name: "Tea", madeAt, events });
const parsed = (text: string) => new ical.Component(ical.parse(text));
const eventsIn = (text: string) =>
  parsed(text)
    .getAllSubcomponents("vevent")
    .map((each) => new ical.Event(each));

test("a day of no zone, known again by its id, with what a program has to know of the calendar", () => {
  const text = textFor(event());
  const calendar = parsed(text);
  const told = Object.fromEntries(calendar.getAllProperties().map((each) => [each.name, String(each.getFirstValue())]));
  expect(told).toEqual({
    version: "2.0",
    prodid: "-//Headwater//Grant calendar//EN",
    calscale: "GREGORIAN",
    method: "PUBLISH",
    name: "Tea",
    "x-wr-calname": "Tea",
    "refresh-interval": "PT6H",
    "x-published-ttl": "PT6H",
  });
  const [only] = eventsIn(text);
  expect(only?.uid).toBe("0197f1c0-0000-7000-8000-000000000001");
  expect([only?.startDate.isDate, only?.startDate.toString(), only?.endDate.toString()]).toEqual([
    true,
    "2026-12-01",
    "2026-12-02",
  ]);
  expect(text).toContain("\r\nDTSTART;VALUE=DATE:20261201\r\n");
  expect(text).toContain("\r\nDTSTAMP:20261121T204005Z\r\n");
  expect(only?.component.getFirstPropertyValue("url")).toBe(event().url);
});

test("without an event it is a calendar all the same", () => {
  const text = textFor();
  expect(parsed(text).getAllSubcomponents().length).toBeGreaterThan(0);
  expect(eventsIn(text)).toEqual([]);
});

/** Whatever somebody called an account, a login or a brand. */
const names = [
  "plain",
  "a;b,c\\d:e\"f'g",
  "two\nlines\r\nthree\rfour",
  "END:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:mine",
  "ATTACH:https://evil.example\n",
  "स्पा और चाय की दुकान — ".repeat(12),
  "চাহৰ দোকান ".repeat(20),
  "🪷".repeat(40),
  "👩‍👩‍👧‍👦".repeat(9),
  "e\u0301".repeat(80),
  "x".repeat(1_000),
  " leading and trailing ",
  "",
];

describe("whatever a name holds", () => {
  test.each(names)("%j comes back as it was, and makes no line of its own", (name) => {
    const text = textFor(event({ summary: name, description: `${name}|${name}` }), event({ uid: "second" }));
    const [first, second, ...more] = eventsIn(text);
    const whole = name.replaceAll(/\r\n?/g, "\n");
    expect([first?.summary, first?.description]).toEqual([whole, `${whole}|${whole}`]);
    expect([second?.uid, more]).toEqual(["second", []]);
  });

  test.each(names)("%j is folded at 75 octets, between characters, with CRLF alone", (name) => {
    const text = textFor(event({ summary: name }));
    expect(text.endsWith("END:VCALENDAR\r\n")).toBe(true);
    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    for (const line of text.split("\r\n")) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
      expect(Buffer.from(line).toString()).toBe(line);
    }
  });

  test("what no text may hold is left out", () => {
    const [only] = eventsIn(textFor(event({ summary: "a\u0000b\u0007c\td\u007fe\u0085f\ud800" })));
    expect(only?.summary).toBe("abc\tdef\ufffd");
  });
});
