// Days that the source cuts and restates: what a read of whole days no longer has is gone, what it has again is back, and
// every metric is the sum of what the source says now.
import type { Page } from "@headwater/connectors/contract.ts";
import type { MessageDayRecord, WholeDays } from "@headwater/connectors/records.ts";
import * as fc from "fast-check";
import { expect, inject, test } from "vitest";
import { rereadWeek } from "./reread-week.ts";
import { planRun } from "./plan-run.ts";
import { dayAgo } from "./testing/days.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { scripted, scriptedConnector, type Script } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const rig = ownRig();

interface Cell {
  day: string;
  message: string;
  channel: string | null;
  orders: string;
  revenue: string;
}

const DAYS = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"];
const stream = {
  kinds: ["messageDay"] as const,
  window: { history: "byTime" as const, overlapMs: 0, restatedDays: 3, longestMs: null },
};
const at = (n: number) => new Date(Date.UTC(2026, 2, 10, 0, n)).toISOString();

const record = (cell: Cell, versionAt: string, more: Partial<MessageDayRecord> = {}): MessageDayRecord => ({
  kind: "messageDay",
  id: `placed:${cell.day}:${cell.message}`,
  versionAt,
  document: JSON.stringify({ message: cell.message }),
  day: cell.day,
  part: "placed",
  counts: true,
  channel: cell.channel,
  campaignId: null,
  flowId: null,
  messageId: cell.message,
  sends: null,
  opens: null,
  clicks: null,
  unsubscribes: null,
  orders: cell.orders,
  revenue: cell.revenue,
  currency: "EUR",
  ...more,
});

const claim = (since: string, more: Partial<WholeDays> = {}): WholeDays => ({
  kind: "messageDay",
  part: "placed",
  from: "2026-03-01",
  until: "2026-03-05",
  since,
  ...more,
});

/** Pages of two, the last one claiming that the days are whole. */
const reading = (cells: readonly Cell[], since: string, whole: readonly WholeDays[] = [claim(since)]): Script =>
  async function* pages(_slice, from) {
    const first = typeof from?.["next"] === "number" ? from["next"] : 0;
    for (let next = first; ; next += 2) {
      const isLast = next + 2 >= cells.length;
      const page: Page = {
        kind: "records",
        records: cells.slice(next, next + 2).map((cell) => record(cell, since)),
        rejected: [],
        cursor: { next: next + 2 },
        done: isLast,
        ...(isLast ? { whole } : {}),
      };
      yield page;
      if (isLast) return;
    }
  };

const read = async (script: Script, kind: "backfill" | "resync" | "reread", n: number) => {
  rig.use(scriptedConnector({ pages: script, stream }));
  const slice = await rig.slice(kind, n, { from: "2026-03-01T00:00:00Z", to: "2026-03-05T00:00:00Z" });
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "done" });
  const [row] = await rig.owner<[Record<string, string>]>`
    select read, merged, unchanged, deduplicated, rejected, written from slices where id = ${slice.sliceId}`;
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]));
};

const figures = async () => {
  const rows = await rig.owner<{ key: string; value: string }[]>`
    select metric || ' ' || day as key, value::text from rollups where value <> 0 order by 1`;
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
};

/** In hundredths, for the model adds with whole numbers. */
function expectedOf(cells: readonly Cell[]): Record<string, string> {
  const sums = new Map<string, bigint>();
  const add = (key: string, value: bigint) => sums.set(key, (sums.get(key) ?? 0n) + value);
  for (const { day, channel, orders, revenue } of cells) {
    const cents = BigInt(revenue.replace(".", ""));
    add(`tracked_orders ${day}`, BigInt(orders) * 100n);
    add(`tracked_revenue ${day}`, cents);
    if (channel === null) continue;
    add(`${channel}_orders ${day}`, BigInt(orders) * 100n);
    add(`${channel}_revenue ${day}`, cents);
    add(`campaign_revenue ${day}`, cents);
  }
  const shown = ([key, value]: [string, bigint]) => {
    const text = `${value / 100n}.${String(value % 100n).padStart(2, "0")}`;
    return [key, key.includes("orders") ? String(value / 100n) : text] as const;
  };
  return Object.fromEntries([...sums].filter(([, value]) => value !== 0n).map(shown));
}

