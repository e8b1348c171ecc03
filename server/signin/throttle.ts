/** Attempts counted in the database, so that every process sees one count: per account, and per address or IPv6 /64. */
import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import { eq, lt, sql } from "drizzle-orm";
import type { Database } from "@headwater/db";
import { throttles, verifications } from "@headwater/db/schema/tables.ts";
import { errorFacts } from "../log.ts";
import type { Log } from "../log.ts";

const WINDOW_MS = 15 * 60_000;
const KEPT_MS = 24 * 3_600_000;
const FORGET_EVERY_MS = 3_600_000;
export const ACCOUNT_TRIES = 10;
export const ACCOUNT_TRIES_ANYWHERE = 100;
export const SIGN_UPS = 20;
/** Mails about sign-ups to one address, whoever asks. */
export const MAILS_TO_ONE = 5;
/** An office is many people behind one address. */
export const ADDRESS_TRIES = 200;

/** An IPv6 customer has a whole /64: one address more is no other visitor. */
export function addressKey(address: string | null): string {
  const plain = (address ?? "unknown").replace(/^::ffff:(?=\d+\.)/, "");
  if (!isIPv6(plain)) return plain;
  const [head = "", tail] = plain.split("%")[0]?.split("::") ?? [];
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const middle = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => "0");
  return `${[...left, ...middle, ...right]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

export const keyOf = (kind: string, value: string): string =>
  `${kind}:${createHash("sha256").update(value.toLowerCase()).digest("base64url").slice(0, 32)}`;

export interface TooMany {
  readonly seconds: number;
  /** The try that locked it; those after it change nothing. */
  readonly isFirst: boolean;
}

interface Window {
  readonly now: Date;
  readonly windowMs: number;
}

/** Counts one more, and says how many it is since its window began. */
export async function countHit(
  drizzle: Pick<Database["drizzle"], "insert">,
  key: string,
  { now, windowMs }: Window,
): Promise<{ readonly hits: number; readonly windowStartedAt: Date }> {
  const since = new Date(now.getTime() - windowMs).toISOString();
  const isOver = sql`${throttles.windowStartedAt} < ${since}::timestamptz`;
  const [row = { hits: 1, windowStartedAt: now }] = await drizzle
    .insert(throttles)
    .values({ key, hits: 1, windowStartedAt: now })
    .onConflictDoUpdate({
      target: throttles.key,
      set: {
        hits: sql`case when ${isOver} then 1 else ${throttles.hits} + 1 end`,
        windowStartedAt: sql`case when ${isOver} then ${now.toISOString()}::timestamptz else ${throttles.windowStartedAt} end`,
      },
    })
    .returning();
  return row;
}

/** Counts one try. How long to wait when there were too many; null to go on. */
export async function countTry(
  { drizzle }: { readonly drizzle: Pick<Database["drizzle"], "insert"> },
  key: string,
  most: number,
  now: Date,
): Promise<TooMany | null> {
  const { hits, windowStartedAt } = await countHit(drizzle, key, { now, windowMs: WINDOW_MS });
  if (hits <= most) return null;
  const seconds = Math.max(1, Math.ceil((windowStartedAt.getTime() + WINDOW_MS - now.getTime()) / 1000));
  return { seconds, isFirst: hits === most + 1 };
}

export async function forgetTries(
  { drizzle }: { readonly drizzle: Pick<Database["drizzle"], "delete"> },
  key: string,
): Promise<void> {
  await drizzle.delete(throttles).where(eq(throttles.key, key));
}

/** A window is long over by then, and a link that has lapsed opens nothing: nothing that counts goes. */
export async function forgetOldTries(db: Database, now: Date): Promise<void> {
  await db.drizzle.delete(throttles).where(lt(throttles.windowStartedAt, new Date(now.getTime() - KEPT_MS)));
  await db.drizzle.delete(verifications).where(lt(verifications.expiresAt, now));
}

/** At start and each hour, for as long as the process lives. */
export function keepForgetting(db: Database, log: Log, clock: () => Date): { close(): void } {
  const forget = () =>
    void forgetOldTries(db, clock()).catch((error: unknown) => log.warn("old tries stayed", errorFacts(error)));
  forget();
  const timer = setInterval(forget, FORGET_EVERY_MS);
  timer.unref();
  return { close: () => clearInterval(timer) };
}
