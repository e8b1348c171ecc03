// Which sources a number waits for: one that never brought anything does not dim the others, one that is gone is told as gone.
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
const QUERY = `query ($range: OverviewRange!) { overview(range: $range) { sources { datasource { name } feeds mark frozenAt lost { name } }
  tiles { metric state value { amount currency } apart { amount currency } comparison { amount } note completeThrough definition { title sources } series { day value isComplete } } } }`;

async function overview(who: Visitor, preset: string) {
  const { data, errors } = await who.ask(QUERY, { range: { preset } });
  expect(errors).toBeUndefined();
  const tile = (metric: string) => data.overview.tiles.find((each: { metric: string }) => each.metric === metric);
  const shown: string[] = data.overview.tiles.map((each: { metric: string }) => each.metric);
  return { sources: data.overview.sources, tile, shown };
}

async function brand(): Promise<{ owner: Visitor; shop: Made }> {
  const owner = await signUp(api);
  await setPlan(api, owner, "custom");
  const shop = await makeDatasource(api, owner.organisationId, { shop: "main.myshopify.com" });
  await putDay(api, shop, daysAgo(1), { orders: "4", returns: "0", net_sales: "40" });
  await putDay(api, shop, daysAgo(2), { orders: "2", returns: "0", net_sales: "20" });
  return { owner, shop };
}

const never = { lastSuccessAt: null, completeThrough: null, firstNumbersAt: null, backfill: "none" } as const;

test.each([
  { what: "was never let in", facts: { ...never, auth: "notPermitted", authSince: new Date() } },
  { what: "was stopped before anything came", facts: { ...never, userPausedAt: new Date() } },
] as const)("a shop that $what leaves the numbers of the others whole", async ({ facts }) => {
  const { owner } = await brand();
  await makeDatasource(api, owner.organisationId, { shop: "late.myshopify.com", facts });
  const { tile, sources } = await overview(owner, "YESTERDAY");
  expect(tile("ORDERS")).toMatchObject({ state: "VALUE", value: { amount: "4" }, comparison: { amount: "2" } });
  expect(tile("ORDERS").completeThrough).not.toBeNull();
  const byName = Object.fromEntries(
    sources.map((source: { datasource: { name: string }; mark: string }) => [source.datasource.name, source.mark]),
  );
  expect(byName).toEqual({ "main.myshopify.com": "COMPLETE", "late.myshopify.com": "MISSING" });
});

test("sources stand in the order of every list, whichever was written to last", async () => {
  const { owner, shop } = await brand();
  await makeDatasource(api, owner.organisationId, { shop: "late.myshopify.com" });
  await api.owner.sql`update datasources set last_success_at = now() where id = ${shop.id}`;
  await makeDatasource(api, owner.organisationId, { shop: "again.myshopify.com" });
  const { sources } = await overview(owner, "YESTERDAY");
  expect(sources.map(({ datasource }: { datasource: { name: string } }) => datasource.name)).toEqual([
    "again.myshopify.com",
    "late.myshopify.com",
    "main.myshopify.com",
  ]);
});

test("a shop that is still being read for the first time does hold the numbers open", async () => {
  const { owner } = await brand();
  await makeDatasource(api, owner.organisationId, { facts: { ...never, backfill: "running" } });
  expect((await overview(owner, "YESTERDAY")).tile("ORDERS")).toMatchObject({ state: "PARTIAL", comparison: null });
});

test("where no source ever brought anything, no tile speaks of a missing source", async () => {
  const owner = await signUp(api);
  await makeDatasource(api, owner.organisationId, { facts: { ...never, auth: "revoked", authSince: new Date() } });
  expect((await overview(owner, "YESTERDAY")).tile("ORDERS")).toMatchObject({
    state: "NO_DATA",
    note: "Nothing has come in for these days.",
  });
});

