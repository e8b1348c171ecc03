// The paged way: ordinary queries sorted by the field that they filter, over a closed window. At most 25,000 objects of
// one query can be reached; before that the window is begun again where it has got to.
import type { Page, Range } from "../contract.ts";
import { SourceFailure } from "../failure.ts";
import type { Notice } from "../notice.ts";
import { makePageGuard } from "../protocol/page-guard.ts";
import { childOrNull, childrenOf, type Fields } from "../read-fields.ts";
import type { SourceSession } from "../session.ts";
import { callShop, deniesCustomers, part, type Result } from "./api.ts";
import { idOf, nextOf } from "./connection.ts";
import type { Mapped } from "./mapping/mapped.ts";
import { withinRange, type TimeField } from "./search.ts";
import { connectionCost, granted, pagedText, type Field } from "./selection.ts";
import type { Group, Subject } from "./subject.ts";

/** Objects that one query may be asked for before it is begun again further on; Shopify's own limit is 25,000. */
const OBJECTS_MAX = 24_000;
/** Times that one walk asks otherwise after a refusal. */
const REFUSALS_MAX = 12;
const TOO_COSTLY = "shopify.queryTooCostly";
const CURSOR_REFUSED = "shopify.cursorRefused";

type RecordsPage = Extract<Page, { kind: "records" }>;

export type PagedCursor = {
  readonly way: "paged";
  /** The window as it stands now: its start moves, its end does not. */
  readonly from: string | null;
  readonly to: string;
  readonly after: string | null;
  /** Rows given by the query that `after` belongs to. */
  readonly given: number;
  /** The filtered field of the last row given. */
  readonly last: string | null;
  readonly size: number;
  /** Where the window began before it moved. */
  readonly start: string | null;
  /** Rows given since then, and how many the shop has counted there. */
  readonly rows: number;
  readonly expected: number | null;
  readonly isSecond: boolean;
};

export type Walk = {
  readonly root: Subject["root"];
  readonly fields: readonly Field[];
  readonly field: TimeField;
  readonly size: number;
  readonly purpose: string;
};
export type RawPage = {
  readonly nodes: readonly Fields[];
  readonly cursor: PagedCursor;
  readonly done: boolean;
  readonly at: Date;
  readonly notices: readonly Notice[];
};

export function startOfWalk(range: Range, size: number, expected: number | null = null): PagedCursor {
  const from = range.from === null ? null : range.from.toISOString();
  const fresh = { after: null, given: 0, last: null, rows: 0, isSecond: false } as const;
  return { way: "paged", from, start: from, to: range.to.toISOString(), size, expected, ...fresh };
}

const camel = { created_at: "createdAt", updated_at: "updatedAt" } as const;
const sortKey = { created_at: "CREATED_AT", updated_at: "UPDATED_AT" } as const;

export function walkText(walk: Walk, size: number, session: Pick<SourceSession, "scopes">): string {
  const args = `first: ${size}, after: $after, sortKey: ${sortKey[walk.field]}, query: $search`;
  return `query Walk($after: String, $search: String) { ${walk.root}(${args}) { nodes { ${pagedText(
    granted(walk.fields, session.scopes),
  )} } pageInfo { hasNextPage endCursor } } }`;
}

/** Raw pages from a cursor to the window's end. */
export async function* walkPages(session: SourceSession, walk: Walk, from: PagedCursor): AsyncGenerator<RawPage> {
  const guard = makePageGuard();
  let refusals = 0;
  let at = from;
  for (;;) {
    const result = await tryPage(session, walk, at);
    if (result instanceof SourceFailure) {
      refusals += 1;
      if (refusals > REFUSALS_MAX) throw result;
      at = result.failure.code === TOO_COSTLY ? { ...at, size: Math.max(1, Math.floor(at.size / 2)) } : restarted(at);
      continue;
    }
    const connection = part(result, walk.root);
    const nodes = childrenOf(connection, "nodes");
    const next = nextOf(connection);
    if (guard({ ids: nodes.map(idOf), next, asked: at.after }) === "again") continue;
    at = { ...at, after: next, given: at.given + nodes.length, last: lastOf(nodes, walk.field) ?? at.last };
    at = { ...at, rows: at.rows + nodes.length };
    // With more than 24,000 objects of one second, only the page cursor leads on.
    if (next !== null && at.given >= OBJECTS_MAX && hasMoved(at)) at = restarted(at);
    yield { nodes, cursor: at, done: next === null, at: result.at, notices: result.notices };
    if (next === null) return;
  }
}

