/** Who got in, who left, and whose account was locked: told to every organisation that the person may see, for all are open to the session. */
import { inTenant } from "@headwater/db";
import type { Database } from "@headwater/db";
import { users } from "@headwater/db/schema/tables.ts";
import type { UserId } from "@headwater/db/schema/ids.ts";
import { eq } from "drizzle-orm";
import { NOBODY } from "../access/caller.ts";
import type { Acting } from "../access/caller.ts";
import { audit } from "../datasources/audit.ts";
import type { AuditEntry } from "../datasources/audit.ts";
import { readMemberships } from "../reading/organisation.ts";

export interface SessionEvent {
  readonly verb: "session.started" | "session.ended";
  readonly userId: UserId;
  readonly sessionId: string;
  readonly address: string | null;
}

export function auditSession(db: Database, { verb, userId, sessionId, address }: SessionEvent): Promise<void> {
  const person = { kind: "person", userId } as const;
  const by = { caller: person, visitor: { address } };
  return auditEverywhere(db, userId, by, { verb, objectType: "session", objectId: sessionId });
}

/** Too many wrong passwords: by whom, nobody knows. An account that is not there has no log either. */
export async function auditLock(db: Database, email: string, address: string | null): Promise<void> {
  const [user] = await db.drizzle.select({ id: users.id }).from(users).where(eq(users.email, email));
  if (user === undefined) return;
  const by = { caller: NOBODY, visitor: { address } };
  await auditEverywhere(db, user.id, by, { verb: "signIn.locked", objectType: "person", objectId: user.id });
}

async function auditEverywhere(
  db: Database,
  userId: UserId,
  by: { readonly caller: Acting; readonly visitor: { readonly address: string | null } },
  entry: AuditEntry,
): Promise<void> {
  const standing = await inTenant(db, null, ({ drizzle }) => readMemberships(drizzle, userId), { userId });
  for (const { organisation } of standing)
    await inTenant(db, organisation.id, ({ drizzle }) => audit({ db: drizzle, ...by }, entry));
}
