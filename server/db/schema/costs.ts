// Costs that come as files: uploads as versions, the rows they brought, what is rolled up of them, and what is pulled.
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  bytea,
  char,
  date,
  index,
  integer,
  jsonb,
  numeric,
  primaryKey,
  smallint,
  snakeCase,
  text,
} from "drizzle-orm/pg-core";
import { amount, createdInstant, idOf, instant, ownId, tenant } from "./columns.ts";
import type { DatasourceId, FeedId, GrantId, RunId, UploadId, UserId } from "./ids.ts";
import type {
  Actor,
  FeedKind,
  FeedState,
  Json,
  JsonObject,
  LeftOutReason,
  Reason,
  Severity,
  UploadAsked,
  UploadHow,
  UploadMode,
  UploadState,
} from "./values.ts";

export const costFeeds = snakeCase.table(
  "cost_feeds",
  {
    organisationId: tenant(),
    id: ownId<FeedId>(),
    datasourceId: idOf<DatasourceId>().notNull(),
    kind: text().$type<FeedKind>().notNull(),
    name: text().notNull(),
    /** Where it is: an address, or host, port, user and pattern. No secret. */
    address: jsonb().$type<JsonObject>().notNull(),
    /** The grant that its secret stands on. */
    grantId: idOf<GrantId>(),
    /** Type and SHA-256 of the server's key that a person agreed to; any other is refused. */
    hostKey: text(),
    /** Of the key that was met last. */
    metKey: text(),
    /** Since when its certificate has been bad. */
    certificateSince: instant(),
    everyMinutes: integer().notNull(),
    mode: text().$type<UploadMode>().notNull(),
    mapping: jsonb().$type<JsonObject>().notNull().default({}),
    state: text().$type<FeedState>().notNull().default("unproven"),
    reason: jsonb().$type<Reason>(),
    stateSince: createdInstant(),
    /** Somebody wants it pulled now. */
    askedAt: instant(),
    /** What the source said of the file last: `etag`, `lastModified`. */
    marks: jsonb().$type<JsonObject>().notNull().default({}),
    misses: integer().notNull().default(0),
    triedAt: instant(),
    pulledAt: instant(),
    dueAt: instant(),
    createdBy: idOf<UserId>(),
    createdAt: createdInstant(),
    removedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    index("cost_feeds_of_datasource")
      .on(t.organisationId, t.datasourceId)
      .where(sql`removed_at is null`),
  ],
);

export const feedFiles = snakeCase.table(
  "feed_files",
  {
    organisationId: tenant(),
    feedId: idOf<FeedId>().notNull(),
    name: text().notNull(),
    size: bigint({ mode: "number" }).notNull(),
    modifiedAt: instant().notNull(),
    /** Of the form that was taken last. */
    sha256: text(),
    /** Unchanged since then. */
    seenAt: createdInstant(),
    /** Null: not taken as it is now. */
    takenAt: instant(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.feedId, t.name] })],
);

