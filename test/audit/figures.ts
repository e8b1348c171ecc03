// What a metric comes to on a day, as the sandbox tells it and as we hold it. What comes to nothing is on neither side.
import type { Sql } from "postgres";
import { plainAmount } from "./facts.ts";
import { readTold } from "./keyed.ts";

export type Figure = readonly [key: string, says: string];

export interface HeldFigure {
  readonly metric: string;
  readonly day: string;
  readonly currency: string;
  readonly value: string;
}

export const amount = (value: string | null): string => plainAmount(value) ?? "-";

export const figureOf = ({ metric, day, currency, value }: HeldFigure): Figure => [
  `${metric} ${day} ${currency}`,
  amount(value),
];

/** Days before `from` are left out. */
export async function toldFigures(url: string, from = ""): Promise<Figure[]> {
  const days = await readTold<Record<string, string>[]>(url);
  return days
    .filter(({ day = "" }) => day >= from)
    .flatMap(({ day = "", currency = "", ...values }) =>
      Object.entries(values).map(([metric, value]) => figureOf({ metric, day, currency, value })),
    )
    .filter(([, value]) => value !== "0");
}

export async function heldFigures(sql: Sql, accountId: string, from: string): Promise<Figure[]> {
  const rows = await sql<HeldFigure[]>`
    select metric, day::text as day, currency, value::text as value from rollups
    where account_id = ${accountId} and value <> 0 and day::text >= ${from}`;
  return rows.map(figureOf);
}
