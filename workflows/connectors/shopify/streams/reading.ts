// Which way a slice is read. Pages answer at once but every row is paid for out of the shop's bucket (an order costs some
// 70 points, the smallest plan gets 100 a second back); a bulk operation makes us wait and costs nothing. So the shop is
// asked how many rows there are, and only what pages can bring within half a minute or so is paged.
import type { Cursor, Page, Range, SliceSpec, StreamWindow } from "../../contract.ts";
import type { Json } from "../../json.ts";
import { isFields } from "../../read-fields.ts";
import type { SourceSession } from "../../session.ts";
import { callShop } from "../api.ts";
import { startOfBulk, type BulkCursor } from "../bulk/cursor.ts";
import { readByBulk } from "../bulk/read-by-bulk.ts";
import { idOf } from "../connection.ts";
import { asObject } from "../graphql-answer.ts";
import { readByPages, startOfWalk, walkPages, type PagedCursor } from "../pages.ts";
import { withinRange, type TimeField } from "../search.ts";
import type { Subject } from "../subject.ts";

/** Orders get a new `updatedAt` before their children appear, and the index lags. */
const OVERLAP_MS = 5 * 60_000;
/** Rows that are worth paging: a page of calm history, the newest window, an hour's changes. */
const PAGED_ROWS = { history: 25, urgent: 60, changes: 150 } as const;
/** Where the shop does not count: a gap longer than this (a pause, an outage) is cheaper in bulk. */
const PAGED_MAX_MS = 3 * 86_400_000;
const IDS_A_PAGE = 250;

export function window(history: StreamWindow["history"]): StreamWindow {
  return { history, overlapMs: OVERLAP_MS, restatedDays: 0, longestMs: null };
}

type Count = (session: SourceSession, range: Range, field: TimeField) => Promise<number | null>;
export type Reading = { readonly slice: SliceSpec; readonly from: Cursor | null; readonly count: Count | null };

export async function* streamPages(
  session: SourceSession,
  subject: Subject,
  { slice: asked, from, count }: Reading,
): AsyncGenerator<Page> {
  // A snapshot's history is all there is, whatever window it was asked for.
  const slice = asked.mode === "history" && subject.isSnapshot ? { ...asked, from: null } : asked;
  const field = slice.mode === "changes" ? "updated_at" : subject.historyField;
  const resumed = from === null ? null : readCursor(from);
  if (resumed?.way === "bulk") yield* readByBulk({ session, subject, field }, resumed);
  else if (resumed?.way === "paged")
    yield* readByPages({ session, subject, field, isCounted: slice.mode === "history" }, resumed);
  else yield* firstReading(session, subject, { slice, count, field });
}

async function* firstReading(
  session: SourceSession,
  subject: Subject,
  { slice, count, field }: Omit<Reading, "from"> & { field: TimeField },
): AsyncGenerator<Page> {
  const expected = count === null ? null : await count(session, slice, field);
  const announced = slice.mode === "history" ? expected : null;
  if (isPaged(slice, expected))
    yield* readByPages(
      { session, subject, field, isCounted: slice.mode === "history" },
      startOfWalk(slice, subject.pageSize, expected),
    );
  else yield* readByBulk({ session, subject, field }, startOfBulk(slice, announced));
}

function isPaged({ mode, urgent, from, to }: SliceSpec, expected: number | null): boolean {
  if (expected !== null) return expected <= PAGED_ROWS[mode === "history" && urgent ? "urgent" : mode];
  if (from === null) return false;
  return mode === "changes" ? to.getTime() - from.getTime() <= PAGED_MAX_MS : urgent;
}

