// POST /metric-aggregates: numbers of a metric by day and dimensions, read in a time zone.
import { createHash } from "node:crypto";
import type { Incoming } from "../http.ts";
import { API, amountJson, badField, decodeCursor, encodeCursor, instantJson, Refusal } from "./documents.ts";
import { readCondition } from "./filters.ts";
import { dayNumber, startOf } from "./messages.ts";
import type { Account, Atom, Metric } from "./world.ts";

export interface AggregateAsk {
  readonly metric: Metric;
  readonly by: readonly string[];
  readonly from: number;
  readonly until: number;
  readonly size: number;
  readonly start: number;
  /** Seconds of the hour that the answer was counted at; the pages of one answer are all of one. */
  readonly countedAt: number;
  readonly mark: string;
}

const measurements = new Set(["count", "unique", "sum_value"]);
const dimensions = new Set([
  "$attributed_channel",
  "$attributed_flow",
  "$attributed_message",
  "$attributed_variation",
  "$message",
  "$flow",
  "$campaign_channel",
  "Campaign Name",
  "Bot Click",
]);
const known = new Set([
  "metric_id",
  "measurements",
  "interval",
  "timezone",
  "filter",
  "by",
  "page_size",
  "page_cursor",
  "return_fields",
  "sort",
]);
const YEAR_DAYS = 366;
/** Case sensitive, and no younger alias than their list. */
const rejectedZones = new Set(["Europe/Kyiv", "America/Ciudad_Juarez"]);
const zones = new Set(Intl.supportedValuesOf("timeZone"));

type Attributes = Readonly<Record<string, unknown>>;

export function readAsk(incoming: Incoming, account: Account): AggregateAsk {
  const attributes = attributesIn(incoming.body);
  for (const name of Object.keys(attributes))
    if (!known.has(name)) throw badField(name, `'${name}' is not a valid field.`);
  const metric = account.metrics.find(({ id }) => id === attributes["metric_id"]);
  if (metric === undefined) throw badField("metric_id", "A metric with that id does not exist.");
  const asked = textsIn(attributes, "measurements");
  if (asked.length === 0 || asked.some((each) => !measurements.has(each)))
    throw badField("measurements", "Choose from count, unique, sum_value.");
  if (attributes["interval"] !== "day") throw badField("interval", "This stand-in counts by day only.");
  const zone = attributes["timezone"] ?? "UTC";
  if (
    typeof zone !== "string" ||
    rejectedZones.has(zone) ||
    !(zones.has(zone) || zone === account.seed.zone || zone === "UTC")
  )
    throw badField("timezone", `${JSON.stringify(zone)} is not a valid timezone.`);
  if (zone !== account.seed.zone)
    throw badField("timezone", "This stand-in keeps days in the account's own zone only.");
  const by = textsIn(attributes, "by");
  for (const each of by) if (!dimensions.has(each)) throw badField("by", `'${each}' is not a valid dimension.`);
  const size = attributes["page_size"] ?? 500;
  if (typeof size !== "number" || size < 1 || size > 500) throw badField("page_size", "Must be between 1 and 500.");
  const range = rangeIn(textsIn(attributes, "filter"));
  const { page_cursor: cursor, ...rest } = attributes;
  const mark = createHash("sha256").update(JSON.stringify(rest)).digest("hex").slice(0, 16);
  return { metric, by, ...range, size, mark, ...placeIn(cursor, mark, account.countedAt()) };
}

function placeIn(cursor: unknown, mark: string, countedAt: number): Pick<AggregateAsk, "start" | "countedAt"> {
  if (cursor === undefined || cursor === null || cursor === "") return { start: 0, countedAt };
  const { start, at, of } = typeof cursor === "string" ? decodeCursor(cursor) : {};
  if (of !== mark || typeof start !== "number" || typeof at !== "number")
    throw badField("page_cursor", "Invalid page cursor for this query.");
  return { start, countedAt: at };
}

function attributesIn(body: string): Attributes {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new Refusal(400, "invalid", "JSON parse error.");
  }
  const data: unknown = Object(parsed)["data"];
  const { type, attributes }: { type?: unknown; attributes?: unknown } = Object(data);
  if (type !== "metric-aggregate") throw badField("type", "Must be 'metric-aggregate'.");
  if (typeof attributes !== "object" || attributes === null) throw badField("attributes", "This field is required.");
  return { ...attributes };
}

function textsIn(attributes: Attributes, name: string): string[] {
  const list = attributes[name] ?? [];
  if (!Array.isArray(list) || list.some((each) => typeof each !== "string"))
    throw badField(name, "Must be a list of strings.");
  return list.map(String);
}

/** Both ends, without an offset, at most a year apart. */
function rangeIn(filters: readonly string[]): { from: number; until: number } {
  const conditions = filters.map(readCondition).filter(({ field }) => field === "datetime");
  const end = (operator: string): number => {
    const value = conditions.find((each) => each.operator === operator)?.value ?? "";
    if (!/^\d{4}-\d\d-\d\dT00:00:00$/.test(value))
      throw badField("filter", `A datetime filter '${operator}' of the form 2026-01-01T00:00:00 is required.`);
    return dayNumber(value.slice(0, 10));
  };
  const [from, until] = [end("greater-or-equal"), end("less-than")];
  if (until <= from) throw badField("filter", "The time range is empty.");
  if (until - from > YEAR_DAYS) throw badField("filter", "The time range must not be longer than one year.");
  return { from, until };
}

export interface AggregateRow {
  readonly dimensions: readonly string[];
  readonly atoms: readonly Atom[];
}

/** Rows with anything in them, in the order of their dimensions. */
function rowsOf(account: Account, { metric, by, from, until, countedAt }: AggregateAsk): AggregateRow[] {
  const rows = new Map<string, { dimensions: string[]; atoms: Atom[] }>();
  for (const atom of account.atoms(metric, from, until, countedAt)) {
    const values = by.map((name) => atom.under[name] ?? "");
    const key = values.join("\u0001");
    const row = rows.get(key);
    if (row === undefined) rows.set(key, { dimensions: values, atoms: [atom] });
    else row.atoms.push(atom);
  }
  return [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

export function aggregateDocument(account: Account, ask: AggregateAsk): object {
  const { from, until, start, size, countedAt, mark } = ask;
  const { zone, exponent } = account.seed;
  const days = Array.from({ length: until - from }, (_, n) => from + n);
  const rows = rowsOf(account, ask);
  const data = rows.slice(start, start + size).map((row) => {
    const counts = days.map(() => 0);
    const minors = days.map(() => 0);
    for (const { day, count, minor } of row.atoms) {
      counts[day - from] = (counts[day - from] ?? 0) + count;
      minors[day - from] = (minors[day - from] ?? 0) + minor;
    }
    return {
      dimensions: row.dimensions,
      measurements: {
        count: counts,
        unique: counts.map((count) => count - Math.floor(count / 7)),
        sum_value: minors.map((minor) => amountJson(minor, exponent)),
      },
    };
  });
  const cursor = start + size < rows.length ? encodeCursor({ start: start + size, at: countedAt, of: mark }) : null;
  return {
    data: {
      type: "metric-aggregate",
      id: mark,
      attributes: { dates: days.map((day) => instantJson(startOf(day, zone))), data },
      links: { self: `${API}/metric-aggregates/` },
    },
    links: {
      self: `${API}/metric-aggregates`,
      next: cursor === null ? null : `${API}/metric-aggregates?page_cursor=${cursor}`,
      prev: null,
    },
  };
}
