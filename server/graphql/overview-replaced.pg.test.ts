// A store in rupees is replaced by one in dollars, whose clock is behind the brand's: what stood stays whole, and no zero is made up.
import { beforeEach, expect, test } from "vitest";
import { addDays, dayIn } from "../reading/days.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource, putDay } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { startOfDay } from "../testing/start-of-day.ts";
import { setPlan, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const zone = "Asia/Kolkata";
const api = ownApi({ daysIn: zone });
const daysAgo = (days: number) => addDays(dayIn(api.serving.services.clock(), zone), -days);
/** So many minutes ago, and on this day of the brand's, however young that is. */
const minutesAgo = (minutes: number) =>
  new Date(Math.max(startOfDay(daysAgo(0), zone).getTime(), api.serving.services.clock().getTime() - minutes * 60_000));

const QUERY = `query ($range: OverviewRange!) { overview(range: $range) {
  sources { datasource { name replacedAt } mark frozenAt daysReady completeThrough cutDay }
  tiles { metric state value { amount currency } apart { amount currency } comparison { amount } change currency
    completeThrough definition { sources } series { day value isComplete } seriesApart { currency series { day value isComplete } } } } }`;

let owner: Visitor;
let old: Made;
let next: Made;
beforeEach(async () => {
  owner = await signUp(api);
  await setPlan(api, owner, "custom");
  old = await makeDatasource(api, owner.organisationId, {
    shop: "old.myshopify.com",
    facts: { disconnectedAt: minutesAgo(30), completeThrough: minutesAgo(33), phase: "END", countsUntil: daysAgo(0) },
  });
  next = await makeDatasource(api, owner.organisationId, {
    shop: "new.myshopify.com",
    currency: "USD",
    zone: "America/New_York",
    facts: { replaces: old.id, countsFrom: daysAgo(0), backfill: "running", completeThrough: minutesAgo(5) },
  });
  await api.owner.sql`update datasources set replaced_by = ${next.id} where id = ${old.id}`;
  const run = `${next.id}:backfill:1`;
  await api.owner
    .sql`insert into runs (organisation_id, id, datasource_id, kind, n) values (${owner.organisationId}, ${run}, ${next.id}, 'backfill', 1)`;
  for (const { position, from, to, state } of [
    { position: 0, from: 7, to: -1, state: "done" },
    { position: 1, from: 40, to: 7, state: "running" },
  ])
    await api.owner
      .sql`insert into slices (organisation_id, run_id, datasource_id, stream, from_at, to_at, position, state) values (${owner.organisationId}, ${run}, ${next.id}, 'orders', ${startOfDay(daysAgo(from), zone)}, ${startOfDay(daysAgo(to), zone)}, ${position}, ${state})`;
  await putDay(api, old, daysAgo(1), { orders: "5", gross_sales: "16767", discounts: "0", net_sales: "16767" });
  await putDay(api, old, daysAgo(2), { orders: "4", gross_sales: "12000", discounts: "0", net_sales: "12000" });
  for (const day of [1, 2, 3])
    await putDay(api, next, daysAgo(day), { orders: "9", gross_sales: "4353", discounts: "0", net_sales: "4353" });
});

async function overview(preset: string) {
  const { data, errors } = await owner.ask(QUERY, { range: { preset } });
  expect(errors).toBeUndefined();
  const tile = (metric: string) => data.overview.tiles.find((each: { metric: string }) => each.metric === metric);
  const sources: { datasource: { name: string } }[] = data.overview.sources;
  return { tile, sources, named: sources.map(({ datasource }) => datasource.name) };
}

test("days before the switch are the old one's alone: whole, in its currency, and held back by nobody", async () => {
  const yesterday = await overview("YESTERDAY");
  expect(yesterday.sources).toMatchObject([{ datasource: { name: "old.myshopify.com" }, mark: "COMPLETE" }]);
  expect(yesterday.tile("NET_SALES")).toMatchObject({
    state: "VALUE",
    value: { amount: "16767", currency: "INR" },
    apart: [],
    comparison: { amount: "12000" },
  });
  expect(yesterday.tile("ORDERS")).toMatchObject({ state: "VALUE", value: { amount: "5" } });
  const month = await overview("LAST_28_DAYS");
  expect(month.named).toEqual(["old.myshopify.com"]);
  expect(month.tile("NET_SALES")).toMatchObject({ state: "VALUE", value: { amount: "28767", currency: "INR" } });
  expect(
    month.tile("NET_SALES").series.filter(({ isComplete }: { isComplete: boolean }) => !isComplete),
    "the new one's history is not waited for",
  ).toEqual([]);
});

test("the old one does not hold back the days of the new one, nor is counted in them", async () => {
  const today = await overview("TODAY");
  expect(today.named).toEqual(["new.myshopify.com"]);
  const day = daysAgo(3);
  const hours = (n: number) => new Date(startOfDay(daysAgo(1), zone).getTime() + n * 3_600_000);
  await api.owner
    .sql`update datasources set counts_from = ${day}, complete_through = ${hours(6)} where id = ${next.id}`;
  await api.owner
    .sql`update datasources set counts_until = ${day}, complete_through = ${hours(1)}, disconnected_at = ${hours(1)} where id = ${old.id}`;
  const week = await overview("LAST_7_DAYS");
  const [first] = week.sources.filter(({ datasource }) => datasource.name === "old.myshopify.com");
  expect(first).toMatchObject({ mark: "COMPLETE", daysReady: 4 });
  expect(week.tile("ORDERS")).toMatchObject({ state: "PARTIAL", completeThrough: hours(6).toISOString() });
  const days = week.tile("ORDERS").series.slice(0, 5);
  const quiet = { value: "0", isComplete: true };
  expect(days, "nothing was sold on the days that it has").toMatchObject([quiet, quiet, quiet, quiet, quiet]);
});

/** The old one's clock is 16 hours behind the brand's: the switch lies in the midst of its last day. */
async function switchedInTheMidst(readTo: number): Promise<{ at: Date; last: string }> {
  const at = new Date(startOfDay(daysAgo(2), zone).getTime() + 4 * 3_600_000);
  const through = new Date(at.getTime() + readTo);
  await api.owner.sql`update accounts set zone = 'Pacific/Niue' where id = ${old.accountId}`;
  await api.owner.sql`
    update datasources set counts_until = ${daysAgo(2)}, replaced_at = ${at}, complete_through = ${through},
      disconnected_at = ${new Date(at.getTime() + 20_000)} where id = ${old.id}`;
  await api.owner.sql`
    update datasources set counts_from = ${daysAgo(2)}, complete_through = now() + interval '2 days', backfill = 'done'
    where id = ${next.id}`;
  return { at, last: daysAgo(3) };
}

test("once both are whole over a switch in the midst of a day, the range is complete and compared", async () => {
  const { at, last } = await switchedInTheMidst(0);
  const week = await overview("LAST_7_DAYS");
  expect(week.sources).toMatchObject([
    { datasource: { name: "new.myshopify.com", replacedAt: null }, mark: "COMPLETE", cutDay: null },
    { datasource: { name: "old.myshopify.com", replacedAt: at.toISOString() }, mark: "COMPLETE", cutDay: last },
  ]);
  const orders = week.tile("ORDERS");
  expect(orders).toMatchObject({ state: "VALUE", comparison: { amount: "0" } });
  expect(Date.parse(orders.completeThrough), "told by the one that goes on").toBeGreaterThan(at.getTime());
  expect(orders.series.every(({ isComplete }: { isComplete: boolean }) => isComplete)).toBe(true);
});

test("not read up to the switch, its last day stays a part, and so does what holds it", async () => {
  const { at, last } = await switchedInTheMidst(-3_600_000);
  const week = await overview("LAST_7_DAYS");
  expect(week.sources[1]).toMatchObject({ mark: "PARTIAL", cutDay: null });
  const orders = week.tile("ORDERS");
  const through = new Date(at.getTime() - 3_600_000).toISOString();
  expect(orders).toMatchObject({ state: "PARTIAL", comparison: null, completeThrough: through });
  const short = orders.series.filter(({ isComplete }: { isComplete: boolean }) => !isComplete);
  expect(short).toMatchObject([{ day: last }]);
});

test("a currency that no source of the range speaks leads nothing: no zero, no dash, and no zero to compare with", async () => {
  const day = daysAgo(1);
  await api.owner
    .sql`update datasources set counts_from = ${day}, complete_through = now() + interval '2 days', backfill = 'done' where id = ${next.id}`;
  await api.owner.sql`update datasources set counts_until = ${day} where id = ${old.id}`;
  const { tile } = await overview("YESTERDAY");
  expect(tile("NET_SALES")).toMatchObject({
    state: "VALUE",
    value: { amount: "4353", currency: "USD" },
    apart: [],
    comparison: null,
    change: null,
  });
  expect(tile("AVERAGE_ORDER_VALUE")).toMatchObject({ value: { amount: "483.67", currency: "USD" }, apart: [] });
  expect(tile("ORDERS")).toMatchObject({ value: { amount: "9" }, comparison: { amount: "4" } });
  const values = tile("NET_SALES").series.map(({ value }: { value: string | null }) => value);
  expect(values, "days in rupees are no zeros in dollars").toEqual([...Array.from({ length: 7 }, () => null), "4353"]);
  const month = (await overview("LAST_28_DAYS")).tile("NET_SALES");
  expect(month).toMatchObject({ value: { amount: "12000", currency: "INR" }, apart: [{ amount: "4353" }] });
  expect(month.series.at(-1), "nor is the day in dollars one in rupees").toMatchObject({ value: null });
  expect(month.series.at(-3)).toMatchObject({ value: "0", isComplete: true });
  const [dollars, ...others] = month.seriesApart;
  expect(others).toEqual([]);
  expect(dollars.series).toHaveLength(28);
  expect(dollars).toMatchObject({ currency: "USD" });
  expect(dollars.series.at(-1), "each currency has its own days").toMatchObject({ value: "4353", isComplete: true });
  expect(dollars.series.at(-2)).toMatchObject({ value: null });
  expect(tile("NET_SALES").seriesApart).toMatchObject([{ currency: "INR" }]);
  expect(tile("ORDERS").seriesApart).toEqual([]);
});

test("a tile that the new one does not feed goes with the days of the old one, though what that read is kept", async () => {
  const shown = async () => Boolean((await overview("YESTERDAY")).tile("AD_SPEND"));
  await api.owner.sql`update datasources set platform = 'meta-ads' where id = ${old.id}`;
  expect(await shown()).toBe(true);
  await api.owner.sql`update datasources set counts_until = ${daysAgo(10)} where id = ${old.id}`;
  expect(await shown()).toBe(false);
});

test("where what the old one read was deleted, its days are empty, and the store that stands is told of", async () => {
  await makeDatasource(api, owner.organisationId, { shop: "act_1", facts: { platform: "meta-ads" } });
  await api.owner.sql`update datasources set delete_data = true where id = ${old.id}`;
  await api.owner.sql`delete from rollups where account_id = ${old.accountId}`;
  const { sources, tile } = await overview("YESTERDAY");
  expect(sources).toContainEqual(
    expect.objectContaining({
      datasource: { name: "new.myshopify.com", replacedAt: null },
      mark: "MISSING",
      daysReady: 0,
    }),
  );
  expect(tile("NET_SALES")).toMatchObject({ state: "NO_DATA", value: null, apart: [] });
});
