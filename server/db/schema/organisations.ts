// Organisations, who belongs to them, what they may connect, and the tokens that act for them.
import { sql } from "drizzle-orm";
import { char, index, integer, primaryKey, snakeCase, text, uniqueIndex } from "drizzle-orm/pg-core";
import { createdInstant, idOf, instant, ownId, tenant } from "./columns.ts";
import type { ApiTokenId, DatasourceId, OrganisationId, UserId } from "./ids.ts";
import type { Role, TokenScope } from "./values.ts";
import { users } from "./people.ts";

/** How many connected apps a plan holds; null is as many as you like. */
export const plans = snakeCase.table("plans", {
  id: text().primaryKey(),
  allowance: integer(),
  rank: integer().notNull(),
});

export const organisations = snakeCase.table(
  "organisations",
  {
    id: ownId<OrganisationId>().primaryKey(),
    slug: text().notNull().unique(),
    name: text().notNull(),
    /** The brand's zone says which date is yesterday. */
    zone: text().notNull(),
    currency: char({ length: 3 }).notNull(),
    plan: text()
      .notNull()
      .default("free")
      .references(() => plans.id),
    /** As it was said at sign-up; where it was not, its zone says it. */
    region: text(),
    createdAt: createdInstant(),
    /** Its first steps were put away. */
    onboardingDismissedAt: instant(),
    /** Whose sample brand it is while it stands; one a person. */
    sampleFor: idOf<UserId>(),
    /** When made-up data goes by itself, or went; null for a brand of one's own. */
    sampleUntil: instant(),
  },
  (t) => [
    uniqueIndex("organisations_sample_for")
      .on(t.sampleFor)
      .where(sql`sample_for is not null`),
  ],
);

export const memberships = snakeCase.table(
  "memberships",
  {
    organisationId: tenant().references(() => organisations.id, { onDelete: "cascade" }),
    userId: idOf<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    role: text().$type<Role>().notNull(),
    createdAt: createdInstant(),
    /** Of the address by which calendar programs read when grants end; the address is told once and kept nowhere. */
    calendarHash: text(),
    calendarMadeAt: instant(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.userId] }), index("memberships_of_user").on(t.userId)],
);

/** One row for each connected app the organisation holds. The foreign key stands in the migration. */
export const slots = snakeCase.table(
  "slots",
  {
    organisationId: tenant(),
    datasourceId: idOf<DatasourceId>().notNull(),
    since: createdInstant(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.datasourceId] })],
);

export const apiTokens = snakeCase.table(
  "api_tokens",
  {
    organisationId: tenant(),
    id: ownId<ApiTokenId>(),
    name: text().notNull(),
    /** SHA-256 of the secret, hex. The secret itself is shown once and kept nowhere. */
    secretHash: text().notNull(),
    lastFour: text().notNull(),
    scopes: text()
      .array()
      .$type<TokenScope>()
      .notNull()
      .default(sql`'{read}'`),
    createdBy: idOf<UserId>().notNull(),
    createdAt: createdInstant(),
    expiresAt: instant().notNull(),
    lastUsedAt: instant(),
    lastUsedFrom: text(),
    revokedAt: instant(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.id] })],
);
