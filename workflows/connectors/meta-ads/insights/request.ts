// What is asked of insights, the same for an answer at once and for a report: a level, by day, over a range of the account's days.
import type { DayText } from "../../records.ts";

export type Level = "account" | "campaign" | "ad";

const common =
  "account_id,account_currency,date_start,date_stop,spend,impressions,clicks,inline_link_clicks,outbound_clicks,reach,actions,action_values,attribution_setting";
const fieldsOf: { readonly [L in Level]: string } = {
  account: common,
  campaign: `${common},campaign_id,campaign_name`,
  ad: `${common},campaign_id,campaign_name,adset_id,adset_name,ad_id,ad_name`,
};

/** Those that still give data; `value` itself goes by the ad set's own setting. */
const WINDOWS = ["1d_click", "7d_click", "28d_click", "1d_view"];

export function paramsOf(level: Level, since: DayText, until: DayText): Record<string, string> {
  return {
    level,
    time_increment: "1",
    time_range: JSON.stringify({ since, until }),
    fields: fieldsOf[level],
    action_attribution_windows: JSON.stringify(WINDOWS),
  };
}

export const ROWS_A_PAGE = 500;
