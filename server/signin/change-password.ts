/**
 * One's own password, changed by whoever knows it. Every other session ends with it and this one gets a new token; the
 * person is told by mail, in the same transaction, and every organisation of theirs has it in its log.
 */
import { and, eq, ne, sql } from "drizzle-orm";
import { randomBytes } from "node:crypto";
import { inTenant } from "@headwater/db";
import { sessions, signInMethods } from "@headwater/db/schema/tables.ts";
import type { Person } from "../access/caller.ts";
import { audit } from "../datasources/audit.ts";
import { writeMail } from "../mails/write.ts";
import { readMemberships } from "../reading/organisation.ts";
import { hashToken } from "./hashed-sessions.ts";
import { hashPassword, isPassword, isWeak } from "./passwords.ts";
import type { SignedIn } from "./session.ts";
import type { SignUpDeps } from "./sign-up.ts";

export interface PasswordChange {
  readonly current: string;
  readonly next: string;
}

/** The new token of this very session, or why nothing was changed. */
export type Changed = { readonly token: string } | "wrong" | "weak";

export async function changePassword(
  { db, vaultPublicKey, publicUrl }: SignUpDeps,
  person: SignedIn,
  { current, next }: PasswordChange,
  address: string | null,
): Promise<Changed> {
  const own = and(eq(signInMethods.userId, person.userId), eq(signInMethods.providerId, "credential"));
  const [method] = await db.drizzle.select().from(signInMethods).where(own);
  if (method?.password == null || !(await isPassword({ hash: method.password, password: current }))) return "wrong";
  const standing = await inTenant(db, null, ({ drizzle }) => readMemberships(drizzle, person.userId), {
    userId: person.userId,
  });
  const brands = standing.map(({ organisation }) => organisation.name);
  if (next === current || isWeak(next, [person.name, person.email.split("@")[0] ?? "", ...brands])) return "weak";
  const password = await hashPassword(next);
  const token = randomBytes(32).toString("base64url");
  await db.drizzle.transaction(async (tx) => {
    await tx.update(signInMethods).set({ password }).where(own);
    await tx.delete(sessions).where(and(eq(sessions.userId, person.userId), ne(sessions.id, person.sessionId)));
    await tx
      .update(sessions)
      .set({ token: hashToken(token) })
      .where(eq(sessions.id, person.sessionId));
    await writeMail(tx, vaultPublicKey, {
      to: person.email,
      locale: person.locale,
      kind: "passwordChanged",
      details: {},
      link: publicUrl,
      organisation: null,
    });
    for (const { organisation } of standing) {
      await tx.execute(sql`select set_config('app.tenant', ${organisation.id}, true)`);
      await audit(
        { db: tx, caller: callerOf(person), visitor: { address } },
        { verb: "password.changed", objectType: "person", objectId: person.userId },
      );
    }
  });
  return { token };
}

const callerOf = ({ userId, sessionId, name, email }: SignedIn): Person => ({
  kind: "person",
  userId,
  sessionId,
  name,
  email,
  organisationId: null,
  role: null,
});
