// The one ShopifyQL report that reconciliation asks for: sales by day. Anything else comes back as a parse error.
import { amountText } from "./admin/money.ts";
import type { AdminContext } from "./admin/context.ts";
import { figuresByDay, type DayFigures } from "./figures.ts";

type Column = "orders" | "gross_sales" | "discounts" | "returns" | "net_sales" | "total_sales";

/** Shopify signs discounts and returns below zero. */
const minorByColumn: Record<Exclude<Column, "orders">, (day: DayFigures) => number> = {
  gross_sales: (day) => day.gross,
  discounts: (day) => -day.discounts,
  returns: (day) => -day.returns,
  net_sales: (day) => day.net,
  total_sales: (day) => day.total,
};
const isColumn = (name: string): name is Column => name === "orders" || Object.hasOwn(minorByColumn, name);

const shape =
  /^\s*FROM\s+sales\s+SHOW\s+([a-z_,\s]+?)\s+TIMESERIES\s+day\s+SINCE\s+(\d{4}-\d{2}-\d{2})\s+UNTIL\s+(\d{4}-\d{2}-\d{2})\s*$/i;

const failed = (said: string): object => ({
  parseErrors: [said],
  parseWarnings: [],
  tableData: null,
  analyticsTargets: [],
});

export function runShopifyql(context: AdminContext, query: string): object {
  const parsed = shape.exec(query);
  if (!parsed) return failed(`Parse error near '${query.slice(0, 40)}'`);
  const names = (parsed[1] ?? "").split(",").map((each) => each.trim());
  const unknown = names.find((name) => !isColumn(name));
  if (unknown !== undefined) return failed(`Column '${unknown}' does not exist`);
  const columns = names.filter(isColumn);
  const [since = "", until = ""] = [parsed[2], parsed[3]];
  const exponent = context.shop.seed.exponent;
  const byDay = figuresByDay(context.store, context.shop, "truth");
  const rows: Record<string, string>[] = [];
  for (
    let day = since;
    day <= until;
    day = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
  ) {
    const figures = byDay.get(day);
    const cells = columns.map((name) => [
      name,
      name === "orders"
        ? String(figures?.orders ?? 0)
        : amountText(figures ? minorByColumn[name](figures) : 0, exponent),
    ]);
    rows.push(Object.fromEntries([["day", day], ...cells]));
  }
  const column = (name: string, dataType: string): object => ({
    name,
    dataType,
    displayName: name.replaceAll("_", " "),
    subType: null,
    shortDisplayName: null,
  });
  return {
    parseErrors: [],
    parseWarnings: [],
    analyticsTargets: [],
    tableData: {
      columns: [
        column("day", "DAY_TIMESTAMP"),
        ...columns.map((name) => column(name, name === "orders" ? "INTEGER" : "MONEY")),
      ],
      rows,
      rowMetadata: [],
    },
  };
}
