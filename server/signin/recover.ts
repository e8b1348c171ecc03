/**
 * A forgotten password: whoever reads the mail chooses a new one, once, within the hour. Who asks learns nothing of whether
 * there is an account, for they are answered before anybody looks.
 */
import { createHash, randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { users, verifications } from "@headwater/db/schema/tables.ts";
import { isUuid, userId } from "@headwater/db/schema/ids.ts";
import { writeMail } from "../mails/write.ts";
import { replacePassword, standingOf, wordsOf } from "./change-password.ts";
import { hashPassword, isWeak } from "./passwords.ts";
import type { SignUpDeps } from "./sign-up.ts";

const RECOVER_MS = 3_600_000;
const hashOf = (token: string): string => `recover ${createHash("sha256").update(token).digest("base64url")}`;

export async function askToRecover(deps: SignUpDeps, email: string, now: Date): Promise<void> {
  const [user] = await deps.db.drizzle
    .select({ id: users.id, locale: users.locale })
    .from(users)
    .where(eq(users.email, email));
  if (user === undefined) return;
  const token = randomBytes(32).toString("base64url");
  await deps.db.drizzle.transaction(async (tx) => {
    const expiresAt = new Date(now.getTime() + RECOVER_MS);
    await tx.insert(verifications).values({ identifier: hashOf(token), value: user.id, expiresAt });
    await writeMail(tx, deps.vaultPublicKey, {
      to: email,
      locale: user.locale,
      kind: "recover",
      details: {},
      link: new URL(`/recover#${token}`, deps.publicUrl).href,
      organisation: null,
    });
  });
}

/** Every session ends with it; the person signs in with the new one. */
export async function recover(
  deps: SignUpDeps,
  { token, next }: { readonly token: string; readonly next: string },
  address: string | null,
  now: Date,
): Promise<"changed" | "weak" | "lapsed"> {
  const ofLink = eq(verifications.identifier, hashOf(token));
  const [waiting] = await deps.db.drizzle.select().from(verifications).where(ofLink);
  if (waiting === undefined || waiting.expiresAt <= now || !isUuid(waiting.value)) return "lapsed";
  const id = userId(waiting.value);
  const [user] = await deps.db.drizzle.select().from(users).where(eq(users.id, id));
  if (user === undefined) return "lapsed";
  const person = { userId: id, name: user.name, email: user.email, locale: user.locale };
  const standing = await standingOf(deps.db, id);
  if (isWeak(next, wordsOf(person, standing))) return "weak";
  const password = await hashPassword(next);
  return deps.db.drizzle.transaction(async (tx) => {
    const used = await tx.delete(verifications).where(ofLink).returning({ id: verifications.id });
    if (used.length === 0) return "lapsed";
    await replacePassword(tx, deps, { person, standing, password, keeps: null, address, verb: "password.recovered" });
    return "changed";
  });
}
