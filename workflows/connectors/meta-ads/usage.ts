// What Meta says of its limits with every answer: percentages as JSON inside four headers, the business one with the minutes
// until calls are taken again. There is no Retry-After.
import { numberIn, parseExactly, type Json } from "../json.ts";
import type { Notice } from "../notice.ts";
import { isFields, type Fields } from "../read-fields.ts";
import { laterBy } from "../protocol/later.ts";
import type { BucketReading } from "../session.ts";

export type Usage = {
  /** The fullest of all that was told. */
  readonly percent: number;
  readonly regainMinutes: number;
  readonly isStandard: boolean;
};

/** From here on we wait before the next call. */
const PAUSE_AT = 90;
const LEAST_WAIT_MS = 60_000;
/** Calls an hour to one ad account, active ads left out: Meta takes more then, and says so. */
export const HOURLY = { development: 600, standard: 190_000 } as const;

const PERCENTS = ["call_count", "total_cputime", "total_time", "acc_id_util_pct", "app_id_util_pct"];

/** Null where nothing readable was told. */
export function readUsage(headers: Readonly<Record<string, string>>): Usage | null {
  const business = objectIn(headers["x-business-use-case-usage"]);
  const lists = Object.values(business ?? {}).flatMap((list) => (Array.isArray(list) ? list : []));
  const readings = [
    ...lists,
    objectIn(headers["x-fb-ads-insights-throttle"]),
    objectIn(headers["x-ad-account-usage"]),
    objectIn(headers["x-app-usage"]),
  ].filter((each): each is Fields => isFields(each));
  if (readings.length === 0) return null;
  const percents = readings.flatMap((reading) => PERCENTS.map((name) => countIn(reading, name)));
  const account = objectIn(headers["x-ad-account-usage"]);
  const percent = Math.max(0, ...percents);
  const resetMinutes = percent >= 100 ? Math.ceil(countIn(account ?? {}, "reset_time_duration") / 60) : 0;
  return {
    percent,
    regainMinutes: Math.max(resetMinutes, ...readings.map((each) => countIn(each, "estimated_time_to_regain_access"))),
    isStandard: readings.some((each) => each["ads_api_access_tier"] === "standard_access"),
  };
}

function objectIn(text: string | undefined): Fields | null {
  if (text === undefined) return null;
  try {
    const value: Json = parseExactly(text);
    return isFields(value) ? value : null;
  } catch {
    return null; // a header that is no JSON tells nothing
  }
}

function countIn(fields: Fields, name: string): number {
  const value = numberIn(fields[name]);
  return Number.isFinite(value) && value > 0 ? value : 0;
}

export function bucketOf({ percent, isStandard }: Usage): BucketReading {
  const maximum = isStandard ? HOURLY.standard : HOURLY.development;
  const available = Math.max(0, Math.floor(maximum * (1 - percent / 100)));
  return { available, maximum, restorePerSecond: maximum / 3600 };
}

/** How long to leave the account alone; null while there is room. */
export function waitOf(usage: Usage | null): number | null {
  if (usage === null || usage.percent < PAUSE_AT) return null;
  return Math.max(LEAST_WAIT_MS, usage.regainMinutes * 60_000);
}

/** When calls that were refused may be tried again. */
export const retryOf = (usage: Usage | null, now: Date): string =>
  laterBy(now, Math.max(LEAST_WAIT_MS, (usage?.regainMinutes ?? 0) * 60_000)).toISOString();

export const LIMIT = "meta-ads.waitingForLimit";
export const limitNotice = (waitMs: number): Notice => ({
  code: LIMIT,
  values: { minutes: Math.ceil(waitMs / 60_000) },
});
