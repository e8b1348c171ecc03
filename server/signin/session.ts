/** Whose session a cookie is: signature first, then one statement. Twelve hours idle, thirty days at most. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { sessions, users } from "@headwater/db/schema/tables.ts";
import type { OrganisationId, UserId } from "@headwater/db/schema/ids.ts";
import { statement } from "@headwater/db";
import type { Askable } from "@headwater/db";
import type { Transaction } from "../reading/transaction.ts";
import { ABSOLUTE_S, IDLE_S } from "./auth.ts";
import { hashToken } from "./hashed-sessions.ts";

export interface SignedIn {
  readonly sessionId: string;
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
  readonly locale: string;
  readonly lastOrganisationId: OrganisationId | null;
  /** Not noted for a while: the row should be. */
  readonly isDueToBeSeen: boolean;
}

const SEEN_EVERY_MS = 5 * 60_000;

export function readCookie(header: string | undefined, name: string): string | null {
  for (const part of (header ?? "").split(";")) {
    const [key, ...value] = part.trim().split("=");
    if (key === name) return decoded(value.join("="));
  }
  return null;
}

function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null; // not an encoding that we ever wrote
  }
}

/** The token inside a signed cookie; null for what we did not sign. */
export function tokenInCookie(value: string | null, secret: string): string | null {
  const cut = value?.lastIndexOf(".") ?? -1;
  if (value === null || cut <= 0) return null;
  const token = value.slice(0, cut);
  const wanted = createHmac("sha256", secret).update(token).digest();
  const given = Buffer.from(value.slice(cut + 1), "base64");
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? token : null;
}

const sessionByToken = statement((pen) =>
  pen
    .select({
      sessionId: sessions.id,
      userId: users.id,
      name: users.name,
      email: users.email,
      locale: users.locale,
      expiresAt: sessions.expiresAt,
      createdAt: sessions.createdAt,
      seenAt: sessions.updatedAt,
      lastOrganisationId: sessions.lastOrganisationId,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.token, sql.placeholder("token"))),
);

export async function findSession(db: Askable, token: string, now: Date): Promise<SignedIn | null> {
  const [row] = await sessionByToken(db, { token: hashToken(token) });
  if (row === undefined || row.expiresAt <= now || now.getTime() - row.createdAt.getTime() > ABSOLUTE_S * 1000)
    return null;
  return { ...row, isDueToBeSeen: now.getTime() - row.seenAt.getTime() > SEEN_EVERY_MS };
}

/** Seen: twelve hours more, but never past thirty days from its sign-in. */
export async function noteSeen(db: Pick<Transaction, "update">, sessionId: string, now: Date): Promise<void> {
  const idleEnd = new Date(now.getTime() + IDLE_S * 1000);
  await db
    .update(sessions)
    .set({
      updatedAt: now,
      expiresAt: sql`least(${idleEnd.toISOString()}::timestamptz, ${sessions.createdAt} + make_interval(secs => ${ABSOLUTE_S}))`,
    })
    .where(eq(sessions.id, sessionId));
}
