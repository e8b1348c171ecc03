// Runs, their slices, the recurring sync's checkpoints, and what a person sees of it while it moves.
import {
  bigint,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  numeric,
  primaryKey,
  snakeCase,
  text,
  unique,
} from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
import { createdInstant, idOf, instant, ownId, tenant } from "./columns.ts";
import { datasources } from "./datasources.ts";
import type { CommandId, DatasourceId, FeedId, RunId, SliceId } from "./ids.ts";
import type { AttemptBudget, AttemptEnding, AttemptNext } from "./values.ts";
import type { Json, JsonObject, RunKind, RunState, SliceState } from "./values.ts";

const count = () => bigint({ mode: "number" }).notNull().default(0);

export const runs = snakeCase.table(
  "runs",
  {
    organisationId: tenant(),
    id: text().$type<RunId>().notNull(),
    datasourceId: idOf<DatasourceId>().notNull(),
    kind: text().$type<RunKind>().notNull(),
    n: integer().notNull(),
    askedBy: idOf<CommandId>(),
    state: text().$type<RunState>().notNull().default("running"),
    startedAt: createdInstant(),
    finishedAt: instant(),
    attempts: integer().notNull().default(1),
    read: count(),
    merged: count(),
    unchanged: count(),
    deduplicated: count(),
    rejected: count(),
    written: count(),
    /** What the source said it would give; null where it does not say. */
    announced: bigint({ mode: "number" }),
    outcome: jsonb().$type<JsonObject>(),
    /** Moves when somebody changes the order of its slices: whoever works on them reads the plan again. */
    planVersion: integer().notNull().default(0),
    /** How many of its attempts were written down; the newest of them are kept. */
    noted: integer().notNull().default(0),
    /** How often in a row it went just so: of feeds that had nothing else to tell. Each further time moves its end. */
    times: integer().notNull().default(1),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({
      columns: [t.organisationId, t.datasourceId],
      foreignColumns: [datasources.organisationId, datasources.id],
    }).onDelete("cascade"),
    index("runs_of_datasource").on(t.organisationId, t.datasourceId, t.startedAt, t.id),
    index("runs_unfinished")
      .on(t.organisationId, t.datasourceId)
      .where(sql`finished_at is null`),
  ],
);

/**
 * An attempt at a run, or at a piece of it, that met trouble, and the one that ended well after that: an attempt that
 * nothing happened to is told by its run alone. Of feeds, every pull is one.
 */
export const runAttempts = snakeCase.table(
  "run_attempts",
  {
    organisationId: tenant(),
    runId: text().$type<RunId>().notNull(),
    n: integer().notNull(),
    datasourceId: idOf<DatasourceId>().notNull(),
    sliceId: idOf<SliceId>(),
    stream: text(),
    startedAt: instant().notNull(),
    finishedAt: instant().notNull(),
    ended: text().$type<AttemptEnding>().notNull(),
    /** As the connector named it. */
    code: text(),
    /** The provider's words, redacted. */
    said: text(),
    /** The provider's name of the request that it refused. */
    requestId: text(),
    /** Records that it had read until then. */
    read: count(),
    next: text().$type<AttemptNext>(),
    nextAt: instant(),
    budget: jsonb().$type<AttemptBudget>(),
    /** The feed that was pulled. */
    feedId: idOf<FeedId>(),
    /** How many pulls in a row ended so: the last of them at `finishedAt`. */
    times: integer().notNull().default(1),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.runId, t.n] }),
    foreignKey({ columns: [t.organisationId, t.runId], foreignColumns: [runs.organisationId, runs.id] }).onDelete(
      "cascade",
    ),
    index("run_attempts_of_datasource").on(t.organisationId, t.datasourceId),
    index("run_attempts_of_feed")
      .on(t.organisationId, t.feedId, t.startedAt, t.runId, t.n)
      .where(sql`feed_id is not null`),
  ],
);

/** A bounded piece of a stream. The row is the checkpoint: `cursor` and the rows it covers commit together. */
export const slices = snakeCase.table(
  "slices",
  {
    organisationId: tenant(),
    id: ownId<SliceId>(),
    runId: text().$type<RunId>().notNull(),
    datasourceId: idOf<DatasourceId>().notNull(),
    stream: text().notNull(),
    fromAt: instant(),
    toAt: instant(),
    /** Its place in the run, newest window first. */
    position: integer().notNull(),
    state: text().$type<SliceState>().notNull().default("queued"),
    /** Null: not begun. */
    cursor: jsonb().$type<Json>(),
    pages: count(),
    rows: count(),
    expected: bigint({ mode: "number" }),
    announced: bigint({ mode: "number" }),
    read: count(),
    merged: count(),
    unchanged: count(),
    deduplicated: count(),
    rejected: count(),
    written: count(),
    /** Records of the stream's first kind, to hold against `announced`. */
    landed: count(),
    attempts: integer().notNull().default(0),
    startedAt: instant(),
    finishedAt: instant(),
    failure: jsonb().$type<JsonObject>(),
    /** How often less came than the source had announced. */
    shortfalls: integer().notNull().default(0),
    /** The higher comes first; then by position. */
    priority: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({ columns: [t.organisationId, t.runId], foreignColumns: [runs.organisationId, runs.id] }).onDelete(
      "cascade",
    ),
    unique("slices_once").on(t.organisationId, t.runId, t.stream, t.position),
    index("slices_of_datasource").on(t.organisationId, t.datasourceId, t.stream, t.position),
    index("slices_unfinished")
      .on(t.organisationId, t.runId)
      .where(sql`finished_at is null`),
  ],
);

/** Where the recurring sync stands in each stream. */
export const checkpoints = snakeCase.table(
  "checkpoints",
  {
    organisationId: tenant(),
    datasourceId: idOf<DatasourceId>().notNull(),
    stream: text().notNull(),
    cursor: jsonb().$type<Json>(),
    through: instant(),
    updatedAt: createdInstant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.datasourceId, t.stream] }),
    foreignKey({
      columns: [t.organisationId, t.datasourceId],
      foreignColumns: [datasources.organisationId, datasources.id],
    }).onDelete("cascade"),
  ],
);

/** One row a stream: what the page shows while it fills. Moves in the transaction of its rows. */
export const progress = snakeCase.table(
  "progress",
  {
    organisationId: tenant(),
    datasourceId: idOf<DatasourceId>().notNull(),
    stream: text().notNull(),
    state: text().notNull().default("queued"),
    rows: count(),
    windowsDone: integer().notNull().default(0),
    windowsTotal: integer().notNull().default(0),
    ratePerMinute: numeric({ mode: "number" }),
    firstDay: date({ mode: "string" }),
    lastDay: date({ mode: "string" }),
    through: instant(),
    startedAt: instant(),
    finishedAt: instant(),
    waitingFor: jsonb().$type<JsonObject>(),
    /** When its reading last got on, with rows or without: stands still while a run hangs. */
    movedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.datasourceId, t.stream] }),
    foreignKey({
      columns: [t.organisationId, t.datasourceId],
      foreignColumns: [datasources.organisationId, datasources.id],
    }).onDelete("cascade"),
  ],
);
