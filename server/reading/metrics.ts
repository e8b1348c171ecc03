/** Tiles from daily rollups: sums by currency, never across currencies, exact to the last digit. Pure. */
import { Decimal } from "decimal.js";
import type { LeftOutReason } from "@headwater/db";
import type { Day } from "./days.ts";

export const METRICS = [
  "ORDERS",
  "GROSS_SALES",
  "DISCOUNTS",
  "RETURNS",
  "NET_SALES",
  "TOTAL_SALES",
  "AVERAGE_ORDER_VALUE",
  "AD_SPEND",
  "EMAIL_REVENUE",
  "COSTS",
] as const;
export type Metric = (typeof METRICS)[number];
export type Better = "UP" | "DOWN" | "NEITHER";

/** What all costs are made of, by the keys of each part: fees as the store's own gateway charged them are a part too. */
export const COST_PARTS = {
  goods: ["cost_cogs"],
  shipping: ["cost_shipping"],
  handling: ["cost_handling"],
  paymentFees: ["cost_payment_fee", "payment_fees"],
  marketing: ["cost_marketing"],
  fixed: ["cost_fixed"],
  other: ["cost_other"],
} as const;
export type CostPart = keyof typeof COST_PARTS;
export const COST_PART_NAMES = ["goods", "shipping", "handling", "paymentFees", "marketing", "fixed", "other"] as const;
/** Rows of files that are counted in none of them, by why: how many in `PCS`, their money in its own currency. */
export const leftOutKey = (reason: LeftOutReason): string => `left_out.${reason}`;
/** Units sold, and those of them that nobody has said a cost of; a day whose orders are still to be counted with the costs. */
export const COST_UNITS = { sold: "cost_units", without: "cost_units_without", stale: "cost_stale" } as const;

/** The keys of each in the rows of a day. */
const KEYS: Readonly<Record<Metric, readonly string[]>> = {
  ORDERS: ["orders"],
  GROSS_SALES: ["gross_sales"],
  DISCOUNTS: ["discounts"],
  RETURNS: ["returns"],
  NET_SALES: ["net_sales"],
  TOTAL_SALES: ["total_sales"],
  AVERAGE_ORDER_VALUE: ["orders", "gross_sales", "discounts"],
  AD_SPEND: ["ad_spend", "cost_ad_spend"],
  EMAIL_REVENUE: ["email_revenue"],
  COSTS: COST_PART_NAMES.flatMap((part) => [...COST_PARTS[part]]),
};
/** Those that any of these rows has a part in. */
export const metricsMadeOf = (keys: readonly string[]): Metric[] =>
  METRICS.filter((metric) => KEYS[metric].some((key) => keys.includes(key)));
/** What tiles read of `rollups`; the store's own fees only where costs are kept. */
export const ROLLUP_KEYS = [...new Set(Object.values(KEYS).flat())].filter(
  (key) => !key.startsWith("cost_") && key !== "payment_fees",
);

export const BETTER: Readonly<Record<Metric, Better>> = {
  ORDERS: "UP",
  GROSS_SALES: "UP",
  DISCOUNTS: "NEITHER",
  RETURNS: "DOWN",
  NET_SALES: "UP",
  TOTAL_SALES: "UP",
  AVERAGE_ORDER_VALUE: "UP",
  AD_SPEND: "NEITHER",
  EMAIL_REVENUE: "UP",
  COSTS: "NEITHER",
};
/** The kind of record that each is made of: who yields it feeds the tile. */
export type Kind = "order" | "adDay" | "messageDay" | "cost";
const FED_BY: Readonly<Record<Metric, Kind>> = {
  ORDERS: "order",
  GROSS_SALES: "order",
  DISCOUNTS: "order",
  RETURNS: "order",
  NET_SALES: "order",
  TOTAL_SALES: "order",
  AVERAGE_ORDER_VALUE: "order",
  AD_SPEND: "adDay",
  EMAIL_REVENUE: "messageDay",
  COSTS: "cost",
};
interface Yielding {
  readonly yields: readonly string[];
}
/** Those that it feeds by itself. */
export const tilesFedBy = ({ yields }: Yielding): Metric[] =>
  METRICS.filter((metric) => yields.includes(FED_BY[metric]));

