// Shares of ad spend (an agency's fee) against a plain count in whole numbers: by day, by platform, by what files call ad spend.
import { randomUUID } from "node:crypto";
import { inTenant, organisationId } from "@headwater/db";
import { ownDatabase } from "@headwater/db/testing/own-database.ts";
import * as fc from "fast-check";
import { expect, inject, test } from "vitest";
import { readRows } from "./overview-rows.ts";

const made = ownDatabase();
const DAYS = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"] as const;
const PLATFORMS = ["meta-ads", "google-ads"] as const;
/** What a file may write, and whose spend it names; null is all there is. */
const CHANNELS: readonly (readonly [string | null, string | null])[] = [
  [null, null],
  [null, null],
  ["Meta", "meta-ads"],
  ["meta_ads", "meta-ads"],
  ["Google Ads", "google-ads"],
  ["TikTok", "tiktok-ads"],
];

interface Share {
  readonly channel: readonly [string | null, string | null];
  /** In thousandths of a percent. */
  readonly rate: number;
  readonly from: number;
  readonly to: number | null;
  readonly name: string | null;
  readonly isAdSpend: boolean;
}
interface Spent {
  /** Null: a file calls it ad spend. */
  readonly platform: string | null;
  readonly day: number;
  readonly currency: string;
  readonly cents: number;
}

const share: fc.Arbitrary<Share> = fc.record({
  channel: fc.constantFrom(...CHANNELS),
  rate: fc.integer({ min: -2_000, max: 40_000 }),
  from: fc.integer({ min: 0, max: 3 }),
  to: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
  name: fc.constantFrom("Agency", "Tool", null),
  isAdSpend: fc.boolean(),
});
const spent: fc.Arbitrary<Spent> = fc.record({
  platform: fc.constantFrom(...PLATFORMS, null),
  day: fc.integer({ min: 0, max: 3 }),
  currency: fc.constantFrom("INR", "INR", "USD"),
  cents: fc.integer({ min: 1, max: 5_000_000 }),
});
const story = fc.record({
  shares: fc.array(share, { maxLength: 6 }),
  spends: fc.uniqueArray(spent, { maxLength: 8, selector: (each) => `${each.platform} ${each.day} ${each.currency}` }),
});

/** Of shares with one name and channel that which began last counts, and of those the later line. */
function plainCount({ shares, spends }: { shares: readonly Share[]; spends: readonly Spent[] }): string[] {
  const sums = new Map<string, bigint>();
  for (const { platform, day, currency, cents } of spends) {
    const valid = shares
      .map((each, line) => ({ ...each, line }))
      .filter(({ from, to }) => from <= day && (to === null || day <= Math.max(from, to)))
      .filter(({ channel: [said, whose] }) => said === null || whose === platform);
    const byName = Map.groupBy(
      valid,
      ({ name, channel: [said] }) => `${name} ${said?.toLowerCase().replace(/[ _]/g, "")}`,
    );
    for (const same of byName.values()) {
      const [counts] = same.toSorted((a, b) => b.from - a.from || b.line - a.line);
      if (counts === undefined) continue;
      for (const metric of ["cost_marketing", ...(counts.isAdSpend ? ["cost_ad_spend"] : [])]) {
        const key = `${metric} ${DAYS[day]} ${currency}`;
        sums.set(key, (sums.get(key) ?? 0n) + BigInt(counts.rate) * BigInt(cents));
      }
    }
  }
  return [...sums]
    .filter(([, sum]) => sum !== 0n)
    .map(([key, sum]) => `${key} ${sum}`)
    .toSorted();
}

/** A currency's cent is a hundredth, a rate a thousandth of a percent: together 10,000,000 parts. */
const partsOf = (value: string): bigint => {
  const [whole = "0", rest = ""] = value.replace("-", "").split(".");
  const parts = BigInt(whole + rest.padEnd(7, "0"));
  return value.startsWith("-") ? -parts : parts;
};

async function fill({ shares, spends }: { shares: readonly Share[]; spends: readonly Spent[] }) {
  const { sql } = made.owner;
  const org = organisationId(randomUUID());
  await sql`insert into organisations ${sql({ id: org, slug: org, name: "Brand", zone: "UTC", currency: "INR" })}`;
  const connect = async (platform: string) => {
    const [id, account] = [randomUUID(), randomUUID()];
    await sql`insert into accounts ${sql({ organisation_id: org, id: account, platform, external_id: account, name: platform, currency: "INR", zone: "UTC" })}`;
    await sql`insert into datasources ${sql({ organisation_id: org, id, platform, account_id: account, name: platform })}`;
    return { id, account };
  };
  const costs = await connect("custom-costs");
  const of = { organisation_id: org, datasource_id: costs.id };
  await sql`insert into cost_books ${sql({ ...of, head: 1, last_version: 1 })}`;
  for (const platform of PLATFORMS) {
    const { account } = await connect(platform);
    for (const each of spends.filter((spend) => spend.platform === platform))
      await sql`insert into rollups ${sql({ organisation_id: org, account_id: account, metric: "ad_spend", day: DAYS[each.day] ?? "", currency: each.currency, value: cash(each.cents) })}`;
  }
  for (const { day, currency, cents } of spends.filter(({ platform }) => platform === null))
    await sql`insert into cost_days ${sql({ ...of, metric: "cost_ad_spend", day: DAYS[day] ?? "", currency, since: 1, value: cash(cents) })}`;
  for (const [line, each] of shares.entries())
    await sql`insert into cost_rows ${sql({ ...of, since: 1, line, part: 0, identity: randomUUID(), content: randomUUID(), cost_type: "marketing", basis: "percent", amount: `${each.rate / 1_000}`, currency: "INR", start_day: DAYS[each.from] ?? "", end_day: each.to === null ? null : (DAYS[Math.max(each.from, each.to)] ?? ""), recurrence: "none", is_ad_spend: each.isAdSpend, applies_to: "ad_spend", action: "upsert", name: each.name, channel: each.channel[0] })}`;
  return { org, costs: costs.account };
}
const cash = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;

test("every share of ad spend is its rate of what that day's accounts, or its platform's, spent", async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const { org, costs } = await fill(told);
      const days = { from: DAYS[0], to: DAYS[3], asked: DAYS[0] };
      const rows = await inTenant(made.api, org, ({ drizzle }) => readRows(drizzle, days, true));
      const own = told.spends.filter(({ platform }) => platform === null);
      const sums = new Map<string, bigint>();
      for (const { accountId, metric, currency, days: values } of rows) {
        if (accountId !== costs) continue;
        for (const [day, value] of values) sums.set(`${metric} ${day} ${currency}`, partsOf(value));
      }
      // What files themselves call ad spend is no share of it.
      for (const { day, currency, cents } of own) {
        const key = `cost_ad_spend ${DAYS[day]} ${currency}`;
        sums.set(key, (sums.get(key) ?? 0n) - BigInt(cents) * 100_000n);
      }
      const held = [...sums].filter(([, sum]) => sum !== 0n).map(([key, sum]) => `${key} ${sum}`);
      expect(held.toSorted()).toEqual(plainCount(told));
    }),
    { numRuns: 40 * inject("scale") },
  );
});