/** Our own cursor, as we committed it. One that a later version cannot read begins the slice again. */
function readCursor(cursor: Cursor): PagedCursor | BulkCursor | null {
  if (cursor["way"] === "paged" && typeof cursor["to"] === "string" && typeof cursor["size"] === "number")
    return {
      way: "paged",
      from: textOrNull(cursor["from"]),
      to: cursor["to"],
      after: textOrNull(cursor["after"]),
      given: numberOr(cursor["given"], 0),
      last: textOrNull(cursor["last"]),
      size: cursor["size"],
      start: textOrNull(cursor["start"]),
      rows: numberOr(cursor["rows"], 0),
      expected: numberOrNull(cursor["expected"]),
      isSecond: cursor["isSecond"] === true,
    };
  if (cursor["way"] === "bulk" && typeof cursor["to"] === "string" && typeof cursor["end"] === "string")
    return {
      way: "bulk",
      from: textOrNull(cursor["from"]),
      to: cursor["to"],
      end: cursor["end"],
      operation: textOrNull(cursor["operation"]),
      others: textsOrNull(cursor["others"]),
      polls: numberOr(cursor["polls"], 0),
      lines: numberOr(cursor["lines"], 0),
      anchor: anchorIn(cursor["anchor"]),
      tries: numberOr(cursor["tries"], 0),
      withoutCustomers: cursor["withoutCustomers"] === true,
      announced: numberOrNull(cursor["announced"]),
    };
  return null;
}

function anchorIn(value: Json | undefined): BulkCursor["anchor"] {
  if (value === undefined || !isFields(value)) return null;
  const { bytes, lines, root } = value;
  return typeof bytes === "number" && typeof lines === "number" && typeof root === "string"
    ? { bytes, lines, root }
    : null;
}
function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
function textsOrNull(value: Json | undefined): string[] | null {
  return Array.isArray(value) ? value.filter((text) => typeof text === "string") : null;
}
function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

export const countText = `query Count($search: String!) { ordersCount(query: $search, limit: null) { count precision } }`;
export const COUNT_COST = 1;

/** Null unless the shop counts exactly. */
export async function countOrders(
  session: SourceSession,
  range: Range,
  field: TimeField = "created_at",
): Promise<number | null> {
  const variables = { search: withinRange(field, range) };
  const result = await callShop(session, { query: countText, variables, cost: COUNT_COST, purpose: "orders.count" });
  return exactCount(result.data["ordersCount"]);
}

export const wholeCountTexts = {
  customers: "query CountAll { customersCount(limit: null) { count precision } }",
  products: "query CountAll { productsCount(limit: null) { count precision } }",
} as const;

/** All that there are now, of what lies in no time. */
export async function countAll(session: SourceSession, root: keyof typeof wholeCountTexts): Promise<number | null> {
  const query = wholeCountTexts[root];
  const result = await callShop(session, { query, variables: {}, cost: COUNT_COST, purpose: `${root}.count` });
  return exactCount(result.data[`${root}Count`]);
}

function exactCount(value: Json | undefined): number | null {
  const counted = asObject(value);
  const count = counted?.["count"];
  return counted?.["precision"] === "EXACT" && typeof count === "number" ? count : null;
}

/** For as long as a list of ids may be walked, and clocks may differ. */
const WALK_MS = 86_400_000;

/**
 * Alive at the shop, of a range of history; ids and nothing else. What lies in no time is listed whole, with an end that
 * it cannot live past: what is touched while the list is walked moves to the list's end, and must not move out of it.
 */
export async function* idsOf(
  session: SourceSession,
  subject: Subject,
  range: Range,
): AsyncGenerator<readonly string[]> {
  const walk = {
    root: subject.root,
    fields: ["id", "createdAt", "updatedAt"],
    field: subject.historyField,
    size: IDS_A_PAGE,
    purpose: `${subject.root}.ids`,
  };
  const whole = { from: null, to: new Date(session.clock.now().getTime() + WALK_MS) };
  const walked = subject.isSnapshot ? whole : range;
  for await (const page of walkPages(session, walk, startOfWalk(walked, IDS_A_PAGE))) yield page.nodes.map(idOf);
}
