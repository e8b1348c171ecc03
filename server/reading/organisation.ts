/** The organisation of a request: its plan, its slots, its tokens, and the organisations a person belongs to. */
import { asc, count, desc, eq, getColumns, inArray, and, sql } from "drizzle-orm";
import { statement } from "@headwater/db";
import { apiTokens, memberships, organisations, plans, sessions, slots } from "@headwater/db/schema/tables.ts";
import type { ApiTokenId, OrganisationId, UserId } from "@headwater/db/schema/ids.ts";
import type { Role } from "@headwater/db/schema/values.ts";
import type { PageOf } from "./runs.ts";
import type { Transaction } from "./transaction.ts";

export type OrganisationRow = typeof organisations.$inferSelect;
export type PlanRow = typeof plans.$inferSelect;
export type ApiTokenRow = typeof apiTokens.$inferSelect;

const organisationById = statement((pen) =>
  pen
    .select()
    .from(organisations)
    .where(eq(organisations.id, sql.placeholder("id"))),
);

export async function readOrganisation(db: Transaction, id: OrganisationId): Promise<OrganisationRow | null> {
  const [row] = await organisationById(db, { id });
  return row ?? null;
}

export const readPlans = (db: Transaction): Promise<PlanRow[]> => db.select().from(plans).orderBy(asc(plans.rank));

export async function countSlots(db: Transaction, id: OrganisationId): Promise<number> {
  const [row] = await db.select({ used: count() }).from(slots).where(eq(slots.organisationId, id));
  return row?.used ?? 0;
}

/** Longest held first, and which of them the plan holds. */
export const readSlots = (db: Transaction, id: OrganisationId) =>
  db
    .select({
      datasourceId: slots.datasourceId,
      since: slots.since,
      isHeld: sql<boolean>`exists (select from holds h where h.organisation_id = ${slots}.organisation_id
        and h.datasource_id = ${slots}.datasource_id and h.reason = 'plan' and h.released_at is null)`,
    })
    .from(slots)
    .where(eq(slots.organisationId, id))
    .orderBy(asc(slots.since), asc(slots.datasourceId));

export interface MembershipRow {
  readonly organisation: OrganisationRow;
  readonly role: Role;
}

/** Needs `app.user`; asks by the person, whichever organisation is open. */
export const readMemberships = (db: Transaction, user: UserId): Promise<MembershipRow[]> =>
  db
    .select({ organisation: getColumns(organisations), role: memberships.role })
    .from(memberships)
    .innerJoin(organisations, eq(organisations.id, memberships.organisationId))
    .where(eq(memberships.userId, user))
    .orderBy(asc(organisations.name), asc(organisations.id));

export type SessionRow = Omit<typeof sessions.$inferSelect, "token">;

export async function readSessions(db: Transaction, user: UserId): Promise<SessionRow[]> {
  const { token: _token, ...columns } = getColumns(sessions);
  return db.select(columns).from(sessions).where(eq(sessions.userId, user)).orderBy(desc(sessions.updatedAt));
}

/** Newest first. `by` narrows it to the tokens that this person made. */
export const pageOfTokens = (
  db: Transaction,
  organisation: OrganisationId,
  { limit, after }: PageOf<{ readonly at: Date; readonly id: string }>,
  by: UserId | null,
): Promise<ApiTokenRow[]> =>
  db
    .select()
    .from(apiTokens)
    .where(
      and(
        eq(apiTokens.organisationId, organisation),
        by === null ? undefined : eq(apiTokens.createdBy, by),
        after === null
          ? undefined
          : sql`(${apiTokens.createdAt}, ${apiTokens.id}) < (${after.at.toISOString()}::timestamptz, ${after.id}::uuid)`,
      ),
    )
    .orderBy(desc(apiTokens.createdAt), desc(apiTokens.id))
    .limit(limit);

export async function readTokensByIds(
  db: Transaction,
  ids: readonly ApiTokenId[],
): Promise<Map<ApiTokenId, ApiTokenRow>> {
  const rows = await db
    .select()
    .from(apiTokens)
    .where(inArray(apiTokens.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row]));
}
