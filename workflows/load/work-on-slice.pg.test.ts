import { SourceFailure } from "@headwater/connectors/failure.ts";
import type { Page } from "@headwater/connectors/contract.ts";
import { expect, test } from "vitest";
import type { SliceRef } from "./contract.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { line, order, refund, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const rig = ownRig();

const sliceRow = async (slice: SliceRef) => (await rig.owner`select * from slices where id = ${slice.sliceId}`)[0];
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
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "done", pages: 2, rows: 5 });
  expect(await sliceRow(slice)).toMatchObject({ state: "done", rows: "3", landed: "5" });
  expect(await ledgerOf(slice)).toEqual({ read: 5, merged: 5, unchanged: 0, deduplicated: 0, rejected: 0, written: 5 });
  const whole = {
    discounts: "10.00",
    duties: "0",
    gross_sales: "100.00",
    net_sales: "90.00",
    orders: "1",
    revenue: "114.00",
  };
  const rest = { shipping: "5.00", taxes: "19.00", tips: "0", total_sales: "114.00" };
  const rows = await rig.owner`select metric, day::text, value::text from rollups where account_id = ${rig.accountId}`;
  const byDay: Record<string, Record<string, string>> = {};
  for (const { metric, day, value } of rows) (byDay[day] ??= {})[metric] = value;
  expect(byDay).toEqual({
    "2026-03-01": { ...whole, ...rest, new_customers: "1" },
    "2026-03-02": { ...whole, ...rest },
    "2026-03-05": { net_sales: "-25.00", refunds: "30.00", returns: "25.00", taxes: "-5.00", total_sales: "-30.00" },
  });
});

test("an older version never replaces a newer one, in one page, across pages or in a later run", async () => {
  const at = (hour: number, total: string) => order("1", { versionAt: `2026-03-01T${hour}:00:00Z`, total });
  rig.use(scriptedConnector({ pages: scripted([at(12, "2.00"), at(11, "1.00")], [at(10, "0.50")]) }));
  const slice = await rig.slice();
  await workOnSlice(rig.deps, slice, options());
  expect(await ledgerOf(slice)).toMatchObject({ read: 3, merged: 1, deduplicated: 2, unchanged: 0 });
  rig.use(scriptedConnector({ pages: scripted([at(11, "9.00")]) }));
  const later = await rig.slice("backfill", 2);
  await workOnSlice(rig.deps, later, options());
  expect(await ledgerOf(later)).toMatchObject({ read: 1, merged: 0, unchanged: 1, written: 0 });
  expect(await rig.owner`select total::text from orders`).toEqual([{ total: "2.00" }]);
  expect(await figure("revenue", "2026-03-01")).toBe("2.00");
});

test("an equal version is written only when its content differs", async () => {
  rig.use(scriptedConnector({ pages: scripted([order("1"), order("2")]) }));
  await workOnSlice(rig.deps, await rig.slice("backfill", 1), options());
  rig.use(scriptedConnector({ pages: scripted([order("1"), order("2", { total: "1.00" })]) }));
  const again = await rig.slice("backfill", 2);
  await workOnSlice(rig.deps, again, options());
  expect(await ledgerOf(again)).toMatchObject({ read: 2, merged: 1, unchanged: 1 });
});

test("an attempt that is cut off goes on from what was committed: nothing lost, nothing twice", async () => {
  let failAt = 2;
  rig.use(
    scriptedConnector({
      pages: async function* pages(_slice, from) {
        const first = typeof from?.["next"] === "number" ? from["next"] : 0;
        for (let at = first; at < 5; at += 1) {
          if (at === failAt) throw new Error("cut off");
          yield page([order(String(at), { customerId: "c1" })], at + 1, at === 4);
        }
      },
    }),
  );
  const slice = await rig.slice();
  const budget = { ms: 60_000, pages: 1 };
  expect(await workOnSlice(rig.deps, slice, options({ budget }))).toMatchObject({ kind: "more" });
  await expect(workOnSlice(rig.deps, slice, options())).rejects.toThrow("cut off");
  failAt = -1;
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "done" });
  expect(await ledgerOf(slice)).toMatchObject({ read: 5, merged: 5 });
  expect(await figure("orders", "2026-03-01")).toBe("5");
  expect(await figure("new_customers", "2026-03-01")).toBe("1");
});

const page = (
  records: Page extends infer P ? (P extends { records: infer R } ? R : never) : never,
  next: number,
  done: boolean,
): Page => ({
  kind: "records",
  records,
  rejected: [],
  cursor: { next },
  done,
});

