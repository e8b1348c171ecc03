/** What the first history looks like day by day, from its slices alone. Pure: rows in, ranges out. */
import type { SliceState } from "@headwater/db/schema/values.ts";
import { addDays, dayIn, daysBetween } from "./days.ts";
import type { Day } from "./days.ts";

export type DayState = "ALL" | "SOME" | "NOW" | "QUEUED" | "FAILED" | "BEFORE";

export interface HistorySlice {
  /** The number of its run: the first history, or an extension of it. */
  readonly n: number;
  readonly stream: string;
  readonly fromAt: Date | null;
  readonly toAt: Date | null;
  readonly state: SliceState;
  readonly rows: number;
  readonly expected: number | null;
}

/** Half-open in days, as slices are. */
export interface Piece {
  readonly n: number;
  readonly stream: string;
  readonly from: Day;
  readonly to: Day;
  readonly state: SliceState;
  readonly rows: number;
  readonly expected: number | null;
}

/** Whole days, both ends counted, as a page shows them. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
  readonly state: DayState;
}

export interface MonthOfDays {
  readonly month: Day;
  readonly rows: string;
  readonly ranges: readonly DayRange[];
}

/** One piece for a stream's day: the newest run that has it. */
export const piecesOf = (slices: readonly HistorySlice[], zone: string): Piece[] =>
  newestOnTop(cutInDays(slices, zone));

function cutInDays(slices: readonly HistorySlice[], zone: string): Piece[] {
  return slices.flatMap(({ n, stream, fromAt, toAt, state, rows, expected }) => {
    if (fromAt === null || toAt === null) return [];
    const from = dayIn(fromAt, zone);
    // A window that ends within a day still covers that day.
    const to = addDays(dayIn(new Date(toAt.getTime() - 1), zone), 1);
    return from < to ? [{ n, stream, from, to, state, rows, expected }] : [];
  });
}

/** Nobody works any more on what an older run left open. */
function newestOnTop(pieces: readonly Piece[]): Piece[] {
  const [newest = 0, ...older] = [...new Set(pieces.map(({ n }) => n))].toSorted((left, right) => right - left);
  const shown = pieces.filter(({ n }) => n === newest);
  for (const run of older) {
    const settled = pieces.filter(({ n, state }) => n === run && (state === "done" || state === "failed"));
    shown.push(
      ...settled.flatMap((piece) => shown.filter(({ stream }) => stream === piece.stream).reduce(uncovered, [piece])),
    );
  }
  return shown;
}

/** A window's rows are spread evenly over its days. */
function uncovered(parts: readonly Piece[], { from, to }: Piece): Piece[] {
  return parts.flatMap((part) => {
    if (to <= part.from || part.to <= from) return [part];
    const days = daysBetween(part.from, part.to);
    const left = [
      { from: part.from, to: from },
      { from: to, to: part.to },
    ].filter((span) => span.from < span.to);
    return left.map((span) => ({ ...part, ...span, rows: (part.rows * daysBetween(span.from, span.to)) / days }));
  });
}

/** Of the run that is under way, or was the last. */
export function newestRun<Of extends { readonly n: number }>(of: readonly Of[]): Of[] {
  const newest = Math.max(...of.map(({ n }) => n));
  return of.filter(({ n }) => n === newest);
}

/** Stretches of days in which nothing changes, oldest first, each with what the streams say of it. */
export function dayRanges(pieces: readonly Piece[]): DayRange[] {
  const begunIn = firstRuns(pieces);
  const edges = [...new Set(pieces.flatMap((piece) => [piece.from, piece.to]))].toSorted();
  const ranges: DayRange[] = [];
  for (const [place, from] of edges.entries()) {
    const to = edges[place + 1];
    if (to === undefined) break;
    const here = pieces.filter((piece) => piece.from <= from && to <= piece.to);
    if (here.length === 0) continue;
    append(ranges, { from, to: addDays(to, -1), state: stateOf(here, begunIn) });
  }
  return ranges;
}

/** The run in which each stream was first read. */
function firstRuns(pieces: readonly Piece[]): Map<string, number> {
  const runs = new Map<string, number>();
  for (const { stream, n } of pieces) runs.set(stream, Math.min(n, runs.get(stream) ?? n));
  return runs;
}

/** A stream that came after a day was read is no part of that day's windows: its first sync reads all that it has. */
function stateOf(here: readonly Piece[], begunIn: ReadonlyMap<string, number>): DayState {
  const newest = Math.max(...here.map(({ n }) => n));
  const streams = [...begunIn.values()].filter((first) => first <= newest).length;
  const done = new Set(here.filter((piece) => piece.state === "done").map((piece) => piece.stream)).size;
  if (done === streams) return "ALL";
  if (here.some((piece) => piece.state === "running")) return "NOW";
  if (here.some((piece) => piece.state === "failed")) return "FAILED";
  return done > 0 ? "SOME" : "QUEUED";
}

function append(ranges: DayRange[], next: DayRange): void {
  const last = ranges.at(-1);
  if (last !== undefined && last.state === next.state && addDays(last.to, 1) === next.from)
    ranges[ranges.length - 1] = { ...last, to: next.to };
  else ranges.push(next);
}

/** Newest month first; a range that crosses a month is cut there. */
export function byMonth(ranges: readonly DayRange[], pieces: readonly Piece[]): MonthOfDays[] {
  const months = new Map<string, DayRange[]>();
  for (const range of ranges) {
    for (let from = range.from; from <= range.to;) {
      const month = from.slice(0, 7);
      const last = lastOfMonth(month);
      const to = range.to < last ? range.to : last;
      months.set(month, [...(months.get(month) ?? []), { from, to, state: range.state }]);
      from = addDays(to, 1);
    }
  }
  let before = 0;
  return [...months.keys()]
    .toSorted()
    .toReversed()
    .map((month) => {
      // Rounded as they are summed: the months add up to what was read.
      const sum = before + rowsIn(month, pieces);
      const rows = Math.round(sum) - Math.round(before);
      before = sum;
      return { month: `${month}-01`, rows: String(rows), ranges: months.get(month) ?? [] };
    });
}

const lastOfMonth = (month: string): Day => {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
};

/** A window's rows are spread evenly over its days: the page shows how much, not how exactly. */
function rowsIn(month: string, pieces: readonly Piece[]): number {
  const from: Day = `${month}-01`;
  const to = addDays(lastOfMonth(month), 1);
  let rows = 0;
  for (const piece of pieces) {
    const shared = daysBetween(piece.from > from ? piece.from : from, piece.to < to ? piece.to : to);
    if (shared > 0) rows += (piece.rows * shared) / daysBetween(piece.from, piece.to);
  }
  return rows;
}

export const countDays = (ranges: readonly DayRange[], states: readonly DayState[]): number =>
  ranges
    .filter((range) => states.includes(range.state))
    .reduce((sum, range) => sum + daysBetween(range.from, range.to) + 1, 0);

/** Days of which at least one stream is in. */
export function daysWithSome(pieces: readonly Piece[]): number {
  const done = pieces.filter((piece) => piece.state === "done");
  return countDays(dayRanges(done.map((piece) => ({ ...piece, stream: "any" }))), ["ALL"]);
}
