/** Commands, connect attempts and candidates of many datasources at once. */
import { and, desc, eq, gt, inArray, or, sql } from "drizzle-orm";
import {
  accountCandidates,
  commands,
  connectAttempts,
  credentials,
  datasources,
  grants,
  reauthorizeLinks,
} from "@headwater/db/schema/tables.ts";
import type {
  CommandId,
  ConnectAttemptId,
  DatasourceId,
  GrantId,
  ReauthorizeLinkId,
} from "@headwater/db/schema/ids.ts";
import { groupBy } from "./batch.ts";
import type { Actor, JsonObject } from "@headwater/db/schema/values.ts";
import type { Transaction } from "./transaction.ts";

export type CommandRow = typeof commands.$inferSelect;
export type CandidateRow = typeof accountCandidates.$inferSelect;

const HOUR_MS = 3_600_000;

/** Open ones, and those that settled within the hour, newest first. */
export async function readCommands(
  db: Transaction,
  ids: readonly DatasourceId[],
  now: Date,
): Promise<Map<DatasourceId, CommandRow[]>> {
  const rows = await db
    .select()
    .from(commands)
    .where(
      and(
        inArray(commands.datasourceId, [...ids]),
        or(eq(commands.state, "accepted"), gt(commands.settledAt, new Date(now.getTime() - HOUR_MS))),
      ),
    )
    .orderBy(desc(commands.createdAt), desc(commands.id));
  return groupBy(rows, (row) => row.datasourceId);
}

/** Days of a history that somebody asked for before the others, newest wish first. */
export async function readForward(
  db: Transaction,
  ids: readonly DatasourceId[],
): Promise<Map<DatasourceId, CommandRow[]>> {
  const rows = await db
    .select()
    .from(commands)
    .where(
      and(
        inArray(commands.datasourceId, [...ids]),
        eq(commands.kind, "bringForward"),
        inArray(commands.state, ["accepted", "done"]),
      ),
    )
    .orderBy(desc(commands.createdAt), desc(commands.id));
  return groupBy(rows, (row) => row.datasourceId);
}

export async function readCommandsByIds(
  db: Transaction,
  ids: readonly CommandId[],
): Promise<Map<CommandId, CommandRow>> {
  const rows = await db
    .select()
    .from(commands)
    .where(inArray(commands.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row]));
}

/** Never with its state, its verifier or the browser that it is bound to. */
const attemptColumns = {
  id: connectAttempts.id,
  userId: connectAttempts.userId,
  platform: connectAttempts.platform,
  datasourceId: connectAttempts.datasourceId,
  purpose: connectAttempts.purpose,
  createdAt: connectAttempts.createdAt,
  expiresAt: connectAttempts.expiresAt,
  consumedAt: connectAttempts.consumedAt,
  outcome: connectAttempts.outcome,
  params: connectAttempts.params,
  /** Why the worker threw away what a new consent brought, while the access before it may go on. */
  refusal: sql<JsonObject | null>`(
    select c.outcome from commands c where c.organisation_id = ${connectAttempts}.organisation_id
      and c.idempotency_key = 'reauthorized' || chr(10) || ${connectAttempts}.id || chr(10) || ${connectAttempts}.datasource_id
      and c.state = 'refused')`.as("refusal"),
  /** The worker has not said yet what it thinks of a new consent. */
  isUnanswered: sql<boolean>`exists (
    select from commands c where c.organisation_id = ${connectAttempts}.organisation_id
      and c.idempotency_key = 'reauthorized' || chr(10) || ${connectAttempts}.id || chr(10) || ${connectAttempts}.datasource_id
      and c.state = 'accepted')`.as("is_unanswered"),
  /** Somebody took it back; what merely ran out of time has no such command. */
  wasCancelled: sql<boolean>`exists (
    select from commands c where c.organisation_id = ${connectAttempts}.organisation_id
      and c.datasource_id = ${connectAttempts}.datasource_id and c.kind = 'cancelConnect')`.as("was_cancelled"),
};
type Derived = "refusal" | "isUnanswered" | "wasCancelled";
export type AttemptRow = Pick<typeof connectAttempts.$inferSelect, Exclude<keyof typeof attemptColumns, Derived>> & {
  readonly refusal?: JsonObject | null;
  readonly isUnanswered?: boolean;
  readonly wasCancelled?: boolean;
};

/** The newest attempt of each datasource. */
export async function readNewestAttempts(
  db: Transaction,
  ids: readonly DatasourceId[],
): Promise<Map<DatasourceId, AttemptRow>> {
  const rows = await db
    .selectDistinctOn([connectAttempts.datasourceId], attemptColumns)
    .from(connectAttempts)
    .where(inArray(connectAttempts.datasourceId, [...ids]))
    .orderBy(connectAttempts.datasourceId, desc(connectAttempts.createdAt), desc(connectAttempts.id));
  return new Map(rows.flatMap((row) => (row.datasourceId === null ? [] : [[row.datasourceId, row] as const])));
}

