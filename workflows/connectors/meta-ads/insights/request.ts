// What is asked of insights, the same for an answer at once and for a report: a level, by day, over a range of the account's days.
import { SourceFailure } from "../../failure.ts";
import type { DayText } from "../../records.ts";
import type { SourceSession } from "../../session.ts";
import { BAD_REQUEST, isOfParameter } from "../errors.ts";
import { tryGraph, type GraphAnswer, type GraphCall } from "../graph.ts";

export type Level = "account" | "campaign" | "ad";

const common =
  "account_id,account_currency,date_start,date_stop,spend,impressions,clicks,inline_link_clicks,outbound_clicks,reach,actions,action_values,attribution_setting";
const fieldsOf: { readonly [L in Level]: string } = {
  account: common,
  campaign: `${common},campaign_id,campaign_name`,
  ad: `${common},campaign_id,campaign_name,adset_id,adset_name,ad_id,ad_name`,
};

/** Those that still give data; `value` itself goes by the ad set's own setting. */
export const WINDOWS = ["1d_click", "7d_click", "28d_click", "1d_view"];

const campaignStatuses = ["ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "IN_PROCESS", "WITH_ISSUES"];
const adStatuses = [
  ...campaignStatuses,
  "ADSET_PAUSED",
  "CAMPAIGN_PAUSED",
  "DISAPPROVED",
  "PENDING_BILLING_INFO",
  "PENDING_REVIEW",
  "PREAPPROVED",
];
/** Below the account Meta leaves out what was deleted since, with all that it had spent, unless its status is asked for. */
const filterOf = (level: "campaign" | "ad"): string =>
  JSON.stringify([
    {
      field: `${level}.effective_status`,
      operator: "IN",
      value: level === "campaign" ? campaignStatuses : adStatuses,
    },
  ]);

export function paramsOf(level: Level, since: DayText, until: DayText): Record<string, string> {
  return {
    level,
    time_increment: "1",
    time_range: JSON.stringify({ since, until }),
    fields: fieldsOf[level],
    action_attribution_windows: JSON.stringify(WINDOWS),
    ...(level === "account" ? {} : { filtering: filterOf(level) }),
  };
}

/** Without the filter where Meta takes a parameter for wrong: rather what is left than nothing, and spot checks tell what is missing. */
export async function tryInsights(
  session: SourceSession,
  call: GraphCall,
  codes: readonly string[],
): Promise<GraphAnswer | SourceFailure> {
  const { filtering, ...params } = call.params ?? {};
  if (filtering === undefined) return tryGraph(session, call, codes);
  const answer = await tryGraph(session, call, [...codes, BAD_REQUEST]);
  if (!(answer instanceof SourceFailure) || answer.failure.code !== BAD_REQUEST) return answer;
  if (!isOfParameter(answer)) throw answer;
  return tryGraph(session, { ...call, params }, codes);
}

export const ROWS_A_PAGE = 500;
