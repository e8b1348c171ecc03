// The tile of costs: what it is made of, what it waits for, and what goes stale with a source of files.
import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource, putDay } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { setPlan, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";
import { startOfDay } from "../testing/start-of-day.ts";
import { addDays, dayIn } from "../reading/days.ts";

const zone = "Asia/Kolkata";
const api = ownApi({ daysIn: zone });

const daysAgo = (days: number) => addDays(dayIn(api.serving.services.clock(), zone), -days);
const QUERY = `query ($range: OverviewRange!) { overview(range: $range) { isCounting sources { datasource { name } feeds mark completeThrough }
  tiles { metric state value { amount currency } apart { amount currency } comparison { amount } note remark completeThrough calculatedAt
    leftOut { reason rows amounts { amount currency } }
    parts { title value { amount currency } apart { amount currency } } definition { title sources } series { day value isComplete } } } }`;

async function overview(who: Visitor, preset = "YESTERDAY") {
  const { data, errors } = await who.ask(QUERY, { range: { preset } });
  expect(errors).toBeUndefined();
  const tile = (metric: string) => data.overview.tiles.find((each: { metric: string }) => each.metric === metric);
  const source = (name: string) =>
    data.overview.sources.find((each: { datasource: { name: string } }) => each.datasource.name === name);
  return {
    isCounting: data.overview.isCounting,
    tile,
    source,
    shown: data.overview.tiles.map((each: { metric: string }) => each.metric),
  };
}

interface Brand {
  readonly owner: Visitor;
  readonly shop: Made;
  readonly costs: Made;
}

async function brand(): Promise<Brand> {
  const owner = await signUp(api);
  await setPlan(api, owner, "custom");
  const shop = await makeDatasource(api, owner.organisationId, { shop: "main.myshopify.com" });
  const costs = await makeDatasource(api, owner.organisationId, {
    shop: "costs",
    facts: { platform: "custom-costs", name: "Costs", backfill: "none" },
  });
  return { owner, shop, costs };
}

/** As a file that was committed leaves it. */
async function keep(
  { owner, costs }: Brand,
  days: readonly [metric: string, day: string, value: string, currency?: string][],
) {
  const of = { organisation_id: owner.organisationId, datasource_id: costs.id };
  const { sql } = api.owner;
  await sql`insert into cost_books ${sql({ ...of, head: 1, last_version: 1 })} on conflict do nothing`;
  for (const [metric, day, value, currency = "INR"] of days)
    await sql`insert into cost_days ${sql({ ...of, metric, day, currency, since: 1, value })}`;
}

async function sell(
  { owner, shop }: Brand,
  day: string,
  orders: string,
  counted: readonly [string, string, string?][] | null,
) {
  const { sql } = api.owner;
  await putDay(api, shop, day, { orders });
  for (const [metric, value, currency = "INR"] of counted ?? [])
    await sql`insert into order_costs (organisation_id, account_id, metric, day, currency, value, ground)
      values (${owner.organisationId}, ${shop.accountId}, ${metric}, ${day}, ${currency}, ${value}, cost_ground(${owner.organisationId}, ${shop.accountId}))`;
}

test("costs are what files say, goods and the store's own fees, each part in its own currency", async () => {
  const made = await brand();
  await keep(made, [
    ["cost_fixed", daysAgo(1), "100"],
    ["cost_marketing", daysAgo(1), "12.5", "USD"],
    ["cost_ad_spend", daysAgo(1), "12.5", "USD"],
    ["cost_fixed", daysAgo(2), "90"],
  ]);
  await sell(made, daysAgo(1), "4", [
    ["cost_cogs", "40.25"],
    ["cost_units", "8", "PCS"],
    ["cost_units_without", "3", "PCS"],
  ]);
  await sell(made, daysAgo(2), "2", [["cost_units", "2", "PCS"]]);
  await putDay(api, made.shop, daysAgo(1), { payment_fees: "2.9" });
  const { tile, shown } = await overview(made.owner);
  expect(shown).toContain("COSTS");
  expect(tile("COSTS")).toMatchObject({
    state: "VALUE",
    value: { amount: "143.15", currency: "INR" },
    apart: [{ amount: "12.5", currency: "USD" }],
    comparison: { amount: "90" },
    remark: "3 of 8 units have no cost",
    parts: [
      { title: "Cost of goods", value: { amount: "40.25" } },
      { title: "Payment fees", value: { amount: "2.9" } },
      { title: "Marketing", value: null, apart: [{ amount: "12.5", currency: "USD" }] },
      { title: "Fixed costs", value: { amount: "100" } },
    ],
    definition: {
      sources: expect.toSatisfy((names: string[]) => names.toSorted().join() === "Custom costs (CSV),Shopify"),
    },
  });
  expect(tile("AD_SPEND")).toMatchObject({ state: "VALUE", value: { amount: "12.5", currency: "USD" } });
  expect(tile("ORDERS")).toMatchObject({ value: { amount: "4" }, parts: [], remark: null });
});

test("without a file there are no costs, whatever the store itself knows; after one they reach as far as it does", async () => {
  const made = await brand();
  const never = { last_success_at: null, complete_through: null };
  await api.owner.sql`update datasources set ${api.owner.sql(never)} where id = ${made.costs.id}`;
  await sell(made, daysAgo(1), "4", null);
  await putDay(api, made.shop, daysAgo(1), { payment_fees: "2.9" });
  expect((await overview(made.owner)).shown).not.toContain("COSTS");
  const brought = startOfDay(daysAgo(3), zone);
  await keep(made, [["cost_fixed", daysAgo(1), "100"]]);
  await api.owner.sql`delete from rollups where account_id = ${made.shop.accountId}`;
  await api.owner
    .sql`update datasources set complete_through = ${brought}, last_success_at = now() where id = ${made.costs.id}`;
  const { tile, source } = await overview(made.owner);
  expect(tile("COSTS")).toMatchObject({
    state: "PARTIAL",
    value: { amount: "100" },
    comparison: null,
    completeThrough: brought.toISOString(),
  });
  expect(tile("COSTS").series.at(-1)).toEqual({ day: daysAgo(1), value: "100", isComplete: false });
  expect(tile("ORDERS"), "nobody else waits for a file").toMatchObject({ state: "ZERO" });
  expect(source("Costs").mark).toBe("PARTIAL");
});

test("a shop's own unit costs are no costs alone, and the tile says what makes them count", async () => {
  const owner = await signUp(api);
  const shop = await makeDatasource(api, owner.organisationId, { shop: "priced.myshopify.com" });
  await putDay(api, shop, daysAgo(1), { orders: "4", payment_fees: "2.9" });
  expect((await overview(owner)).shown).not.toContain("COSTS");
  await api.owner.sql`insert into store_cost_marks (organisation_id, account_id, changes)
    values (${owner.organisationId}, ${shop.accountId}, 1)`;
  const { tile } = await overview(owner);
  const note =
    "Not counted yet. Upload a file of costs (one row is enough), and what your store says of its unit costs is counted with it.";
  expect(tile("COSTS")).toMatchObject({ state: "NO_DATA", value: null, parts: [], note });
  expect(tile("ORDERS")).toMatchObject({ state: "VALUE", value: { amount: "4" } });
  await api.owner.sql`update datasources set disconnected_at = now() where id = ${shop.id}`;
  expect((await overview(owner)).shown).not.toContain("COSTS");
});

test("a second place for files that holds none yet takes nothing from the costs of the first", async () => {
  const made = await brand();
  await keep(made, [["cost_fixed", daysAgo(1), "100"]]);
  await sell(made, daysAgo(1), "4", [["cost_units", "1", "PCS"]]);
  await sell(made, daysAgo(2), "4", [["cost_units", "1", "PCS"]]);
  expect((await overview(made.owner)).tile("COSTS")).toMatchObject({ state: "VALUE", value: { amount: "100" } });
  const empty = await makeDatasource(api, made.owner.organisationId, {
    shop: "more-costs",
    facts: { platform: "custom-costs", name: "More costs", backfill: "none" },
  });
  const never = { last_success_at: null, complete_through: null };
  await api.owner.sql`update datasources set ${api.owner.sql(never)} where id = ${empty.id}`;
  expect((await overview(made.owner)).tile("COSTS")).toMatchObject({ state: "VALUE", value: { amount: "100" } });
});

test("costs were calculated no earlier than the last file was taken or undone, and ad spend than the last that moved it", async () => {
  const made = await brand();
  const { sql } = api.owner;
  const ads = await makeDatasource(api, made.owner.organisationId, { shop: "act_2", facts: { platform: "meta-ads" } });
  await putDay(api, ads, daysAgo(1), { ad_spend: "200" });
  await keep(made, [["cost_fixed", daysAgo(1), "100"]]);
  await sell(made, daysAgo(1), "4", [["cost_cogs", "40.25"]]);
  await sql`update order_costs set updated_at = now() - interval '1 hour' where account_id = ${made.shop.accountId}`;
  await sql`update rollups set updated_at = now() - interval '1 hour' where organisation_id = ${made.owner.organisationId}`;
  const calculatedAt = async (metric: string) => (await overview(made.owner)).tile(metric).calculatedAt;
  const counted: string = await calculatedAt("ORDERS");
  const ofAds: string = await calculatedAt("AD_SPEND");
  const after = (minutes: number) => new Date(Date.parse(counted) + minutes * 60_000);
  for (const [state, minutes, counts, costs, adSpend] of [
    ["committed", 10, { adSpend: 0 }, 10, null],
    ["committed", 20, { adSpend: 2 }, 20, 20],
    ["undone", 30, { adSpend: 0 }, 30, 20],
    ["undone", 40, { adSpend: 1 }, 40, 40],
    ["rejected", 50, { adSpend: 1 }, 40, 40],
    ["committed", 60, {}, 60, 60],
  ] as const) {
    const of = { organisation_id: made.owner.organisationId, datasource_id: made.costs.id, how: "api", mode: "upsert" };
    const said = { settled_at: after(minutes), state, counts: sql.json(counts), by: sql.json({}) };
    await sql`insert into uploads ${sql({ ...of, ...said, size: 1, sha256: state, filename: state })}`;
    expect(await calculatedAt("COSTS"), `costs ${minutes}`).toBe(after(costs).toISOString());
    const ofAdSpend = adSpend === null ? ofAds : after(adSpend).toISOString();
    expect(await calculatedAt("AD_SPEND"), `ad spend ${minutes}`).toBe(ofAdSpend);
    expect(await calculatedAt("ORDERS"), `orders ${minutes}`).toBe(counted);
  }
});

test("a day whose orders were counted with other costs is a part until they are counted again", async () => {
  const made = await brand();
  await keep(made, [["cost_fixed", daysAgo(1), "100"]]);
  await sell(made, daysAgo(1), "4", [
    ["cost_cogs", "40"],
    ["cost_units", "8", "PCS"],
  ]);
  expect((await overview(made.owner)).tile("COSTS")).toMatchObject({ state: "VALUE", value: { amount: "140" } });
  expect((await overview(made.owner)).isCounting).toBe(false);
  await api.owner.sql`update order_costs set ground = 'other' where organisation_id = ${made.owner.organisationId}`;
  const { tile, isCounting } = await overview(made.owner);
  expect(isCounting).toBe(true);
  expect(tile("COSTS")).toMatchObject({
    state: "PARTIAL",
    value: { amount: "100" },
    note: "Orders are being counted with the new costs.",
  });
});

test("a share of ad spend follows what was spent, in its currency, by the rate of the day", async () => {
  const made = await brand();
  const ads = await makeDatasource(api, made.owner.organisationId, { shop: "act_1", facts: { platform: "meta-ads" } });
  await keep(made, [
    ["cost_ad_spend", daysAgo(1), "50"],
    ["cost_marketing", daysAgo(1), "50"],
  ]);
  const { sql } = api.owner;
  const rate = (line: number, start: string, amount: string) => sql`insert into cost_rows
    (organisation_id, datasource_id, since, line, part, identity, content, cost_type, basis, amount, currency, start_day, recurrence, is_ad_spend, applies_to, action, name)
    values (${made.owner.organisationId}, ${made.costs.id}, 1, ${line}, 0, gen_random_uuid(), gen_random_uuid(), 'marketing', 'percent', ${amount}, 'INR', ${start}, 'none', false, 'ad_spend', 'upsert', 'Agency')`;
  await rate(2, "2020-01-01", "99");
  await rate(3, daysAgo(1), "10");
  await putDay(api, ads, daysAgo(1), { ad_spend: "200.5" });
  const { tile } = await overview(made.owner);
  expect(tile("AD_SPEND")).toMatchObject({ value: { amount: "250.5" } });
  expect(tile("COSTS")).toMatchObject({
    value: { amount: "75.05" },
    parts: [{ title: "Marketing", value: { amount: "75.05" } }],
  });
});

test("rows that no day can hold are told by reason, with their money, in the range that they would count in", async () => {
  const made = await brand();
  await keep(made, [["cost_fixed", daysAgo(1), "100"]]);
  const { sql } = api.owner;
  const leave = (
    reason: string,
    [from, to]: readonly [string, string],
    { rows, amount = null, currency = "INR" }: { rows: number; amount?: string | null; currency?: string },
  ) =>
    sql`insert into cost_left_out ${sql({ organisation_id: made.owner.organisationId, datasource_id: made.costs.id, reason, first_day: from, last_day: to, currency, rows, amount })}`;
  await leave("country", ["2000-01-01", "infinity"], { rows: 3 });
  await leave("country", [daysAgo(1), daysAgo(1)], { rows: 1, currency: "EUR" });
  await leave("country", [daysAgo(9), daysAgo(5)], { rows: 50 });
  await leave("order", ["2000-01-01", "infinity"], { rows: 2, amount: "7.42" });
  await leave("order", [daysAgo(1), daysAgo(1)], { rows: 1, amount: "0.58" });
  await leave("order", [daysAgo(1), daysAgo(1)], { rows: 1, amount: "1.2345", currency: "CLF" });
  expect((await overview(made.owner)).tile("COSTS"), "not looked up for the costs that stand").toMatchObject({
    leftOut: [],
    remark: null,
  });
  await sql`update cost_books set left_out_of = head where datasource_id = ${made.costs.id}`;
  const { tile } = await overview(made.owner);
  expect(tile("COSTS")).toMatchObject({
    state: "VALUE",
    value: { amount: "100" },
    apart: [],
    remark: "Rows of files left out: 8",
    leftOut: [
      { reason: expect.stringContaining("one country"), rows: 4, amounts: [] },
      {
        reason: "Costs of orders that are not here",
        rows: 4,
        amounts: expect.toSatisfy((all: { amount: string; currency: string }[]) =>
          ["1.2345 CLF", "8 INR"].every((each) => all.some(({ amount, currency }) => `${amount} ${currency}` === each)),
        ),
      },
    ],
  });
  expect(tile("ORDERS")).toMatchObject({ leftOut: [], remark: null });
});

test("after a disconnect that keeps costs they end with its day; stopping and disconnecting name what goes stale", async () => {
  const made = await brand();
  const { sql } = api.owner;
  await keep(made, [
    ["cost_fixed", daysAgo(3), "30"],
    ["cost_fixed", daysAgo(1), "10"],
  ]);
  const rehearse = async (gid: string) =>
    (
      await made.owner.ask(
        `query ($id: ID!) { node(id: $id) { ... on Datasource { rehearsal(action: STOP) { stops dependents { kind staleAt } } dependents { kind name } } } }`,
        { id: gid },
      )
    ).data.node;
  const before = await rehearse(made.costs.gid);
  expect(before.rehearsal.stops).toEqual(["Costs"]);
  const tiles = (of: { rehearsal: { dependents: { kind: string; staleAt: string | null }[] } }) =>
    of.rehearsal.dependents.filter(({ kind }) => kind === "TILE").map(({ staleAt }) => staleAt);
  expect(tiles(before), "files are never late").toEqual([null]);
  expect(tiles(await rehearse(made.shop.gid))).toContainEqual(expect.any(String));
  await sql`insert into cost_rows (organisation_id, datasource_id, since, line, part, identity, content, cost_type, basis, amount, currency, start_day, recurrence, is_ad_spend, applies_to, action)
    values (${made.owner.organisationId}, ${made.costs.id}, 1, 2, 0, gen_random_uuid(), gen_random_uuid(), 'marketing', 'total', 1, 'INR', ${daysAgo(1)}, 'none', true, 'revenue', 'upsert')`;
  expect((await rehearse(made.costs.gid)).rehearsal.stops).toEqual(["Ad spend", "Costs"]);
  expect((await rehearse(made.shop.gid)).dependents).toContainEqual({ kind: "TILE", name: "Costs" });
  const ended = startOfDay(daysAgo(2), zone);
  const brought = startOfDay(daysAgo(5), zone);
  await sql`update datasources set disconnected_at = ${ended}, complete_through = ${brought}, phase = 'END' where id = ${made.costs.id}`;
  const week = await overview(made.owner, "LAST_7_DAYS");
  expect(week.tile("COSTS")).toMatchObject({ state: "PARTIAL", value: { amount: "30" } });
  expect((await overview(made.owner)).tile("COSTS")).toMatchObject({ state: "NO_DATA", value: null });
  expect((await rehearse(made.shop.gid)).rehearsal.stops).not.toContain("Costs");
});
