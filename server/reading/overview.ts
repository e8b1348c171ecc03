/** Brand Overview for a range: one statement of rollups, and what the sources say of how far they reach. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { LeftOutReason } from "@headwater/db";
import { Decimal } from "decimal.js";
import { countingDays } from "./counting.ts";
import { readCurrencies } from "./currencies.ts";
import type { DayMark } from "./coverage.ts";
import { addDays } from "./days.ts";
import type { Day } from "./days.ts";
import { readDatasources } from "./datasources.ts";
import {
  amountsOf,
  changeOf,
  currenciesIn,
  dailyOf,
  isAlwaysShown,
  isCount,
  KINDS,
  onDays,
  rowsBehind,
} from "./metrics.ts";
import type { AmountByCurrency, CostPart, Kind, Metric } from "./metrics.ts";
import {
  costPartsOf,
  leftOutOf,
  markWithCosts,
  ofFiles,
  staleDays,
  thatHoldFiles,
  unitsOf,
  whereCostsStand,
} from "./overview-costs.ts";
import type { Units } from "./overview-costs.ts";
import { knowsUnitCosts, readRows } from "./overview-rows.ts";
import type { StampedRollup } from "./overview-rows.ts";
import { commonThrough, dayMark, keepsCosts, readSources, touches, touching } from "./overview-sources.ts";
import type { SourceView } from "./overview-sources.ts";
import { daysOf, lengthOf } from "./range.ts";
import type { Span } from "./range.ts";
import type { Transaction } from "./transaction.ts";

export type TileState = "VALUE" | "ZERO" | "PARTIAL" | "STALE" | "NO_DATA" | "NOT_ENOUGH" | "FETCHING";
export interface Amount {
  readonly amount: string;
  readonly currency: string | null;
}

export interface PartView {
  readonly part: CostPart;
  readonly value: Amount | null;
  readonly apart: readonly Amount[];
}

export interface LeftOutView {
  readonly reason: LeftOutReason;
  readonly rows: number;
  readonly amounts: readonly Amount[];
}

export interface Point {
  readonly day: Day;
  readonly value: string | null;
  readonly comparison: string | null;
  readonly isComplete: boolean;
}

/** Days in a currency of their own: never added to those of another. */
export interface CurrencySeries {
  readonly currency: string;
  readonly series: readonly Point[];
}

export interface TileView {
  readonly metric: Metric;
  /** Those that have a part in it. */
  readonly sources: readonly SourceView[];
  readonly state: TileState;
  readonly value: Amount | null;
  readonly apart: readonly Amount[];
  readonly comparison: Amount | null;
  readonly change: string | null;
  /** Of the value and of every point of the series; null for a count, and where no currency leads. */
  readonly currency: string | null;
  readonly series: readonly Point[];
  /** Of every other currency that has a number on these days. */
  readonly seriesApart: () => readonly CurrencySeries[];
  readonly completeThrough: Date | null;
  readonly calculatedAt: Date | null;
  readonly daysHave: number;
  readonly daysNeeded: number;
  /** The range begins before the days that are in: a history that is still on its way. */
  readonly isHistoryShort: boolean;
  /** What it is made of; empty for a metric that has no parts. */
  readonly parts: readonly PartView[];
  /** Of costs: rows of files that would count in the range, and cannot. */
  readonly leftOut: readonly LeftOutView[];
  /** Of costs: units sold in the range, and those that no cost is known of. */
  readonly units: Units | null;
  /** Days of the range whose orders are still to be counted with the costs that stand now. */
  readonly daysStale: number;
}

export interface OverviewView {
  readonly range: Span;
  readonly comparedWith: Span;
  readonly zone: string;
  readonly currency: string;
  readonly sources: readonly SourceView[];
  readonly tiles: () => AsyncIterable<TileView>;
  readonly calculatedAt: Date | null;
  /** Days of the range are being counted again with the costs that stand now. */
  readonly isCounting: boolean;
}

export interface OverviewAsk {
  readonly range: Span;
  readonly comparedWith: Span;
  readonly zone: string;
  readonly currency: string;
  readonly now: Date;
}

/** A day alone is shown in the line of its last eight. */
const LEAST_POINTS = 8;

export async function readOverview(db: Transaction, ask: OverviewAsk): Promise<OverviewView> {
  const shown = seriesSpan(ask.range);
  const earliest = [ask.comparedWith.from, addDays(shown.from, -lengthOf(shown))].toSorted()[0] ?? shown.from;
  const views = await readDatasources(db, ask.now);
  const held = await readRows(db, { from: earliest, to: ask.range.to, asked: ask.range.from }, views.some(keepsCosts));
  const counts = countingDays(views.map(({ row }) => row));
  const rows = onDays(held, (day, { accountId }) => counts(accountId, day));
  const sources = await readSources(db, views, rows, { ...ask, counts });
  const hasFiles = thatHoldFiles(sources).some(({ view }) => keepsCosts(view));
  const mayHaveCosts = !hasFiles && (await knowsUnitCosts(db));
  const grounds = [...KINDS.keys()].flatMap(
    (kind) => groundOf(kind, { rows, sources, ask, shown, mayHaveCosts }) ?? [],
  );
  return {
    ...ask,
    sources: touching(ask.range, sources),
    tiles: () => tilesOn(grounds),
    calculatedAt: calculatedLast(rows),
    isCounting: grounds.some(({ costs }) => staleDays(within(costs, ask.range)).size > 0),
  };
}

