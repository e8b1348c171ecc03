/** Brand Overview for a range: one statement of rollups, and what the sources say of how far they reach. */
import { and, between, inArray } from "drizzle-orm";
import { Decimal } from "decimal.js";
import { rollups } from "@headwater/db/schema/tables.ts";
import { countingDays } from "./counting.ts";
import type { DayMark } from "./coverage.ts";
import { addDays } from "./days.ts";
import type { Day } from "./days.ts";
import { readDatasources } from "./datasources.ts";
import {
  amountsOf,
  changeOf,
  isAlwaysShown,
  isCount,
  mainCurrency,
  METRICS,
  ROLLUP_KEYS,
  rowsBehind,
} from "./metrics.ts";
import type { Metric, Rollup } from "./metrics.ts";
import { commonThrough, dayMark, readSources } from "./overview-sources.ts";
import type { SourceView } from "./overview-sources.ts";
import { daysOf, lengthOf } from "./range.ts";
import type { Span } from "./range.ts";
import type { Transaction } from "./transaction.ts";

export type TileState = "VALUE" | "ZERO" | "PARTIAL" | "STALE" | "NO_DATA" | "NOT_ENOUGH" | "FETCHING";
export interface Amount {
  readonly amount: string;
  readonly currency: string | null;
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

type StampedRollup = Rollup & { readonly accountId: string; readonly updatedAt: Date };

async function readRollups(db: Transaction, from: Day, to: Day): Promise<StampedRollup[]> {
  return db
    .select({
      accountId: rollups.accountId,
      metric: rollups.metric,
      day: rollups.day,
      currency: rollups.currency,
      value: rollups.value,
      updatedAt: rollups.updatedAt,
    })
    .from(rollups)
    .where(and(between(rollups.day, from, to), inArray(rollups.metric, ROLLUP_KEYS)));
}

export async function readOverview(db: Transaction, ask: OverviewAsk): Promise<OverviewView> {
  const shown = seriesSpan(ask.range);
  const earliest = [ask.comparedWith.from, addDays(shown.from, -lengthOf(shown))].toSorted()[0] ?? shown.from;
  const [views, held] = await Promise.all([readDatasources(db, ask.now), readRollups(db, earliest, ask.range.to)]);
  const counts = countingDays(views.map(({ row }) => row));
  const rows = held.filter(({ accountId, day }) => counts(accountId, day));
  const sources = await readSources(db, views, new Set(rows.map(({ accountId }) => accountId)), ask);
  const partsOf = (metric: Metric): TileParts => ({
    ask,
    shown,
    rows: rowsBehind(metric, rows),
    sources: sources.filter(({ feeds }) => feeds.includes(metric)),
  });
  const stands = (metric: Metric, parts: TileParts) =>
    isAlwaysShown(metric) || parts.sources.length > 0 || parts.rows.length > 0;
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
const calculatedLast = (rows: readonly StampedRollup[]): Date | null =>
  rows.length === 0 ? null : new Date(Math.max(...rows.map(({ updatedAt }) => updatedAt.getTime())));
interface TileParts {
  readonly ask: OverviewAsk;
  readonly shown: Span;
  readonly rows: readonly StampedRollup[];
  readonly sources: readonly SourceView[];
}

const within = (rows: readonly StampedRollup[], span: Span) =>
  rows.filter((row) => row.day >= span.from && row.day <= span.to);

function tileOf(metric: Metric, parts: TileParts): TileView {
  const { ask, rows, sources } = parts;
  const marks = daysOf(ask.range).map((day) => dayMark(day, sources));
  const inRange = within(rows, ask.range);
  const currency = isCount(metric) ? "" : mainCurrency(ask.currency, rows);
  const amounts = amountsOf(metric, inRange);
  const before = amountsOf(metric, within(rows, ask.comparedWith));
  const main = currency === null ? undefined : amounts.get(currency);
  const state = stateOf({ marks, sources, isEmpty: inRange.length === 0, isZero: main?.isZero() ?? true });
  const shows = state !== "NO_DATA" && state !== "FETCHING";
  const value = main ?? (shows && currency !== null && metric !== "AVERAGE_ORDER_VALUE" ? ZERO : undefined);
  const isWhole = daysOf(ask.comparedWith).every((day) => dayMark(day, sources) === "complete");
  const compared =
    isWhole && (state === "VALUE" || state === "ZERO") && currency !== null
      ? (before.get(currency) ?? zeroFor(metric))
      : undefined;
  return {
    metric,
    state,
    value: shows ? amountOf(value, currency) : null,
    apart: [...amounts]
      .filter(([other]) => other !== currency)
      .map(([other, amount]) => ({ amount: amount.toFixed(), currency: other })),
    comparison: amountOf(compared, currency),
    change: changeOf(value, compared),
    currency: currency === "" ? null : currency,
    series: seriesOf(metric, currency, parts),
    completeThrough: commonThrough(ask.range, sources),
    calculatedAt: calculatedLast(rows),
    daysHave: marks.filter((mark) => mark === "complete").length,
    daysNeeded: marks.length,
    isHistoryShort: marks.length > 1 && marks[0] === "missing",
  };
}

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

function seriesOf(metric: Metric, currency: string | null, { shown, rows, sources }: TileParts): Point[] {
  const days = daysOf(shown);
  const byDay = Map.groupBy(rows, (row) => row.day);
  const valueOn = (day: Day): string | null => {
    const mark = dayMark(day, sources);
    const found = currency === null ? undefined : amountsOf(metric, byDay.get(day) ?? []).get(currency);
    // A refund alone on a day whose orders are not in yet is not that day.
    if (found !== undefined && mark !== "missing") return found.toFixed();
    return mark === "missing" || metric === "AVERAGE_ORDER_VALUE" ? null : "0";
  };
  return days.map((day) => ({
    day,
    value: valueOn(day),
    comparison: valueOn(addDays(day, -days.length)),
    isComplete: dayMark(day, sources) === "complete",
  }));
}
