// What the engine writes down about itself: audit, calls made, records refused, webhooks received, rates, processes.
import { sql } from "drizzle-orm";
import {
  bigint,
  bytea,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  numeric,
  primaryKey,
  snakeCase,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { createdInstant, idOf, instant, ownId, tenant } from "./columns.ts";
import { datasources } from "./datasources.ts";
import type { AccountId, DatasourceId, NoticeId, RunId, UserId } from "./ids.ts";
import type { Actor, Json, JsonObject, NoticeKind } from "./values.ts";

/** Append-only: written by the SQL function `append_audit` alone, each row sealed by the hash of the one before. */
export const auditLog = snakeCase.table(
  "audit_log",
  {
    organisationId: tenant(),
    n: bigint({ mode: "number" }).notNull(),
    at: instant().notNull(),
    actor: jsonb().$type<Actor>().notNull(),
    verb: text().notNull(),
    objectType: text().notNull(),
    objectId: text().notNull(),
    datasourceId: idOf<DatasourceId>(),
    before: jsonb().$type<Json>(),
    after: jsonb().$type<Json>(),
    address: text(),
    previousHash: text().notNull(),
    hash: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.n] }),
    index("audit_log_of_datasource").on(t.organisationId, t.datasourceId, t.n),
  ],
);

/** The last entry of a day, kept apart: a log that is cut off at its end is found by it. */
export const auditHeads = snakeCase.table(
  "audit_heads",
  {
    organisationId: tenant(),
    day: date({ mode: "string" }).notNull(),
    n: bigint({ mode: "number" }).notNull(),
    hash: text().notNull(),
    at: createdInstant(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.day] })],
);

/** A record that could not be mapped, with its reason and its exact bytes. */
export const quarantine = snakeCase.table(
  "quarantine",
  {
    organisationId: tenant(),
    id: ownId<string>(),
    datasourceId: idOf<DatasourceId>().notNull(),
    accountId: idOf<AccountId>(),
    runId: text().$type<RunId>(),
    stream: text().notNull(),
    sourceId: text(),
    reason: text().notNull(),
    detail: text(),
    document: bytea(),
    at: createdInstant(),
    /** Of what kind it would have been; null for rows older than the column. */
    kind: text(),
    /** What it is known by when it comes again: its id, or where it has none the hash of its bytes. */
    name: text().generatedAlwaysAs(sql`coalesce(source_id, encode(sha256(document), 'hex'))`),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({
      columns: [t.organisationId, t.datasourceId],
      foreignColumns: [datasources.organisationId, datasources.id],
    }).onDelete("cascade"),
    index("quarantine_named").on(t.organisationId, t.datasourceId, t.stream, t.name),
    index("quarantine_rejected")
      .on(t.organisationId, t.datasourceId, t.stream, t.at)
      .where(sql`reason <> 'textReplaced'`),
  ],
);

/** Trouble that lasts: one row from its beginning to its end, however many runs meet it. */
export const notices = snakeCase.table(
  "notices",
  {
    organisationId: tenant(),
    id: ownId<NoticeId>(),
    /** Null: of the organisation, as a request for another plan is. */
    datasourceId: idOf<DatasourceId>(),
    kind: text().$type<NoticeKind>().notNull(),
    /** Told to them alone; null: to everybody whom its kind concerns. */
    forUser: idOf<UserId>(),
    /** What the source said, which streams: codes and values. */
    detail: jsonb().$type<JsonObject>().notNull().default({}),
    /** Runs that met it. */
    times: integer().notNull().default(1),
    since: createdInstant(),
    lastAt: createdInstant(),
    resolvedAt: instant(),
    /** Of which trouble a mail told, as `mails.once` names it; null again once a mail has told that it is over. */
    mailedAs: text(),
    mailedTo: idOf<UserId>().array(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({
      columns: [t.organisationId, t.datasourceId],
      foreignColumns: [datasources.organisationId, datasources.id],
    }).onDelete("cascade"),
    uniqueIndex("notices_standing")
      .on(t.organisationId, t.datasourceId, t.kind)
      .where(sql`resolved_at is null`),
    uniqueIndex("notices_requested")
      .on(t.organisationId, sql`(detail ->> 'about')`, sql`(detail ->> 'platform')`)
      .where(sql`kind = 'requested' and datasource_id is null and resolved_at is null`),
    uniqueIndex("notices_review")
      .on(t.organisationId)
      .where(sql`kind = 'reviewDue' and resolved_at is null`),
    index("notices_of_datasource").on(t.organisationId, t.datasourceId, t.since, t.id),
    index("notices_mailed")
      .on(t.organisationId)
      .where(sql`mailed_as is not null`),
  ],
);

/** Every call made with the merchant's credential, by hour: the proof that Headwater only reads. */
export const calls = snakeCase.table(
  "calls",
  {
    organisationId: tenant(),
    datasourceId: idOf<DatasourceId>().notNull(),
    hour: instant().notNull(),
    method: text().notNull(),
    path: text().notNull(),
    calls: bigint({ mode: "number" }).notNull().default(0),
    failures: bigint({ mode: "number" }).notNull().default(0),
    throttled: bigint({ mode: "number" }).notNull().default(0),
    bytes: bigint({ mode: "number" }).notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.datasourceId, t.hour, t.method, t.path] }),
    index("calls_of_path").on(t.organisationId, t.datasourceId, t.path, t.hour),
  ],
);

/** What is left of a platform's allowance, shared by every worker. Not a tenant table: one app's bucket serves many organisations. */
export const rateBuckets = snakeCase.table(
  "rate_buckets",
  {
    platform: text().notNull(),
    bucketKey: text().notNull(),
    available: numeric({ mode: "number" }).notNull(),
    maximum: numeric({ mode: "number" }).notNull(),
    restorePerSecond: numeric({ mode: "number" }).notNull(),
    measuredAt: createdInstant(),
  },
  (t) => [primaryKey({ columns: [t.platform, t.bucketKey] })],
);

/** A webhook whose signature held, as it came. Its organisation is found by the worker from `account_key`. */
export const inboundWebhooks = snakeCase.table(
  "inbound_webhooks",
  {
    platform: text().notNull(),
    webhookId: text().notNull(),
    topic: text().notNull(),
    accountKey: text().notNull(),
    headers: jsonb().$type<JsonObject>().notNull().default({}),
    body: bytea().notNull(),
    /** By the source's own clock; null where it does not say. */
    triggeredAt: instant(),
    receivedAt: createdInstant(),
    handledAt: instant(),
    attempts: integer().notNull().default(0),
    failure: text(),
  },
  (t) => [
    primaryKey({ columns: [t.platform, t.webhookId] }),
    index("inbound_webhooks_waiting")
      .on(t.receivedAt)
      .where(sql`handled_at is null`),
  ],
);

/** Each process's sign of life, every ten seconds. */
export const processes = snakeCase.table("processes", {
  id: ownId<string>().primaryKey(),
  kind: text().notNull(),
  startedAt: createdInstant(),
  seenAt: createdInstant(),
  version: text(),
});
