// People and how they sign in: better-auth's tables under our names. Not tenant tables; workers have no grant here.
import { sql } from "drizzle-orm";
import { boolean, index, integer, snakeCase, text } from "drizzle-orm/pg-core";
import { createdInstant, idOf, instant, ownId } from "./columns.ts";
import type { OrganisationId, UserId } from "./ids.ts";

export const users = snakeCase.table("users", {
  id: ownId<UserId>().primaryKey(),
  name: text().notNull(),
  email: text().notNull().unique(),
  emailVerified: boolean().notNull().default(false),
  image: text(),
  locale: text().notNull().default("en"),
  /** Kinds of mail that are not written to them. */
  mailsOff: text().array().notNull().default([]),
  createdAt: createdInstant(),
  updatedAt: createdInstant(),
});

export const sessions = snakeCase.table(
  "sessions",
  {
    id: ownId<string>().primaryKey(),
    userId: idOf<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** The hash of it, never the token. */
    token: text().notNull().unique(),
    expiresAt: instant().notNull(),
    ipAddress: text(),
    userAgent: text(),
    /** Used when a request names no organisation. */
    lastOrganisationId: idOf<OrganisationId>(),
    createdAt: createdInstant(),
    updatedAt: createdInstant(),
  },
  (t) => [index("sessions_of_user").on(t.userId)],
);

export const signInMethods = snakeCase.table(
  "sign_in_methods",
  {
    id: ownId<string>().primaryKey(),
    userId: idOf<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    accountId: text().notNull(),
    providerId: text().notNull(),
    /** Argon2id. */
    password: text(),
    accessToken: text(),
    refreshToken: text(),
    idToken: text(),
    accessTokenExpiresAt: instant(),
    refreshTokenExpiresAt: instant(),
    scope: text(),
    createdAt: createdInstant(),
    updatedAt: createdInstant(),
  },
  (t) => [index("sign_in_methods_of_user").on(t.userId)],
);

export const verifications = snakeCase.table(
  "verifications",
  {
    id: ownId<string>().primaryKey(),
    identifier: text().notNull(),
    value: text().notNull(),
    expiresAt: instant().notNull(),
    createdAt: createdInstant(),
    updatedAt: createdInstant(),
  },
  (t) => [index("verifications_by_identifier").on(t.identifier)],
);

/** Sign-in attempts and API calls counted per key (account, address block, token), so that every process sees one count. */
export const throttles = snakeCase.table("throttles", {
  key: text().primaryKey(),
  hits: integer().notNull().default(0),
  windowStartedAt: instant()
    .notNull()
    .default(sql`now()`),
  blockedUntil: instant(),
});
