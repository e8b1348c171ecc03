/** Names of whoever did something: rows carry ids, names are looked up where they are shown. */
import { and, eq, inArray } from "drizzle-orm";
import { apiTokens, memberships, users, wishes } from "@headwater/db/schema/tables.ts";
import type { ApiTokenId, OrganisationId, UserId } from "@headwater/db/schema/ids.ts";
import type { Role } from "@headwater/db/schema/values.ts";
import type { Transaction } from "./transaction.ts";

export async function readNames(db: Transaction, ids: readonly UserId[]): Promise<Map<UserId, string>> {
  const rows = await db
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(inArray(users.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row.name]));
}

export async function readTokenNames(db: Transaction, ids: readonly ApiTokenId[]): Promise<Map<ApiTokenId, string>> {
  const rows = await db
    .select({ id: apiTokens.id, name: apiTokens.name })
    .from(apiTokens)
    .where(inArray(apiTokens.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Null where the person is no member, or none any more. */
export async function readRole(db: Transaction, organisation: OrganisationId, person: UserId): Promise<Role | null> {
  const [row] = await db
    .select({ role: memberships.role })
    .from(memberships)
    .where(and(eq(memberships.organisationId, organisation), eq(memberships.userId, person)));
  return row?.role ?? null;
}

export interface Member {
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly since: Date;
}

/** A person's own memberships elsewhere are visible to them too: the organisation is named here on purpose. */
export const readMembers = (db: Transaction, organisation: OrganisationId): Promise<Member[]> =>
  db
    .select({
      userId: memberships.userId,
      name: users.name,
      email: users.email,
      role: memberships.role,
      since: memberships.createdAt,
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(eq(memberships.organisationId, organisation))
    .orderBy(users.name, users.id);

/** Platforms of whose opening each wants to be told. */
export async function readWishes(db: Transaction, people: readonly UserId[]): Promise<Map<UserId, readonly string[]>> {
  const rows = await db
    .select({ userId: wishes.userId, platform: wishes.platform })
    .from(wishes)
    .where(inArray(wishes.userId, [...people]));
  return new Map(people.map((id) => [id, rows.filter(({ userId }) => userId === id).map(({ platform }) => platform)]));
}