test("no row follows the commit of a disconnect, whatever the source still gives", async () => {
  rig.use(
    scriptedConnector({
      pages: async function* pages() {
        yield page([order("1")], 1, false);
        await rig.owner`update datasources set disconnected_at = now(), generation = generation + 1 where id = ${rig.ref.datasourceId}`;
        yield page([order("2")], 2, true);
      },
    }),
  );
  const slice = await rig.slice();
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "fenced", by: "disconnected" });
  expect(await rig.owner`select id from orders`).toEqual([]);
  expect(await sliceRow(slice)).toMatchObject({ cursor: null, pages: "0" });
});

test.each([
  ["a pause", "paused", `update datasources set user_paused_at = now()`],
  ["a disconnect, though it was undone", "generation", `update datasources set generation = generation + 2`],
  ["a dead credential", "credential", `update datasources set auth = 'revoked'`],
  [
    "a hold of the platform",
    "hold",
    `insert into holds (organisation_id, scope, platform, reason, by) values ('00000000-0000-0000-0000-000000000000', 'platform', 'shopify', 'providerOutage', '{}')`,
  ],
  [
    "a hold of everything",
    "hold",
    `insert into holds (organisation_id, scope, reason, by) values ('00000000-0000-0000-0000-000000000000', 'all', 'maintenance', '{}')`,
  ],
  [
    "a hold of the organisation",
    "hold",
    `insert into holds (organisation_id, scope, reason, by) select organisation_id, 'organisation', 'plan', '{}' from datasources`,
  ],
  [
    "a hold of the source",
    "hold",
    `insert into holds (organisation_id, scope, datasource_id, reason, by) select organisation_id, 'source', id, 'repeatedFailures', '{}' from datasources`,
  ],
])("%s fences a run before its first call", async (_title, by, change) => {
  let calls = 0;
  rig.use(
    scriptedConnector({
      pages: async function* pages() {
        calls += 1;
        yield page([], 1, true);
      },
    }),
  );
  const slice = await rig.slice();
  await rig.owner.unsafe(change);
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "fenced", by });
  expect(calls).toBe(0);
});

test("one record in a thousand that cannot be stored goes to quarantine with its bytes, the rest goes on", async () => {
  const records = Array.from({ length: 1_000 }, (_, at) => order(`o${at}`, at === 500 ? { total: "1,234.56" } : {}));
  rig.use(scriptedConnector({ pages: scripted(records) }));
  const slice = await rig.slice();
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "done" });
  expect(await ledgerOf(slice)).toMatchObject({ read: 1_000, merged: 999, rejected: 1 });
  const [kept] =
    await rig.owner`select source_id, reason, detail, convert_from(document, 'UTF8') as document from quarantine`;
  expect(kept).toMatchObject({ source_id: "o500", reason: "notDecimal", detail: "total: 1,234.56" });
  expect(JSON.parse(kept?.["document"])).toEqual({ id: "o500", note: "as it came" });
});

test("what only Postgres can refuse is found by halves and kept aside, and all of a page may be poison", async () => {
  const bad = (id: string) => order(id, { document: `{"n":1e999999}` });
  rig.use(scriptedConnector({ pages: scripted([order("a"), bad("b"), order("c"), bad("d")], [bad("e"), bad("f")]) }));
  const slice = await rig.slice();
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "done" });
  expect(await ledgerOf(slice)).toMatchObject({ read: 6, merged: 2, rejected: 4 });
  const kept = await rig.owner`select source_id, reason from quarantine order by source_id`;
  expect(kept.map(({ source_id: id }) => id)).toEqual(["b", "d", "e", "f"]);
  expect(kept[0]).toMatchObject({ reason: "refusedByDatabase" });
});

test("text that Postgres cannot hold is replaced and counted, its exact bytes are kept, the row stays", async () => {
  const document = String.raw`{"a":"x\u0000y","b":"\ud800","c":"\\u0000","d":"\ud83d\ude00"}`;
  rig.use(scriptedConnector({ pages: scripted([order("1", { name: "A\0B\ud800", document })]) }));
  await workOnSlice(rig.deps, await rig.slice(), options());
  const [row] = await rig.owner`select name, document from orders`;
  expect(row).toEqual({ name: "A\ufffdB\ufffd", document: { a: "x\ufffdy", b: "\ufffd", c: "\\u0000", d: "😀" } });
  const [kept] = await rig.owner`select reason, convert_from(document, 'UTF8') as document from quarantine`;
  expect(kept).toEqual({ reason: "textReplaced", document });
});