test("kept numbers of a disconnected shop are told as frozen where they end, its last day as a part, later days not at all", async () => {
  const { owner } = await brand();
  const ended = new Date(startOfDay(daysAgo(1), zone).getTime() + 9 * 3_600_000);
  const later = new Date(ended.getTime() + 600_000);
  const gone = await makeDatasource(api, owner.organisationId, {
    shop: "gone.myshopify.com",
    facts: { disconnectedAt: later, completeThrough: ended, phase: "END", lastSuccessAt: ended },
  });
  await putDay(api, gone, daysAgo(1), { orders: "35" });
  const yesterday = await overview(owner, "YESTERDAY");
  expect(yesterday.sources).toHaveLength(2);
  expect(yesterday.sources.find((source: { frozenAt: string | null }) => source.frozenAt)).toMatchObject({
    datasource: { name: "gone.myshopify.com" },
    mark: "PARTIAL",
    frozenAt: ended.toISOString(),
  });
  expect(yesterday.tile("ORDERS")).toMatchObject({
    state: "PARTIAL",
    value: { amount: "39" },
    comparison: null,
    completeThrough: ended.toISOString(),
  });
  await api.owner.sql`update rollups set day = ${daysAgo(3)} where account_id = ${gone.accountId}`;
  await api.owner
    .sql`update datasources set complete_through = ${startOfDay(daysAgo(2), zone)}, disconnected_at = ${startOfDay(daysAgo(2), zone)} where id = ${gone.id}`;
  expect((await overview(owner, "YESTERDAY")).tile("ORDERS")).toMatchObject({ state: "VALUE", value: { amount: "4" } });
});

test("a shop connected anew is one source, not a live one and a frozen one", async () => {
  const { owner, shop } = await brand();
  const before = await makeDatasource(api, owner.organisationId, {
    facts: { disconnectedAt: new Date(), phase: "END" },
  });
  await api.owner.sql`update datasources set account_id = ${shop.accountId} where id = ${before.id}`;
  expect((await overview(owner, "YESTERDAY")).sources).toHaveLength(1);
});

test("what was replaced is no zero of the days before once its rows have gone with those of another on its account", async () => {
  const owner = await signUp(api);
  await setPlan(api, owner, "custom");
  const ended = { disconnectedAt: new Date(), completeThrough: new Date(), phase: "END" } as const;
  const old = await makeDatasource(api, owner.organisationId, { facts: { ...ended, countsUntil: daysAgo(0) } });
  await makeDatasource(api, owner.organisationId, { facts: { replaces: old.id, countsFrom: daysAgo(0) } });
  const quiet = (await overview(owner, "YESTERDAY")).tile("ORDERS");
  expect(quiet, "kept, it sold nothing").toMatchObject({ state: "ZERO", value: { amount: "0" } });
  await api.owner.sql`update datasources set data_deleted_at = now() where id = ${old.id}`;
  expect((await overview(owner, "YESTERDAY")).tile("ORDERS")).toMatchObject({ state: "NO_DATA", value: null });
});

