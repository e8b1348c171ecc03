import type { BackfillMonths, DayState } from "./detail.documents.ts";

/** One cell a day: its state, `none` for a day that is not in the plan, `void` past the end of the month. */
export type Cell = DayState | "none" | "void";

export interface MapRow {
  readonly month: string;
  readonly cells: readonly Cell[];
  /** Null while nothing has come of days that are still to be read: zero it is only once they are. */
  readonly rows: string | null;
  readonly isQueued: boolean;
}

export interface MapCounts {
  readonly all: number;
  readonly some: number;
  readonly queued: number;
  readonly failed: number;
  /** The newest day that is being read now. */
  readonly now: string | null;
  /** The oldest day that has every stream without a gap to the newest one. */
  readonly backTo: string | null;
}

const widest = 31;

/** Newest month on top, one cell a day. Where it stands still no day is being read: what was waits with the others. */
export function mapRows(months: BackfillMonths, isStill = false): MapRow[] {
  return [...months]
    .toSorted((a, b) => (a.month < b.month ? 1 : -1))
    .map(({ month, rows, ranges }) => {
      const cells = emptyMonth(month);
      for (const { from, to, state } of ranges) {
        const [first, last] = [dayIn(month, from, 1), dayIn(month, to, daysIn(month))];
        for (let day = first; day <= last; day++) cells[day - 1] = isStill && state === "NOW" ? "QUEUED" : state;
      }
      return {
        month,
        cells,
        rows: rows === "0" && cells.some(isUnread) ? null : rows,
        isQueued: cells.every((cell) => cell === "QUEUED" || cell === "none" || cell === "void"),
      };
    });
}

const isUnread = (cell: Cell): boolean => cell === "SOME" || cell === "NOW" || cell === "QUEUED" || cell === "FAILED";

function emptyMonth(month: string): Cell[] {
  const length = daysIn(month);
  return Array.from({ length: widest }, (_, n) => (n < length ? "none" : "void"));
}

export function daysIn(month: string): number {
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();
}

/** A range that reaches over the month's edge is cut to it. */
function dayIn(month: string, day: string, edge: number): number {
  return day.slice(0, 7) === month.slice(0, 7) ? Number(day.slice(8, 10)) : edge;
}

export function dayOf(month: string, index: number): string {
  return `${month.slice(0, 8)}${String(index + 1).padStart(2, "0")}`;
}

export function mapCounts(rows: readonly MapRow[]): MapCounts {
  const count = { ALL: 0, SOME: 0, QUEUED: 0, FAILED: 0 };
  let now: string | null = null;
  let backTo: string | null = null;
  let unbroken = true;
  for (const { month, cells } of rows) {
    for (let n = cells.length - 1; n >= 0; n--) {
      const cell = cells[n];
      if (cell === undefined || cell === "void" || cell === "none" || cell === "BEFORE") continue;
      if (cell === "NOW") now ??= dayOf(month, n);
      else count[cell]++;
      if (cell === "ALL" && unbroken) backTo = dayOf(month, n);
      // The newest days may still be moving while older ones are whole.
      else if (backTo !== null) unbroken = false;
    }
  }
  return { all: count.ALL, some: count.SOME, queued: count.QUEUED, failed: count.FAILED, now, backTo };
}

/** Days in the plan, oldest first. */
export function plannedDays(rows: readonly MapRow[]): string[] {
  return rows
    .flatMap(({ month, cells }) =>
      cells.flatMap((cell, n) => (cell === "void" || cell === "none" || cell === "BEFORE" ? [] : [dayOf(month, n)])),
    )
    .toSorted();
}

/** Whether some of these days still have something to be read. */
export function isLeft(rows: readonly MapRow[], { from, to }: DaySpan): boolean {
  return rows.some(({ month, cells }) =>
    cells.some((cell, n) => {
      const day = dayOf(month, n);
      return from <= day && day <= to && isUnread(cell);
    }),
  );
}

export interface DaySpan {
  readonly from: string;
  readonly to: string;
}

/** A choice of days: where it began and where it has come to, in either direction. */
export interface DayChoice {
  readonly anchor: string;
  readonly at: string;
}

export const spanOf = ({ anchor, at }: DayChoice): DaySpan =>
  anchor <= at ? { from: anchor, to: at } : { from: at, to: anchor };

/** Where a key leads: a day on, a month on, or an end; null for a key that is none of these. Newest days are on top. */
export function dayAfterKey(key: string, at: string, days: readonly string[]): string | null {
  const place = days.indexOf(at);
  const to = (next: number): string | null => days[Math.min(days.length - 1, Math.max(0, next))] ?? null;
  switch (key) {
    case "ArrowLeft":
      return to(place - 1);
    case "ArrowRight":
      return to(place + 1);
    case "ArrowUp":
    case "PageUp":
      return to(place + daysIn(at));
    case "ArrowDown":
    case "PageDown":
      return to(place - daysIn(to(place - Number(at.slice(8, 10))) ?? at));
    case "Home":
      return to(0);
    case "End":
      return to(days.length - 1);
    default:
      return null;
  }
}

/** One letter a day of a month: `c` chosen, `b` brought forward, `x` both. */
export function marksOf(month: string, chosen: DaySpan | null, forward: readonly DaySpan[]): string {
  const within = (day: string, span: DaySpan): boolean => span.from <= day && day <= span.to;
  return Array.from({ length: widest }, (_, n) => {
    const day = dayOf(month, n);
    const isChosen = chosen !== null && within(day, chosen);
    const isForward = forward.some((span) => within(day, span));
    return isChosen ? (isForward ? "x" : "c") : isForward ? "b" : " ";
  }).join("");
}