test("documents read back as they came: deep, wide, long, right to left, __proto__, numbers beyond a double", async () => {
  const deep = `${'{"a":'.repeat(200)}1${"}".repeat(200)}`;
  const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, at])));
  const texts = {
    deep,
    wide,
    long: JSON.stringify({ s: "ö".repeat(1_000_000) }),
    tab: JSON.stringify({ s: "tab\t line\n return\r back\\slash \\N \\. שלום 👩‍🚀" }),
    twins: `{"caf\u00e9": "\u00e9", "cafe\u0301": "e\u0301"}`,
    proto: `{"__proto__": {"polluted": true}, "constructor": 1}`,
    big: `{"n": 9007199254740993, "d": 0.1000000000000000055, "minor": 12345678901234567890.00}`,
  };
  rig.use(
    scriptedConnector({ pages: scripted(Object.entries(texts).map(([id, document]) => order(id, { document }))) }),
  );
  await workOnSlice(rig.deps, await rig.slice(), options());
  const rows = await rig.owner`select id, document::text from orders`;
  const byId = new Map(rows.map(({ id, document }) => [id, document]));
  expect(byId.get("big")).toBe(`{"d": 0.1000000000000000055, "n": 9007199254740993, "minor": 12345678901234567890.00}`);
  for (const id of ["deep", "wide", "long", "tab", "twins", "proto"] as const) {
    expect(JSON.parse(byId.get(id) ?? ""), id).toEqual(JSON.parse(texts[id]));
  }
  expect({}).not.toHaveProperty("polluted");
});

test("money keeps its decimals and its currency: yen, dinar, and sums that a double would bend", async () => {
  rig.use(
    scriptedConnector({
      pages: scripted([
        order("y", { currency: "JPY", total: "1000" }),
        order("k", { currency: "KWD", total: "0.125" }),
        order("e1", { total: "0.1" }),
        order("e2", { total: "0.2" }),
        order("b", { currency: "CLF", total: "9007199254740993.0001" }),
      ]),
    }),
  );
  await workOnSlice(rig.deps, await rig.slice(), options());
  const rows = await rig.owner`
    select currency, value::text from rollups where account_id = ${rig.accountId} and metric = 'revenue' order by currency`;
  expect(rows.map(({ currency, value }) => [currency, value])).toEqual([
    ["CLF", "9007199254740993.0001"],
    ["EUR", "0.3"],
    ["JPY", "1000"],
    ["KWD", "0.125"],
  ]);
});

test("a slice fails and begins again when fewer records came than were announced", async () => {
  let gives = 2;
  rig.use(
    scriptedConnector({
      pages: async function* pages() {
        const records = Array.from({ length: gives }, (_, at) => order(String(at)));
        yield { kind: "records", records, rejected: [], cursor: { next: 1 }, announced: 3, done: true };
      },
    }),
  );
  const slice = await rig.slice();
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({
    kind: "providerDown",
    said: "announced 3, came 2",
    troubles: [{ stream: "orders", sliceId: slice.sliceId, read: 2, failure: { code: "pages.announced" } }],
  });
  expect((await sliceRow(slice))?.["failure"]).toMatchObject({ class: "transient", said: "announced 3, came 2" });
  expect(await sliceRow(slice)).toMatchObject({ state: "running", cursor: null, rows: "0" });
  gives = 3;
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "done" });
  expect(await sliceRow(slice)).toMatchObject({ state: "done", rows: "3", announced: "3" });
});

test("a source that gives one page for ever is found out within three repeats", async () => {
  let pages = 0;
  rig.use(
    scriptedConnector({
      pages: async function* forever() {
        for (;;) {
          pages += 1;
          yield page([order("1")], 7, false);
        }
      },
    }),
  );
  const outcome = await workOnSlice(rig.deps, await rig.slice(), options());
  expect(outcome).toMatchObject({ kind: "failed", failure: { class: "invalid_request", code: "pages.repeat" } });
  expect(pages).toBeLessThanOrEqual(4);
});

