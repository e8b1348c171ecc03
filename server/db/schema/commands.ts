// What people asked for, the rings that still have to go out, and the pauses set by us.
import { sql } from "drizzle-orm";
import { bigint, index, integer, jsonb, primaryKey, snakeCase, text, unique } from "drizzle-orm/pg-core";
import { createdInstant, idOf, instant, ownId, tenant } from "./columns.ts";
import type { CommandId, DatasourceId, HoldId } from "./ids.ts";
import type { Actor, CommandKind, CommandState, HoldScope, JsonObject } from "./values.ts";

export const commands = snakeCase.table(
  "commands",
  {
    organisationId: tenant(),
    id: ownId<CommandId>(),
    datasourceId: idOf<DatasourceId>().notNull(),
    kind: text().$type<CommandKind>().notNull(),
    args: jsonb().$type<JsonObject>().notNull().default({}),
    /** The same key with other arguments is refused. */
    argsHash: text().notNull(),
    idempotencyKey: text().notNull(),
    actor: jsonb().$type<Actor>().notNull(),
    intentVersion: integer().notNull(),
    state: text().$type<CommandState>().notNull().default("accepted"),
    outcome: jsonb().$type<JsonObject>(),
    createdAt: createdInstant(),
    settledAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique("commands_once").on(t.organisationId, t.idempotencyKey),
    index("commands_of_datasource").on(t.organisationId, t.datasourceId, t.id),
    index("commands_open")
      .on(t.organisationId, t.datasourceId)
      .where(sql`state = 'accepted'`),
  ],
);

/** A ring that has to reach a workflow. Sent after the commit; what stays is sent by the `lifecycle` worker. */
export const outbox = snakeCase.table(
  "outbox",
  {
    organisationId: tenant(),
    id: bigint({ mode: "number" }).notNull().generatedAlwaysAsIdentity(),
    datasourceId: idOf<DatasourceId>().notNull(),
    intentVersion: integer().notNull(),
    createdAt: createdInstant(),
    sentAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    index("outbox_unsent")
      .on(t.id)
      .where(sql`sent_at is null`),
  ],
);

export const holds = snakeCase.table(
  "holds",
  {
    organisationId: tenant(),
    id: ownId<HoldId>(),
    scope: text().$type<HoldScope>().notNull(),
    platform: text(),
    datasourceId: idOf<DatasourceId>(),
    /** A code; the words are found where it is shown. */
    reason: text().notNull(),
    detail: jsonb().$type<JsonObject>().notNull().default({}),
    until: instant(),
    by: jsonb().$type<Actor>().notNull(),
    createdAt: createdInstant(),
    releasedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    index("holds_standing")
      .on(t.organisationId, t.datasourceId)
      .where(sql`released_at is null`),
    index("holds_ending")
      .on(t.until)
      .where(sql`released_at is null`),
  ],
);
