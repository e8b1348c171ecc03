/**
 * Every few seconds: whose session, token or role has ended while they listen? They are closed. Whose session is about to end?
 * They are told. And whether workers are still seen.
 */
import { and, eq, gt, inArray, isNull } from "drizzle-orm";
import { inTenant } from "@headwater/db";
import { apiTokens, memberships, sessions } from "@headwater/db/schema/tables.ts";
import type { OrganisationId } from "@headwater/db/schema/ids.ts";
import type { Caller } from "../access/caller.ts";
import type { Services } from "../graphql/context.ts";
import { errorFacts } from "../log.ts";
import { readHealth } from "../reading/health.ts";
import { ABSOLUTE_S } from "../signin/auth.ts";
import type { EndReason } from "./member.ts";
import type { Hub } from "./hub.ts";

/** A session or role that ends is noticed within this and the time of one look: under five seconds. */
export const LOOK_EVERY_MS = 2500;

/** How long before a session ends whoever listens is told of it. */
const WARN_MS = 2 * 60_000;

export interface SessionEnd {
  readonly at: Date;
  /** Use extends it; not beyond thirty days. */
  readonly canStay: boolean;
}

export interface Listening {
  readonly caller: Caller;
  end(why: EndReason): void;
  /** Told when it is about to end, and with null once it no longer is. */
  readonly tellEnd?: (end: SessionEnd | null) => void;
}

export interface Watch {
  close(): void;
}

export function openWatch(services: Services, hub: Hub, listening: () => Iterable<Listening>): Watch {
  let wasFetching: boolean | null = null;
  let isLooking = false;
  const told = new WeakMap<Listening, number>();

  function tell(one: Listening, end: SessionEnd | null): void {
    const at = end?.at.getTime();
    if (one.tellEnd === undefined || told.get(one) === at) return;
    if (at === undefined) told.delete(one);
    else told.set(one, at);
    one.tellEnd(end);
  }

  async function look(): Promise<void> {
    const all = [...listening()];
    if (all.length === 0) return;
    const { ended, ending } = await lookAt(
      services,
      all.map(({ caller }) => caller),
    );
    for (const one of all) {
      if (ended.has(keyOf(one.caller))) one.end("revoked");
      else if (one.caller.kind === "person") tell(one, ending.get(one.caller.sessionId) ?? null);
    }
    const { isFetching } = await inTenant(services.db, null, ({ drizzle }) => readHealth(drizzle, services.clock()), {
      readOnly: true,
    });
    if (wasFetching !== null && wasFetching !== isFetching) hub.besideChanged();
    wasFetching = isFetching;
  }

  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    look()
      .catch((error: unknown) => services.log.warn("could not look after sessions", errorFacts(error)))
      .finally(() => {
        isLooking = false;
      });
  }, LOOK_EVERY_MS);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

function keyOf(caller: Caller): string {
  switch (caller.kind) {
    case "person":
      return `person ${caller.sessionId} ${caller.organisationId} ${caller.role}`;
    case "token":
      return `token ${caller.tokenId}`;
    case "nobody":
      return "nobody";
    default:
      return caller satisfies never;
  }
}

interface Looked {
  /** Keys of those who no longer are who they were. */
  readonly ended: ReadonlySet<string>;
  /** Sessions that are about to end. */
  readonly ending: ReadonlyMap<string, SessionEnd>;
}

/** One statement for all sessions, one short transaction an organisation. */
async function lookAt({ db, clock }: Pick<Services, "db" | "clock">, callers: readonly Caller[]): Promise<Looked> {
  const now = clock();
  const living = new Set<string>(["nobody"]);
  const people = callers.filter((caller) => caller.kind === "person");
  const ids = [...new Set(people.map(({ sessionId }) => sessionId))];
  const rows =
    ids.length === 0
      ? []
      : await db.drizzle
          .select({ id: sessions.id, expiresAt: sessions.expiresAt, createdAt: sessions.createdAt })
          .from(sessions)
          .where(and(inArray(sessions.id, ids), gt(sessions.expiresAt, now)));
  const sessionsAlive = new Set(rows.map(({ id }) => id));
  const byOrganisation = Map.groupBy(
    callers.filter((caller) => caller.kind !== "nobody" && caller.organisationId !== null),
    (caller) => (caller.kind === "nobody" ? null : caller.organisationId),
  );
  for (const [organisation, members] of byOrganisation) {
    if (organisation === null) continue;
    for (const key of await livingIn(db, organisation, members, { sessionsAlive, now })) living.add(key);
  }
  const ending = rows.filter(({ expiresAt }) => expiresAt.getTime() - now.getTime() <= WARN_MS).map(endOf);
  return { ended: new Set(callers.map(keyOf).filter((key) => !living.has(key))), ending: new Map(ending) };
}

function endOf({ id, expiresAt, createdAt }: Pick<typeof sessions.$inferSelect, "id" | "expiresAt" | "createdAt">) {
  const canStay = expiresAt.getTime() < createdAt.getTime() + ABSOLUTE_S * 1000;
  return [id, { at: expiresAt, canStay }] as const;
}

async function livingIn(
  db: Services["db"],
  organisation: OrganisationId,
  callers: readonly Caller[],
  { sessionsAlive, now }: { readonly sessionsAlive: ReadonlySet<string>; readonly now: Date },
): Promise<string[]> {
  const { roles, tokens } = await inTenant(
    db,
    organisation,
    async ({ drizzle }) => ({
      roles: await drizzle
        .select({ userId: memberships.userId, role: memberships.role })
        .from(memberships)
        .where(eq(memberships.organisationId, organisation)),
      tokens: await drizzle
        .select({ id: apiTokens.id, scopes: apiTokens.scopes })
        .from(apiTokens)
        .where(and(isNull(apiTokens.revokedAt), gt(apiTokens.expiresAt, now))),
    }),
    { readOnly: true },
  );
  return callers.flatMap((caller) => {
    if (caller.kind === "token") return tokens.some(({ id }) => id === caller.tokenId) ? [keyOf(caller)] : [];
    if (caller.kind !== "person" || !sessionsAlive.has(caller.sessionId)) return [];
    return roles.some(({ userId, role }) => userId === caller.userId && role === caller.role) ? [keyOf(caller)] : [];
  });
}
