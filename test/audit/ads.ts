// The auditor of ad days: every row of every level and every figure of a day beside what the ad account itself has.
import type { Sql } from "postgres";
import { amount, heldFigures, toldFigures } from "./figures.ts";
import { compareKeyed, keyed, readTold } from "./keyed.ts";

export interface AdsAudit {
  readonly sandboxUrl: string;
  /** With the owner's eyes. */
  readonly sql: Sql;
  /** Meta's own id of the account. */
  readonly account: string;
  /** Ours. */
  readonly accountId: string;
  /** Days before this one are left out: they were never asked for. Unless said, none is. */
  readonly from?: string;
}

export interface AdsReport {
  readonly findings: readonly string[];
  readonly rows: number;
  readonly figures: number;
}

/** As the sandbox tells it. */
export interface ToldAdRow {
  readonly entity: string;
  readonly day: string;
  readonly spend: string;
  readonly impressions: number;
  readonly clicks: number;
  readonly purchases: number;
  readonly value: string;
}

const levels = ["campaign", "account", "ad"] as const;

export async function auditAds({ sandboxUrl, sql, account, accountId, from = "" }: AdsAudit): Promise<AdsReport> {
  const findings: string[] = [];
  const desk = `${sandboxUrl}/_desk/meta-ads`;
  const since = from === "" ? "" : `&since=${from}`;
  let rows = 0;
  for (const level of levels) {
    const truth = await readTold<{ rows: ToldAdRow[] }>(`${desk}/rows/${account}?level=${level}${since}`);
    const told = truth.rows.map((row): [string, string] => [
      `${row.entity} ${row.day}`,
      [amount(row.spend), row.impressions, row.clicks, row.purchases, amount(row.value)].join(" "),
    ]);
    const held = await sql<{ key: string; says: string }[]>`
      select concat_ws(' ', coalesce(ad_id, campaign_id, ${account}), day) as key, concat_ws(' ', trim_scale(spend), trim_scale(impressions),
        trim_scale(clicks), trim_scale(purchases), trim_scale(purchase_value)) as says
      from ad_days where account_id = ${accountId} and level = ${level} and breakdown is null and deleted_at is null and day::text >= ${from}`;
    const ours = keyed(
      held.map(({ key, says }) => [key, says]),
      findings,
    );
    compareKeyed(keyed(told, findings), ours, `row (${level})`, findings);
    rows += told.length;
  }
  const figures = await toldFigures(`${desk}/figures/${account}?${since}`, from);
  compareKeyed(keyed(figures, findings), keyed(await heldFigures(sql, accountId, from), findings), "figure", findings);
  return { findings, rows, figures: figures.length };
}