/** One at a time, so that whoever else this process answers waits for one tile of two years and not for all of them. */
async function* tilesOn(grounds: readonly Ground[]): AsyncGenerator<TileView> {
  for (const ground of grounds)
    for (const metric of KINDS.get(ground.kind) ?? []) {
      await nextTurn();
      yield tileOf(metric, ground);
    }
}

const seriesSpan = (range: Span): Span =>
  lengthOf(range) >= LEAST_POINTS ? range : { from: addDays(range.to, 1 - LEAST_POINTS), to: range.to };

function calculatedLast(rows: readonly StampedRollup[]): Date | null {
  const last = rows.reduce((latest, { updatedMs }) => Math.max(latest, updatedMs ?? 0), 0);
  return last === 0 ? null : new Date(last);
}

interface Read {
  readonly ask: OverviewAsk;
  readonly shown: Span;
  readonly rows: readonly StampedRollup[];
  readonly sources: readonly SourceView[];
  /** No file of costs stands, and goods have a cost in some shop: with a file beside it they count, and until then that is said. */
  readonly mayHaveCosts: boolean;
}

/** What the tiles of one kind of record share; `rows` and `sources` are of that kind alone. */
interface Ground extends Read {
  readonly kind: Kind;
  /** With what is said beside costs: units, rows left out, days to count again. Empty for every other kind. */
  readonly costs: readonly StampedRollup[];
  readonly markOf: (day: Day) => DayMark;
  readonly marks: readonly DayMark[];
  /** Null where several stand apart. */
  readonly currency: string | null;
  readonly isTold: (currency: string, day: Day) => boolean;
  readonly isEmpty: boolean;
  /** Every day that it is compared with is whole. */
  readonly isComparable: boolean;
  /** Else the leading currency is that of some of the days only: an amount of those is not compared. */
  readonly isToldThroughout: boolean;
  readonly completeThrough: Date | null;
  readonly calculatedAt: Date | null;
}

/** Null where there is nothing that tiles of the kind could tell of. */
function groundOf(kind: Kind, { ask, shown, rows: all, sources: known, mayHaveCosts }: Read): Ground | null {
  const metrics = KINDS.get(kind) ?? [];
  const isCost = kind === "cost";
  const feeding = known.filter(({ feeds }) => metrics.some((metric) => feeds.includes(metric)));
  const sources = isCost ? thatHoldFiles(feeding) : feeding;
  const costs = isCost ? whereCostsStand(all, known) : [];
  const rows = rowsBehind(metrics, isCost ? costs : all);
  const stands = isCost
    ? mayHaveCosts || sources.some(({ view }) => keepsCosts(view))
    : isAlwaysShown(kind) || rows.length > 0 || sources.some((source) => touches(shown, source));
  if (!stands) return null;
  const stale = staleDays(costs);
  const currencies = readCurrencies(rows, { brand: ask.currency, range: ask.range, sources, isCost });
  const markOf = once((day) => (isCost ? markWithCosts(day, sources, stale) : dayMark(day, sources)));
  return {
    kind,
    ask,
    shown,
    sources,
    rows,
    mayHaveCosts,
    costs,
    markOf,
    marks: daysOf(ask.range).map((day) => markOf(day)),
    currency: currencies.leading,
    isTold: currencies.isTold,
    isEmpty: within(rows, ask.range).length === 0,
    isComparable: daysOf(ask.comparedWith).every((day) => markOf(day) === "complete"),
    isToldThroughout:
      sources.length === 0 ||
      [ask.range, ask.comparedWith].every((span) =>
        daysOf(span).every((day) => currencies.isTold(currencies.leading ?? "", day)),
      ),
    completeThrough: commonThrough(ask.range, sources),
    calculatedAt: calculatedLast([...rows, ...ofFiles(kind, all)]),
  };
}

/** Marks, series and comparison of tiles ask for the same days. */
function once(markOf: (day: Day) => DayMark): (day: Day) => DayMark {
  const known = new Map<Day, DayMark>();
  return (day) => {
    const mark = known.get(day) ?? markOf(day);
    known.set(day, mark);
    return mark;
  };
}

const within = (rows: readonly StampedRollup[], { from, to }: Span) => onDays(rows, (day) => day >= from && day <= to);

