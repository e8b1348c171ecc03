// What is said to people: mails as rows, links by which somebody authorizes again without an account, what each has read.
import { sql } from "drizzle-orm";
import { bytea, foreignKey, index, integer, jsonb, primaryKey, snakeCase, text, unique } from "drizzle-orm/pg-core";
import { createdInstant, idOf, instant, ownId, tenant } from "./columns.ts";
import { datasources } from "./datasources.ts";
import type {
  ConnectAttemptId,
  DatasourceId,
  MailId,
  NoticeId,
  OrganisationId,
  ReauthorizeLinkId,
  RequestId,
  UserId,
} from "./ids.ts";
import { notices } from "./operations.ts";
import { memberships } from "./organisations.ts";
import { users } from "./people.ts";
import type { JsonObject } from "./values.ts";

/** Codes and values; a worker words it and sends it. Not a tenant table: some are about a person alone. */
export const mails = snakeCase.table(
  "mails",
  {
    id: ownId<MailId>().primaryKey(),
    organisationId: idOf<OrganisationId>(),
    toAddress: text().notNull(),
    locale: text().notNull().default("en"),
    kind: text().notNull(),
    details: jsonb().$type<JsonObject>().notNull().default({}),
    /** What must not be read here, such as a link's address; erased once it is sent. */
    sealed: bytea(),
    wrappedKey: bytea(),
    keyId: text(),
    /** The same thing said twice is one mail. */
    once: text().unique(),
    createdAt: createdInstant(),
    dueAt: createdInstant(),
    attempts: integer().notNull().default(0),
    failure: text(),
    sentAt: instant(),
    /** As it was worded; kept only where nothing hands mails on. */
    subject: text(),
    body: text(),
  },
  (t) => [
    index("mails_waiting")
      .on(t.dueAt)
      .where(sql`sent_at is null`),
  ],
);

/** For the person who holds the grant: 72 hours, one use, and it shows nothing of the organisation. */
export const reauthorizeLinks = snakeCase.table(
  "reauthorize_links",
  {
    organisationId: tenant(),
    id: ownId<ReauthorizeLinkId>(),
    datasourceId: idOf<DatasourceId>().notNull(),
    /** The link itself is told once and kept nowhere. */
    tokenHash: text().notNull(),
    toAddress: text().notNull(),
    createdBy: idOf<UserId>().notNull(),
    createdAt: createdInstant(),
    expiresAt: instant().notNull(),
    openedAt: instant(),
    attemptId: idOf<ConnectAttemptId>(),
    usedAt: instant(),
    revokedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique("reauthorize_links_once").on(t.tokenHash),
    foreignKey({
      columns: [t.organisationId, t.datasourceId],
      foreignColumns: [datasources.organisationId, datasources.id],
    }).onDelete("cascade"),
    index("reauthorize_links_of_datasource").on(t.organisationId, t.datasourceId, t.id),
  ],
);

/** Which notices a person has read, and when: what came nearer since is news again. */
export const noticeReads = snakeCase.table(
  "notice_reads",
  {
    organisationId: tenant(),
    noticeId: idOf<NoticeId>().notNull(),
    userId: idOf<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    at: createdInstant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.noticeId, t.userId] }),
    foreignKey({
      columns: [t.organisationId, t.noticeId],
      foreignColumns: [notices.organisationId, notices.id],
    }).onDelete("cascade"),
  ],
);

/** Who asks for what a notice tells; it stands for as long as the notice does. */
export const requests = snakeCase.table(
  "requests",
  {
    organisationId: tenant(),
    /** Made of the key with which it was given. */
    id: idOf<RequestId>().notNull(),
    noticeId: idOf<NoticeId>().notNull(),
    askedBy: idOf<UserId>().notNull(),
    askedAt: createdInstant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique("requests_once").on(t.organisationId, t.noticeId, t.askedBy),
    foreignKey({
      columns: [t.organisationId, t.noticeId],
      foreignColumns: [notices.organisationId, notices.id],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.organisationId, t.askedBy],
      foreignColumns: [memberships.organisationId, memberships.userId],
    }).onDelete("cascade"),
    index("requests_of_person").on(t.organisationId, t.askedBy, t.askedAt),
  ],
);

/** Who wants to be told once a platform can be connected. Gone once it is told, or taken back. */
export const wishes = snakeCase.table(
  "wishes",
  {
    organisationId: tenant(),
    userId: idOf<UserId>().notNull(),
    platform: text().notNull(),
    at: createdInstant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.userId, t.platform] }),
    foreignKey({
      columns: [t.organisationId, t.userId],
      foreignColumns: [memberships.organisationId, memberships.userId],
    }).onDelete("cascade"),
    index("wishes_of_platform").on(t.platform),
  ],
);