const cellArb = fc.record({
  day: fc.constantFrom(...DAYS),
  message: fc.constantFrom("a", "b", "c"),
  channel: fc.constantFrom("email", "sms", null),
  orders: fc.integer({ min: 0, max: 50 }).map(String),
  revenue: fc.integer({ min: 0, max: 10_000_000 }).map((cents) => (cents / 100).toFixed(2)),
});
const dayArb = fc.uniqueArray(cellArb, { selector: ({ day, message }) => `${day} ${message}`, maxLength: 10 });
const kindArb = fc.constantFrom("backfill" as const, "resync" as const, "reread" as const);

test("after any series of reads the numbers are those of the last one, to the cent, and every ledger adds up", async () => {
  let n = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(dayArb, kindArb), { minLength: 1, maxLength: 4 }), async (reads) => {
      for (const [cells, kind] of reads) {
        n += 1;
        const ledger = await read(reading(cells, at(n)), kind, n);
        expect(ledger["read"]).toBe(cells.length);
        expect((ledger["merged"] ?? 0) + (ledger["unchanged"] ?? 0)).toBe(cells.length);
        expect(await figures()).toEqual(expectedOf(cells));
      }
    }),
    { numRuns: 12 * inject("scale") },
  );
});

const cell = (day: string, message: string, revenue = "10.00"): Cell => ({
  day,
  message,
  channel: "email",
  orders: "1",
  revenue,
});
const held = () => rig.owner`select id from message_days where deleted_at is null order by id`;

test("days read again without a change are unchanged, and no rollup moves", async () => {
  const cells = [cell("2026-03-01", "a"), cell("2026-03-02", "b"), cell("2026-03-03", "c")];
  await read(reading(cells, at(1)), "backfill", 1);
  const before = await rig.owner`select * from rollups order by metric, day`;
  expect(await read(reading(cells, at(2)), "backfill", 2)).toMatchObject({
    read: 3,
    merged: 0,
    unchanged: 3,
    written: 0,
  });
  expect(await rig.owner`select * from rollups order by metric, day`).toEqual(before);
});

test.each(["backfill", "resync"] as const)("a %s never brings back what a younger read found gone", async (kind) => {
  await read(reading([cell("2026-03-01", "a"), cell("2026-03-01", "b")], at(1)), "backfill", 1);
  await read(reading([cell("2026-03-01", "b", "25.50")], at(5)), "backfill", 2);
  await read(reading([cell("2026-03-01", "a"), cell("2026-03-01", "b")], at(3)), kind, 3);
  expect(await held()).toEqual([{ id: "placed:2026-03-01:b" }]);
  expect(await figures()).toMatchObject({ "email_revenue 2026-03-01": "25.50" });
});

test.each(["backfill", "resync"] as const)(
  "a %s buries nothing of other days, other parts, or beside what could not be stored",
  async (kind) => {
    const sends = (since: string) => record(cell("2026-03-02", "s"), since, { part: "sent", id: "sent:s" });
    const first = [record(cell("2026-03-01", "a"), at(1)), record(cell("2026-03-04", "z"), at(1)), sends(at(1))];
    rig.use(scriptedConnector({ pages: scripted(first), stream }));
    await workOnSlice(rig.deps, await rig.slice("backfill", 1), options());
    await read(reading([], at(2), [claim(at(2), { from: "2026-03-02", until: "2026-03-04" })]), kind, 2);
    expect(await held()).toHaveLength(3);
    const spoiled: Script = async function* pages() {
      const records = [record(cell("2026-03-02", "x"), at(3), { revenue: "12,50" })];
      yield { kind: "records", records, rejected: [], cursor: { next: 1 }, done: true, whole: [claim(at(3))] };
    };
    expect(await read(spoiled, kind, 3)).toMatchObject({ read: 1, rejected: 1, written: 0 });
    expect(await held()).toHaveLength(3);
    await read(reading([], at(4)), kind, 4);
    expect(await held()).toEqual([{ id: "sent:s" }]);
  },
);

test("a source that counts more than it showed buries nothing", async () => {
  await read(reading([cell("2026-03-01", "a")], at(1)), "backfill", 1);
  const short: Script = async function* pages() {
    const more = { mayBeShort: true, whole: [claim(at(2))] };
    yield { kind: "records", records: [], rejected: [], cursor: { next: 1 }, done: true, ...more };
  };
  await read(short, "backfill", 2);
  await read(short, "resync", 3);
  expect(await held()).toHaveLength(1);
});

