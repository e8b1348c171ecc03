// Numbers per day, rolled up in the transaction of the rows they count, and the proofs beside them.
import { bigint, boolean, char, date, index, jsonb, numeric, primaryKey, snakeCase, text } from "drizzle-orm/pg-core";
import { amount, createdInstant, idOf, instant, ownId, tenant } from "./columns.ts";
import type { AccountId, DatasourceId, RunId } from "./ids.ts";

const day = () => date({ mode: "string" }).notNull();

/** What a metric comes to on a day of an account's. */
const valueOfDay = () => ({
  organisationId: tenant(),
  accountId: idOf<AccountId>().notNull(),
  metric: text().notNull(),
  day: day(),
  currency: char({ length: 3 }).notNull(),
  value: amount().notNull(),
  updatedAt: createdInstant(),
});

/** Counts carry the account's currency too, so that one key fits all metrics. */
export const rollups = snakeCase.table("rollups", valueOfDay(), (t) => [
  primaryKey({ columns: [t.organisationId, t.accountId, t.metric, t.day, t.currency] }),
  index("rollups_by_day").on(t.organisationId, t.day),
]);

/** What costs come to on a shop's days, each with the ground that it was counted on: which versions of which costs; counts of units are in `PCS`. */
export const orderCosts = snakeCase.table("order_costs", { ...valueOfDay(), ground: text().notNull() }, (t) => [
  primaryKey({ columns: [t.organisationId, t.accountId, t.metric, t.day, t.currency] }),
  index("order_costs_by_day").on(t.organisationId, t.day),
]);

/** How often a shop's own costs of its variants have changed. */
export const storeCostMarks = snakeCase.table(
  "store_cost_marks",
  {
    organisationId: tenant(),
    accountId: idOf<AccountId>().notNull(),
    changes: bigint({ mode: "number" }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.accountId] })],
);

/** Which order made a customer new. */
export const firstOrders = snakeCase.table(
  "first_orders",
  {
    organisationId: tenant(),
    accountId: idOf<AccountId>().notNull(),
    customerId: text().notNull(),
    orderId: text().notNull(),
    orderedAt: instant().notNull(),
    day: day(),
    currency: char({ length: 3 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.accountId, t.customerId] })],
);

/** Every change to a day that had settled: what it was, what it is, and which run brought it. */
export const restatements = snakeCase.table(
  "restatements",
  {
    organisationId: tenant(),
    id: ownId<string>(),
    accountId: idOf<AccountId>().notNull(),
    metric: text().notNull(),
    day: day(),
    currency: char({ length: 3 }).notNull(),
    before: numeric(),
    after: numeric(),
    /** A code: `refund`, `edit`, `delete`, `reread`. */
    cause: text().notNull(),
    runId: text().$type<RunId>(),
    at: createdInstant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    index("restatements_by_day").on(t.organisationId, t.accountId, t.day),
    index("restatements_newest").on(t.organisationId, t.accountId, t.at, t.id),
  ],
);

/**
 * Why a part of a gap is there. `testOrders`: they count test orders. `datedElsewhere`, `datedHere`: they count by when an order
 * was made, we by its own date. `notRead`: made after what we had read by then. `otherLevels`: shown at no level that we read.
 * `reportedAnew`, `creditedAnew`: the source has changed the day since we read it, or what it credits to the day.
 */
export type GapReason =
  | "testOrders"
  | "datedElsewhere"
  | "datedHere"
  | "notRead"
  | "otherLevels"
  | "reportedAnew"
  | "creditedAnew";

export interface GapPart {
  readonly because: GapReason;
  /** Of ours less theirs, exact. */
  readonly amount: string;
  /** How many records it is; null where it is no count of records. */
  readonly records: number | null;
  /** The first of them, where we hold them; absent in parts from before they were kept. */
  readonly first?: readonly RecordOfGap[];
}

export interface RecordOfGap {
  readonly id: string;
  /** As the merchant knows it: an order's number. */
  readonly name: string;
}

/** Our number beside the source's own aggregate for the same day. */
export const spotChecks = snakeCase.table(
  "spot_checks",
  {
    organisationId: tenant(),
    datasourceId: idOf<DatasourceId>().notNull(),
    metric: text().notNull(),
    day: day(),
    currency: char({ length: 3 }).notNull(),
    ours: numeric(),
    theirs: numeric(),
    at: createdInstant(),
    /** Which of the source's figures stands beside ours; null for rows older than the column. */
    figure: text(),
    /** The source had the time that it needs for a day: what differs then is a difference. */
    settled: boolean().notNull().default(true),
    /** What is known of why ours is not theirs; null for checks from before it was looked for. */
    parts: jsonb().$type<readonly GapPart[]>(),
    /** The sum of the parts: what is left of the gap is unexplained. */
    explained: numeric().notNull().default("0"),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.datasourceId, t.metric, t.day, t.currency] })],
);
