// A datasource's facts. People's intentions and facts live here; only its workflow moves `phase`, and statuses are derived.
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  smallint,
  snakeCase,
  text,
} from "drizzle-orm/pg-core";
import { createdInstant, idOf, instant, ownId, tenant } from "./columns.ts";
import { accounts, grants } from "./grants.ts";
import type { AccountId, DatasourceId, GrantId, UserId } from "./ids.ts";
import type { Actor, AuthState, BackfillState, JsonObject, Phase, Reason, SecondsRange } from "./values.ts";

export const datasources = snakeCase.table(
  "datasources",
  {
    organisationId: tenant(),
    id: ownId<DatasourceId>(),
    platform: text().notNull(),
    grantId: idOf<GrantId>(),
    accountId: idOf<AccountId>(),
    name: text().notNull(),

    phase: text().$type<Phase>().notNull().default("AUTHORIZING"),
    phaseSince: createdInstant(),
    phaseReason: jsonb().$type<Reason>(),
    /** Orders the workflow's writes of `phase`. */
    seq: integer().notNull().default(0),
    /** Moves at disconnect and undo: whatever carries an older one writes nothing. */
    generation: integer().notNull().default(0),
    /** Moves with every command. */
    intentVersion: integer().notNull().default(0),

    auth: text().$type<AuthState>().notNull().default("none"),
    authReason: jsonb().$type<Reason>(),
    authSince: instant(),
    authorizingUntil: instant(),

    userPausedAt: instant(),
    userPausedBy: jsonb().$type<Actor>(),
    userPausedUntil: instant(),
    userPausedNote: text(),

    backfill: text().$type<BackfillState>().notNull().default("none"),
    backfillN: integer().notNull().default(0),
    historyFrom: date({ mode: "string" }),
    lastSuccessAt: instant(),
    lastAttemptAt: instant(),
    completeThrough: instant(),
    nextRunAt: instant(),
    cadenceMs: bigint({ mode: "number" }).notNull().default(3_600_000),
    /** Hours in which nothing is begun that nobody asked for: minutes of the day in the organisation's zone, both or neither. */
    quietFrom: smallint(),
    quietTo: smallint(),
    quietBy: jsonb().$type<Actor>(),
    quietSince: instant(),
    /** Percent of what the source allows that its merchant lets us use; null for all of it. */
    quotaCeiling: smallint().$type<25 | 50 | 75>(),
    quotaCeilingBy: jsonb().$type<Actor>(),
    quotaCeilingSince: instant(),
    /** Counters towards the next hold. */
    failures: jsonb().$type<JsonObject>().notNull().default({}),
    throttledUntil: instant(),
    throttleReason: jsonb().$type<Reason>(),

    disconnectedAt: instant(),
    disconnectedBy: jsonb().$type<Actor>(),
    deleteData: boolean().notNull().default(false),
    /** Null: whoever disconnected it. */
    deleteDataBy: jsonb().$type<Actor>(),
    dataDeletedAt: instant(),
    undoUntil: instant(),

    firstNumbersAt: instant(),
    /** By a member, its own page; told once in a while. */
    lastOpenedAt: instant(),
    /** How long its first history would take in all, as its page said first; null where that was never said. */
    historySaid: jsonb().$type<SecondsRange>(),
    connectedAt: instant(),
    connectedBy: idOf<UserId>(),
    createdBy: idOf<UserId>(),
    createdAt: createdInstant(),
    /** Moves with every visible change; the database moves it. */
    revision: bigint({ mode: "number" }).notNull().default(1),

    /** The one whose slot it borrows until it is proven, and whose place it then takes. */
    replaces: idOf<DatasourceId>(),
    replacedBy: idOf<DatasourceId>(),
    /** Since when; alive after it, it is being read once more, up to then. */
    replacedAt: instant(),
    /** Days before this one count from the account that it replaced. */
    countsFrom: date({ mode: "string" }),
    /** Days from this one on count from the account that replaced it. */
    countsUntil: date({ mode: "string" }),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({ columns: [t.organisationId, t.grantId], foreignColumns: [grants.organisationId, grants.id] }),
    foreignKey({ columns: [t.organisationId, t.accountId], foreignColumns: [accounts.organisationId, accounts.id] }),
    index("datasources_of_grant").on(t.organisationId, t.grantId),
    index("datasources_of_account").on(t.organisationId, t.accountId),
    index("datasources_alive")
      .on(t.id)
      .where(sql`disconnected_at is null`),
    index("datasources_due")
      .on(t.nextRunAt)
      .where(sql`disconnected_at is null`),
    index("datasources_that_replace")
      .on(t.organisationId, t.replaces)
      .where(sql`replaces is not null`),
  ],
);
