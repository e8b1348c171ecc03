/** Brand Overview for a range: one statement of rollups, and what the sources say of how far they reach. */
import { Decimal } from "decimal.js";
import { countingDays } from "./counting.ts";
import type { DayMark } from "./coverage.ts";
import { addDays } from "./days.ts";
import type { Day } from "./days.ts";
import { readDatasources } from "./datasources.ts";
import { amountsOf, changeOf, isAlwaysShown, isCount, mainCurrency, METRICS, rowsBehind } from "./metrics.ts";
import type { AmountByCurrency, CostPart, Metric } from "./metrics.ts";
import { costPartsOf, markWithCosts, staleDays, unitsOf, whereCostsStand } from "./overview-costs.ts";
import type { Units } from "./overview-costs.ts";
import { readRows } from "./overview-rows.ts";
import type { StampedRollup } from "./overview-rows.ts";
import { commonThrough, dayMark, keepsCosts, readSources } from "./overview-sources.ts";
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

export interface Point {
  readonly day: Day;
  readonly value: string | null;
  readonly comparison: string | null;
  readonly isComplete: boolean;
}

export interface TileView {
  readonly metric: Metric;
  readonly state: TileState;
  readonly value: Amount | null;
  readonly apart: readonly Amount[];
  readonly comparison: Amount | null;
  readonly change: string | null;
  /** Of the value and of every point of the series; null for a count, and where no currency leads. */
  readonly currency: string | null;
  readonly series: readonly Point[];
  readonly completeThrough: Date | null;
  readonly calculatedAt: Date | null;
  readonly daysHave: number;
  readonly daysNeeded: number;
  /** The range begins before the days that are in: a history that is still on its way. */
  readonly isHistoryShort: boolean;
  /** What it is made of; empty for a metric that has no parts. */
  readonly parts: readonly PartView[];
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
  readonly tiles: readonly TileView[];
  readonly calculatedAt: Date | null;
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
  const held = await readRows(db, earliest, ask.range.to, views.some(keepsCosts));
  const counts = countingDays(views.map(({ row }) => row));
  const rows = held.filter(({ accountId, day }) => counts(accountId, day));
  const sources = await readSources(db, views, rows, ask);
  const partsOf = (metric: Metric): TileParts => {
    const behind = { ask, shown, sources: sources.filter(({ feeds }) => feeds.includes(metric)) };
    if (metric !== "COSTS") return { ...behind, rows: rowsBehind(metric, rows), markOf: dayMark };
    const standing = whereCostsStand(rows, sources);
    const stale = staleDays(standing);
    return { ...behind, rows: standing, markOf: (day, its) => markWithCosts(day, its, stale) };
  };
  const stands = (metric: Metric, parts: TileParts) =>
    metric === "COSTS"
      ? parts.sources.some(({ view }) => keepsCosts(view))
      : isAlwaysShown(metric) || parts.sources.length > 0 || parts.rows.length > 0;
  return {
    ...ask,
    sources,
    tiles: METRICS.flatMap((metric) => {
      const parts = partsOf(metric);
      return stands(metric, parts) ? [tileOf(metric, parts)] : [];
    }),
    calculatedAt: calculatedLast(rows),
  };
}

const seriesSpan = (range: Span): Span =>
  lengthOf(range) >= LEAST_POINTS ? range : { from: addDays(range.to, 1 - LEAST_POINTS), to: range.to };
function calculatedLast(rows: readonly StampedRollup[]): Date | null {
  const times = rows.flatMap(({ updatedAt }) => updatedAt?.getTime() ?? []);
  return times.length === 0 ? null : new Date(Math.max(...times));
}

interface TileParts {
  readonly ask: OverviewAsk;
  readonly shown: Span;
  readonly rows: readonly StampedRollup[];
  readonly sources: readonly SourceView[];
  readonly markOf: (day: Day, sources: readonly SourceView[]) => DayMark;
}

const within = (rows: readonly StampedRollup[], span: Span) =>
  rows.filter((row) => row.day >= span.from && row.day <= span.to);