export const uploads = snakeCase.table(
  "uploads",
  {
    organisationId: tenant(),
    id: ownId<UploadId>(),
    datasourceId: idOf<DatasourceId>().notNull(),
    feedId: idOf<FeedId>(),
    how: text().$type<UploadHow>().notNull(),
    filename: text().notNull(),
    by: jsonb().$type<Actor>().notNull(),
    mode: text().$type<UploadMode>().notNull(),
    dryRun: boolean().notNull().default(false),
    state: text().$type<UploadState>().notNull().default("announced"),
    reason: jsonb().$type<Reason>(),
    size: bigint({ mode: "number" }).notNull(),
    sha256: text().notNull(),
    idempotencyKey: text(),
    argsHash: text(),
    putHash: text(),
    putUntil: instant(),
    wrappedKey: bytea(),
    keyId: text(),
    erasedAt: instant(),
    mapping: jsonb().$type<JsonObject>().notNull().default({}),
    mappingHash: text(),
    survey: jsonb().$type<JsonObject>(),
    place: jsonb().$type<JsonObject>(),
    counts: jsonb().$type<JsonObject>().notNull().default({}),
    totals: jsonb().$type<Json[]>().notNull().default([]),
    preview: jsonb().$type<Json[]>().notNull().default([]),
    percent: integer().notNull().default(0),
    asked: text().$type<UploadAsked>(),
    askedBy: jsonb().$type<Actor>(),
    askedAt: instant(),
    confirm: jsonb().$type<JsonObject>().notNull().default({}),
    version: integer(),
    previous: integer(),
    createdAt: createdInstant(),
    receivedAt: instant(),
    settledAt: instant(),
    /** What a person says that the file comes to, by currency. */
    expected: jsonb().$type<Json[]>().notNull().default([]),
    /** What came of holding the file against what stands, the last time. */
    checked: jsonb().$type<JsonObject>(),
    checkedAt: instant(),
    checkPlace: jsonb().$type<JsonObject>(),
    /** The sync that pulled it. */
    runId: text().$type<RunId>(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    index("uploads_of_datasource").on(t.organisationId, t.datasourceId, t.createdAt, t.id),
    index("uploads_asked")
      .on(t.organisationId, t.datasourceId, t.askedAt)
      .where(sql`asked is not null`),
    index("uploads_by_key")
      .on(t.organisationId, t.idempotencyKey)
      .where(sql`idempotency_key is not null`),
    index("uploads_to_check")
      .on(t.organisationId, t.checkedAt)
      .where(sql`state = 'committed' and erased_at is null`),
    /** With what is asked of those that count, so that their wide rows are not read. */
    index("uploads_that_count")
      .on(t.organisationId, t.datasourceId, t.version.desc())
      .where(sql`state in ('committed', 'undone')`),
    index("uploads_of_run")
      .on(t.organisationId, t.runId)
      .where(sql`run_id is not null`),
  ],
);

export const uploadFindings = snakeCase.table(
  "upload_findings",
  {
    organisationId: tenant(),
    uploadId: idOf<UploadId>().notNull(),
    line: bigint({ mode: "number" }).notNull(),
    n: integer().notNull(),
    columnName: text(),
    code: text().notNull(),
    severity: text().$type<Severity>().notNull(),
    value: text().notNull().default(""),
    cells: jsonb().$type<string[]>(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.uploadId, t.line, t.n] })],
);

/** One number says what stands. */
export const costBooks = snakeCase.table(
  "cost_books",
  {
    organisationId: tenant(),
    datasourceId: idOf<DatasourceId>().notNull(),
    head: integer().notNull().default(0),
    lastVersion: integer().notNull().default(0),
    /** The version that `cost_left_out` was looked up for. */
    leftOutOf: integer(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.datasourceId] })],
);

export const costRows = snakeCase.table(
  "cost_rows",
  {
    organisationId: tenant(),
    datasourceId: idOf<DatasourceId>().notNull(),
    since: integer().notNull(),
    line: bigint({ mode: "number" }).notNull(),
    part: smallint().notNull(),
    until: integer(),
    identity: idOf<string>().notNull(),
    content: idOf<string>().notNull(),
    costType: text().notNull(),
    basis: text().notNull(),
    amount: amount().notNull(),
    currency: char({ length: 3 }).notNull(),
    startDay: date({ mode: "string" }).notNull(),
    endDay: date({ mode: "string" }),
    recurrence: text().notNull(),
    isAdSpend: boolean().notNull(),
    appliesTo: text().notNull(),
    action: text().notNull(),
    costId: text(),
    sku: text(),
    variantId: text(),
    productId: text(),
    orderId: text(),
    channel: text(),
    country: text(),
    paymentGateway: text(),
    campaign: text(),
    vendor: text(),
    category: text(),
    name: text(),
    note: text(),
    extra: jsonb().$type<JsonObject>(),
    /** Its order, variant, SKU or product, whichever of these it names first: what it is found by. */
    foundBy: text().generatedAlwaysAs(sql`null`),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.datasourceId, t.since, t.line, t.part] }),
    index("cost_rows_by_identity").on(t.identity),
    index("cost_rows_by_day").on(t.organisationId, t.datasourceId, t.startDay),
    index("cost_rows_ended")
      .on(t.organisationId, t.datasourceId, t.until)
      .where(sql`until is not null`),
    index("cost_rows_recurring")
      .on(t.organisationId, t.datasourceId)
      .where(sql`recurrence <> 'none'`),
    index("cost_rows_found_by")
      .on(t.organisationId, t.datasourceId, t.foundBy)
      .where(sql`found_by is not null`),
    index("cost_rows_of_rules")
      .on(t.organisationId, t.datasourceId, t.basis, t.startDay)
      .where(sql`basis <> 'total' and found_by is null`),
    index("cost_rows_ground")
      .on(t.organisationId, t.datasourceId, t.since)
      .where(sql`basis <> 'total' or order_id is not null or cost_type = 'cogs'`),
    index("cost_rows_ground_ended")
      .on(t.organisationId, t.datasourceId, t.until)
      .where(sql`until is not null and (basis <> 'total' or order_id is not null or cost_type = 'cogs')`),
  ],
);