test("a store that took another's place is told of where the data of that is gone, with what is gone, though costs are kept", async () => {
  const owner = await signUp(api);
  await setPlan(api, owner, "custom");
  await makeDatasource(api, owner.organisationId, { facts: { platform: "custom-costs" } });
  const ended = { disconnectedAt: new Date(), completeThrough: new Date(), phase: "END" } as const;
  const old = await makeDatasource(api, owner.organisationId, {
    shop: "old.myshopify.com",
    facts: { ...ended, countsUntil: daysAgo(0) },
  });
  const facts = { replaces: old.id, countsFrom: daysAgo(0) };
  await makeDatasource(api, owner.organisationId, { shop: "new.myshopify.com", facts });
  const told = async () =>
    (await overview(owner, "YESTERDAY")).sources.filter(({ feeds }: { feeds: string[] }) => feeds.includes("ORDERS"));
  expect(await told()).toMatchObject([{ datasource: { name: "old.myshopify.com" }, lost: [] }]);
  await api.owner.sql`update datasources set data_deleted_at = now() where id = ${old.id}`;
  expect(await told()).toMatchObject([
    { datasource: { name: "new.myshopify.com" }, mark: "MISSING", lost: [{ name: "old.myshopify.com" }] },
  ]);
  const oldest = await makeDatasource(api, owner.organisationId, {
    shop: "oldest.myshopify.com",
    facts: { ...ended, countsUntil: daysAgo(9), dataDeletedAt: new Date() },
  });
  await api.owner.sql`update datasources set replaces = ${oldest.id}, counts_from = ${daysAgo(9)} where id = ${old.id}`;
  expect(await told(), "and what that had replaced before").toMatchObject([
    { lost: [{ name: "old.myshopify.com" }, { name: "oldest.myshopify.com" }] },
  ]);
  await api.owner.sql`update datasources set data_deleted_at = null where id = ${oldest.id}`;
  expect(await told()).toMatchObject([{ lost: [{ name: "old.myshopify.com" }] }]);
  const anew = await makeDatasource(api, owner.organisationId, { shop: "anew.myshopify.com" });
  await api.owner.sql`update datasources set account_id = ${old.accountId} where id = ${anew.id}`;
  expect(await told(), "its account is read anew").toMatchObject([
    { datasource: { name: "anew.myshopify.com" }, lost: [] },
  ]);
});

test("zero in the brand's currency is zero, though another currency has something on that day", async () => {
  const { owner } = await brand();
  const abroad = await makeDatasource(api, owner.organisationId, { currency: "USD" });
  await api.owner.sql`delete from rollups where organisation_id = ${owner.organisationId} and metric = 'returns'`;
  await putDay(api, abroad, daysAgo(1), { returns: "9.50" });
  expect((await overview(owner, "YESTERDAY")).tile("RETURNS")).toMatchObject({
    state: "ZERO",
    value: { amount: "0", currency: "INR" },
    apart: [{ amount: "9.5", currency: "USD" }],
  });
});

test("a history on its way says how many days are in; a day in progress says until when", async () => {
  const { owner, shop } = await brand();
  const run = `${shop.id}:backfill:1`;
  await api.owner
    .sql`insert into runs (organisation_id, id, datasource_id, kind, n) values (${owner.organisationId}, ${run}, ${shop.id}, 'backfill', 1)`;
  const windows = [
    { position: 0, from: 7, to: -1, state: "done" },
    { position: 1, from: 40, to: 7, state: "running" },
  ];
  for (const { position, from, to, state } of windows)
    await api.owner
      .sql`insert into slices (organisation_id, run_id, datasource_id, stream, from_at, to_at, position, state) values (${owner.organisationId}, ${run}, ${shop.id}, 'orders', ${startOfDay(daysAgo(from), zone)}, ${startOfDay(daysAgo(to), zone)}, ${position}, ${state})`;
  await api.owner.sql`update datasources set backfill = 'running' where id = ${shop.id}`;
  await putDay(api, shop, daysAgo(25), { returns: "5", net_sales: "-5" });
  const { tile } = await overview(owner, "LAST_28_DAYS");
  expect(tile("ORDERS")).toMatchObject({ state: "PARTIAL", note: expect.stringMatching(/^\d+ of 28 days$/) });
  // A refund has come of a day whose orders have not: that is not the day's figure.
  expect(tile("NET_SALES").series.find((point: { day: string }) => point.day === daysAgo(25))).toMatchObject({
    value: null,
    isComplete: false,
  });
  const today = await overview(owner, "TODAY");
  expect(today.tile("ORDERS")).toMatchObject({ state: "PARTIAL", note: null });
});