function tileOf(metric: Metric, parts: TileParts): TileView {
  const { ask, sources, markOf } = parts;
  const marks = daysOf(ask.range).map((day) => markOf(day, sources));
  const rows = rowsBehind(metric, parts.rows);
  const inRange = within(rows, ask.range);
  const currency = isCount(metric) ? "" : mainCurrency(ask.currency, rows);
  const amounts = amountsOf(metric, inRange);
  const before = amountsOf(metric, within(rows, ask.comparedWith));
  const main = currency === null ? undefined : amounts.get(currency);
  const state = stateOf({ marks, sources, isEmpty: inRange.length === 0, isZero: main?.isZero() ?? true });
  const shows = state !== "NO_DATA" && state !== "FETCHING";
  const value = main ?? (shows && currency !== null && metric !== "AVERAGE_ORDER_VALUE" ? ZERO : undefined);
  const isWhole = daysOf(ask.comparedWith).every((day) => markOf(day, sources) === "complete");
  const compared =
    isWhole && (state === "VALUE" || state === "ZERO") && currency !== null
      ? (before.get(currency) ?? zeroFor(metric))
      : undefined;
  return {
    metric,
    state,
    value: shows ? amountOf(value, currency) : null,
    apart: apartFrom(currency, amounts),
    comparison: amountOf(compared, currency),
    change: changeOf(value, compared),
    currency: currency === "" ? null : currency,
    series: seriesOf(metric, currency, parts),
    completeThrough: commonThrough(ask.range, sources),
    calculatedAt: calculatedLast(rows),
    daysHave: marks.filter((mark) => mark === "complete").length,
    daysNeeded: marks.length,
    isHistoryShort: marks.length > 1 && marks[0] === "missing",
    ...(metric === "COSTS" ? madeOf(within(parts.rows, ask.range), currency) : PLAIN),
  };
}

const PLAIN = { parts: [], units: null, daysStale: 0 } as const;
const madeOf = (rows: readonly StampedRollup[], currency: string | null) => ({
  parts: costPartsOf(rows).map(({ part, amounts }) => ({
    part,
    value: currency === null ? null : amountOf(amounts.get(currency), currency),
    apart: apartFrom(currency, amounts),
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

interface StateParts {
  readonly marks: readonly DayMark[];
  readonly sources: readonly SourceView[];
  readonly isEmpty: boolean;
  readonly isZero: boolean;
}

function stateOf({ marks, sources, isEmpty, isZero }: StateParts): TileState {
  if (sources.length === 0) return isEmpty ? "NO_DATA" : isZero ? "ZERO" : "VALUE"; // kept numbers of a source that is gone
  if (marks.every((mark) => mark === "complete")) return isZero ? "ZERO" : "VALUE";
  // What has landed of a day that is still being read is shown, as a part of it.
  if (marks.every((mark) => mark === "missing") && isEmpty)
    return sources.some((source) => source.mark === "FETCHING") ? "FETCHING" : "NO_DATA";
  return sources.some((source) => source.mark === "STALE") ? "STALE" : "PARTIAL";
}

function seriesOf(metric: Metric, currency: string | null, { shown, rows, sources, markOf }: TileParts): Point[] {
  const days = daysOf(shown);
  const byDay = Map.groupBy(rows, (row) => row.day);
  const valueOn = (day: Day): string | null => {
    const mark = markOf(day, sources);
    const found = currency === null ? undefined : amountsOf(metric, byDay.get(day) ?? []).get(currency);
    // A refund alone on a day whose orders are not in yet is not that day.
    if (found !== undefined && mark !== "missing") return found.toFixed();
    return mark === "missing" || metric === "AVERAGE_ORDER_VALUE" ? null : "0";
  };
  return days.map((day) => ({
    day,
    value: valueOn(day),
    comparison: valueOn(addDays(day, -days.length)),
    isComplete: markOf(day, sources) === "complete",
  }));
}
