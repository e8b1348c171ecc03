// Where a slice of days has got to: the chunk at hand, how it is asked for, the report that was ordered for it. All of it stands
// in the cursor, so that whoever goes on after a kill waits for the same report instead of ordering another.
import type { Cursor } from "../../contract.ts";
import type { DayText, InstantText } from "../../records.ts";
import { daysIn } from "./days.ts";
import type { Level } from "./request.ts";

export type Place = {
  /** The chunk: `days` of them from `day` on, at most to `last`. */
  readonly day: DayText;
  readonly last: DayText;
  readonly days: number;
  readonly way: "now" | "report";
  /** When the chunk was asked for: the version of all its rows. */
  readonly readAt: InstantText | null;
  readonly report: string | null;
  readonly isReady: boolean;
  /** When the chunk's newest report was ordered, written down before it was: an order whose answer was lost is not repeated at once. */
  readonly orderedAt: InstantText | null;
  readonly polls: number;
  /** Reports of this chunk that failed. */
  readonly failures: number;
  readonly after: string | null;
  /** Rows of the chunk that could not be mapped: then it is not claimed to be whole. */
  readonly rejected: number;
};

/** Asked for at once up to here; longer ranges by a report. */
const DAYS_NOW: { readonly [L in Level]: number } = { account: 31, campaign: 7, ad: 1 };
export const CHUNK_DAYS = 30;

const fresh = {
  readAt: null,
  report: null,
  isReady: false,
  orderedAt: null,
  polls: 0,
  failures: 0,
  after: null,
  rejected: 0,
} as const;

export const wayFor = (level: Level, days: number): Place["way"] => (days <= DAYS_NOW[level] ? "now" : "report");

export function startOf(level: Level, first: DayText, last: DayText): Place {
  const days = Math.min(CHUNK_DAYS, daysIn(first, last));
  return { ...fresh, day: first, last, days, way: wayFor(level, days) };
}

/** The chunk begun anew: asked for in another way, in smaller pieces, or once more. */
export const again = (place: Place, change: Partial<Place>): Place => ({
  ...place,
  ...fresh,
  failures: place.failures,
  orderedAt: place.orderedAt,
  ...change,
});

export const nextChunk = (place: Place, level: Level, day: DayText): Place => {
  const left = daysIn(day, place.last);
  const days = Math.max(1, Math.min(place.days, left));
  return { ...place, ...fresh, day, days, way: place.days === days ? place.way : wayFor(level, days) };
};

export function placeIn(cursor: Cursor): Place | null {
  const { day, last, days, way } = cursor;
  if (typeof day !== "string" || typeof last !== "string" || typeof days !== "number") return null;
  return {
    day,
    last,
    days,
    way: way === "report" ? "report" : "now",
    readAt: textIn(cursor, "readAt"),
    report: textIn(cursor, "report"),
    isReady: cursor["isReady"] === true,
    orderedAt: textIn(cursor, "orderedAt"),
    polls: numberIn(cursor, "polls"),
    failures: numberIn(cursor, "failures"),
    after: textIn(cursor, "after"),
    rejected: numberIn(cursor, "rejected"),
  };
}

const textIn = (cursor: Cursor, name: string): string | null => {
  const value = cursor[name];
  return typeof value === "string" ? value : null;
};
const numberIn = (cursor: Cursor, name: string): number => {
  const value = cursor[name];
  return typeof value === "number" ? value : 0;
};
