import { describe, expect, test } from "vitest";
import type { Aggregate } from "../contract.ts";
import { askedIn, makeScriptedSession, type Scripted } from "../testing/scripted.ts";
import { shopifyReconcile } from "./reconcile.ts";

const account = {
  externalId: "gid://shopify/Shop/9",
  name: "Surf",
  domain: "surf.myshopify.com",
  currency: "AUD",
  zone: "Australia/Lord_Howe",
  state: "open",
  details: {},
} as const;
const columns = ["day", "gross_sales", "discounts", "returns", "net_sales", "total_sales"];
const row = ["2026-10-04", "100.50", "-10.0", "-5.25", "85.25", "93.78"];

function asked(report: Scripted | object, scopes: readonly string[], count: object = { count: 7, precision: "EXACT" }) {
  const session = makeScriptedSession(
    (request) => {
      if (askedIn(request).query.includes("ordersCount"))
        return { body: JSON.stringify({ data: { ordersCount: count } }) };
      return "body" in report && typeof report.body === "string"
        ? { body: report.body }
        : { body: JSON.stringify(report) };
    },
    { scopes },
  );
  return {
    session: { ...session, account },
    aggregates: () => shopifyReconcile.aggregates({ ...session, account }, "2026-10-04"),
  };
}
const table = (rows: object) => ({
  data: { shopifyqlQuery: { tableData: { columns: columns.map((name) => ({ name })), rows }, parseErrors: [] } },
});
const figures = (aggregates: readonly Aggregate[]) =>
  Object.fromEntries(aggregates.map(({ metric, value }) => [metric, value]));

describe("the shop's own figures of a day", () => {
  test("count orders over that day as its own clocks ran, also where it had 23 and a half hours", async () => {
    const { session, aggregates } = asked({}, ["read_orders"]);
    expect(await aggregates()).toEqual([
      {
        metric: "orders",
        day: "2026-10-04",
        value: "7",
        currency: null,
        figure: "ordersCount",
        takesIn: { kind: "everyOrderMade" },
      },
    ]);
    const search = session.sent.map((request) => askedIn(request).variables["search"]);
    expect(search).toEqual(["created_at:>='2026-10-03T13:30:00Z' AND created_at:<'2026-10-04T13:00:00Z'"]);
  });

  test("are left out where the shop does not count exactly", async () => {
    expect(await asked({}, ["read_orders"], { count: 10_000, precision: "AT_LEAST" }).aggregates()).toEqual([]);
  });

  test.each([
    ["objects", [Object.fromEntries(columns.map((name, i) => [name, row[i]]))]],
    ["lists", [row]],
  ])("tell money with our signs, from rows that are %s", async (_shape, rows) => {
    const { aggregates } = asked(table(rows), ["read_orders", "read_reports"]);
    expect(figures(await aggregates())).toEqual({
      orders: "7",
      gross_sales: "100.50",
      discounts: "10.0",
      returns: "5.25",
      net_sales: "85.25",
      total_sales: "93.78",
    });
  });

  test("are only the count where the reports may not be read after all", async () => {
    const denied = {
      data: { shopifyqlQuery: null },
      errors: [
        {
          message: "Access denied for shopifyqlQuery field.",
          path: ["shopifyqlQuery"],
          extensions: { code: "ACCESS_DENIED" },
        },
      ],
    };
    expect(figures(await asked(denied, ["read_orders", "read_reports"]).aggregates())).toEqual({ orders: "7" });
    const unparsed = { data: { shopifyqlQuery: { tableData: null, parseErrors: ["Parse error"] } } };
    expect(figures(await asked(unparsed, ["read_orders", "read_reports"]).aggregates())).toEqual({ orders: "7" });
  });
});