test("a settled day that a resync replaces is noted with what it was and what it is", async () => {
  await read(reading([cell("2026-03-01", "a")], at(1)), "backfill", 1);
  await read(reading([cell("2026-03-01", "a", "7.25")], at(2)), "resync", 2);
  const noted = await rig.owner`
    select before::text, after::text, cause from restatements where metric = 'email_revenue'`;
  expect(noted).toEqual([{ before: "10.00", after: "7.25", cause: "resync" }]);
});

test("ads make their metrics from the rows that count, each currency for itself", async () => {
  const ad = (id: string, more: object) => ({
    kind: "adDay" as const,
    id,
    versionAt: at(1),
    document: null,
    day: "2026-03-01",
    part: "ad",
    counts: true,
    level: "ad" as const,
    campaignId: "c",
    adsetId: "s",
    adId: id,
    spend: "0.10",
    impressions: "1000",
    clicks: "7",
    linkClicks: null,
    outboundClicks: null,
    uniqueOutboundClicks: null,
    purchases: "0.5",
    purchaseValue: "20.05",
    attribution: "7d_click",
    breakdown: null,
    currency: "EUR",
    ...more,
  });
  const account = { part: "account", counts: false, level: "account" as const, breakdown: `{"age":"18-24","n":1.10}` };
  const records = [
    ad("1", {}),
    ad("2", { spend: "0.20" }),
    ad("3", { currency: "JPY", spend: "300" }),
    ad("all", account),
  ];
  rig.use(scriptedConnector({ pages: scripted(records), stream: { kinds: ["adDay"] } }));
  await workOnSlice(rig.deps, await rig.slice(), options());
  const rows = await rig.owner`
    select metric, currency, value::text from rollups where metric in ('ad_spend', 'ad_purchases') order by 1, 2`;
  expect(rows).toEqual([
    { metric: "ad_purchases", currency: "EUR", value: "1.0" },
    { metric: "ad_purchases", currency: "JPY", value: "0.5" },
    { metric: "ad_spend", currency: "EUR", value: "0.30" },
    { metric: "ad_spend", currency: "JPY", value: "300" },
  ]);
});

test("a day that is none goes to quarantine and the rest of its page goes on", async () => {
  const days = ["2026-02-30", "2026-3-1", "20260301", "", "2026-03-01"];
  const records = days.map((day, n) => record({ ...cell("2026-03-01", String(n)), day }, at(1), { id: String(n) }));
  rig.use(scriptedConnector({ pages: scripted(records), stream }));
  await workOnSlice(rig.deps, await rig.slice(), options());
  expect(await held()).toEqual([{ id: "4" }]);
  expect(await rig.owner`select distinct reason from quarantine`).toEqual([{ reason: "notDay" }]);
});

test("the nightly walk reads an old week of such days again", async () => {
  const [week, from, until] = [dayAgo("UTC", 14), dayAgo("UTC", 300), dayAgo("UTC", -300)];
  const inWeek = (revenue: string): Cell => ({ ...cell(week, "a"), revenue });
  const now = Date.now();
  /** Its records and its claim are of one moment: what is older than the claim is gone. */
  const readAfter = (minutes: number, ...cells: readonly Cell[]) => {
    const since = new Date(now + minutes * 60_000).toISOString();
    rig.use(scriptedConnector({ pages: reading(cells, since, [claim(since, { from, until })]), stream }));
  };
  readAfter(0, inWeek("1.00"), { ...inWeek("2.00"), message: "b" });
  const window = { stream: "orders", from, to: until, position: 0 };
  const [slice] = await planRun(rig.deps, rig.run("backfill"), [window]);
  if (slice === undefined) throw new Error("nothing was planned");
  await workOnSlice(rig.deps, { ...rig.run("backfill"), sliceId: slice.sliceId }, options());
  readAfter(1, inWeek("3.00"));
  expect(await rereadWeek(rig.deps, rig.run("reread"), options())).toMatchObject({ kind: "done" });
  expect(await figures()).toMatchObject({ [`email_revenue ${week}`]: "3.00" });
});
