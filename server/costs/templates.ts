/** A file to begin with for each shape. Everything that leaves the house as CSV is quoted, and nothing in it runs. */
import { safeField } from "@headwater/workflows/client.ts";

export interface CostTemplate {
  readonly name: "costs" | "days" | "prices" | "orders";
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const COST_TEMPLATES: readonly CostTemplate[] = [
  {
    name: "costs",
    columns:
      "cost_id,start_date,end_date,cost_type,basis,amount,currency,sku,order_id,name,recurrence,is_ad_spend".split(","),
    rows: [
      ["RENT-1", "2026-11-01", "", "fixed", "total", "3000.00", "", "", "", "Warehouse rent", "monthly", ""],
      ["", "2026-11-18", "", "marketing", "total", "450.00", "", "", "", "Podcast spot", "", "yes"],
      ["", "2026-01-01", "", "payment_fee", "percent", "2.9%", "", "", "", "Card fee", "", ""],
    ],
  },
  {
    name: "days",
    columns: "date,cogs,shipping,handling,payment_fees,fixed,marketing,other".split(","),
    rows: [["2026-11-18", "1204.50", "310.00", "92.00", "48.20", "100.00", "1250.75", ""]],
  },
  {
    name: "prices",
    columns: "sku,unit_cost,currency,start_date,end_date".split(","),
    rows: [
      ["TEE-BLK-M", "6.80", "", "2026-01-01", ""],
      ["00042", "3.10", "", "2026-06-01", ""],
    ],
  },
  {
    name: "orders",
    columns: "order_id,shipping,handling,payment_fees".split(","),
    rows: [["#2041", "7.42", "1.00", "0.88"]],
  },
];

export const csvLine = (cells: readonly string[]): string => `${cells.map(safeField).join(",")}\r\n`;
export const BYTE_ORDER_MARK = "\ufeff";

export const templateText = ({ columns, rows }: CostTemplate): string =>
  BYTE_ORDER_MARK + [columns, ...rows].map(csvLine).join("");
