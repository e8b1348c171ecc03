import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { makeRig, options, type Rig } from "./testing/rig.ts";
import { line, order, refund, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]) }));
});
afterAll(() => rig.close());

const rollups = () =>
  rig.owner`select metric, day::text, value::text from rollups where account_id = ${rig.accountId} order by day, metric`;

test("a page of orders with refunds becomes rows, numbers a day and a ledger that adds up", async () => {
  rig.use(
    scriptedConnector({
      pages: scripted(
        [
          order("1", { customerId: "c1" }),
          order("2", { customerId: "c1", orderedAt: "2026-03-02T09:00:00Z" }),
          line("l1", "1"),
        ],
        [refund("r1", "1"), order("3", { isTest: true })],
      ),
    }),
  );
  const slice = await rig.slice();
  const outcome = await workOnSlice(rig.deps, slice, options());
  expect(outcome).toMatchObject({ kind: "done", pages: 2, rows: 5 });
  const [row] = await rig.owner`select * from slices where id = ${slice.sliceId}`;
  expect(row).toMatchObject({
    state: "done",
    read: "5",
    merged: "5",
    unchanged: "0",
    deduplicated: "0",
    rejected: "0",
    written: "5",
    rows: "3",
  });
  expect(await rollups()).toEqual(
    [
      [
        "2026-03-01",
        {
          discounts: "10.00",
          duties: "0",
          gross_sales: "100.00",
          net_sales: "90.00",
          new_customers: "1",
          orders: "1",
          revenue: "114.00",
          shipping: "5.00",
          taxes: "19.00",
          tips: "0",
          total_sales: "114.00",
        },
      ],
      [
        "2026-03-02",
        {
          discounts: "10.00",
          duties: "0",
          gross_sales: "100.00",
          net_sales: "90.00",
          orders: "1",
          revenue: "114.00",
          shipping: "5.00",
          taxes: "19.00",
          tips: "0",
          total_sales: "114.00",
        },
      ],
      ["2026-03-05", { net_sales: "-25.00", refunds: "30.00", returns: "25.00", total_sales: "-25.00" }],
    ].flatMap(([day, values]) => Object.entries(values as object).map(([metric, value]) => ({ metric, day, value }))),
  );
});
