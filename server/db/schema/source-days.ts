// Record kinds of ads and messages: campaigns, and days that the source itself has cut and goes on restating.
import { boolean, char, date, index, jsonb, primaryKey, snakeCase, text } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
import { amount, instant } from "./columns.ts";
import { record } from "./records.ts";
import type { Json } from "./values.ts";

/** A campaign, what stands below it, or a flow that sends by itself. */
export const campaigns = snakeCase.table(
  "campaigns",
  {
    ...record(),
    level: text().notNull(),
    parentId: text(),
    name: text().notNull(),
    status: text(),
    objective: text(),
    channel: text(),
    startedAt: instant(),
    endedAt: instant(),
    sentAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId, t.id] }),
    index("campaigns_of_parent")
      .on(t.organisationId, t.accountId, t.parentId)
      .where(sql`parent_id is not null`),
  ],
);

/** The version of such a row is when it was read. */
const sourceDay = () => ({
  ...record(),
  day: date({ mode: "string" }).notNull(),
  /** Which of the source's own cuts it belongs to. Rows of two parts may overlap. */
  part: text().notNull(),
  /** Whether it makes metrics: of parts that overlap only one does. */
  counts: boolean().notNull(),
});
const currency = () => char({ length: 3 }).notNull();

export const adDays = snakeCase.table(
  "ad_days",
  {
    ...sourceDay(),
    level: text().notNull(),
    campaignId: text(),
    adsetId: text(),
    adId: text(),
    spend: amount(),
    impressions: amount(),
    clicks: amount(),
    linkClicks: amount(),
    outboundClicks: amount(),
    uniqueOutboundClicks: amount(),
    purchases: amount(),
    purchaseValue: amount(),
    /** The attribution setting that the source counted purchases by. */
    attribution: text(),
    breakdown: jsonb().$type<Json>(),
    currency: currency(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId, t.id] }),
    index("ad_days_by_day").on(t.organisationId, t.accountId, t.day),
  ],
);

export const messageDays = snakeCase.table(
  "message_days",
  {
    ...sourceDay(),
    /** `email`, `sms`, `push`, ...; null where the source credits no message. */
    channel: text(),
    campaignId: text(),
    flowId: text(),
    messageId: text(),
    sends: amount(),
    opens: amount(),
    clicks: amount(),
    unsubscribes: amount(),
    orders: amount(),
    revenue: amount(),
    currency: currency(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId, t.id] }),
    index("message_days_by_day").on(t.organisationId, t.accountId, t.day),
  ],
);
