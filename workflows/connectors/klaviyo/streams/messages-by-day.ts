// Message days: one metric after another over the days of a slice, each page by page. Days are the account's own, cut by
// Klaviyo; what the source credits later moves days that have passed, so every reading replaces its days whole.
import { Temporal } from "temporal-polyfill";
import type { Cursor, Page, SliceSpec, Stream } from "../../contract.ts";
import { isSourceFailure } from "../../failure.ts";
import { makePageGuard, type PageGuard } from "../../protocol/page-guard.ts";
import { nameOfDays, type DayText, type MessageDayRecord, type RejectedRecord } from "../../records.ts";
import type { SourceSession } from "../../session.ts";
import {
  aggregateCall,
  type AggregateAsk,
  type AggregatePage,
  type AggregateRow,
  amountIn,
  BY_CREDIT,
  BY_MESSAGE,
  type Cell,
  readAggregates,
} from "../aggregates.ts";
import { callerOf } from "../api.ts";
import { type Measure, measureByName, measured, PLACED_ORDER, readMetrics } from "../metrics.ts";
import { settlePlacedOrder } from "../placed-order.ts";

const DAY_MS = 86_400_000;

export const messagesByDay: Stream = {
  name: "messagesByDay",
  kinds: ["messageDay"],
  needs: ["metrics:read"],
  optional: false,
  window: {
    history: "byTime",
    overlapMs: 0,
    restatedDays: 3,
    refresh: { days: 30, everyDays: 1 },
    longestMs: 90 * DAY_MS,
  },
  pages: readDays,
};

/** A metric to read over some days, as it is kept in the cursor: a list that was read once serves the whole slice. */
type Ask = {
  readonly id: string;
  readonly name: string;
  readonly counts: boolean;
  readonly from: DayText;
  /** Exclusive. */
  readonly until: DayText;
};
type Place = {
  /** When the reading began: the version of all its rows. */
  readonly since: string;
  readonly asks: readonly Ask[];
  readonly page: string | null;
  /** Something of this metric could not be mapped: then nothing of it is taken for gone. */
  readonly isSpoiled: boolean;
};

/** One question spans a year at most. */
const LONGEST_DAYS = 364;

async function* readDays(session: SourceSession, slice: SliceSpec, from: Cursor | null): AsyncGenerator<Page> {
  let place = readPlace(from) ?? (await beginning(session, slice));
  let guard = makePageGuard({ isFiltered: true });
  const hasNothing = place.asks.length === 0;
  while (place.asks.length > 0) {
    const reading = readPage(session, place, guard);
    const step = await reading.catch((error: unknown) => pastDeleted(session, place, error));
    if (step === null) continue;
    place = step.place;
    if (step.isLast) guard = makePageGuard({ isFiltered: true });
    yield { ...step.page, cursor: { ...place }, done: place.asks.length === 0, ...throughOf(place, slice) };
  }
  if (hasNothing) yield { kind: "records", records: [], rejected: [], cursor: { ...place }, done: true };
}

/** Complete up to when the reading began: what happened since then may stand on one metric and not on another. */
function throughOf({ asks, since }: Place, { to }: SliceSpec): { through?: Date } {
  if (asks.length > 0) return {};
  const begun = new Date(since);
  return { through: begun < to ? begun : to };
}

async function beginning(session: SourceSession, slice: SliceSpec): Promise<Place> {
  const metrics = await readMetrics(callerOf(session));
  // After their first answer: their clock was just heard, and no day has been read yet.
  const since = session.clock.now().toISOString();
  // After it: a reading under another choice than the newest one is older than whatever is read under that one.
  const placed = await settlePlacedOrder(session, metrics);
  const zone = zoneOf(session);
  const dayOf = (at: Date) =>
    Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate();
  // What we took for their now when the slice began may be behind it.
  const to =
    slice.mode === "changes" ? Math.max(slice.to.getTime(), session.clock.now().getTime()) : slice.to.getTime();
  const until = dayOf(new Date(to - 1)).add({ days: 1 });
  const asks = measured(metrics).flatMap(({ id, name, created }) => {
    const counts = name !== PLACED_ORDER || id === placed;
    const from = slice.from ?? (Number.isNaN(Date.parse(created)) ? null : new Date(created));
    const first = from === null ? until.subtract({ days: LONGEST_DAYS }) : dayOf(from);
    return yearsOf(first, until).map((range) => ({ id, name, counts, ...range }));
  });
  return { since, asks, page: null, isSpoiled: false };
}

/** Newest first. */
function yearsOf(first: Temporal.PlainDate, until: Temporal.PlainDate): Pick<Ask, "from" | "until">[] {
  const ranges: Pick<Ask, "from" | "until">[] = [];
  for (let end = until; Temporal.PlainDate.compare(first, end) < 0;) {
    const year = end.subtract({ days: LONGEST_DAYS });
    const from = Temporal.PlainDate.compare(year, first) < 0 ? first : year;
    ranges.push({ from: from.toString(), until: end.toString() });
    end = from;
  }
  return ranges;
}

const zoneOf = (session: SourceSession): string => session.account?.zone ?? "UTC";

type Step = {
  readonly page: Omit<Extract<Page, { kind: "records" }>, "cursor" | "done">;
  readonly place: Place;
  readonly isLast: boolean;
};

