// Insights as Meta answers them: parameters checked one by one, numbers as text, `actions` with types that overlap.
import { GraphError, namedError } from "./graph-error.ts";
import {
  added,
  adId,
  adsetId,
  campaignId,
  campaignStatus,
  daysBetween,
  dayIn,
  isLevel,
  addDays,
  type DayRow,
  type Level,
} from "./seed/days.ts";
import type { AdAccountSeed } from "./seed/people.ts";
import type { MetaWorld } from "./world.ts";

export interface InsightsQuery {
  readonly level: Level;
  readonly since: string;
  readonly until: string;
  readonly isByDay: boolean;
  readonly fields: readonly string[];
  readonly windows: readonly string[];
  /** Of what the rows are of, below the account. */
  readonly statuses: readonly string[];
}

const fieldNames = new Set(
  "account_id,account_currency,account_name,campaign_id,campaign_name,adset_id,adset_name,ad_id,ad_name,date_start,date_stop,spend,impressions,clicks,inline_link_clicks,outbound_clicks,unique_outbound_clicks,reach,frequency,actions,action_values,attribution_setting,objective".split(
    ",",
  ),
);
/** The last two are taken and give nothing, since January 2026. */
const windowNames = new Set([
  "1d_click",
  "7d_click",
  "28d_click",
  "1d_view",
  "1d_ev",
  "default",
  "dda",
  "7d_view",
  "28d_view",
]);
/** Ignored since June 2025, taken all the same. */
const others = new Set([
  "use_unified_attribution_setting",
  "action_report_time",
  "limit",
  "after",
  "before",
  "filtering",
  "sort",
  "summary",
  "appsecret_proof",
  "access_token",
  "format",
  "suppress_http_code",
]);
const known = new Set([
  "level",
  "time_range",
  "time_increment",
  "fields",
  "action_attribution_windows",
  "date_preset",
  ...others,
]);

const wrong = (said: string, subcode?: number): GraphError =>
  new GraphError(100, `(#100) ${said}`, { type: "OAuthException", ...(subcode === undefined ? {} : { subcode }) });

function listIn(text: string): string[] {
  if (!text.startsWith("[")) return text.split(",").filter((each) => each !== "");
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return parsed.map(String);
  } catch {
    // said below: what is not JSON is no list
  }
  throw wrong("param must be an array.");
}

const isDay = (text: unknown): text is string =>
  typeof text === "string" && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

const presets = new Set(
  "today,yesterday,this_month,last_month,this_quarter,maximum,data_maximum,last_3d,last_7d,last_14d,last_28d,last_30d,last_90d,last_week_mon_sun,last_week_sun_sat,last_quarter,last_year,this_week_mon_today,this_week_sun_today,this_year".split(
    ",",
  ),
);

/** Whole days that end yesterday, where the account is. Of both, a range goes before a preset; of neither, it is 30 days. */
function rangeIn(given: ReadonlyMap<string, string>, today: string): { since: string; until: string } {
  const preset = given.get("date_preset") ?? "last_30d";
  if (!presets.has(preset)) throw wrong(`param date_preset must be one of {${[...presets].join(", ")}}`);
  const text = given.get("time_range");
  if (text !== undefined) return timeRangeIn(text);
  const days = /^last_(\d+)d$/.exec(preset)?.[1];
  if (days === undefined) throw wrong(`The stand-in serves no date_preset ${preset} (NOT_SERVED_BY_STAND_IN)`);
  return { since: addDays(today, -Number(days)), until: addDays(today, -1) };
}

function timeRangeIn(text: string): { since: string; until: string } {
  let parsed: { since?: unknown; until?: unknown } = {};
  try {
    parsed = JSON.parse(text);
  } catch {
    throw wrong("param time_range must be non-empty.");
  }
  const { since, until } = parsed;
  if (!isDay(since) || !isDay(until)) throw wrong("Must be a date representation in the format YYYY-MM-DD", 1_487_851);
  if (since > until) throw wrong("time_range's since is after its until.", 1_487_852);
  return { since, until };
}

/** Rows of what is archived or deleted are left out, unless a filter names its status. */
const statusesShown = ["ACTIVE", "PAUSED"];