/** The result, or a refusal that another way of asking may cure. */
async function tryPage(session: SourceSession, walk: Walk, at: PagedCursor): Promise<Result | SourceFailure> {
  const range = { from: at.from === null ? null : new Date(at.from), to: new Date(at.to) };
  try {
    return await callShop(session, {
      query: walkText(walk, at.size, session),
      variables: { after: at.after, search: withinRange(walk.field, range) },
      cost: connectionCost(at.size, granted(walk.fields, session.scopes)),
      purpose: walk.purpose,
    });
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    const { code } = error.failure;
    // A page cursor that has expired costs the place within the window, never the window.
    if ((code === TOO_COSTLY && at.size > 1) || (code === CURSOR_REFUSED && at.after !== null)) return error;
    throw error;
  }
}

function hasMoved({ last, from }: PagedCursor): boolean {
  return last !== null && (from === null || Date.parse(last) > Date.parse(from));
}

/** The same window begun again at its last row: that row's second is read twice, which an upsert does not mind. */
function restarted(at: PagedCursor): PagedCursor {
  return { ...at, from: hasMoved(at) ? at.last : at.from, after: null, given: 0 };
}

function lastOf(nodes: readonly Fields[], field: TimeField): string | null {
  const value = nodes.at(-1)?.[camel[field]];
  return typeof value === "string" && !Number.isNaN(Date.parse(value)) ? value : null;
}

export type PagedWork = {
  readonly session: SourceSession;
  readonly subject: Subject;
  readonly field: TimeField;
  /** `expected` is told as announced: the slice is history, whose rows the shop has counted. */
  readonly isCounted: boolean;
};

/** A stream's pages by the paged way. */
export async function* readByPages(work: PagedWork, from: PagedCursor): AsyncGenerator<Page> {
  const { session, subject, field } = work;
  const walk = { ...subject, field, size: from.size, purpose: subject.root };
  let shopAt: Date | null = null;
  for await (const raw of walkPages(session, walk, from)) {
    shopAt ??= raw.at;
    const mapped = await subject.finish(
      session,
      raw.nodes.map(groupOf(subject, deniesCustomers(raw.notices))),
      "paged",
    );
    const isShort = raw.done && from.expected !== null && raw.cursor.rows < from.expected;
    if (isShort && !raw.cursor.isSecond) {
      yield pageOf(work, { mapped, raw, cursor: secondWalk(raw.cursor, from), through: null });
      return yield* readByPages(work, secondWalk(raw.cursor, from));
    }
    // The shop's own clock: what it has not lived yet, it can still change within the window.
    const to = new Date(from.to);
    const through = raw.done ? (shopAt < to ? shopAt : to) : null;
    const page = pageOf(work, { mapped, raw, cursor: raw.cursor, through });
    yield isShort ? short(page, raw.cursor) : page;
  }
}

type Given = {
  readonly mapped: Mapped;
  readonly raw: RawPage;
  readonly cursor: PagedCursor;
  readonly through: Date | null;
};

function pageOf({ isCounted }: PagedWork, { mapped, raw, cursor, through }: Given): RecordsPage {
  return {
    kind: "records",
    ...mapped,
    cursor: { ...cursor },
    notices: raw.notices,
    done: through !== null,
    ...(isCounted && cursor.expected !== null ? { announced: cursor.expected } : {}),
    ...(through === null ? {} : { through }),
  };
}

/** Fewer rows than the shop had counted: once more from the beginning, for a page may have hidden some. */
function secondWalk(at: PagedCursor, { start }: PagedCursor): PagedCursor {
  return { ...at, from: start, after: null, given: 0, rows: 0, last: null, isSecond: true };
}

/**
 * Twice the same: what came is what there is, and the shop's count is said, but no longer waited for. Of changes nothing is
 * said: one that was counted and then changed again has left the window, and comes with the next.
 */
function short(page: RecordsPage, at: PagedCursor): RecordsPage {
  if (page.announced === undefined) return { ...page, mayBeShort: true };
  return { ...page, notices: [...(page.notices ?? []), fewer(at)], mayBeShort: true, announced: at.rows };
}

function fewer({ rows, expected }: PagedCursor): Notice {
  return { code: "shopify.fewerThanCounted", values: { rows, counted: expected ?? 0 } };
}

function groupOf(subject: Subject, isCustomerDenied: boolean): (root: Fields) => Group {
  return (root) => {
    if (subject.nested === null) return { root, children: [], childrenAfter: null, isCustomerDenied };
    const connection = childOrNull(root, subject.nested.name) ?? {};
    return { root, children: childrenOf(connection, "nodes"), childrenAfter: nextOf(connection), isCustomerDenied };
  };
}
