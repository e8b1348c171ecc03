import type { Page } from "@headwater/connectors/contract.ts";
import type { SourceRecord } from "@headwater/connectors/records.ts";
import { expect, test } from "vitest";
import type { SliceRef } from "./contract.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { line, order, refund, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const rig = ownRig();

const page = (records: readonly SourceRecord[], next: number, done: boolean): Page => ({
  kind: "records",
  records,
  rejected: [],
  cursor: { next },
  done,
});
const ledgerOf = async (slice: SliceRef) => {
  const [row] = await rig.owner<[Record<string, string>]>`
    select read, merged, unchanged, deduplicated, rejected, written from slices where id = ${slice.sliceId}`;
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
};
const figure = async (metric: string, day: string) => {
  const [row] = await rig.owner`
    select value::text from rollups where account_id = ${rig.accountId} and metric = ${metric} and day = ${day}`;
  return row?.["value"] ?? null;
};

test("an order that moves to another customer, day or out of the count takes its first-order mark along", async () => {
  const load = async (n: number, ...records: ReturnType<typeof order>[]) => {
    rig.use(scriptedConnector({ pages: scripted(records) }));
    await workOnSlice(rig.deps, await rig.slice("backfill", n), options());
  };
  const first = (id: string, day: string, more = {}) =>
    order(id, { customerId: "c1", orderedAt: `2026-03-${day}T09:00:00Z`, ...more });
  await load(1, first("late", "20"));
  await load(2, first("early", "10"));
  expect([await figure("new_customers", "2026-03-10"), await figure("new_customers", "2026-03-20")]).toEqual([
    "1",
    "0",
  ]);
  await load(3, first("early", "10", { isTest: true, versionAt: "2026-04-01T00:00:00Z" }));
  expect([await figure("new_customers", "2026-03-10"), await figure("new_customers", "2026-03-20")]).toEqual([
    "0",
    "1",
  ]);
  await load(4, first("late", "20", { deletedAt: "2026-04-02T00:00:00Z", versionAt: "2026-04-02T00:00:00Z" }));
  expect(await figure("new_customers", "2026-03-20")).toBe("0");
  expect(await rig.owner`select * from first_orders`).toEqual([]);
});

test("lines that come on a later page than their order still make its gross, and its day's", async () => {
  const open = { gross: null, lineCount: null };
  rig.use(
    scriptedConnector({
      pages: async function* pages() {
        yield page([order("1", open), line("a", "1", { gross: "40.00" })], 1, false);
        yield { kind: "waiting", until: new Date(), because: { code: "bulk" }, cursor: { next: 1 } };
        yield page([line("b", "1", { gross: "2.50" }), line("g", "1", { gross: "99", isGiftCard: true })], 2, true);
      },
    }),
  );
  await workOnSlice(rig.deps, await rig.slice(), options());
  expect(await rig.owner`select gross::text, line_count from orders`).toEqual([{ gross: "42.50", line_count: 3 }]);
  expect(await figure("gross_sales", "2026-03-01")).toBe("42.50");
});

test("an order that is read again goes on counting what its lines came to, while they follow on later pages", async () => {
  const open = { gross: null, lineCount: null };
  rig.use(scriptedConnector({ pages: scripted([order("1", open), line("a", "1"), line("b", "1")]) }));
  await workOnSlice(rig.deps, await rig.slice("backfill", 1), options());
  const newer = { versionAt: "2026-03-02T10:00:00Z" };
  const meanwhile: unknown[] = [];
  rig.use(
    scriptedConnector({
      pages: async function* pages() {
        yield page([order("1", { ...open, ...newer }), line("b", "1", { ...newer, gross: "60.00" })], 1, false);
        yield { kind: "waiting", until: new Date(), because: { code: "bulk" }, cursor: { next: 1 } };
        const held = await rig.owner`select gross::text, line_count from orders`;
        meanwhile.push(...held, await figure("gross_sales", "2026-03-01"));
        yield page([line("a", "1", { ...newer, gross: "50.00" })], 2, true);
      },
    }),
  );
  await workOnSlice(rig.deps, await rig.slice("backfill", 2), options());
  expect(meanwhile).toEqual([{ gross: "160.00", line_count: 2 }, "160.00"]);
  expect(await figure("gross_sales", "2026-03-01")).toBe("110.00");
});

