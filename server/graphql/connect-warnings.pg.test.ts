/** What is said before connecting: what would count twice and how much it is, what cannot stand beside it, what comes first. */
import { expect, test } from "vitest";
import { addDays, dayIn } from "../reading/days.ts";
import { ownSource } from "../testing/own-source.ts";
import { makeDatasource } from "../testing/rows.ts";
import { setPlan } from "../testing/visitor.ts";

const { api, owner, made } = ownSource();

const warnings = async (platform: string) =>
  (
    await owner.ask(
      `query ($name: String!) { platform(name: $name) { warnings { kind message amountAtRisk { amount currency } datasource { id } } } }`,
      { name: platform },
    )
  ).data.platform.warnings;

test("payments that would count twice are told with the amount that the store's own rows say", async () => {
  const pay = (
    id: string,
    gateway: string,
    amount: string,
    { kind = "sale", isTest = false, daysAgo = 1 }: { kind?: string; isTest?: boolean; daysAgo?: number } = {},
  ) =>
    api.owner
      .sql`insert into transactions (organisation_id, account_id, id, version_at, order_id, kind, status, gateway, amount, currency, processed_at, day, is_test)
      values (${owner.organisationId}, ${made.accountId}, ${id}, now(), '1', ${kind}, 'success', ${gateway}, ${amount}, 'INR', now(), current_date - ${daysAgo}::int, ${isTest})`;
  await pay("1", "stripe", "100.10");
  await pay("2", "Stripe", "0.20", { kind: "capture" });
  await pay("3", "stripe", "999", { kind: "refund" });
  await pay("4", "cash", "999");
  await pay("5", "stripe", "999", { isTest: true });
  await pay("6", "stripe", "999", { daysAgo: 60 });
  expect(await warnings("stripe")).toMatchObject([
    { kind: "OVERLAP", amountAtRisk: { amount: "100.30", currency: "INR" }, datasource: { id: made.gid } },
  ]);
  expect(await warnings("razorpay")).toMatchObject([{ kind: "OVERLAP", amountAtRisk: null }]);
});

test("what must come first, what cannot stand beside it, and an account that is here already", async () => {
  expect(await warnings("shopify")).toMatchObject([{ kind: "SAME_ACCOUNT" }]);
  await api.owner.sql`update datasources set platform = 'recharge' where id = ${made.id}`;
  expect((await warnings("loop-subscriptions")).map(({ kind }: { kind: string }) => kind)).toEqual(
    expect.arrayContaining(["EXCLUSION", "PREREQUISITE"]),
  );
});

test("ad spend of files stands beside what an ad account says: told from either side, with what the files say", async () => {
  await setPlan(api, owner, "custom");
  const costs = await makeDatasource(api, owner.organisationId, {
    shop: "costs",
    facts: { platform: "custom-costs", name: "Costs", backfill: "none" },
  });
  const { sql } = api.owner;
  const of = { organisation_id: owner.organisationId, datasource_id: costs.id };
  const daysAgo = (days: number) => addDays(dayIn(new Date(), "Asia/Kolkata"), -days);
  await sql`insert into cost_books ${sql({ ...of, head: 1, last_version: 1 })}`;
  for (const [metric, day, value] of [
    ["cost_ad_spend", daysAgo(3), "40.25"],
    ["cost_ad_spend", daysAgo(9), "2.50"],
    ["cost_ad_spend", daysAgo(60), "999"],
    ["cost_marketing", daysAgo(3), "999"],
  ] as const)
    await sql`insert into cost_days ${sql({ ...of, metric, day, currency: "INR", since: 1, value })}`;
  expect(await warnings("meta-ads")).toMatchObject([
    { kind: "OVERLAP", amountAtRisk: { amount: "42.75", currency: "INR" }, datasource: { id: costs.gid } },
  ]);

  const ads = await makeDatasource(api, owner.organisationId, {
    shop: "ads",
    facts: { platform: "meta-ads", name: "Ads" },
  });
  expect(await warnings("custom-costs"), "files have no account that could be the same").toMatchObject([
    { kind: "OVERLAP", amountAtRisk: null, datasource: { id: ads.gid } },
  ]);
  for (const shop of ["second", "third"])
    await makeDatasource(api, owner.organisationId, { shop, facts: { platform: "meta-ads", name: shop } });
  expect(await warnings("custom-costs"), "once, however many accounts it is true of").toHaveLength(1);
});

test("how far back history goes is told with what it hangs on", async () => {
  const note = async (name: string) =>
    (await owner.ask("query ($name: String!) { platform(name: $name) { historyNote } }", { name })).data.platform
      .historyNote;
  expect(await note("shopify")).toBe(
    "Shopify gives the whole life of the store: what is older than 24 months is read when you ask. Without read_all_orders it gives the last 60 days only.",
  );
  expect(await note("klaviyo")).toBe(
    "Klaviyo gives the whole life of the account: what is older than 24 months is read when you ask.",
  );
  expect(await note("meta-ads")).toBe(
    "Meta Ads gives the last 1,125 days: what is older than 24 months is read when you ask.",
  );
  expect(await note("amazon-seller"), "what is read whole at once").not.toContain("when you ask");
});
