// One row of insights → one record. Numbers come as text and stay text. Of the types of purchase that overlap exactly one is
// taken: to add them up would count a purchase as often as it has names.
import {
  documentOf,
  mapped,
  textOf,
  textOrNull,
  childrenOf,
  currencyOf,
  decimalOf,
  Unmappable,
  type Fields,
} from "../../read-fields.ts";
import { addDays } from "../../days.ts";
import {
  nameOfDays,
  type AdDayRecord,
  type DayText,
  type DecimalText,
  type InstantText,
  type RejectedRecord,
} from "../../records.ts";
import { WINDOWS, type Level } from "./request.ts";

/** The roll-up first; then what stands in for it in accounts that have none. */
const PURCHASES = ["omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase"];
const none = new Set<string>();

export type MappedDays = { readonly records: readonly AdDayRecord[]; readonly rejected: readonly RejectedRecord[] };
export type DayRange = {
  readonly level: Level;
  readonly since: DayText;
  readonly until: DayText;
  readonly readAt: InstantText;
  /** The account's own, for rows that do not name theirs. */
  readonly currency: string | null;
};

export function mapDays(rows: readonly Fields[], range: DayRange): MappedDays {
  const records: AdDayRecord[] = [];
  const rejected: RejectedRecord[] = [];
  for (const row of rows) {
    const result = mapped("adDay", row, (fields) => dayOf(fields, range));
    if ("record" in result) records.push(result.record);
    else rejected.push({ ...result.rejected, id: idOf(row, range) });
  }
  return { records, rejected };
}

const idNames = { account: "account_id", campaign: "campaign_id", ad: "ad_id" } as const;

function idOf(row: Fields, { level, since, until }: DayRange): string {
  const [entity, day] = [row[idNames[level]], row["date_start"]];
  if (typeof entity === "string" && typeof day === "string") return `${level}:${entity}:${day}`;
  return nameOfDays({ part: level, from: since, until: addDays(until, 1) });
}

function dayOf(fields: Fields, { level, since, until, readAt, currency }: DayRange): AdDayRecord {
  const day = textOf(fields, "date_start");
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || textOf(fields, "date_stop") !== day)
    throw new Unmappable("notADay", `date_start: ${day}`);
  if (day < since || day > until)
    throw new Unmappable("otherDay", `date_start: ${day}, asked for ${since} to ${until}`);
  const type = purchaseType(fields);
  // A day of late purchases alone may leave both out; one without the other is a field that is not sent any more.
  const didNothing = decimalOrNull(fields, "spend") === null && decimalOrNull(fields, "impressions") === null;
  return {
    kind: "adDay",
    id: `${level}:${textOf(fields, idNames[level])}:${day}`,
    versionAt: readAt,
    document: documentOf(fields, none),
    day,
    part: level,
    // Levels overlap: campaigns make the metrics, the others stand beside them.
    counts: level === "campaign",
    level,
    currency: currencyOf({ account_currency: currency, ...fields }, "account_currency"),
    campaignId: level === "account" ? null : textOf(fields, "campaign_id"),
    adsetId: level === "ad" ? textOf(fields, "adset_id") : null,
    adId: level === "ad" ? textOf(fields, "ad_id") : null,
    spend: didNothing ? "0" : decimalOf(fields, "spend"),
    impressions: didNothing ? "0" : decimalOf(fields, "impressions"),
    clicks: decimalOrNull(fields, "clicks"),
    linkClicks: decimalOrNull(fields, "inline_link_clicks"),
    outboundClicks: actionOf(fields, "outbound_clicks", "outbound_click"),
    uniqueOutboundClicks: null,
    purchases: type === null ? "0" : (actionOf(fields, "actions", type) ?? "0"),
    purchaseValue: type === null ? "0" : (actionOf(fields, "action_values", type) ?? "0"),
    attribution: textOrNull(fields, "attribution_setting"),
    breakdown: null,
  };
}

const decimalOrNull = (fields: Fields, name: string): DecimalText | null =>
  fields[name] === undefined || fields[name] === null ? null : decimalOf(fields, name);

/** The first of the overlapping types that the row knows; null where nothing was bought. */
function purchaseType(fields: Fields): string | null {
  const there = new Set(
    [...childrenOf(fields, "actions"), ...childrenOf(fields, "action_values")].map((action) => action["action_type"]),
  );
  return PURCHASES.find((type) => there.has(type)) ?? null;
}

function actionOf(fields: Fields, list: string, type: string): DecimalText | null {
  const action = childrenOf(fields, list).find((each) => each["action_type"] === type);
  if (action === undefined) return null;
  // None by the setting that counts, only by a window of those asked for beside it.
  const isBeside = action["value"] === undefined && WINDOWS.some((window) => action[window] !== undefined);
  return isBeside ? "0" : decimalOf(action, "value");
}
