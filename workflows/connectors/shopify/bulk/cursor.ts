// Where a slice stands on the bulk way. Committed while an operation runs, so that no restart asks for it twice.
/** A root's line in a file: how far in it stands, and whose it is. */
export type Anchor = { readonly bytes: number; readonly lines: number; readonly root: string };

export type BulkCursor = {
  readonly way: "bulk";
  /** The window of the operation: the whole slice, or a part of it after one took too long. Null: all there is. */
  readonly from: string | null;
  readonly to: string;
  /** The slice's end; windows follow one another until here. */
  readonly end: string;
  readonly operation: string | null;
  /** Running with the same text before any was begun for this window: not its own. Null until the shop was asked. */
  readonly others: readonly string[] | null;
  readonly polls: number;
  /** Lines of the file that have been given. */
  readonly lines: number;
  /** A root shortly before the end of what was given: reading goes on from there, not from the file's start. */
  readonly anchor: Anchor | null;
  /** Times that this window's operation was lost. */
  readonly tries: number;
  /** Asked without its customers, for the operation was refused with them. */
  readonly withoutCustomers: boolean;
  readonly announced: number | null;
};

const SHORTEST_MS = 2 * 3_600_000;
/** Before any shop: where a slice without a beginning is cut from. */
const BEFORE_ALL = Date.parse("2004-01-01T00:00:00Z");

export function startOfBulk(range: { from: Date | null; to: Date }, announced: number | null): BulkCursor {
  const to = range.to.toISOString();
  const from = range.from === null ? null : range.from.toISOString();
  return { way: "bulk", from, to, end: to, ...fresh, withoutCustomers: false, announced };
}

const fresh = { operation: null, others: null, polls: 0, lines: 0, anchor: null, tries: 0 } as const;

/** Half the window; null when it is as short as it may get. */
export function halved(at: BulkCursor): BulkCursor | null {
  const from = at.from === null ? BEFORE_ALL : Date.parse(at.from);
  const length = Date.parse(at.to) - from;
  if (length < 2 * SHORTEST_MS) return null;
  // Whole seconds: the search has no finer ones.
  const middle = new Date(Math.floor((from + length / 2) / 1000) * 1000);
  return { ...at, ...fresh, from: new Date(from).toISOString(), to: middle.toISOString() };
}

/** The window after this one, as long as this was; null when the slice is done. */
export function following(at: BulkCursor): BulkCursor | null {
  const from = Date.parse(at.to);
  const end = Date.parse(at.end);
  if (from >= end || at.from === null) return null;
  const to = Math.min(end, from + (from - Date.parse(at.from)));
  return { ...at, ...fresh, from: at.to, to: new Date(to).toISOString() };
}

export function again(at: BulkCursor): BulkCursor {
  return { ...at, ...fresh, tries: at.tries + 1 };
}
