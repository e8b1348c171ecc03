// Datasources of all platforms under the whole stack: how each is connected, how it loses its access and gets it back, and
// what proves that every day of it is the source's own.
import { auditAds } from "../audit/ads.ts";
import { auditMessages } from "../audit/messages.ts";
import { at, type Fields } from "./caller.ts";
import type { Product } from "./product.ts";

export interface Source {
  readonly platform: string;
  /** The id that commands take. */
  readonly id: string;
  /** Where its requests go, and a word of those that read its days. */
  readonly host: string;
  readonly reads: string;
  /** Rows that were compared, one by one, as every day's figures were; throws with what is wrong. From a day on, or all. */
  audited(from?: string): Promise<number>;
  /** At the source: until somebody gives it again. */
  loseAccess(): Promise<unknown>;
  giveAccess(): Promise<void>;
}

/** The one datasource of a platform, by its row. */
export async function rowOf(product: Product, platform: string): Promise<Fields> {
  const [row] = await product.sql`
    select d.*, a.external_id, a.zone, (select (min(s.from_at) at time zone a.zone)::date::text from slices s
        where s.organisation_id = d.organisation_id and s.datasource_id = d.id) as first_day
    from datasources d left join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
    where d.platform = ${platform} and d.disconnected_at is null order by d.created_at desc limit 1`;
  return row ?? {};
}

const accountId = async (product: Product, platform: string) => String((await rowOf(product, platform))["account_id"]);

export function failOn(platform: string, findings: readonly string[], { seed }: Product): void {
  if (findings.length > 0)
    throw new Error(`${platform}: ${findings.length} findings\n${findings.slice(0, 12).join("\n")}\n(seed ${seed})`);
}

function succeeded(answer: Fields & { readonly outcome: string }): Fields {
  if (!answer.outcome.endsWith("Success")) throw new Error(JSON.stringify(answer));
  return answer;
}

/** Figures that change with the hour stand still while they are compared: at this moment of the sandbox's clock. */
export async function standStill(product: Product): Promise<void> {
  const asOf = String((await product.desk("state"))["now"]);
  for (const platform of ["klaviyo", "meta-ads", "custom-costs"]) await product.desk(`${platform}/settings`, { asOf });
}

export async function connectShop(product: Product, domain: string): Promise<Source> {
  await product.addShop({ domain, orders: 6_000, spanDays: 720, currency: "USD", zone: "America/New_York" });
  const id = await product.connect(domain);
  return {
    platform: "shopify",
    id,
    host: domain,
    reads: "lineItems",
    audited: async () => (await product.audited(domain, { basis: "truth" })).held,
    loseAccess: () => product.desk(`shops/${domain}`, { action: "revoke" }),
    async giveAccess() {
      const begun = await product.caller.command("reauthorizeDatasource", { datasource: id }, "authorizeUrl");
      await product.caller.consent(String(succeeded(begun)["authorizeUrl"]));
    },
  };
}

export async function connectKlaviyo(product: Product, account = "MnMoss"): Promise<Source> {
  // The stand-in limits by the minute, which is not what a kill is about.
  await product.desk("klaviyo/limits", { share: 1_000 });
  const paste = async (more: object = {}): Promise<Fields> => {
    const { key } = await product.desk(`klaviyo/accounts/${account}`, { action: "makeKey" });
    const given = { platform: "klaviyo", fields: [{ name: "key", value: String(key) }], ...more };
    return succeeded(await product.caller.command("connectWithKey", given, "datasource { id }"));
  };
  const id = String(at(await paste(), "datasource", "id"));
  return {
    platform: "klaviyo",
    id,
    host: "a.klaviyo.com",
    reads: "metric-aggregates",
    async audited(since) {
      const { account_id: ours, first_day: from } = await rowOf(product, "klaviyo");
      const report = await auditMessages({
        sandboxUrl: product.stack.sandboxUrl,
        sql: product.sql,
        account,
        accountId: String(ours),
        from: since ?? String(from),
      });
      failOn("klaviyo", report.findings, product);
      return report.rows;
    },
    loseAccess: () => product.desk(`klaviyo/accounts/${account}`, { action: "deleteKey" }),
    giveAccess: async () => void (await paste({ datasource: id })),
  };
}

const priya = "10220000000000101";
const form = [
  ["decision", "allow"],
  ["person", priya],
  ["targets", ""],
  ["scope_kept", "ads_read"],
] as const;

export async function connectMeta(product: Product, account = "101000000000002"): Promise<Source> {
  const asked = { platform: "meta-ads", fields: [] };
  const begun = succeeded(await product.caller.command("connectDatasource", asked, "authorizeUrl datasource { id }"));
  const consent = async (authorizeUrl: unknown): Promise<void> => {
    const landed = await product.caller.consent(String(authorizeUrl), { form });
    if (landed.status >= 400) throw new Error(`meta-ads came back with ${landed.status}: ${landed.text.slice(0, 300)}`);
  };
  await consent(begun["authorizeUrl"]);
  const id = String(at(begun, "datasource", "id"));
  const isListed = async (): Promise<boolean> =>
    (await product.sql`select 1 from account_candidates where external_id = ${account}`).length > 0;
  await product.until("the ad accounts are listed", isListed);
  succeeded(await product.caller.command("chooseAccount", { datasource: id, accounts: [account] }));
  return {
    platform: "meta-ads",
    id,
    host: "graph.facebook.com",
    reads: "/insights",
    async audited(since) {
      const ours = { sql: product.sql, accountId: await accountId(product, "meta-ads") };
      const from = since === undefined ? {} : { from: since };
      const report = await auditAds({ sandboxUrl: product.stack.sandboxUrl, account, ...ours, ...from });
      failOn("meta-ads", report.findings, product);
      return report.rows;
    },
    loseAccess: () => product.desk(`meta-ads/people/${priya}`, { action: "changePassword" }),
    async giveAccess() {
      const again = await product.caller.command("reauthorizeDatasource", { datasource: id }, "authorizeUrl");
      await consent(succeeded(again)["authorizeUrl"]);
    },
  };
}