function statusesIn(filtering: string | undefined, level: Level): readonly string[] {
  if (filtering === undefined) return statusesShown;
  const parsed: { field?: string; operator?: string; value?: unknown }[] = JSON.parse(filtering);
  const [filter, ...more] = parsed;
  const isOurs = filter?.field === `${level}.effective_status` && filter.operator === "IN" && more.length === 0;
  if (level === "account" || !isOurs || !Array.isArray(filter.value)) throw wrong("Filtering field is invalid.");
  return filter.value.map(String);
}

export function readInsights(
  world: MetaWorld,
  account: AdAccountSeed,
  given: ReadonlyMap<string, string>,
): InsightsQuery {
  const unknown = [...given.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) throw wrong(`The stand-in serves no parameter ${unknown} (NOT_SERVED_BY_STAND_IN)`);
  const level = given.get("level") ?? "account";
  if (!isLevel(level)) throw wrong("param level must be one of {ad, adset, campaign, account}");
  const fields = listIn(given.get("fields") ?? "impressions,spend,account_id,date_start,date_stop");
  const field = fields.find((each) => !fieldNames.has(each));
  if (field !== undefined)
    throw wrong(
      `${field} is not valid for fields param. please check https://developers.facebook.com/docs/marketing-api/reference/ads-insights/ for all valid values`,
    );
  const windows = listIn(given.get("action_attribution_windows") ?? "");
  const window = windows.find((each) => !windowNames.has(each));
  if (window !== undefined)
    throw wrong(`param action_attribution_windows must be one of {${[...windowNames].join(", ")}}`);
  const increment = given.get("time_increment") ?? "all_days";
  if (increment !== "1" && increment !== "all_days")
    throw wrong(`The stand-in serves no time_increment ${increment} (NOT_SERVED_BY_STAND_IN)`);
  const today = dayIn(account.zone, world.clock.nowMs());
  const { since, until } = rangeIn(given, today);
  if (daysBetween(since, today) > 37 * 30.5) throw namedError("3018");
  const statuses = statusesIn(given.get("filtering"), level);
  return { level, since, until, isByDay: increment === "1", fields, windows, statuses };
}

/** Rows that a query may hold before Meta refuses it, asked for at once or as a report. */
const rowsMax = { sync: 1_500, report: 40_000 };

export function checkSize(
  world: MetaWorld,
  account: AdAccountSeed,
  query: InsightsQuery,
  way: "sync" | "report",
): void {
  const today = dayIn(account.zone, world.clock.nowMs());
  const last = query.until > today ? today : query.until;
  const entities = { account: 1, campaign: account.campaigns, adset: account.campaigns * 2, ad: account.campaigns * 4 }[
    query.level
  ];
  const rows = entities * Math.max(1, daysBetween(query.since, addDays(last, 1)));
  const limit = Number(world.stateOf(`rowsMax ${way}`) ?? rowsMax[way]);
  if (rows > limit) throw namedError(way === "sync" && rows <= 4 * limit ? "100/1504018" : "100/1487534");
}