test("ads and e-mails have their tiles where they are connected, each by its own sources' days and currency", async () => {
  const { owner } = await brand();
  expect((await overview(owner, "YESTERDAY")).shown).not.toContain("AD_SPEND");
  const behind = startOfDay(daysAgo(2), zone);
  const ads = await makeDatasource(api, owner.organisationId, {
    shop: "act_1",
    currency: "USD",
    facts: { platform: "meta-ads" },
  });
  const mails = await makeDatasource(api, owner.organisationId, {
    shop: "AbC123",
    facts: { platform: "klaviyo", completeThrough: behind, lastSuccessAt: behind },
  });
  await putDay(api, ads, daysAgo(1), { ad_spend: "142.37" });
  await putDay(api, ads, daysAgo(2), { ad_spend: "100" });
  await putDay(api, mails, daysAgo(3), { email_revenue: "7", email_sends: "900" });
  const { sources, tile, shown } = await overview(owner, "YESTERDAY");
  expect(shown.slice(-2)).toEqual(["AD_SPEND", "EMAIL_REVENUE"]);
  expect(tile("AD_SPEND")).toMatchObject({
    state: "VALUE",
    value: { amount: "142.37", currency: "USD" },
    comparison: { amount: "100" },
    definition: { title: "Ad spend", sources: ["Meta Ads"] },
  });
  // The messages are a day behind: that is said of their tile, and of no other.
  expect(tile("EMAIL_REVENUE")).toMatchObject({ state: "NO_DATA", value: null });
  expect(tile("ORDERS")).toMatchObject({
    state: "VALUE",
    value: { amount: "4" },
    definition: { sources: ["Shopify"] },
  });
  expect(sources.find((each: { datasource: { name: string } }) => each.datasource.name === "act_1").feeds).toEqual([
    "AD_SPEND",
  ]);
});

test("a tile of ads goes with the last account that fed it, unless its numbers were kept", async () => {
  const { owner } = await brand();
  const ads = await makeDatasource(api, owner.organisationId, {
    facts: { platform: "meta-ads", disconnectedAt: new Date(), phase: "END" },
  });
  expect((await overview(owner, "YESTERDAY")).shown).not.toContain("AD_SPEND");
  await putDay(api, ads, daysAgo(1), { ad_spend: "9" });
  expect((await overview(owner, "YESTERDAY")).tile("AD_SPEND")).toMatchObject({ value: { amount: "9" } });
});

test("a source that has told of no currency yet has zeros in the brand's, and they are compared", async () => {
  const owner = await signUp(api);
  const mails = await makeDatasource(api, owner.organisationId, { facts: { platform: "klaviyo" } });
  await api.owner.sql`update accounts set currency = null where id = ${mails.accountId}`;
  const { tile } = await overview(owner, "YESTERDAY");
  const zero = { amount: "0", currency: "INR" };
  expect(tile("EMAIL_REVENUE")).toMatchObject({ state: "ZERO", value: zero, comparison: { amount: "0" } });
  expect(tile("EMAIL_REVENUE").series.at(0)).toMatchObject({ value: "0", isComplete: true });
});

test("what was replaced after it had stood still leaves the days open that it never read, and is none of those after it", async () => {
  const { owner } = await brand();
  const disconnectedAt = new Date(startOfDay(daysAgo(0), zone).getTime() + 60_000);
  const facts = { disconnectedAt, completeThrough: startOfDay(daysAgo(3), zone) };
  const old = await makeDatasource(api, owner.organisationId, {
    facts: { ...facts, platform: "sample-store", phase: "END", countsUntil: daysAgo(0) },
  });
  const behind = (await overview(owner, "YESTERDAY")).tile("ORDERS");
  expect(behind).toMatchObject({ state: "PARTIAL", comparison: null });
  expect(new Set(behind.definition.sources)).toEqual(new Set(["Shopify", "Sample Store"]));
  await api.owner.sql`update datasources set counts_until = ${daysAgo(3)} where id = ${old.id}`;
  const since = (await overview(owner, "YESTERDAY")).tile("ORDERS");
  expect(since).toMatchObject({ state: "VALUE", value: { amount: "4" }, comparison: { amount: "2" } });
  expect(since.definition.sources).toEqual(["Shopify"]);
});
