// Metric aggregates: what was counted on each of the account's days, by channel, flow and message. The answer is columns
// of numbers beside a row of dates; here each cell becomes a number of one day, with no digit lost.
import { Decimal } from "decimal.js";
import type { Json } from "../json.ts";
import { isFields, listOf, Unmappable, type Fields } from "../read-fields.ts";
import { isDecimalText, type DayText, type DecimalText } from "../records.ts";
import { SourceFailure } from "../failure.ts";
import { cursorIn } from "../protocol/cursor-in.ts";
import { apiUrl, attributesOf, type Call, nextLinkOf } from "./api.ts";

export const BY_CREDIT = ["$attributed_channel", "$attributed_flow", "$attributed_message"] as const;
export const BY_MESSAGE = ["$flow", "$message"] as const;
const ROWS_A_PAGE = 500;

export type AggregateAsk = {
  readonly metricId: string;
  readonly zone: string;
  readonly from: DayText;
  /** Exclusive. */
  readonly until: DayText;
  readonly by: readonly string[];
  readonly page: string | null;
  readonly purpose: string;
};

export function aggregateCall(ask: AggregateAsk): Call {
  const attributes = {
    metric_id: ask.metricId,
    measurements: ["count", "unique", "sum_value"],
    interval: "day",
    timezone: ask.zone,
    // Without an offset: read in `timezone`.
    filter: [`greater-or-equal(datetime,${ask.from}T00:00:00)`, `less-than(datetime,${ask.until}T00:00:00)`],
    page_size: ROWS_A_PAGE,
    ...(ask.by.length === 0 ? {} : { by: ask.by }),
    ...(ask.page === null ? {} : { page_cursor: ask.page }),
  };
  return {
    url: apiUrl("metric-aggregates"),
    body: { data: { type: "metric-aggregate", attributes } },
    endpoint: "metric-aggregates",
    scope: "metrics:read",
    purpose: ask.purpose,
  };
}

export type Cell = {
  readonly day: DayText;
  readonly count: DecimalText;
  readonly unique: DecimalText;
  readonly value: DecimalText;
};
export type AggregateRow = { readonly dimensions: readonly string[]; readonly cells: readonly Cell[] };
export type AggregatePage = {
  readonly rows: readonly AggregateRow[];
  readonly spoiled: readonly { readonly row: Fields; readonly reason: string; readonly detail: string }[];
  readonly next: string | null;
  /** It has as many rows as a page may have. */
  readonly isFull: boolean;
};

/** Rows that do not fit their dates are told apart; dates in the place of those asked for spoil the whole answer. */
export function readAggregates(document: Fields, ask: AggregateAsk): AggregatePage {
  const data = document["data"];
  const attributes = isFields(data) ? attributesOf(data) : {};
  const days = daysIn(attributes, ask);
  const rows: AggregateRow[] = [];
  const spoiled: { row: Fields; reason: string; detail: string }[] = [];
  const given = rowsIn(attributes);
  for (const row of given) {
    try {
      rows.push({
        dimensions: dimensionsOf(row, ask.by.length),
        cells: cellsOf(row, days).filter(({ day }) => day < ask.until),
      });
    } catch (error) {
      if (!(error instanceof Unmappable)) throw error;
      spoiled.push({ row, reason: error.reason, detail: error.detail });
    }
  }
  return { rows, spoiled, next: placeOf(nextLinkOf(document)), isFull: given.length >= ROWS_A_PAGE };
}

function rowsIn(attributes: Fields): readonly Fields[] {
  try {
    return listOf(attributes, "data");
  } catch (error) {
    if (error instanceof Unmappable) throw unreadable("no rows of data");
    throw error;
  }
}

const unreadable = (said: string): SourceFailure =>
  new SourceFailure({ class: "transient", code: "klaviyo.notJsonApi", said });

function daysIn(attributes: Fields, ask: AggregateAsk): DayText[] {
  const dates = attributes["dates"];
  if (!Array.isArray(dates)) throw unreadable("no dates beside the numbers");
  const dayOf = dayCutterIn(ask.zone);
  const days = dates.map((date: Json) => dayOf(typeof date === "string" ? date : ""));
  const asked = days.filter((day) => day < ask.until);
  const isWithin = days.every((day) => day >= ask.from);
  // An end that is taken for a day as well does no harm, as long as no other day is lost to it.
  const isFit = asked.length === days.length || asked.length === daysBetween(ask);
  if (new Set(days).size < days.length || !isWithin || !isFit)
    throw unreadable("dates that were not asked for, or twice the same");
  return days;
}