const digitsOf = (currency: string): number =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** `142.37` of 14237: exact, by the currency's own digits. */
export function amountIn(minor: number, currency: string): string {
  const digits = digitsOf(currency);
  if (digits === 0) return String(minor);
  const text = String(minor).padStart(digits + 1, "0");
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

const settings = ["7d_click_1d_view", "7d_click", "1d_click"] as const;
const settingOf = (campaign: number | null): string =>
  campaign === null ? "mixed" : (settings[campaign % settings.length] ?? settings[0]);
/** Every fourth campaign has no omni roll-up: an older pixel alone. */
const typesOf = (campaign: number | null): readonly string[] =>
  campaign !== null && campaign % 4 === 3
    ? ["offsite_conversion.fb_pixel_purchase"]
    : ["omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase", "onsite_web_purchase"];

type Action = Record<string, string>;

function windowsOf(
  query: InsightsQuery,
  by: { total: number; click1: number; view: number },
  say: (n: number) => string,
): Action {
  const parts: Readonly<Record<string, number>> = {
    "7d_click": by.total - by.view,
    "28d_click": by.total - by.view,
    "1d_click": by.click1,
    "1d_view": by.view,
  };
  return Object.fromEntries(
    query.windows.flatMap((window) => ((parts[window] ?? 0) > 0 ? [[window, say(parts[window] ?? 0)] as const] : [])),
  );
}

function actionsOf(row: DayRow, query: InsightsQuery): { actions: Action[]; values: Action[] } {
  const actions: Action[] = row.linkClicks > 0 ? [{ action_type: "link_click", value: String(row.linkClicks) }] : [];
  const values: Action[] = [];
  return { actions: [...actions, ...(row.purchases === 0 ? [] : purchasesOf(row, query))], values };
}

const purchasesOf = (row: DayRow, query: InsightsQuery): Action[] =>
  typesOf(row.campaign).map((type) => ({
    action_type: type,
    value: String(row.purchases),
    ...windowsOf(query, { total: row.purchases, click1: row.purchasesByClick1, view: row.purchasesByView }, String),
  }));

const valuesOf = (row: DayRow, query: InsightsQuery, currency: string): Action[] =>
  row.purchases === 0
    ? []
    : typesOf(row.campaign).map((type) => ({
        action_type: type,
        value: amountIn(row.value, currency),
        ...windowsOf(
          query,
          {
            total: row.value,
            click1: Math.floor((row.value * row.purchasesByClick1) / row.purchases),
            view: Math.floor((row.value * row.purchasesByView) / row.purchases),
          },
          (minor) => amountIn(minor, currency),
        ),
      }));

const nameOf = (c: number): string =>
  ["Prospecting", "Retargeting – «warm»", "Diwali 🪔 2026", 'Brand "core"', "Lookalike 1%", "Catalogue"][c % 6] ??
  "Campaign";
export const campaignName = (account: AdAccountSeed, c: number): string => `${account.name} | ${nameOf(c)} ${c + 1}`;

/** One row as JSON, with the fields that were asked for; what is empty is absent, as it is there. */
export function tellRow(account: AdAccountSeed, row: DayRow, query: InsightsQuery): Record<string, unknown> {
  const { campaign: c, adset: s, ad: a } = row;
  const values = valuesOf(row, query, account.currency);
  const { actions } = actionsOf(row, query);
  const whole: Record<string, unknown> = {
    account_id: account.id,
    account_currency: account.currency,
    account_name: account.name,
    ...(c === null ? {} : { campaign_id: campaignId(account.id, c), campaign_name: campaignName(account, c) }),
    ...(c === null || s === null ? {} : { adset_id: adsetId(account.id, c, s), adset_name: `Set ${s + 1}` }),
    ...(c === null || s === null || a === null ? {} : { ad_id: adId(account.id, c, s, a), ad_name: `Ad ${a + 1}` }),
    spend: amountIn(row.spend, account.currency),
    impressions: String(row.impressions),
    clicks: String(row.clicks),
    inline_link_clicks: String(row.linkClicks),
    outbound_clicks:
      row.linkClicks > 0 ? [{ action_type: "outbound_click", value: String(row.linkClicks) }] : undefined,
    reach: String(Math.floor((row.impressions * 4) / 5)),
    attribution_setting: settingOf(c),
    actions: actions.length > 0 ? actions : undefined,
    action_values: values.length > 0 ? values : undefined,
  };
  const asked = new Set(query.fields);
  const told = Object.fromEntries(
    Object.entries(whole).filter(([name, value]) => asked.has(name) && value !== undefined),
  );
  return {
    ...told,
    date_start: query.isByDay ? row.day : query.since,
    date_stop: query.isByDay ? row.day : query.until,
  };
}

const sum = (rows: readonly DayRow[]): DayRow[] => {
  const byEntity = new Map<string, DayRow>();
  for (const row of rows) {
    const so = byEntity.get(row.entity);
    byEntity.set(row.entity, so === undefined ? row : { ...so, ...added(so, row) });
  }
  return [...byEntity.values()];
};

/** The rows of a query, by day or summed over the range. */
export function rowsOf(world: MetaWorld, account: AdAccountSeed, query: InsightsQuery, asOfMs?: number): DayRow[] {
  const [born, today] = [world.born(account), dayIn(account.zone, world.clock.nowMs())];
  const rows = world
    .rows(account, query.level, query, asOfMs)
    .filter(({ campaign: c }) => c === null || query.statuses.includes(campaignStatus(account, c, born, today)));
  return query.isByDay ? rows : sum(rows);
}