/** Files of costs may name some of them ad spend; and where costs are kept, orders make a part of them. */
export const tilesStandingOn = (
  platform: Yielding,
  { namesAdSpend, keepsCosts }: { readonly namesAdSpend: boolean; readonly keepsCosts: boolean },
): Metric[] => {
  const tiles = new Set(tilesFedBy(platform));
  if (yieldsCosts(platform) && namesAdSpend) tiles.add("AD_SPEND");
  if (yieldsOrders(platform) && keepsCosts) tiles.add("COSTS");
  return METRICS.filter((metric) => tiles.has(metric));
};
export const yieldsCosts = ({ yields }: Yielding): boolean => yields.includes("cost");
export const yieldsOrders = ({ yields }: Yielding): boolean => yields.includes("order");

/** Metrics by the kind of record that feeds them: those of one kind have the same sources and the same days. */
export const KINDS: ReadonlyMap<Kind, readonly Metric[]> = Map.groupBy(METRICS, (metric) => FED_BY[metric]);

/** Every brand sells; the rest is shown where somebody feeds it. */
export const isAlwaysShown = (kind: Kind): boolean => kind === "order";

/** Of all rows those that these metrics are made of: what other sources brought says nothing of them. */
export function rowsBehind<Row extends Rollup>(metrics: readonly Metric[], rollups: readonly Row[]): Row[] {
  const keys = new Set(metrics.flatMap((metric) => KEYS[metric]));
  return rollups.filter((rollup) => keys.has(rollup.metric));
}

export const isCount = (metric: Metric): boolean => metric === "ORDERS";

/** What there is of one metric in one currency, day by day. */
export interface Rollup {
  readonly metric: string;
  readonly currency: string;
  readonly days: ReadonlyMap<Day, string>;
}

/** What they say of such days. */
export function onDays<Row extends Rollup>(rollups: readonly Row[], isOne: (day: Day, row: Row) => boolean): Row[] {
  return rollups.flatMap((row) => {
    const days = new Map<Day, string>();
    for (const [day, value] of row.days) if (isOne(day, row)) days.set(day, value);
    return days.size === 0 ? [] : [{ ...row, days }];
  });
}

export type AmountByCurrency = ReadonlyMap<string, Decimal>;
const ZERO = new Decimal(0);

export function sum(rollups: readonly Rollup[], keys: readonly string[]): Map<string, Decimal> {
  const amounts = new Map<string, Decimal>();
  for (const { metric, currency, days } of rollups) {
    if (!keys.includes(metric) || days.size === 0) continue;
    amounts.set(currency, (amounts.get(currency) ?? ZERO).plus(total(days.values())));
  }
  return amounts;
}

/** As whole numbers, apart by their places: thousands of days are added up, and a decimal for each costs more than the adding. */
function total(values: Iterable<string>): Decimal {
  const sums = new Map<number, bigint>();
  for (const value of values) {
    const [whole = "", fraction = ""] = value.split(".");
    sums.set(fraction.length, (sums.get(fraction.length) ?? 0n) + BigInt(whole + fraction));
  }
  return [...sums].reduce((all, [places, units]) => all.plus(`${units}e-${places}`), ZERO);
}

/** A metric day by day, in one currency; a count is one number whatever the currency. */
export function dailyOf(metric: Metric, rollups: readonly Rollup[], currency: string): ReadonlyMap<Day, string> {
  const own = isCount(metric) ? rollups : rollups.filter((rollup) => rollup.currency === currency);
  return metric === "AVERAGE_ORDER_VALUE" ? dailyAverages(own, currency) : together(own, KEYS[metric]);
}

