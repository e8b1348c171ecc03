/**
 * One's own password, changed by whoever knows it. Every other session ends with it and this one gets a new token; the
 * person is told by mail, in the same transaction, and every organisation of theirs has it in its log.
 */
import { and, eq, ne, sql } from "drizzle-orm";
import { randomBytes } from "node:crypto";
import { inTenant } from "@headwater/db";
import type { Database } from "@headwater/db";
import type { UserId } from "@headwater/db/schema/ids.ts";
import { sessions, signInMethods } from "@headwater/db/schema/tables.ts";
import { audit } from "../datasources/audit.ts";
import { writeMail } from "../mails/write.ts";
import { readMemberships } from "../reading/organisation.ts";
import type { Transaction } from "../reading/transaction.ts";
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
  deps: SignUpDeps,
  person: SignedIn,
  { current, next }: PasswordChange,
  address: string | null,
): Promise<Changed> {
  const { db } = deps;
  if (!(await isOwnPassword(db.drizzle, person.userId, current))) return "wrong";
  const standing = await standingOf(db, person.userId);
  if (next === current || isWeak(next, wordsOf(person, standing))) return "weak";
  const password = await hashPassword(next);
  const token = randomBytes(32).toString("base64url");
  await db.drizzle.transaction(async (tx) => {
    await tx
      .update(sessions)
      .set({ token: hashToken(token) })
      .where(eq(sessions.id, person.sessionId));
    await replacePassword(tx, deps, {
      person,
      standing,
      password,
      keeps: person.sessionId,
      address,
      verb: "password.changed",
    });
  });
  return { token };
}

/** Whoever is signed in knows it: asked again for what a browser left open must not do. */
export async function isOwnPassword(
  drizzle: Pick<Transaction, "select">,
  id: UserId,
  password: string,
): Promise<boolean> {
  const [method] = await drizzle.select().from(signInMethods).where(passwordOf(id));
  return method?.password != null && (await isPassword({ hash: method.password, password }));
}

type Standing = Awaited<ReturnType<typeof readMemberships>>;
type Named = Pick<SignedIn, "userId" | "name" | "email" | "locale">;

export const standingOf = (db: Database, id: UserId): Promise<Standing> =>
  inTenant(db, null, ({ drizzle }) => readMemberships(drizzle, id), { userId: id });

/** What a password of theirs may not be made of. */
export const wordsOf = ({ name, email }: Named, standing: Standing): string[] => [
  name,
  email.split("@")[0] ?? "",
  ...standing.map(({ organisation }) => organisation.name),
];

export interface Replacing {
  readonly person: Named;
  readonly standing: Standing;
  /** Hashed. */
  readonly password: string;
  /** The session that goes on; null: none does. */
  readonly keeps: string | null;
  readonly address: string | null;
  readonly verb: "password.changed" | "password.recovered";
}

/** Every session but the one that is kept ends, the person is told by mail, each organisation by its log: all or nothing. */
export async function replacePassword(
  tx: Transaction,
  { vaultPublicKey, publicUrl }: SignUpDeps,
  { person, standing, password, keeps, address, verb }: Replacing,
): Promise<void> {
  await tx.update(signInMethods).set({ password }).where(passwordOf(person.userId));
  const others = keeps === null ? undefined : ne(sessions.id, keeps);
  await tx.delete(sessions).where(and(eq(sessions.userId, person.userId), others));
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
    const entry = { verb, objectType: "person", objectId: person.userId } as const;
    await audit({ db: tx, caller: { kind: "person", userId: person.userId }, visitor: { address } }, entry);
  }
}

const passwordOf = (id: UserId) => and(eq(signInMethods.userId, id), eq(signInMethods.providerId, "credential"));
