// The audit itself, pure: what was served beside what is held.
import { sumDecimals } from "./amounts.ts";
import type { Basis } from "./told.ts";
import { auditedKinds, plainAmount, type Fact, type Facts } from "./facts.ts";

export interface Finding {
  readonly what: "lost" | "doubled" | "stale" | "ahead" | "wrong" | "kept though deleted" | "rollup";
  readonly key: string;
  readonly detail: string;
}

export interface CompareOptions {
  /** Whether deletes at the source must have been followed already. */
  readonly mustFollowDeletes: boolean;
  readonly basis: Basis;
}

function differences(told: Fact, held: Fact): string[] {
  return Object.entries(told.says)
    .filter(([name, said]) => (held.says[name] ?? null) !== said)
    .map(([name, said]) => `${name}: served ${said ?? "nothing"}, held ${held.says[name] ?? "nothing"}`);
}

function judge(key: string, told: Fact, held: Fact | undefined, options: CompareOptions): Finding[] {
  if (!held || held.isDeleted) {
    if (told.isDeleted) return [];
    const detail = held ? "marked as deleted, though it stands at the source" : `served at ${told.versionAt}, not held`;
    return [{ what: "lost", key, detail }];
  }
  if (told.isDeleted && options.mustFollowDeletes)
    return [{ what: "kept though deleted", key, detail: "gone at the source" }];
  // As it stands, it is gone: which version of it is still held says nothing.
  if (told.isDeleted && options.basis === "truth") return [];
  if (held.versionAt < told.versionAt)
    return [{ what: "stale", key, detail: `served ${told.versionAt}, held ${held.versionAt}` }];
  if (held.versionAt > told.versionAt)
    return [{ what: "ahead", key, detail: `served ${told.versionAt}, held ${held.versionAt}` }];
  const found = differences(told, held);
  return found.length === 0 ? [] : [{ what: "wrong", key, detail: found.join("; ") }];
}

export function compareRecords(told: Facts, held: Facts, options: CompareOptions): Finding[] {
  const findings: Finding[] = [];
  for (const [key, fact] of told) findings.push(...judge(key, fact, held.get(key), options));
  for (const [key, fact] of held) {
    if (!fact.isDeleted && !told.has(key))
      findings.push({ what: "doubled", key, detail: "held, and never served under this id" });
  }
  return findings;
}

/** Exact sums of the money on each side, for the report. */
export function moneyOf(facts: Facts): Readonly<Record<string, string>> {
  const columns = {
    orders: "total",
    order_lines: "gross",
    refunds: "amount",
    transactions: "amount",
    fulfilments: null,
  } as const;
  return Object.fromEntries(
    auditedKinds.flatMap((kind) => {
      const column = columns[kind];
      if (column === null) return [];
      const amounts = [...facts.values()]
        .filter((fact) => fact.kind === kind && !fact.isDeleted)
        .map((fact) => fact.says[column] ?? "0");
      return [[`${kind}.${column}`, plainAmount(sumDecimals(amounts)) ?? "0"]];
    }),
  );
}

export interface RollupRow {
  readonly metric: string;
  readonly day: string;
  readonly value: string;
}

/** The sandbox's word for a figure, and the metric that must equal it. */
export const metricByFigure = {
  orders: "orders",
  gross: "gross_sales",
  discounts: "discounts",
  returns: "returns",
  net: "net_sales",
  shipping: "shipping",
  tax: "taxes",
  duties: "duties",
  tips: "tips",
  total: "total_sales",
  revenue: "revenue",
  refunded: "refunds",
  fees: "payment_fees",
  shipments: "shipments",
} as const;

const zero = (value: string | undefined): string => plainAmount(value ?? "0") ?? "0";

export function compareRollups(
  days: readonly Readonly<Record<string, string>>[],
  rows: readonly RollupRow[],
): Finding[] {
  const held = new Map(rows.map((row) => [`${row.metric} ${row.day}`, row.value]));
  const findings: Finding[] = [];
  const judged = new Set<string>();
  for (const figures of days) {
    for (const [figure, metric] of Object.entries(metricByFigure)) {
      const key = `${metric} ${figures["day"] ?? ""}`;
      judged.add(key);
      const [theirs, ours] = [zero(figures[figure]), zero(held.get(key))];
      if (theirs !== ours) findings.push({ what: "rollup", key, detail: `the shop says ${theirs}, we say ${ours}` });
    }
  }
  const known = new Set<string>(Object.values(metricByFigure));
  for (const row of rows) {
    const key = `${row.metric} ${row.day}`;
    if (known.has(row.metric) && !judged.has(key) && zero(row.value) !== "0") {
      findings.push({ what: "rollup", key, detail: `the shop knows no such day, we say ${row.value}` });
    }
  }
  return findings;
}