const daysBetween = ({ from, until }: AggregateAsk): number => (Date.parse(until) - Date.parse(from)) / 86_400_000;

/** A date with an offset is an instant of that day; one without is the day itself. */
function dayCutterIn(zone: string): (date: string) => DayText {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return (date) => {
    if (!/(?:Z|[+-]\d\d:?\d\d)$/.test(date.slice(10))) return date.slice(0, 10);
    const ms = Date.parse(date);
    return Number.isNaN(ms) ? "" : format.format(ms);
  };
}

/** By their documentation an empty list stands for a row that has none of those asked for. */
function dimensionsOf(row: Fields, expected: number): string[] {
  const dimensions = expected === 0 ? [] : (row["dimensions"] ?? null);
  if (Array.isArray(dimensions) && dimensions.length === 0) return Array.from({ length: expected }, () => "");
  if (!Array.isArray(dimensions) || dimensions.length !== expected)
    throw new Unmappable("notDimensions", `dimensions: ${JSON.stringify(dimensions)}`);
  return dimensions.map((dimension: Json) =>
    dimension === null ? "" : typeof dimension === "string" ? dimension : JSON.stringify(dimension),
  );
}

function cellsOf(row: Fields, days: readonly DayText[]): Cell[] {
  const measurements = row["measurements"];
  if (!isFields(measurements)) throw new Unmappable("missing", "measurements");
  const column = (name: string): readonly Json[] => {
    const values = measurements[name] ?? (name === "unique" ? days.map(() => 0) : null); // shown, and never counted
    if (!Array.isArray(values) || values.length !== days.length)
      throw new Unmappable("notParallel", `${name}: not one for each date`);
    return values;
  };
  const [counts, uniques, values] = [column("count"), column("unique"), column("sum_value")];
  return days.flatMap((day, n) => {
    const cell = {
      day,
      count: exactly("count", counts[n]),
      unique: exactly("unique", uniques[n]),
      value: exactly("sum_value", values[n]),
    };
    return [cell.count, cell.unique, cell.value].every(isNothing) ? [] : [cell];
  });
}

const isNothing = (text: DecimalText): boolean => /^-?0(?:\.0+)?$/.test(text);

const DECIMALS_MAX = 18;
/** Room for every digit that a number of JSON may have. */
const Exact = Decimal.clone({ precision: 120, toExpNeg: -80, toExpPos: 80, rounding: Decimal.ROUND_HALF_EVEN });

/** The number's own digits, as they stood in the JSON. What is beyond eighteen decimals is noise of their floats. */
export function exactly(name: string, value: Json | undefined): DecimalText {
  const text: string = typeof value === "string" ? value : JSON.stringify(value ?? null);
  if (isDecimalText(text)) return text;
  if (!/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/.test(text)) throw notDecimal(name, text);
  const plain = new Exact(text).toDecimalPlaces(DECIMALS_MAX).toFixed();
  if (isDecimalText(plain)) return plain;
  throw notDecimal(name, text);
}

/** No currency has more than four. */
const MONEY_DECIMALS = 6;

/** Sums of money are added up in floats at the source: 3914.5400000000006. So no sum of ours would ever equal theirs. */
export function amountIn(sum: DecimalText): DecimalText {
  const amount = new Exact(sum).toDecimalPlaces(MONEY_DECIMALS).toFixed();
  return isDecimalText(amount) ? amount : sum;
}

const notDecimal = (name: string, text: string): Unmappable => new Unmappable("notDecimal", `${name}: ${text}`);

/** The next page's cursor goes into the body; the link that carries it names it one way or the other. */
function placeOf(next: string | null): string | null {
  if (next === null) return null;
  if (!/[/?]/.test(next)) return next;
  const link = URL.parse(next, apiUrl(""));
  const cursor = cursorIn(link, "page_cursor") ?? cursorIn(link, "page[cursor]") ?? "";
  if (cursor === "") throw unreadable("a next link without a cursor");
  return cursor;
}
