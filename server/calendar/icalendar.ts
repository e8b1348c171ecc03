/** The text of a calendar, by RFC 5545 and 7986: CRLF, lines of 75 octets, text escaped. Days of its events have no zone. */
import type { Day } from "../reading/days.ts";

export interface CalendarEvent {
  /** The same for as long as it is the same thing: a program moves the event that it knows. */
  readonly uid: string;
  readonly day: Day;
  readonly summary: string;
  readonly description: string;
  readonly url: string;
}

export interface CalendarFile {
  readonly name: string;
  readonly madeAt: Date;
  readonly events: readonly CalendarEvent[];
}

/** What programs are asked to wait between two looks. */
const LOOK_EVERY = "PT6H";
const OCTETS_A_LINE = 75;

export function calendarText({ name, madeAt, events }: CalendarFile): string {
  const stamp = madeAt.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Headwater//Grant calendar//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    `NAME:${textOf(name)}`,
    `X-WR-CALNAME:${textOf(name)}`,
    `REFRESH-INTERVAL;VALUE=DURATION:${LOOK_EVERY}`,
    `X-PUBLISHED-TTL:${LOOK_EVERY}`,
    ...(events.length === 0 ? NOTHING : events.flatMap((event) => linesOf(event, stamp))),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
}

/** A calendar holds one component at least: without an event it is a zone that nothing refers to. */
const NOTHING = [
  "BEGIN:VTIMEZONE",
  "TZID:UTC",
  "BEGIN:STANDARD",
  "DTSTART:19700101T000000",
  "TZOFFSETFROM:+0000",
  "TZOFFSETTO:+0000",
  "END:STANDARD",
  "END:VTIMEZONE",
];

const linesOf = ({ uid, day, summary, description, url }: CalendarEvent, stamp: string): string[] => [
  "BEGIN:VEVENT",
  `UID:${uid}`,
  `DTSTAMP:${stamp}`,
  `DTSTART;VALUE=DATE:${day.replaceAll("-", "")}`,
  `SUMMARY:${textOf(summary)}`,
  `DESCRIPTION:${textOf(description)}`,
  `URL:${url}`,
  "TRANSP:TRANSPARENT",
  "END:VEVENT",
];

/** Controls but tab and line break have no place in a text. */
const textOf = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/(?![\t\n])\p{Cc}/gu, "")
    .replaceAll(/[\\;,]/g, "\\$&")
    .replaceAll("\n", "\\n");

/** Between two characters, never inside one; the space that goes on with a line counts. */
function folded(line: string): string {
  let octets = 0;
  let text = "";
  for (const character of line) {
    const own = Buffer.byteLength(character);
    if (octets + own > OCTETS_A_LINE) {
      text += "\r\n ";
      octets = 1;
    }
    text += character;
    octets += own;
  }
  return text;
}