/** Null: the page lied and is to be asked for again. */
async function readPage(session: SourceSession, place: Place, guard: PageGuard): Promise<Step | null> {
  const [ask, ...rest] = place.asks;
  if (ask === undefined) return null;
  const measure = measureByName.get(ask.name) ?? { column: "orders", channel: null };
  const asked: AggregateAsk = {
    metricId: ask.id,
    zone: zoneOf(session),
    from: ask.from,
    until: ask.until,
    by: measure.column === "orders" ? BY_CREDIT : BY_MESSAGE,
    page: place.page,
    purpose: `aggregates.${measure.column}`,
  };
  const answer = readAggregates(await callerOf(session)(aggregateCall(asked)), asked);
  const ids = answer.rows.map(({ dimensions }) => JSON.stringify(dimensions));
  if (guard({ ids, next: answer.next, asked: place.page }) === "again") return null;
  const halves = answer.isFull && answer.next === null ? halvesOf(ask) : [];
  if (halves.length > 0) return instead(place, [...halves, ...rest]);
  const isSpoiled = place.isSpoiled || answer.spoiled.length > 0;
  const isLast = answer.next === null;
  const whole = { kind: "messageDay", part: ask.id, from: ask.from, until: ask.until, since: place.since } as const;
  return {
    page: {
      kind: "records",
      ...mappedPage(session, answer, { ask, measure, since: place.since }),
      ...(isLast && !isSpoiled ? { whole: [whole] } : {}),
    },
    place: isLast ? { ...place, asks: rest, page: null, isSpoiled: false } : { ...place, page: answer.next, isSpoiled },
    isLast,
  };
}

/** A metric may be deleted between the list and its turn: nothing more of it can be had. Any other failure is one. */
async function pastDeleted(session: SourceSession, place: Place, error: unknown): Promise<Step> {
  const [ask] = place.asks;
  if (!isSourceFailure(error) || error.failure.class !== "gone") throw error;
  const metrics = await readMetrics(callerOf(session));
  if (metrics.some(({ id }) => id === ask?.id)) throw error;
  return instead(
    place,
    place.asks.filter(({ id }) => id !== ask?.id),
  );
}

/** What their specification tells of an answer has no next page: a full one may be cut short, so its days are read in halves. */
function halvesOf(ask: Ask): Ask[] {
  const first = Temporal.PlainDate.from(ask.from);
  const { days } = first.until(ask.until);
  if (days < 2) return [];
  const middle = first.add({ days: Math.floor(days / 2) }).toString();
  return [
    { ...ask, from: middle },
    { ...ask, until: middle },
  ];
}

/** Nothing of the one at hand: others are asked in its place. */
const instead = ({ since }: Place, asks: readonly Ask[]): Step => ({
  page: { kind: "records", records: [], rejected: [] },
  place: { since, asks, page: null, isSpoiled: false },
  isLast: true,
});

type Of = { readonly ask: Ask; readonly measure: Measure; readonly since: string };

function mappedPage(
  session: SourceSession,
  { rows, spoiled }: AggregatePage,
  of: Of,
): { records: MessageDayRecord[]; rejected: RejectedRecord[] } {
  const currency = session.account?.currency ?? "XXX";
  return {
    records: rows.flatMap((row) => row.cells.map((cell) => recordOf(row, cell, of, currency))),
    rejected: spoiled.map(({ row, reason, detail }) => ({
      kind: "messageDay",
      id: nameOfDays({ part: of.ask.id, from: of.ask.from, until: of.ask.until }),
      reason,
      detail,
      document: JSON.stringify(row),
    })),
  };
}

function recordOf(
  { dimensions }: AggregateRow,
  cell: Cell,
  { ask, measure, since }: Of,
  currency: string,
): MessageDayRecord {
  const isOrders = measure.column === "orders";
  const [channel = "", flow = "", message = ""] = isOrders ? dimensions : [measure.channel ?? "", ...dimensions];
  const count = (column: Measure["column"]) => (measure.column === column ? cell.count : null);
  return {
    kind: "messageDay",
    id: [ask.id, cell.day, ...dimensions].join("\u001f"),
    versionAt: since,
    document: documentOf(ask, dimensions, cell),
    day: cell.day,
    part: ask.id,
    counts: ask.counts,
    channel: channel === "" ? null : channelOf(channel),
    campaignId: null,
    flowId: flow === "" ? null : flow,
    messageId: message === "" ? null : message,
    sends: count("sends"),
    opens: count("opens"),
    clicks: count("clicks"),
    unsubscribes: count("unsubscribes"),
    orders: count("orders"),
    revenue: isOrders ? amountIn(cell.value) : null,
    currency,
  };
}

/** Their words for a channel differ from answer to answer; ours are the same for all platforms. */
export function channelOf(channel: string): string {
  const name = channel.toLowerCase().replaceAll(/[^a-z]+/g, "");
  return name === "mobilepush" || name === "pushnotification" ? "push" : name === "" ? "other" : name;
}

function documentOf({ id, name }: Ask, dimensions: readonly string[], { day, count, unique, value }: Cell): string {
  const numbers = `{"count":${count},"unique":${unique},"sum_value":${value}}`;
  const head = JSON.stringify({ metric_id: id, metric: name, date: day, dimensions });
  return `${head.slice(0, -1)},"measurements":${numbers}}`;
}

/** Our own cursor, as we committed it. One that a later version cannot read begins the slice again. */
function readPlace(cursor: Cursor | null): Place | null {
  if (cursor === null) return null;
  const { since, asks, page, isSpoiled } = cursor;
  if (typeof since !== "string" || !Array.isArray(asks)) return null;
  const read = asks.flatMap((ask): Ask[] => {
    const { id, name, counts, from, until } = Object(ask);
    const isWhole = [id, name, from, until].every((each) => typeof each === "string");
    return isWhole ? [{ id, name, counts: counts === true, from, until }] : [];
  });
  return {
    since,
    asks: read,
    page: typeof page === "string" ? page : null,
    isSpoiled: isSpoiled === true,
  };
}