test("an order that stands as it was is no changed one where its lines come a call later, and counts what they came to", async () => {
  const open = { gross: null, lineCount: null };
  rig.use(scriptedConnector({ pages: scripted([order("1", open), line("a", "1"), line("b", "1")]) }));
  await workOnSlice(rig.deps, await rig.slice("backfill", 1), options());
  const again = async (n: number, grossOfB: string) => {
    rig.use(
      scriptedConnector({
        pages: async function* pages() {
          yield page([order("1", open), line("b", "1", { gross: grossOfB })], 1, false);
          yield { kind: "waiting", until: new Date(), because: { code: "bulk" }, cursor: { next: 1 } };
          yield page([line("a", "1")], 2, true);
        },
      }),
    );
    const slice = await rig.slice("backfill", n);
    await workOnSlice(rig.deps, slice, options());
    return { ...(await ledgerOf(slice)), gross: await figure("gross_sales", "2026-03-01") };
  };
  expect(await again(2, "100.00")).toMatchObject({ read: 3, merged: 0, unchanged: 3, written: 0, gross: "200.00" });
  expect(await again(3, "60.00")).toMatchObject({ read: 3, merged: 1, unchanged: 2, written: 1, gross: "160.00" });
  rig.use(
    scriptedConnector({ pages: scripted([order("1", open), line("a", "1"), line("b", "1", { gross: "70.00" })]) }),
  );
  const atOnce = await rig.slice("backfill", 4);
  await workOnSlice(rig.deps, atOnce, options());
  expect(await ledgerOf(atOnce)).toMatchObject({ merged: 1, unchanged: 2 });
  expect(await figure("gross_sales", "2026-03-01")).toBe("170.00");
});

test("a line that its order, read whole, no longer shows gets a tombstone and counts no more", async () => {
  const whole = (versionAt: string) =>
    order("1", { gross: null, lineCount: null, versionAt, childrenComplete: ["orderLine"] });
  rig.use(scriptedConnector({ pages: scripted([whole("2026-03-01T10:00:00Z"), line("a", "1"), line("b", "1")]) }));
  await workOnSlice(rig.deps, await rig.slice("backfill", 1), options());
  expect(await figure("gross_sales", "2026-03-01")).toBe("200.00");
  const again = [whole("2026-03-02T10:00:00Z"), line("a", "1", { versionAt: "2026-03-02T10:00:00Z" })];
  rig.use(scriptedConnector({ pages: scripted(again) }));
  await workOnSlice(rig.deps, await rig.slice("backfill", 2), options());
  expect(await rig.owner`select id from order_lines where deleted_at is not null`).toEqual([{ id: "b" }]);
  expect(await figure("gross_sales", "2026-03-01")).toBe("100.00");
});

test("a child that could not be mapped is no child that is gone", async () => {
  const whole = (versionAt: string) => order("1", { versionAt, childrenComplete: ["refund", "orderLine"] });
  rig.use(scriptedConnector({ pages: scripted([whole("2026-03-01T10:00:00Z"), refund("r", "1"), line("l", "1")]) }));
  await workOnSlice(rig.deps, await rig.slice("backfill", 1), options());
  const lost = [refund("r", "1", { amount: "what?" }), line("l", "1", { document: `{"n":1e999999}` })];
  rig.use(scriptedConnector({ pages: scripted([whole("2026-03-02T10:00:00Z"), ...lost]) }));
  const again = await rig.slice("backfill", 2);
  await workOnSlice(rig.deps, again, options());
  expect(await ledgerOf(again)).toMatchObject({ read: 3, merged: 1, rejected: 2, written: 1 });
  expect(await figure("refunds", "2026-03-05")).toBe("30.00");
  expect(await rig.owner`select id from order_lines where deleted_at is null`).toEqual([{ id: "l" }]);
});

const sales = ["net_sales", "taxes", "total_sales"];

test.each([
  { prices: "hold their tax", taxesIncluded: true, gross: "119.00" },
  { prices: "are without tax", taxesIncluded: false, gross: "100.00" },
])("an order that came back whole has sold nothing where prices $prices", async ({ taxesIncluded, gross }) => {
  const whole = {
    taxesIncluded,
    gross: null,
    lineCount: null,
    discounts: "0",
    shipping: "0",
    tax: "19.00",
    total: "119.00",
  };
  const back = { amount: "119.00", returned: "100.00", returnedTax: "19.00" };
  rig.use(
    scriptedConnector({
      pages: scripted([order("1", whole), line("a", "1", { gross, tax: "19.00" }), refund("r", "1", back)]),
    }),
  );
  await workOnSlice(rig.deps, await rig.slice(), options());
  const on = (day: string) => Promise.all(sales.map((metric) => figure(metric, day)));
  expect(await on("2026-03-01")).toEqual(["100.00", "19.00", "119.00"]);
  expect(await on("2026-03-05")).toEqual(["-100.00", "-19.00", "-119.00"]);
});

test("where prices hold their tax, net sales, shipping and tax make exactly the order's total", async () => {
  const inclusive = {
    taxesIncluded: true,
    gross: null,
    lineCount: null,
    discounts: "0",
    shipping: "11.90",
    tax: "20.90",
    total: "130.90",
  };
  rig.use(
    scriptedConnector({ pages: scripted([order("1", inclusive), line("a", "1", { gross: "119.00", tax: "19.00" })]) }),
  );
  await workOnSlice(rig.deps, await rig.slice(), options());
  expect([await figure("gross_sales", "2026-03-01"), await figure("total_sales", "2026-03-01")]).toEqual([
    "98.10",
    "130.90",
  ]);
});
