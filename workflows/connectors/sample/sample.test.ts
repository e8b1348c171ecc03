// Sample data is what its account and the day make of it: the same at every reading, and equal to its own reports to the cent.
import { describe, expect, test } from "vitest";
import type { Connector, Cursor, SliceSpec, Stream } from "../contract.ts";
import { sumOf } from "../decimal.ts";
import type { AdDayRecord, OrderRecord, RefundRecord, SourceRecord } from "../records.ts";
import { connector as ads } from "../sample-ads/index.ts";
import { connector as store } from "../sample-store/index.ts";
import type { SourceSession } from "../session.ts";
import { makeTestSession } from "../testing/session.ts";
import { addDays, dayIn, startOf } from "../days.ts";
import { HISTORY_DAYS } from "./pages.ts";
import { money } from "./world.ts";

const NOW = new Date("2026-11-20T17:17:00Z");

function sessionAt(connector: Connector, now = NOW, { seed = "one", zone = "Asia/Kolkata", currency = "INR" } = {}) {
  const account = {
    externalId: seed,
    name: "Sample",
    domain: null,
    currency,
    zone,
    state: "open",
    details: {},
  } as const;
  return makeTestSession({
    connector,
    outbound: {
      send: () => Promise.reject(new Error("called out")),
      browserAddress: String,
      close: async () => undefined,
    },
    login: { key: seed, details: {} },
    credential: {},
    scopes: [],
    account,
    now: () => now,
  });
}

const streamOf = ({ streams }: Connector, name: string): Stream & { pages: NonNullable<Stream["pages"]> } => {
  const found = streams.find((stream) => stream.name === name);
  if (found?.pages === undefined) throw new Error(`${name} has no pages`);
  return { ...found, pages: found.pages };
};

const history = (from: Date, to: Date): SliceSpec => ({ mode: "history", urgent: true, from, to });
const changes = (from: Date, to: Date): SliceSpec => ({ mode: "changes", urgent: true, from, to });

interface Asked {
  readonly stream: string;
  readonly slice: SliceSpec;
  /** Begun anew from its cursor after each page, as by a kill. */
  readonly isInterrupted?: boolean;
}

async function read(session: SourceSession, connector: Connector, { stream, slice, isInterrupted = false }: Asked) {
  const { pages } = streamOf(connector, stream);
  const records: SourceRecord[] = [];
  let cursor: Cursor | null = null;
  for (let isDone = false; !isDone;)
    for await (const page of pages(session, slice, cursor)) {
      if (page.kind !== "records") throw new Error("nothing is waited for");
      records.push(...page.records);
      for (const { day, part } of page.records.filter(isAdDay))
        expect(page.whole, day).toMatchObject([{ kind: "adDay", part, from: day, until: addDays(day, 1) }]);
      expect((page.through ?? slice.from ?? slice.to) <= session.clock.now(), "is in that has not happened").toBe(true);
      ({ cursor, done: isDone } = page);
      if (isInterrupted) break;
    }
  return records;
}

const whole = (now = NOW) => history(new Date(now.getTime() - 95 * 86_400_000), new Date(now.getTime() + 86_400_000));
const isOrder = (record: SourceRecord): record is OrderRecord => record.kind === "order";
const isRefund = (record: SourceRecord): record is RefundRecord => record.kind === "refund";
const isAdDay = (record: SourceRecord): record is AdDayRecord => record.kind === "adDay";

