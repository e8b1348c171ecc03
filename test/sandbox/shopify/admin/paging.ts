// Relay pages as Shopify cuts them: at most 250, in the order of the sort key, by cursor, and never past 25,000 objects.
import { GraphQLError } from "graphql";

export const pageMax = 250;
const walkMax = 25_000;

export interface PageArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
  readonly reverse?: boolean | null;
}

export interface Place {
  readonly n: number;
  /** The sort key's value there. */
  readonly value: number;
  /** How many objects a walk has passed, up to and with this one. */
  readonly passed: number;
}

export interface Slice<T> {
  readonly items: readonly T[];
  readonly placeOf: (item: T, index: number) => Place;
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
}

export interface Connection<T> {
  readonly edges: readonly { cursor: string; node: T }[];
  readonly nodes: readonly T[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

const writeCursor = (place: Place): string =>
  Buffer.from(JSON.stringify({ last_id: place.n, last_value: String(place.value), passed: place.passed })).toString(
    "base64url",
  );

const refuse = (message: string): never => {
  throw new GraphQLError(message, { extensions: { code: "BAD_REQUEST" } });
};

export function readCursor(text: string): Place {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (
      typeof parsed === "object" &&
      parsed !== null &&
      "last_id" in parsed &&
      "last_value" in parsed &&
      "passed" in parsed
    ) {
      const place = { n: Number(parsed.last_id), value: Number(parsed.last_value), passed: Number(parsed.passed) };
      if (Number.isFinite(place.n) && Number.isFinite(place.value) && Number.isFinite(place.passed)) return place;
    }
  } catch {
    // Falls through to the refusal: what does not parse is not one of ours.
  }
  return refuse("Invalid cursor for current pagination sort.");
}

export function pageSize(args: PageArguments): number {
  const size = args.first ?? args.last;
  if (size === null || size === undefined) return refuse("you must provide one of first or last");
  if (args.first != null && args.last != null) return refuse("providing both first and last is not supported");
  if (size < 0) return refuse("first cannot be less than 0");
  if (size > pageMax) return refuse(`Requested ${size} items, which exceeds the limit of ${pageMax}.`);
  return size;
}

export function refuseDeepWalk(passed: number): void {
  if (passed > walkMax) refuse(`Pagination past ${walkMax} objects is not supported. Narrow the query with a filter.`);
}

export function connection<T>(slice: Slice<T>): Connection<T> {
  const edges = slice.items.map((node, i) => ({ cursor: writeCursor(slice.placeOf(node, i)), node }));
  return {
    edges,
    nodes: slice.items,
    pageInfo: {
      hasNextPage: slice.hasNext,
      hasPreviousPage: slice.hasPrevious,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** A page of a list that is whole in memory (the lines of an order): `isBulk` gives it all, as bulk operations do. */
export function pageOfList<T>(list: readonly T[], args: PageArguments, isBulk: boolean): Connection<T> {
  const ordered = args.reverse ? list.toReversed() : list;
  const whole: Slice<T> = {
    items: ordered,
    placeOf: (_, i) => ({ n: i, value: i, passed: i + 1 }),
    hasNext: false,
    hasPrevious: false,
  };
  if (isBulk) return connection(whole);
  const size = pageSize(args);
  const from = args.after ? readCursor(args.after).n + 1 : 0;
  const to = args.before ? readCursor(args.before).n : ordered.length;
  const start = args.last != null ? Math.max(from, to - size) : from;
  const end = args.last != null ? to : Math.min(to, from + size);
  return connection({
    items: ordered.slice(start, end),
    placeOf: (_, i) => ({ n: start + i, value: start + i, passed: start + i + 1 }),
    hasNext: end < ordered.length,
    hasPrevious: start > 0,
  });
}
