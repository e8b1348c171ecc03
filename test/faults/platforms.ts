// Datasources of the other platforms under the whole stack: how each is connected, and what proves that it is whole.
import { auditMessages } from "../audit/messages.ts";
import { at, type Fields } from "./caller.ts";
import type { Product } from "./product.ts";

export interface Source {
  readonly platform: string;
  /** The id that commands take. */
  readonly id: string;
  /** Rows that were compared, one by one; throws with what is wrong. */
  audited(): Promise<number>;
}

/** The one datasource of a platform, by its row. */
export async function rowOf(product: Product, platform: string): Promise<Fields> {
  const [row] = await product.sql`
    select d.*, a.external_id from datasources d left join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
    where d.platform = ${platform} and d.disconnected_at is null order by d.created_at desc limit 1`;
  return row ?? {};
}

const accountId = async (product: Product, platform: string) => String((await rowOf(product, platform))["account_id"]);

function failOn(platform: string, findings: readonly string[], { seed }: Product): void {
  if (findings.length > 0)
    throw new Error(`${platform}: ${findings.length} findings\n${findings.slice(0, 12).join("\n")}\n(seed ${seed})`);
}

export async function connectKlaviyo(product: Product, account = "MnMoss"): Promise<Source> {
  // The stand-in counts by the hour and limits by the minute: neither is what a kill is about.
  await product.desk("klaviyo/limits", { share: 1_000 });
  const { key } = await product.desk(`klaviyo/accounts/${account}`, { action: "makeKey" });
  const fields = [{ name: "key", value: String(key) }];
  const made = await product.caller.command("connectWithKey", { platform: "klaviyo", fields }, "datasource { id }");
  if (made.outcome !== "ConnectWithKeySuccess") throw new Error(`klaviyo: ${JSON.stringify(made)}`);
  return {
    platform: "klaviyo",
    id: String(at(made, "datasource", "id")),
    async audited() {
      const report = await auditMessages({
        sandboxUrl: product.stack.sandboxUrl,
        sql: product.sql,
        account,
        accountId: await accountId(product, "klaviyo"),
        basis: "served",
      });
      failOn("klaviyo", report.findings, product);
      return report.rows;
    },
  };
}

const priya = "10220000000000101";
const levels = ["campaign", "account", "ad"] as const;
const plain = (amount: string): string => (amount.includes(".") ? amount.replace(/\.?0+$/, "") : amount);

export async function connectMeta(product: Product, account = "101000000000002"): Promise<Source> {
  // Its figures stand still while they are compared.
  await product.desk("meta-ads/settings", { asOf: String((await product.desk("state"))["now"]) });
  const begun = await product.caller.command(
    "connectDatasource",
    { platform: "meta-ads", fields: [] },
    "authorizeUrl datasource { id }",
  );
  if (begun.outcome !== "ConnectDatasourceSuccess") throw new Error(`meta-ads: ${JSON.stringify(begun)}`);
  const form = [
    ["decision", "allow"],
    ["person", priya],
    ["targets", ""],
    ["scope_kept", "ads_read"],
  ] as const;
  const landed = await product.caller.consent(String(begun["authorizeUrl"]), { form });
  if (landed.status >= 400) throw new Error(`meta-ads came back with ${landed.status}: ${landed.text.slice(0, 300)}`);
  const id = String(at(begun, "datasource", "id"));
  const isListed = async (): Promise<boolean> =>
    (await product.sql`select 1 from account_candidates where external_id = ${account}`).length > 0;
  await product.until("the ad accounts are listed", isListed, 60_000);
  const chosen = await product.caller.command("chooseAccount", { datasource: id, accounts: [account] });
  if (chosen.outcome !== "ChooseAccountSuccess") throw new Error(`meta-ads: ${JSON.stringify(chosen)}`);
  return { platform: "meta-ads", id, audited: () => auditAds(product, account) };
}

interface AdRow {
  readonly entity: string;
  readonly day: string;
  readonly spend: string;
  readonly impressions: number;
  readonly clicks: number;
  readonly purchases: number;
  readonly value: string;
}

/** Every row of every level as the account has it, from the first day that is held. */
async function auditAds(product: Product, account: string): Promise<number> {
  const ours = await accountId(product, "meta-ads");
  const findings: string[] = [];
  let rows = 0;
  for (const level of levels) {
    const held = await product.sql<{ day: string; told: string }[]>`
      select day::text as day, concat_ws(' ', coalesce(ad_id, campaign_id, ${account}), day, trim_scale(spend), trim_scale(impressions),
        trim_scale(clicks), trim_scale(purchases), trim_scale(purchase_value)) as told
      from ad_days where account_id = ${ours} and level = ${level} and breakdown is null and deleted_at is null order by day`;
    const since = held[0]?.day;
    if (since === undefined) throw new Error(`meta-ads: nothing is held of level ${level}`);
    const truth = await product.desk(`meta-ads/rows/${account}?level=${level}&since=${since}`);
    const told: AdRow[] = JSON.parse(JSON.stringify(truth["rows"]));
    const lines = told.map((row) =>
      [row.entity, row.day, plain(row.spend), row.impressions, row.clicks, row.purchases, plain(row.value)].join(" "),
    );
    const has = new Set(held.map((row) => row.told));
    const should = new Set(lines);
    findings.push(...lines.filter((line) => !has.has(line)).map((line) => `lost or wrong (${level}): ${line}`));
    findings.push(
      ...held.filter((row) => !should.has(row.told)).map((row) => `held, not told (${level}): ${row.told}`),
    );
    if (has.size !== held.length) findings.push(`doubled (${level}): ${held.length - has.size}`);
    rows += lines.length;
  }
  failOn("meta-ads", findings, product);
  return rows;
}
