// The paged way: ordinary queries sorted by the field that they filter, over a closed window. At most 25,000 objects of
// one query can be reached; before that the window is begun again where it has got to.
import type { Cursor, Page, Range } from "../contract.ts";
import { isSourceFailure } from "../failure.ts";
import type { Notice } from "../notice.ts";
import { makePageGuard } from "../page-guard.ts";
import { childOrNull, childrenOf, type Fields } from "../read-fields.ts";
import type { SourceSession } from "../session.ts";
import { callShop, part, type Result } from "./api.ts";
import { idOf, nextOf } from "./connection.ts";
import { withinRange, type TimeField } from "./search.ts";
import { connectionCost, granted, pagedText, type Field } from "./selection.ts";
import type { Group, Subject } from "./subject.ts";

/** Objects that one query may be asked for before it is begun again further on; Shopify's own limit is 25,000. */
const OBJECTS_MAX = 24_000;

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

export function startOfWalk({ from, to }: Range, size: number): PagedCursor {
  return {
    way: "paged",
    from: from === null ? null : from.toISOString(),
    to: to.toISOString(),
    after: null,
    given: 0,
    last: null,
    size,
  };
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
  let at = from;
  for (;;) {
    const result = await tryPage(session, walk, at);
    if (result === "smaller") {
      at = { ...at, size: Math.max(1, Math.floor(at.size / 2)) };
      continue;
    }
    if (result === "again") {
      at = fromLast(at);
      continue;
    }
    const connection = part(result, walk.root);
    const nodes = childrenOf(connection, "nodes");
    const next = nextOf(connection);
    guard({ ids: nodes.map(idOf), next });
    at = { ...at, after: next, given: at.given + nodes.length, last: lastOf(nodes, walk.field) ?? at.last };
    if (next !== null && at.given >= OBJECTS_MAX) at = fromLast(at);
    yield { nodes, cursor: at, done: next === null, at: result.at, notices: result.notices };
    if (next === null) return;
  }
}

async function tryPage(session: SourceSession, walk: Walk, at: PagedCursor): Promise<Result | "smaller" | "again"> {
  const range = { from: at.from === null ? null : new Date(at.from), to: new Date(at.to) };
  try {
    return await callShop(session, {
      query: walkText(walk, at.size, session),
      variables: { after: at.after, search: withinRange(walk.field, range) },
      cost: connectionCost(at.size, granted(walk.fields, session.scopes)),
      purpose: walk.purpose,
    });
  } catch (error) {
    const code = isSourceFailure(error) ? error.failure.code : "";
    if (code === "shopify.queryTooCostly" && at.size > 1) return "smaller";
    // A page cursor that has expired costs the place within the window, never the window.
    if (code === "shopify.cursorRefused" && at.after !== null) return "again";
    throw error;
  }
}

/** The same window begun again at its last row: that row's second is read twice, which an upsert does not mind. */
function fromLast(at: PagedCursor): PagedCursor {
  const isFurther = at.last !== null && (at.from === null || Date.parse(at.last) > Date.parse(at.from));
  // More than 24,000 objects of one second: only the page cursor leads on.
  if (!isFurther) return at.after === null ? at : { ...at, given: 0 };
  return { ...at, from: at.last, after: null, given: 0 };
}

function lastOf(nodes: readonly Fields[], field: TimeField): string | null {
  const value = nodes.at(-1)?.[camel[field]];
  return typeof value === "string" ? value : null;
}

/** A stream's pages by the paged way. */
export async function* readByPages(
  session: SourceSession,
  subject: Subject,
  how: { readonly field: TimeField; readonly from: PagedCursor; readonly announced: number | null },
): AsyncGenerator<Page> {
  const walk = { ...subject, field: how.field, size: how.from.size, purpose: subject.root };
  let shopAt: Date | null = null;
  for await (const raw of walkPages(session, walk, how.from)) {
    shopAt ??= raw.at;
    const mapped = await subject.finish(session, raw.nodes.map(groupOf(subject)), "paged");
    const to = new Date(how.from.to);
    yield {
      kind: "records",
      ...mapped,
      cursor: asCursor(raw.cursor, how.announced),
      notices: raw.notices,
      done: raw.done,
      ...(how.announced === null ? {} : { announced: how.announced }),
      // The shop's own clock: what it has not lived yet, it can still change within the window.
      ...(raw.done ? { through: shopAt < to ? shopAt : to } : {}),
    };
  }
}

function asCursor(cursor: PagedCursor, announced: number | null): Cursor {
  return { ...cursor, announced };
}

function groupOf(subject: Subject): (root: Fields) => Group {
  return (root) => {
    if (subject.nested === null) return { root, children: [], childrenAfter: null };
    const connection = childOrNull(root, subject.nested.name) ?? {};
    return { root, children: childrenOf(connection, "nodes"), childrenAfter: nextOf(connection) };
  };
}
