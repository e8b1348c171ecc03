// The shop's own figures for one of its days: the count of orders always, money where its reports may be read.
import type { Aggregate, Reconcile } from "../contract.ts";
import { addDays, startOf } from "../days.ts";
import { isSourceFailure } from "../failure.ts";
import { textOrNull, type Fields } from "../read-fields.ts";
import { isDecimalText, type DayText } from "../records.ts";
import type { SourceSession } from "../session.ts";
import { callShop } from "./api.ts";
import { asList, asObject } from "./graphql-answer.ts";
import { countOrders } from "./streams/reading.ts";

export const reportText = `query Report($report: String!) {
  shopifyqlQuery(query: $report) { tableData { columns { name } rows } parseErrors }
}`;
const REPORT_COST = 3;

/** Their names for what we call these; returns and discounts come with a minus. */
const metrics = ["gross_sales", "discounts", "returns", "net_sales", "total_sales"] as const;

export const shopifyReconcile: Reconcile = {
  settledAfterHours: 6,
  aggregates: async (session, day) => [...(await orderCount(session, day)), ...(await salesReport(session, day))],
};

async function orderCount(session: SourceSession, day: DayText): Promise<Aggregate[]> {
  const zone = session.account?.zone ?? "UTC";
  const count = await countOrders(session, { from: startOf(day, zone), to: startOf(addDays(day, 1), zone) });
  if (count === null) return [];
  const takesIn = { kind: "everyOrderMade" } as const;
  return [{ metric: "orders", day, value: String(count), currency: null, figure: "ordersCount", takesIn }];
}

/** Needs `read_reports` and an approval for customer data; without them there is simply no second figure. */
async function salesReport(session: SourceSession, day: DayText): Promise<Aggregate[]> {
  if (!session.scopes.has("read_reports")) return [];
  const report = `FROM sales SHOW ${metrics.join(", ")} TIMESERIES day SINCE ${day} UNTIL ${day}`;
  try {
    const result = await callShop(session, {
      query: reportText,
      variables: { report },
      cost: REPORT_COST,
      purpose: "report",
    });
    const row = firstRowOf(asObject(asObject(result.data["shopifyqlQuery"])?.["tableData"]) ?? {});
    const currency = session.account?.currency ?? null;
    return metrics.flatMap((metric) => {
      const value = signed(metric, textOrNull(row, metric) ?? "");
      return isDecimalText(value) ? [{ metric, day, value, currency, figure: "shopifyql" }] : [];
    });
  } catch (error) {
    if (isSourceFailure(error) && error.failure.class === "permission") return [];
    throw error;
  }
}

/** `rows` is JSON without a shape of its own: objects by column, or lists in the columns' order. */
function firstRowOf(table: Fields): Fields {
  const first = asList(table["rows"])[0];
  const names = asList(table["columns"]).map((column) => textOrNull(asObject(column) ?? {}, "name") ?? "");
  return asObject(first) ?? Object.fromEntries(asList(first).map((cell, i) => [names[i] ?? "", cell]));
}

/** Discounts and returns are what is taken off: positive with us, negative in their reports. */
function signed(metric: (typeof metrics)[number], value: string): string {
  return metric === "discounts" || metric === "returns" ? value.replace(/^-/, "") : value;
}