/** The newest trip of whoever holds a link. */
export async function readNewestTry(
  db: Transaction,
  { id, datasourceId }: { readonly id: ReauthorizeLinkId; readonly datasourceId: DatasourceId },
): Promise<AttemptRow | null> {
  const [row] = await db
    .select(attemptColumns)
    .from(connectAttempts)
    .where(and(eq(connectAttempts.datasourceId, datasourceId), sql`${connectAttempts.params}->>'link' = ${id}`))
    .orderBy(desc(connectAttempts.createdAt), desc(connectAttempts.id))
    .limit(1);
  return row ?? null;
}

export async function readAttemptsByIds(
  db: Transaction,
  ids: readonly ConnectAttemptId[],
): Promise<Map<ConnectAttemptId, AttemptRow>> {
  const rows = await db
    .select(attemptColumns)
    .from(connectAttempts)
    .where(inArray(connectAttempts.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row]));
}

export async function readCandidates(
  db: Transaction,
  ids: readonly DatasourceId[],
): Promise<Map<DatasourceId, CandidateRow[]>> {
  const rows = await db
    .select()
    .from(accountCandidates)
    .where(inArray(accountCandidates.datasourceId, [...ids]))
    .orderBy(accountCandidates.name, accountCandidates.externalId);
  return groupBy(rows, (row) => row.datasourceId);
}

const credentialColumns = {
  id: credentials.id,
  grantId: credentials.grantId,
  version: credentials.version,
  lastFour: credentials.lastFour,
  createdAt: credentials.createdAt,
  /** The row notes its first use; each sync that ended well was one more. */
  lastUsedAt: sql<Date | null>`greatest(${credentials.lastUsedAt}, (select max(d.last_success_at) from datasources d
    where d.organisation_id = ${credentials}.organisation_id and d.grant_id = ${credentials}.grant_id
      and d.last_success_at > ${credentials}.created_at))`
    .mapWith(credentials.lastUsedAt)
    .as("last_used"),
};
export type CredentialFacts = Pick<typeof credentials.$inferSelect, keyof typeof credentialColumns>;

/** What may be known of the newest credential of a grant. The API's role could not read more if it tried. */
export async function readCredentialFacts(
  db: Transaction,
  ids: readonly GrantId[],
): Promise<Map<GrantId, CredentialFacts>> {
  const rows = await db
    .selectDistinctOn([credentials.grantId], credentialColumns)
    .from(credentials)
    .where(inArray(credentials.grantId, [...ids]))
    .orderBy(credentials.grantId, desc(credentials.version));
  return new Map(rows.map((row) => [row.grantId, row]));
}

/** When the consent that stands was given, and by whom: the newest that was taken. */
export interface Given {
  readonly at: Date;
  readonly by: Giver | null;
}

/** A member, or whoever holds the link that was followed: of such a person nothing but the address is known. */
export type Giver = Actor | { readonly kind: "holder"; readonly address: string };

export async function readGiven(db: Transaction, ids: readonly GrantId[]): Promise<Map<GrantId, Given>> {
  const rows = await db
    .selectDistinctOn([grants.id], {
      id: grants.id,
      createdAt: grants.createdAt,
      createdBy: grants.createdBy,
      anewAt: commands.createdAt,
      anewBy: commands.actor,
      address: reauthorizeLinks.toAddress,
    })
    .from(grants)
    .leftJoin(
      datasources,
      and(eq(datasources.organisationId, grants.organisationId), eq(datasources.grantId, grants.id)),
    )
    .leftJoin(
      commands,
      and(
        eq(commands.organisationId, datasources.organisationId),
        eq(commands.datasourceId, datasources.id),
        eq(commands.kind, "reauthorized"),
        // One that was refused, or waits to be judged, is none.
        eq(commands.state, "done"),
        gt(commands.createdAt, grants.createdAt),
      ),
    )
    .leftJoin(
      reauthorizeLinks,
      and(
        eq(reauthorizeLinks.organisationId, commands.organisationId),
        sql`${commands.idempotencyKey} = 'reauthorized' || chr(10) || ${reauthorizeLinks.attemptId} || chr(10) || ${commands.datasourceId}`,
      ),
    )
    .where(inArray(grants.id, [...ids]))
    .orderBy(grants.id, sql`${commands.createdAt} desc nulls last`);
  return new Map(
    rows.map(({ id, createdAt, createdBy, anewAt, anewBy, address }) => [
      id,
      anewAt === null
        ? { at: createdAt, by: createdBy === null ? null : { kind: "person", userId: createdBy } }
        : { at: anewAt, by: address === null ? anewBy : { kind: "holder", address } },
    ]),
  );
}

export const isOpen = (attempt: AttemptRow, now: Date): boolean =>
  attempt.consumedAt === null && attempt.expiresAt > now;
