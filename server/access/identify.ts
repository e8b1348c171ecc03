/** Who a request comes from: an API token, else a session. A name given wrongly is nobody; there is no fallback identity. */
import { eq, sql } from "drizzle-orm";
import { askInTenant, inTenant, readInTenant, statement } from "@headwater/db";
import { NO_REGION, regionOf } from "@headwater/db/region.ts";
import type { Database } from "@headwater/db";
import { apiTokens, organisations, memberships } from "@headwater/db/schema/tables.ts";
import { addressKey } from "../signin/throttle.ts";
import { cookieName } from "../signin/auth.ts";
import { findSession, noteSeen, readCookie, tokenInCookie } from "../signin/session.ts";
import type { SignedIn } from "../signin/session.ts";
import { NOBODY } from "./caller.ts";
import type { Caller, Person, Token } from "./caller.ts";
import type { Rates } from "./rates.ts";
import { isSameHash, readToken } from "./token-text.ts";

export interface Credentials {
  readonly cookie: string | undefined;
  readonly authorization: string | undefined;
  /** Slug that the request names; null: the one last used. */
  readonly organisation: string | null;
  readonly address: string | null;
}

export interface IdentifyDeps {
  readonly db: Database;
  readonly secret: string;
  readonly publicUrl: string;
  readonly clock: () => Date;
  readonly rates: Rates;
}

/** Texts that look like a token and are none, a minute and address: each would cost a look into the database. */
const WRONG_TOKENS = 60;

export async function identify(deps: IdentifyDeps, given: Credentials): Promise<Caller> {
  const [, bearer] = /^Bearer (.+)$/i.exec(given.authorization ?? "") ?? [];
  if (bearer !== undefined) return identifyBearer(deps, bearer, given.address);
  const token = tokenInCookie(readCookie(given.cookie, cookieName(deps.publicUrl)), deps.secret);
  return token === null ? NOBODY : identifyPerson(deps, token, given.organisation);
}

async function identifyBearer(deps: IdentifyDeps, text: string, address: string | null): Promise<Caller> {
  const budget = [{ key: `wrong token ${addressKey(address)}`, limit: WRONG_TOKENS }];
  const now = deps.clock().getTime();
  if (deps.rates.take(budget, 0, now).remaining === 0) return NOBODY;
  const caller = await identifyToken(deps, text, address);
  if (caller.kind === "nobody") deps.rates.take(budget, 1, now);
  return caller;
}

const USED_EVERY_MS = 60_000;

async function identifyToken({ db, clock }: IdentifyDeps, text: string, address: string | null): Promise<Caller> {
  const read = readToken(text);
  if (read === null) return NOBODY;
  const { organisationId, tokenId } = read;
  const now = clock();
  const [row] = await askInTenant(
    db,
    organisationId,
    (ask) => ask<Known[]>`
      select t.name, scopes, secret_hash as "secretHash", revoked_at as "revokedAt", expires_at as "expiresAt",
        last_used_at as "lastUsedAt", o.zone, o.region
      from api_tokens t join organisations o on o.id = t.organisation_id
      where t.organisation_id = ${organisationId} and t.id = ${tokenId}`,
  );
  if (row === undefined || !isSameHash(row.secretHash, read.secretHash)) return NOBODY;
  if (row.revokedAt !== null || row.expiresAt <= now) return NOBODY;
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() > USED_EVERY_MS)
    await inTenant(db, organisationId, ({ drizzle }) =>
      drizzle.update(apiTokens).set({ lastUsedAt: now, lastUsedFrom: address }).where(eq(apiTokens.id, tokenId)),
    );
  const token: Token = {
    kind: "token",
    tokenId,
    name: row.name,
    organisationId,
    region: regionOf(row),
    scopes: row.scopes,
  };
  return token;
}

type Known = Pick<
  typeof apiTokens.$inferSelect,
  "name" | "scopes" | "secretHash" | "revokedAt" | "expiresAt" | "lastUsedAt"
> &
  Pick<typeof organisations.$inferSelect, "zone" | "region">;

/** One short transaction: session, then membership in the organisation that is asked for. */
async function identifyPerson({ db, clock }: IdentifyDeps, token: string, slug: string | null): Promise<Caller> {
  const now = clock();
  const found = await readInTenant(db, null, async ({ drizzle }) => {
    const session = await findSession(drizzle, token, now);
    if (session === null) return null;
    // Not waited for: on the one connection it comes before what is asked by that name.
    const named = drizzle.execute(sql`select set_config('app.user', ${session.userId}, true)`).execute();
    const [rows] = await Promise.all([membershipsOf(drizzle, { user: session.userId }), named]);
    return { session, person: personIn(session, rows, slug) };
  });
  if (found === null) return NOBODY;
  if (found.session.isDueToBeSeen) await noteSeen(db.drizzle, found.session.sessionId, now);
  return found.person;
}

const membershipsOf = statement((pen) =>
  pen
    .select({
      organisationId: memberships.organisationId,
      role: memberships.role,
      slug: organisations.slug,
      zone: organisations.zone,
      region: organisations.region,
    })
    .from(memberships)
    .innerJoin(organisations, eq(organisations.id, memberships.organisationId))
    .where(eq(memberships.userId, sql.placeholder("user")))
    .orderBy(memberships.createdAt),
);
type Member = Awaited<ReturnType<typeof membershipsOf>>[number];

function personIn(session: SignedIn, rows: readonly Member[], slug: string | null): Person {
  const { sessionId, userId, name, email } = session;
  const found =
    slug === null
      ? (rows.find((row) => row.organisationId === session.lastOrganisationId) ?? rows[0])
      : rows.find((row) => row.slug === slug);
  return {
    kind: "person",
    userId,
    sessionId,
    name,
    email,
    organisationId: found?.organisationId ?? null,
    region: found === undefined ? NO_REGION : regionOf(found),
    role: found?.role ?? null,
  };
}