/** What stands alone stands as it was read. */
function together(rollups: readonly Rollup[], keys: readonly string[]): ReadonlyMap<Day, string> {
  const [first, ...others] = rollups.filter(({ metric }) => keys.includes(metric)).map(({ days }) => days);
  if (first === undefined || others.length === 0) return first ?? new Map<Day, string>();
  const days = new Map(first);
  for (const [day, value] of others.flatMap((other) => [...other])) {
    const before = days.get(day);
    days.set(day, before === undefined ? value : total([before, value]).toFixed());
  }
  return days;
}

function dailyAverages(rollups: readonly Rollup[], currency: string): ReadonlyMap<Day, string> {
  const gross = together(rollups, KEYS.GROSS_SALES);
  const discounts = together(rollups, KEYS.DISCOUNTS);
  const days = new Map<Day, string>();
  for (const [day, orders] of together(rollups, KEYS.ORDERS))
    if (orders !== "0") days.set(day, average(gross.get(day), discounts.get(day), { orders, currency }).toFixed());
  return days;
}

/** (gross sales − discounts) / orders. */
const average = (
  gross: Decimal.Value = ZERO,
  discounts: Decimal.Value = ZERO,
  { orders, currency }: { readonly orders: Decimal.Value; readonly currency: string },
): Decimal => new Decimal(gross).minus(discounts).dividedBy(orders).toDecimalPlaces(minorDigits(currency));

/** What a metric comes to over some days, by currency; a count is one number under `""`. */
export function amountsOf(metric: Metric, rollups: readonly Rollup[]): AmountByCurrency {
  if (metric === "ORDERS") {
    const counts = [...sum(rollups, KEYS.ORDERS).values()];
    return counts.length === 0 ? new Map() : new Map([["", counts.reduce((all, count) => all.plus(count))]]);
  }
  return metric === "AVERAGE_ORDER_VALUE" ? averages(rollups) : sum(rollups, KEYS[metric]);
}

function averages(rollups: readonly Rollup[]): AmountByCurrency {
  const gross = sum(rollups, KEYS.GROSS_SALES);
  const discounts = sum(rollups, KEYS.DISCOUNTS);
  const averagesByCurrency = new Map<string, Decimal>();
  for (const [currency, orders] of sum(rollups, KEYS.ORDERS)) {
    if (orders.isZero()) continue;
    averagesByCurrency.set(currency, average(gross.get(currency), discounts.get(currency), { orders, currency }));
  }
  return averagesByCurrency;
}

const digits = new Map<string, number>();
/** JPY 0, INR 2, KWD 3. */
export function minorDigits(currency: string): number {
  const known = digits.get(currency);
  if (known !== undefined) return known;
  const found = digitsFromIntl(currency);
  digits.set(currency, found);
  return found;
}

function digitsFromIntl(currency: string): number {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2; // RangeError: Intl knows every listed code, and an unlisted one is best shown like most
  }
}

/** Those that there is anything in. */
export const currenciesIn = (rollups: readonly Rollup[]): ReadonlySet<string> =>
  new Set(
    rollups
      .filter(({ metric, days }) => metric !== "orders" || [...days.values()].some((value) => value !== "0"))
      .map(({ currency }) => currency),
  );

/** The brand's where it is among them, else the only one there is; null when several stand apart. */
export function mainCurrency(brand: string, present: ReadonlySet<string>): string | null {
  if (present.has(brand) || present.size === 0) return brand;
  return present.size === 1 ? ([...present][0] ?? brand) : null;
}

/** To four places; null where it means nothing. */
export function changeOf(value: Decimal | undefined, before: Decimal | undefined): string | null {
  if (value === undefined || before === undefined || before.isZero()) return null;
  return value.minus(before).dividedBy(before.abs()).toDecimalPlaces(4).toString();
}