test("a report that takes long frees the slot, keeps its id in the cursor and is asked for again", async () => {
  const asked: unknown[] = [];
  rig.use(
    scriptedConnector({
      pages: async function* pages(_slice, from) {
        asked.push(from);
        if (from === null) {
          const until = new Date(Date.now() + 600_000);
          yield { kind: "waiting", until, because: { code: "bulk" }, cursor: { report: "r-1" } };
        }
        yield page([order("1")], 1, true);
      },
    }),
  );
  const slice = await rig.slice();
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({
    kind: "throttled",
    because: "waitingForReport",
  });
  expect(await sliceRow(slice)).toMatchObject({ cursor: { report: "r-1" }, state: "running" });
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "done" });
  expect(asked).toEqual([null, { report: "r-1" }]);
});

test("an expired page cursor restarts its slice by time, without a gap", async () => {
  rig.use(
    scriptedConnector({
      pages: async function* pages(_slice, from) {
        if (from?.["next"] === 1)
          throw new SourceFailure({ class: "invalid_request", code: "shop.cursorRefused", said: "" });
        yield page([order("1")], 1, false);
        yield page([order("2")], 2, true);
      },
    }),
  );
  const slice = await rig.slice();
  await workOnSlice(rig.deps, slice, options({ budget: { ms: 60_000, pages: 1 } }));
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "done" });
  expect((await rig.owner`select id from orders order by id`).map(({ id }) => id)).toEqual(["1", "2"]);
  expect(await sliceRow(slice)).toMatchObject({ rows: "2" });
});

test("two attempts at one slice: the one that was overtaken writes nothing", async () => {
  let other: Promise<unknown> | null = null;
  const slice = await rig.slice();
  rig.use(
    scriptedConnector({
      pages: async function* pages(_slice, from) {
        if (from === null && other === null) {
          other = workOnSlice(rig.deps, slice, options());
          await other;
        }
        yield page([order("1", { total: other === null ? "1.00" : "2.00" })], 1, true);
      },
    }),
  );
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "fenced" });
  expect(await ledgerOf(slice)).toMatchObject({ read: 1, merged: 1 });
});

test("a pause answers within 200 ms beside two slices that commit without a gap, and no row follows it", async () => {
  const PAGE = 2_500;
  let given = 0;
  const flood = scriptedConnector({
    pages: async function* pages(_slice, from) {
      for (let at = Number(from?.["next"] ?? 0); at < 400; at += 1) {
        const records = Array.from({ length: PAGE }, () => order(String((given += 1))));
        yield page(records, at + 1, at === 399);
      }
    },
  });
  rig.use(flood);
  const slices = [await rig.slice("backfill", 1), await rig.slice("backfill", 2)];
  const timed = async (statement: PromiseLike<unknown>, began = performance.now()): Promise<number> =>
    statement.then(() => performance.now() - began);
  const landed = async () => Number((await rig.owner`select count(*) from orders`)[0]?.["count"]);
  let overMs = Infinity;
  // A machine that stops for a moment makes one pause late, not all.
  for (let tries = 0; tries < 3 && overMs > 0; tries += 1) {
    await rig.owner`update datasources set user_paused_at = null where id = ${rig.ref.datasourceId}`;
    const before = await landed();
    const work = Promise.all(slices.map((slice) => workOnSlice(rig.deps, slice, options())));
    const filling = await timed(expect.poll(landed, { interval: 20 }).toBeGreaterThan(before + 8 * PAGE));
    // What a page takes on this machine, and a statement that waits for nobody: a busy one is no slice that does not let go.
    const onePage = filling / 4;
    const idle = await timed(rig.owner`update organisations set name = name where id = ${rig.ref.organisationId}`);
    const paused = rig.owner`update datasources set user_paused_at = now() where id = ${rig.ref.datasourceId}`;
    overMs = Math.min(overMs, (await timed(paused)) - (200 + 5 * idle + onePage));
    const atPause = await landed();
    expect(await work).toMatchObject([
      { kind: "fenced", by: "paused" },
      { kind: "fenced", by: "paused" },
    ]);
    expect(await landed()).toBe(atPause);
  }
  expect(overMs).toBeLessThanOrEqual(0);
});

test("an open window may grow while it is read: more than announced is no loss", async () => {
  rig.use(
    scriptedConnector({
      pages: async function* pages() {
        const records = ["1", "2", "3", "4"].map((id) => order(id));
        yield { kind: "records", records, rejected: [], cursor: { next: 1 }, announced: 3, done: true };
      },
    }),
  );
  const slice = await rig.slice();
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "done" });
  expect(await sliceRow(slice)).toMatchObject({ state: "done", rows: "4" });
});
