import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource, putDay } from "../testing/rows.ts";
import { setPlan, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";
import { startOfDay } from "../testing/start-of-day.ts";
import { addDays, dayIn } from "../reading/days.ts";

const zone = "Asia/Kolkata";
const api = ownApi({ daysIn: zone });

const today = () => dayIn(api.serving.services.clock(), zone);
const QUERY = `query ($range: OverviewRange!) { overview(range: $range) { zone currency range { from to days } comparedWith { from to } sources { mark daysReady otherZone completeThrough }
  tiles { metric state unit value { amount currency } apart { amount currency } currency comparison { amount } change note daysHave daysNeeded series { day value comparison isComplete } definition { title formula better } } } }`;

interface Tile {
  metric: string;
  state: string;
  value: { amount: string; currency: string | null } | null;
  apart: { amount: string; currency: string }[];
  comparison: { amount: string } | null;
  change: string | null;
  note: string | null;
  daysHave: number;
  daysNeeded: number;
  series: { day: string; value: string | null; isComplete: boolean }[];
}

async function overview(who: Visitor, range: Record<string, string>) {
  const { data, errors } = await who.ask(QUERY, { range });
  expect(errors).toBeUndefined();
  const tiles = new Map<string, Tile>(data.overview.tiles.map((tile: Tile) => [tile.metric, tile]));
  return { ...data.overview, tile: (metric: string) => tiles.get(metric) };
}

test("yesterday beside the day before, exact, with the average made of three", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  const yesterday = addDays(today(), -1);
  await putDay(api, made, yesterday, {
    orders: "3",
    gross_sales: "300.30",
    discounts: "0.30",
    returns: "50",
    net_sales: "250",
    total_sales: "295",
  });
  await putDay(api, made, addDays(yesterday, -1), {
    orders: "2",
    gross_sales: "150.15",
    discounts: "0",
    returns: "0",
    net_sales: "150.15",
    total_sales: "180",
  });
  const { tile, range, comparedWith, sources } = await overview(owner, { preset: "YESTERDAY" });
  expect([range, comparedWith]).toEqual([
    { from: yesterday, to: yesterday, days: 1 },
    { from: addDays(yesterday, -1), to: addDays(yesterday, -1) },
  ]);
  expect(sources).toMatchObject([{ mark: "COMPLETE", daysReady: 1, otherZone: null }]);
  expect(tile("ORDERS")).toMatchObject({
    state: "VALUE",
    value: { amount: "3", currency: null },
    comparison: { amount: "2" },
    change: "0.5",
  });
  expect(tile("GROSS_SALES")).toMatchObject({
    value: { amount: "300.3", currency: "INR" },
    comparison: { amount: "150.15" },
    change: "1",
  });
  expect(tile("AVERAGE_ORDER_VALUE")).toMatchObject({ value: { amount: "100", currency: "INR" } });
  expect(tile("RETURNS")?.series).toHaveLength(8);
  expect(tile("RETURNS")?.series.at(-1)).toMatchObject({ day: yesterday, value: "50", isComplete: true });
});

test("zero, no source, not here yet, the day in progress and late are told apart", async () => {
  const owner = await signUp(api);
  await setPlan(api, owner, "custom");
  expect((await overview(owner, { preset: "YESTERDAY" })).tile("ORDERS")).toMatchObject({
    state: "NO_DATA",
    value: null,
    note: "No source of orders.",
  });
  const made = await makeDatasource(api, owner.organisationId);
  expect((await overview(owner, { preset: "YESTERDAY" })).tile("ORDERS")).toMatchObject({
    state: "ZERO",
    value: { amount: "0" },
    note: null,
  });
  expect((await overview(owner, { preset: "YESTERDAY" })).tile("AVERAGE_ORDER_VALUE")).toMatchObject({
    state: "ZERO",
    value: null,
  });
  await putDay(api, made, today(), { orders: "1" });
  expect((await overview(owner, { preset: "TODAY" })).tile("ORDERS")).toMatchObject({
    state: "PARTIAL",
    value: { amount: "1" },
    comparison: null,
    change: null,
  });
  const late = startOfDay(addDays(today(), -1), zone);
  await api.owner
    .sql`update datasources set complete_through = ${new Date(late.getTime() + 3_600_000)}, last_success_at = ${late} where id = ${made.id}`;
  expect((await overview(owner, { preset: "YESTERDAY" })).tile("ORDERS")?.state).toBe("STALE");
  await api.owner
    .sql`update datasources set complete_through = null, last_success_at = null, first_numbers_at = null, backfill = 'running' where id = ${made.id}`;
  expect((await overview(owner, { preset: "YESTERDAY" })).tile("ORDERS")).toMatchObject({
    state: "FETCHING",
    value: null,
  });
  await putDay(api, made, addDays(today(), -1), { orders: "7" });
  expect((await overview(owner, { preset: "YESTERDAY" })).tile("ORDERS")).toMatchObject({
    state: "PARTIAL",
    value: { amount: "7" },
  });
});