function tileOf(metric: Metric, ground: Ground): TileView {
  const { ask, sources, marks } = ground;
  const rows = rowsBehind([metric], ground.rows);
  const currency = isCount(metric) ? "" : ground.currency;
  const amounts = amountsOf(metric, within(rows, ask.range));
  const main = currency === null ? undefined : amounts.get(currency);
  const state = stateOf(ground, main?.isZero() ?? true);
  const shows = state !== "NO_DATA" && state !== "FETCHING";
  const value = main ?? (shows && currency !== null && metric !== "AVERAGE_ORDER_VALUE" ? ZERO : undefined);
  const compared =
    ground.isComparable &&
    (state === "VALUE" || state === "ZERO") &&
    currency !== null &&
    (isCount(metric) || ground.isToldThroughout)
      ? (amountsOf(metric, within(rows, ask.comparedWith)).get(currency) ?? zeroFor(metric))
      : undefined;
  return {
    metric,
    state,
    sources: touching(ask.range, sources),
    value: shows ? amountOf(value, currency) : null,
    apart: apartFrom(currency, amounts),
    comparison: amountOf(compared, currency),
    change: changeOf(value, compared),
    currency: currency === "" ? null : currency,
    series: seriesOf(metric, currency, { ...ground, rows }),
    seriesApart: () => seriesApartFrom(metric, currency, { ...ground, rows }),
    completeThrough: ground.completeThrough,
    calculatedAt: ground.calculatedAt,
    daysHave: marks.filter((mark) => mark === "complete").length,
    daysNeeded: marks.length,
    isHistoryShort: marks.length > 1 && marks[0] === "missing",
    ...(metric === "COSTS" ? madeOf(within(ground.costs, ask.range), currency) : PLAIN),
  };
}

const PLAIN = { parts: [], leftOut: [], units: null, daysStale: 0 } as const;
const madeOf = (rows: readonly StampedRollup[], currency: string | null) => ({
  parts: costPartsOf(rows).map(({ part, amounts }) => ({
    part,
    value: currency === null ? null : amountOf(amounts.get(currency), currency),
    apart: apartFrom(currency, amounts),
  })),
  leftOut: leftOutOf(rows).map(({ reason, rows: count, amounts }) => ({
    reason,
    rows: count,
    amounts: apartFrom(null, amounts),
  })),
  units: unitsOf(rows),
  daysStale: staleDays(rows).size,
});

const apartFrom = (currency: string | null, amounts: AmountByCurrency): Amount[] =>
  [...amounts]
    .filter(([other]) => other !== currency)
    .map(([other, amount]) => ({ amount: amount.toFixed(), currency: other }));

const ZERO = new Decimal(0);
const zeroFor = (metric: Metric): Decimal | undefined => (metric === "AVERAGE_ORDER_VALUE" ? undefined : ZERO);
const amountOf = (amount: Decimal | undefined, currency: string | null): Amount | null =>
  amount === undefined || currency === null
    ? null
    : { amount: amount.toFixed(), currency: currency === "" ? null : currency };

function stateOf({ marks, sources, isEmpty }: Ground, isZero: boolean): TileState {
  if (sources.length === 0) return isEmpty ? "NO_DATA" : isZero ? "ZERO" : "VALUE"; // kept numbers of a source that is gone
  if (marks.every((mark) => mark === "complete")) return isZero ? "ZERO" : "VALUE";
  // What has landed of a day that is still being read is shown, as a part of it.
  if (marks.every((mark) => mark === "missing") && isEmpty)
    return sources.some((source) => source.mark === "FETCHING") ? "FETCHING" : "NO_DATA";
  return sources.some((source) => source.mark === "STALE") ? "STALE" : "PARTIAL";
}

function seriesOf(metric: Metric, currency: string | null, { shown, rows, markOf, isTold }: Ground): Point[] {
  const days = daysOf(shown);
  const before = daysOf({ from: addDays(shown.from, -days.length), to: addDays(shown.from, -1) });
  const values = currency === null ? null : dailyOf(metric, rows, currency);
  const isNone = (day: Day): boolean =>
    metric !== "AVERAGE_ORDER_VALUE" && (isCount(metric) || (currency !== null && isTold(currency, day)));
  // A refund alone on a day whose orders are not in yet is not that day.
  const valueOn = (day: Day): string | null =>
    markOf(day) === "missing" ? null : (values?.get(day) ?? (isNone(day) ? "0" : null));
  return days.map((day, at) => ({
    day,
    value: valueOn(day),
    comparison: valueOn(before[at] ?? day),
    isComplete: markOf(day) === "complete",
  }));
}

function seriesApartFrom(metric: Metric, currency: string | null, ground: Ground): CurrencySeries[] {
  if (isCount(metric)) return [];
  return [...currenciesIn(within(ground.rows, ground.shown))]
    .filter((other) => other !== currency)
    .toSorted()
    .map((other) => ({ currency: other, series: seriesOf(metric, other, ground) }));
}
