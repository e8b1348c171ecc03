// The account's own figures for one of its days, at the account's level: what our sum over campaigns is held against. Meta has
// been seen to lose purchases at one level; then the figure says that Meta shows it for the account only, and how much of it, so
// that it is plain whose gap it is. Each campaign's own figure goes with it: one that is not as we read it was changed since.
import type { Aggregate, Reconcile } from "../contract.ts";
import { negated, sumOf } from "../decimal.ts";
import { SourceFailure } from "../failure.ts";
import { makePageGuard } from "../protocol/page-guard.ts";
import type { AdDayRecord, DayText, DecimalText } from "../records.ts";
import type { SourceSession } from "../session.ts";
import { nextIn, rowsIn } from "./graph.ts";
import { mapDays } from "./insights/mapping.ts";
import { paramsOf, ROWS_A_PAGE, tryInsights, type Level } from "./insights/request.ts";

/** By our names: the figure of a row. */
const figures: readonly (readonly [metric: string, of: (row: AdDayRecord) => DecimalText | null, isMoney: boolean])[] =
  [
    ["ad_spend", (row) => row.spend, true],
    ["ad_impressions", (row) => row.impressions, false],
    ["ad_clicks", (row) => row.clicks, false],
    ["ad_purchases", (row) => row.purchases, false],
    ["ad_purchase_value", (row) => row.purchaseValue, true],
  ];

export const metaAdsReconcile: Reconcile = {
  settledAfterHours: 12,
  aggregates: async (session, day) => {
    const byAccount = await totals(session, "account", day);
    const byCampaign = await totals(session, "campaign", day);
    // What we cannot read is not what Meta does not show.
    const isRead = byAccount.isWhole && byCampaign.isWhole;
    const currency = session.account?.currency ?? null;
    return figures.map(([metric, of]): Aggregate => {
      const [account, campaigns] = [byAccount.sums.get(metric) ?? "0", byCampaign.sums.get(metric) ?? "0"];
      if (!isRead) return { metric, day, value: account, currency, figure: "accountInsights" };
      const byRecord = Object.fromEntries(byCampaign.rows.map((row) => [row.id, of(row) ?? "0"]));
      const told = { metric, day, value: account, currency, byRecord };
      if (account === campaigns) return { ...told, figure: "accountInsights" };
      session.log.warn("Meta's levels differ", { metric, day, account, campaigns });
      const amount = sumOf([account, negated(campaigns)]);
      return { ...told, figure: "accountInsightsOnly", takesIn: { kind: "otherLevels", amount } };
    });
  },
};

interface Totals {
  readonly rows: readonly AdDayRecord[];
  readonly sums: ReadonlyMap<string, DecimalText>;
  /** Every row could be read. */
  readonly isWhole: boolean;
}

async function totals(session: SourceSession, level: Level, day: DayText): Promise<Totals> {
  const account = session.account?.externalId ?? "";
  const rows: AdDayRecord[] = [];
  let isWhole = true;
  const guard = makePageGuard({ isFiltered: true });
  let after: string | null = null;
  for (;;) {
    const params = { ...paramsOf(level, day, day), limit: String(ROWS_A_PAGE), ...(after === null ? {} : { after }) };
    const answer = await tryInsights(session, { path: `act_${account}/insights`, params, purpose: "reconcile" }, []);
    if (answer instanceof SourceFailure) throw answer;
    const found = rowsIn(answer.body);
    const next = nextIn(answer.body);
    if (guard({ ids: found.map((row) => JSON.stringify([row["campaign_id"]])), next }) === "again") continue;
    const readAt = session.clock.now().toISOString();
    const currency = session.account?.currency ?? null;
    const { records, rejected } = mapDays(found, { level, since: day, until: day, readAt, currency });
    rows.push(...records);
    isWhole &&= rejected.length === 0;
    if (next === null) break;
    after = next;
  }
  const sums = new Map(figures.map(([metric, of]) => [metric, plain(sumOf(rows.map((row) => of(row) ?? "0")))]));
  return { rows, sums, isWhole };
}

/** `10.50` and `10.5` are one figure. */
const plain = (value: DecimalText): DecimalText => (value.includes(".") ? value.replace(/\.?0+$/, "") : value);