test("the first hour of a history: as many days as are in, and no comparison with what is not", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { facts: { backfill: "running" } });
  const [from, mid, to] = [-40, -7, 1].map((days) => startOfDay(addDays(today(), days), zone));
  await api.owner
    .sql`insert into runs (organisation_id, id, datasource_id, kind, n) values (${owner.organisationId}, ${`${made.id}:backfill:1`}, ${made.id}, 'backfill', 1)`;
  for (const [position, fromAt, toAt, state] of [
    [0, mid, to, "done"],
    [1, from, mid, "running"],
  ] as const)
    await api.owner
      .sql`insert into slices (organisation_id, run_id, datasource_id, stream, from_at, to_at, position, state) values (${owner.organisationId}, ${`${made.id}:backfill:1`}, ${made.id}, 'orders', ${fromAt ?? null}, ${toAt ?? null}, ${position}, ${state})`;
  await putDay(api, made, addDays(today(), -3), { orders: "5" });
  const { tile } = await overview(owner, { preset: "LAST_28_DAYS" });
  expect(tile("ORDERS")).toMatchObject({
    state: "PARTIAL",
    value: { amount: "5" },
    daysHave: 7,
    daysNeeded: 28,
    note: "7 of 28 days",
    comparison: null,
  });
  expect(tile("ORDERS")?.series.filter((point: { value: string | null }) => point.value === null)).toHaveLength(21);
  expect((await overview(owner, { preset: "LAST_7_DAYS" })).tile("ORDERS")).toMatchObject({
    state: "VALUE",
    value: { amount: "5" },
    comparison: null,
  });
});

test("amounts of other currencies stand apart; the only currency there is speaks for itself", async () => {
  const owner = await signUp(api);
  await setPlan(api, owner, "custom");
  const dollars = await makeDatasource(api, owner.organisationId, { currency: "USD", zone: "America/New_York" });
  const yesterday = addDays(today(), -1);
  await api.owner.sql`update datasources set complete_through = now() + interval '2 days' where id = ${dollars.id}`;
  await putDay(api, dollars, yesterday, { orders: "2", total_sales: "20.50" });
  const alone = await overview(owner, { preset: "YESTERDAY" });
  expect(alone.tile("TOTAL_SALES")).toMatchObject({ value: { amount: "20.5", currency: "USD" }, apart: [] });
  expect(alone.tile("TOTAL_SALES")).toMatchObject({ currency: "USD" });
  expect(alone.tile("ORDERS")).toMatchObject({ currency: null });
  expect(alone.sources).toMatchObject([{ otherZone: "America/New_York" }]);
  const rupees = await makeDatasource(api, owner.organisationId);
  await putDay(api, rupees, yesterday, { orders: "1", total_sales: "100" });
  const both = await overview(owner, { preset: "YESTERDAY" });
  expect(both.tile("TOTAL_SALES")).toMatchObject({
    value: { amount: "100", currency: "INR" },
    apart: [{ amount: "20.5", currency: "USD" }],
  });
  expect(both.tile("ORDERS")).toMatchObject({ value: { amount: "3" }, apart: [] });
});

test("how far a tile reaches is how far the slowest source reaches, and nowhere while one has nothing", async () => {
  const owner = await signUp(api);
  await setPlan(api, owner, "custom");
  await makeDatasource(api, owner.organisationId);
  const through = async () =>
    (await owner.ask(`{ overview(range: { preset: YESTERDAY }) { tiles { completeThrough } } }`)).data.overview.tiles[0]
      .completeThrough;
  expect(await through()).not.toBeNull();
  await makeDatasource(api, owner.organisationId, { facts: { completeThrough: null, lastSuccessAt: null } });
  expect(await through()).toBeNull();
});

test("a range that is none is told so", async () => {
  const owner = await signUp(api);
  for (const range of [
    { preset: "CUSTOM" },
    { preset: "CUSTOM", from: "2026-02-01", to: "2026-01-01" },
    { preset: "CUSTOM", from: "2020-01-01", to: "2026-01-01" },
  ]) {
    const { errors } = await owner.ask(QUERY, { range });
    expect(errors?.[0]?.extensions["code"]).toBe("INVALID_INPUT");
  }
  expect(
    (await owner.ask(QUERY, { range: { preset: "CUSTOM", from: "2026-02-30", to: "2026-03-01" } })).errors?.[0]
      ?.extensions["code"],
  ).toMatch(/INVALID_INPUT|BAD_REQUEST/);
});

test("in three languages, with no word left in another", async () => {
  const owner = await signUp(api);
  for (const [locale, title] of [
    ["en", "Orders"],
    ["hi", "ऑर्डर"],
    ["as", "অৰ্ডাৰ"],
  ] as const) {
    const { data } = await owner.ask(QUERY, { range: { preset: "YESTERDAY" } }, { "x-locale": locale });
    expect(data.overview.tiles[0].definition.title).toBe(title);
    if (locale !== "en")
      expect(
        JSON.stringify(
          data.overview.tiles.map((tile: { note: string; definition: object }) => [tile.note, tile.definition]),
        ),
      ).not.toMatch(/"[A-Z]?[a-z]{3,} [a-z]{2,}/);
  }
});