/** Of a file's costs, by kind: those that were left out as it landed, and those whose rows are gone since. */
export const costTallies = snakeCase.table(
  "cost_tallies",
  {
    organisationId: tenant(),
    datasourceId: idOf<DatasourceId>().notNull(),
    since: integer().notNull(),
    kind: text().$type<"leftOut" | "forgotten">().notNull(),
    costType: text().notNull(),
    currency: char({ length: 3 }).notNull(),
    rows: bigint({ mode: "number" }).notNull(),
    amount: amount().notNull(),
    marks: numeric().notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.datasourceId, t.since, t.kind, t.costType, t.currency] })],
);

/** Rows of files that cannot be counted, and their money where they are sums of it. */
export const costLeftOut = snakeCase.table(
  "cost_left_out",
  {
    organisationId: tenant(),
    datasourceId: idOf<DatasourceId>().notNull(),
    reason: text().$type<LeftOutReason>().notNull(),
    firstDay: date({ mode: "string" }).notNull(),
    /** `infinity` for what has no end. */
    lastDay: date({ mode: "string" }).notNull(),
    currency: char({ length: 3 }).notNull(),
    rows: bigint({ mode: "number" }).notNull(),
    amount: numeric(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.datasourceId, t.reason, t.firstDay, t.lastDay, t.currency] })],
);

export const costDays = snakeCase.table(
  "cost_days",
  {
    organisationId: tenant(),
    datasourceId: idOf<DatasourceId>().notNull(),
    metric: text().notNull(),
    day: date({ mode: "string" }).notNull(),
    currency: char({ length: 3 }).notNull(),
    since: integer().notNull(),
    until: integer(),
    value: amount().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.datasourceId, t.metric, t.day, t.currency, t.since] }),
    index("cost_days_ended")
      .on(t.organisationId, t.datasourceId, t.until)
      .where(sql`until is not null`),
    index("cost_days_by_version").on(t.organisationId, t.datasourceId, t.since),
  ],
);

/** Steps of what recurs: from a day on so much more, or less. Their sum up to a day is what recurs on it. */
export const costRecurring = snakeCase.table(
  "cost_recurring",
  {
    organisationId: tenant(),
    datasourceId: idOf<DatasourceId>().notNull(),
    metric: text().notNull(),
    recurrence: text().notNull(),
    /** Of a week: which of its days is the first. */
    phase: integer().notNull(),
    currency: char({ length: 3 }).notNull(),
    day: date({ mode: "string" }).notNull(),
    since: integer().notNull(),
    amount: amount().notNull(),
    /** Of 28, 29, 30 and 31 days; of 7; of 365 and 366. */
    share1: numeric("share_1").notNull(),
    share2: numeric("share_2").notNull(),
    share3: numeric("share_3").notNull(),
    share4: numeric("share_4").notNull(),
  },
  (t) => [
    primaryKey({
      columns: [t.organisationId, t.datasourceId, t.metric, t.recurrence, t.phase, t.currency, t.day, t.since],
    }),
    index("cost_recurring_by_version").on(t.organisationId, t.datasourceId, t.since),
  ],
);

/** What a person said of a file's columns, for the next one that looks the same. */
export const costMappings = snakeCase.table(
  "cost_mappings",
  {
    organisationId: tenant(),
    datasourceId: idOf<DatasourceId>().notNull(),
    headerMark: text().notNull(),
    mapping: jsonb().$type<JsonObject>().notNull(),
    savedAt: createdInstant(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.datasourceId, t.headerMark] })],
);