describe("a sample store", () => {
  test("says the same whenever it is read, from wherever the reading goes on, and another thing of another account", async () => {
    const session = sessionAt(store);
    const all = await read(session, store, { stream: "orders", slice: whole() });
    expect(await read(session, store, { stream: "orders", slice: whole(), isInterrupted: true })).toEqual(all);
    const other = await read(sessionAt(store, NOW, { seed: "two" }), store, { stream: "orders", slice: whole() });
    expect(other.filter(isOrder).map(({ total }) => total)).not.toEqual(all.filter(isOrder).map(({ total }) => total));
    const ids = all.map(({ kind, id }) => `${kind} ${id}`);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("has some twenty to forty orders on each of its days, none of them in the future, and refunds", async () => {
    const all = await read(sessionAt(store), store, { stream: "orders", slice: whole() });
    const byDay = Map.groupBy(all.filter(isOrder), ({ orderedAt }) => dayIn("Asia/Kolkata", new Date(orderedAt)));
    const today = dayIn("Asia/Kolkata", NOW);
    expect([...byDay.keys()].toSorted().at(0)).toBe(addDays(today, -HISTORY_DAYS));
    for (const [day, orders] of byDay)
      if (day !== today) {
        expect(orders.length, day).toBeGreaterThanOrEqual(20);
        expect(orders.length, day).toBeLessThanOrEqual(40);
      }
    expect(all.every(({ versionAt }) => Date.parse(versionAt) <= NOW.getTime())).toBe(true);
    expect(all.filter(isRefund).length).toBeGreaterThan(60);
  });

  test.each(["two", "three", "four"])("takes back what was ordered before: %s", async (seed) => {
    const all = await read(sessionAt(store, NOW, { seed }), store, { stream: "orders", slice: whole() });
    const madeAt = new Map(all.filter(isOrder).map(({ id, orderedAt }) => [id, orderedAt]));
    for (const { orderId, refundedAt } of all.filter(isRefund))
      expect(Date.parse(refundedAt)).toBeGreaterThan(Date.parse(madeAt.get(orderId) ?? ""));
  });
});

describe("a sample store's report", () => {
  test.each([
    { zone: "Asia/Kolkata", currency: "INR" },
    { zone: "America/New_York", currency: "USD" },
    { zone: "Asia/Tokyo", currency: "JPY" },
    { zone: "Asia/Kuwait", currency: "KWD" },
  ])("reports of its days what its records add up to: $currency in $zone", async (brand) => {
    const session = sessionAt(store, NOW, brand);
    const records = await read(session, store, { stream: "orders", slice: whole() });
    const on = (at: string, day: string) => dayIn(brand.zone, new Date(at)) === day;
    for (let back = 0; back <= 80; back += 1) {
      const day = addDays(dayIn(brand.zone, NOW), -back);
      const orders = records.filter(isOrder).filter(({ orderedAt }) => on(orderedAt, day));
      const refunds = records.filter(isRefund).filter(({ refundedAt }) => on(refundedAt, day));
      const told = new Map(
        (await store.reconcile?.aggregates(session, day))?.map(({ metric, value }) => [metric, value]),
      );
      const total = (values: readonly (string | null)[]) => Number(sumOf(values.map((value) => value ?? "0")));
      const [gross, discounts] = [total(orders.map((one) => one.gross)), total(orders.map((one) => one.discounts))];
      const returns = total(refunds.map((one) => one.returned));
      expect(told.get("orders"), day).toBe(String(orders.length));
      expect(Number(told.get("gross_sales")), day).toBeCloseTo(gross, 4);
      expect(Number(told.get("returns")), day).toBeCloseTo(returns, 4);
      expect(Number(told.get("net_sales")), day).toBeCloseTo(gross - discounts - returns, 4);
      const sold = total(orders.map((one) => one.total));
      const back0 = total(refunds.map((one) => one.amount));
      expect(Number(told.get("total_sales")), day).toBeCloseTo(sold - back0, 4);
    }
  });
});

describe("a sync of a sample store", () => {
  test("brings by its changes what came and what came back since, and by nothing else", async () => {
    const before = new Date(NOW.getTime() - 26 * 3_600_000);
    const known = new Map<string, string>();
    const take = (records: readonly SourceRecord[]) => {
      for (const record of records) known.set(`${record.kind} ${record.id}`, JSON.stringify(record));
    };
    take(await read(sessionAt(store, before), store, { stream: "orders", slice: whole(before) }));
    const came = await read(sessionAt(store), store, { stream: "orders", slice: changes(before, NOW) });
    take(came);
    expect(came.some(isRefund)).toBe(true);
    const all = await read(sessionAt(store), store, { stream: "orders", slice: whole() });
    const now = new Map(all.map((record) => [`${record.kind} ${record.id}`, JSON.stringify(record)]));
    const oldest = startOf(addDays(dayIn("Asia/Kolkata", NOW), -HISTORY_DAYS), "Asia/Kolkata");
    for (const [id, record] of now) expect(known.get(id), id).toBe(record);
    expect(came.filter(isOrder).every(({ versionAt }) => versionAt >= before.toISOString())).toBe(true);
    expect(oldest < before).toBe(true);
  });
});

describe("a sample ad account", () => {
  const day = (back: number) => addDays(dayIn("Asia/Kolkata", NOW), -back);

  test("restates a day for three days, claims it whole, and reports it as its rows add up", async () => {
    const read1 = async (now: Date) => {
      const session = sessionAt(ads, now);
      const rows = (await read(session, ads, { stream: "campaignsByDay", slice: whole(now) })).filter(isAdDay);
      return { session, of: (on: string) => rows.filter((row) => row.day === on) };
    };
    const later = await read1(new Date(NOW.getTime() + 5 * 86_400_000));
    const now = await read1(NOW);
    const purchases = (rows: readonly AdDayRecord[]) => sumOf(rows.map((row) => row.purchases ?? "0"));
    expect(purchases(now.of(day(4)))).toBe(purchases(later.of(day(4))));
    expect(Number(purchases(now.of(day(1))))).toBeLessThan(Number(purchases(later.of(day(1)))));
    expect(sumOf(now.of(day(1)).map(({ spend }) => spend ?? "0"))).toBe(
      sumOf(later.of(day(1)).map(({ spend }) => spend ?? "0")),
    );
    for (let back = 1; back < 80; back += 1) {
      const told = new Map(
        (await ads.reconcile?.aggregates(now.session, day(back)))?.map((one) => [one.metric, one.value]),
      );
      expect(told.get("ad_spend")).toBe(sumOf(now.of(day(back)).map(({ spend }) => spend ?? "0")));
      expect(told.get("ad_purchases")).toBe(purchases(now.of(day(back))));
    }
  });

  test("knows nothing of tomorrow", async () => {
    const rows = await read(sessionAt(ads), ads, { stream: "campaignsByDay", slice: whole() });
    expect(rows.filter(isAdDay).filter(({ day: on }) => on > day(0))).toEqual([]);
    const midnight = new Date(startOf(day(0), "Asia/Kolkata").getTime() + 30_000);
    const begun = await read(sessionAt(ads, midnight), ads, { stream: "campaignsByDay", slice: whole(midnight) });
    expect(begun.filter(isAdDay).at(-1)?.day, "nor of a day that has only begun").toBe(day(1));
  });
});

test("money has as many places as its currency", () => {
  expect(money(5, { currency: "INR" })).toBe("0.05");
  expect(money(-123_456, { currency: "USD" })).toBe("-1234.56");
  expect(money(980, { currency: "JPY" })).toBe("980");
  expect(money(1, { currency: "KWD" })).toBe("0.001");
});
