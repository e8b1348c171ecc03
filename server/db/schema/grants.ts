// What a person consented to at a platform, the account it reaches, and the sealed credential it stands on.
import { sql } from "drizzle-orm";
import {
  bytea,
  char,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  snakeCase,
  text,
  unique,
} from "drizzle-orm/pg-core";
import { createdInstant, idOf, instant, ownId, tenant } from "./columns.ts";
import type { AccountId, ConnectAttemptId, CredentialId, DatasourceId, GrantId, UserId } from "./ids.ts";
import type { ConnectPurpose, JsonObject, SettledChoice } from "./values.ts";

/** The shop, ad account, property or list at the source. Records belong to it, so it outlives a datasource. */
export const accounts = snakeCase.table(
  "accounts",
  {
    organisationId: tenant(),
    id: ownId<AccountId>(),
    platform: text().notNull(),
    /** The source's own id. */
    externalId: text().notNull(),
    name: text().notNull(),
    domain: text(),
    currency: char({ length: 3 }),
    zone: text(),
    details: jsonb().$type<JsonObject>().notNull().default({}),
    /** By the name of the choice: what counts, the options as the source last showed them, and what counted before a command. */
    choices: jsonb().$type<Readonly<Record<string, SettledChoice>>>().notNull().default({}),
    createdAt: createdInstant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    unique("accounts_at_source").on(t.organisationId, t.platform, t.externalId),
    index("accounts_by_external_id").on(t.platform, t.externalId),
  ],
);

/** The accounts a login reaches, while a person chooses among them. */
export const accountCandidates = snakeCase.table(
  "account_candidates",
  {
    organisationId: tenant(),
    datasourceId: idOf<DatasourceId>().notNull(),
    externalId: text().notNull(),
    name: text().notNull(),
    currency: char({ length: 3 }),
    zone: text(),
    /** `available`, or why it cannot be chosen. */
    state: text().notNull().default("available"),
    details: jsonb().$type<JsonObject>().notNull().default({}),
    listedAt: createdInstant(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.datasourceId, t.externalId] })],
);

/** One consent. `version` moves by compare-and-set; the lease makes the refresh single-flight across all workers. */
export const grants = snakeCase.table(
  "grants",
  {
    organisationId: tenant(),
    id: ownId<GrantId>(),
    platform: text().notNull(),
    /** What the login is at the source; Shopify: the shop's domain. */
    loginKey: text().notNull(),
    holder: jsonb().$type<JsonObject>(),
    scopes: text()
      .array()
      .notNull()
      .default(sql`'{}'`),
    version: integer().notNull().default(0),
    credentialId: idOf<CredentialId>(),
    /** Waits for VERIFYING to see the same account; only then does it take the place of `credentialId`. */
    candidateCredentialId: idOf<CredentialId>(),
    accessExpiresAt: instant(),
    /** When the grant itself ends; null where it does not. */
    endsAt: instant(),
    leaseOwner: text(),
    leaseUntil: instant(),
    refreshedAt: instant(),
    createdBy: idOf<UserId>(),
    createdAt: createdInstant(),
    verifiedAt: instant(),
    endedAt: instant(),
    /** Whether the source was asked to tell us of its end, and what came of it; null where it was not asked since. */
    webhooks: jsonb().$type<JsonObject>(),
    /** An operator ordered its end, which has yet to be carried out. */
    revokingSince: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    index("grants_by_login").on(t.platform, t.loginKey),
    index("grants_to_revoke")
      .on(t.platform)
      .where(sql`revoking_since is not null`),
  ],
);

/** The vault. Written by the API, opened only by workers, kept in versions until the newer one has been used. */
export const credentials = snakeCase.table(
  "credentials",
  {
    organisationId: tenant(),
    id: ownId<CredentialId>(),
    grantId: idOf<GrantId>().notNull(),
    version: integer().notNull(),
    /** Null once erased. */
    sealed: bytea(),
    /** The data key, wrapped. Erasing it alone makes `sealed` unreadable for ever. */
    wrappedKey: bytea(),
    keyId: text().notNull(),
    lastFour: text(),
    createdAt: createdInstant(),
    lastUsedAt: instant(),
    erasedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    foreignKey({ columns: [t.organisationId, t.grantId], foreignColumns: [grants.organisationId, grants.id] }).onDelete(
      "cascade",
    ),
    index("credentials_of_grant").on(t.organisationId, t.grantId, t.version),
  ],
);

/** The names of the key pairs that seal. A retired one seals nothing more; the database refuses. */
export const vaultKeys = snakeCase.table("vault_keys", {
  id: text().primaryKey(),
  firstUsedAt: createdInstant(),
  retiredAt: instant(),
});

/** One trip to a consent screen: one use, ten minutes, bound to person, organisation and platform. */
export const connectAttempts = snakeCase.table(
  "connect_attempts",
  {
    organisationId: tenant(),
    id: ownId<ConnectAttemptId>(),
    stateHash: text().notNull().unique(),
    browserHash: text().notNull(),
    userId: idOf<UserId>().notNull(),
    platform: text().notNull(),
    datasourceId: idOf<DatasourceId>(),
    purpose: text().$type<ConnectPurpose>().notNull(),
    params: jsonb().$type<JsonObject>().notNull().default({}),
    codeVerifier: text(),
    returnTo: text(),
    createdAt: createdInstant(),
    expiresAt: instant().notNull(),
    consumedAt: instant(),
    outcome: jsonb().$type<JsonObject>(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.id] }),
    index("connect_attempts_of_datasource").on(t.organisationId, t.datasourceId),
  ],
);
