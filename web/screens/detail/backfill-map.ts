import type { BackfillMonths, DayState } from "./detail.documents.ts";

/** One cell a day: its state, `none` for a day that is not in the plan, `void` past the end of the month. */
export type Cell = DayState | "none" | "void";

export interface MapRow {
  readonly month: string;
  readonly cells: readonly Cell[];
  readonly rows: string;
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

/** Newest month on top, one cell a day. */
export function mapRows(months: BackfillMonths): MapRow[] {
  return [...months]
    .toSorted((a, b) => (a.month < b.month ? 1 : -1))
    .map(({ month, rows, ranges }) => {
      const cells = emptyMonth(month);
      for (const { from, to, state } of ranges) {
        const [first, last] = [dayIn(month, from, 1), dayIn(month, to, daysIn(month))];
        for (let day = first; day <= last; day++) cells[day - 1] = state;
      }
      return {
        month,
        cells,
        rows,
        isQueued: cells.every((cell) => cell === "QUEUED" || cell === "none" || cell === "void"),
      };
    });
}

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
