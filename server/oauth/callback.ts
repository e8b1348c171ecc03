/**
 * Home from a consent screen. The order is the protection: what the address proves by itself (hmac, freshness), then the
 * state's row with person, session, organisation, platform and time, used up before anything is exchanged; only then the
 * one call for tokens, and what it brings is sealed at once, as a candidate that a worker has yet to judge.
 */
import { and, eq, sql } from "drizzle-orm";
import { inTenant } from "@headwater/db";
import type { CallbackReading, OAuth, OAuthClient, Tokens } from "@headwater/connectors/authorization.ts";
import { isSourceFailure } from "@headwater/connectors/failure.ts";
import { connectAttempts } from "@headwater/db/schema/tables.ts";
import type { OrganisationId } from "@headwater/db/schema/ids.ts";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import { NOBODY } from "../access/caller.ts";
import type { Caller, Person } from "../access/caller.ts";
import { PERMISSIONS } from "../access/permissions.ts";
import type { Services, Visitor } from "../graphql/context.ts";
import { announce } from "../datasources/command.ts";
import { audit } from "../datasources/audit.ts";
import { globalId } from "../graphql/node.ts";
import { again, willPass } from "../http/again.ts";
import { errorFacts } from "../log.ts";
import { readRole } from "../reading/people.ts";
import { linkBrowser } from "../links/browser.ts";
import { giveLinkBack, takeLink } from "../links/use.ts";
import { keepCandidate } from "./keep-candidate.ts";
import { oauthOf } from "./oauth-of.ts";
import { clientOf, isIssuer, linkOf, typedOf } from "./start.ts";
import { browserHash, hashState, organisationInState } from "./state.ts";
import type { Outcome } from "./page.ts";

export interface Home {
  readonly status: 303 | 400 | 401 | 403 | 404;
  readonly outcome: Outcome;
  readonly attempt: string | null;
}

export interface Callback {
  readonly platform: string;
  /** Raw, without `?`: a proof over it must see what came. */
  readonly query: string;
  readonly person: Person | null;
  readonly visitor: Visitor;
}

type AttemptRow = typeof connectAttempts.$inferSelect;
const EXCHANGE_MS = 20_000;

export async function comeHome(services: Services, callback: Callback): Promise<Home> {
  const oauth = oauthOf(callback.platform);
  const client = clientOf(services, callback.platform);
  if (oauth === null || client === null) return { status: 404, outcome: "failed", attempt: null };
  const reading = oauth.readCallback(callback.query, client, services.clock());
  if (reading.kind === "refused") {
    services.log.warn("callback refused", { platform: callback.platform, code: reading.problem.code });
    return { status: reading.status, outcome: "forged", attempt: null };
  }
  const organisation = organisationInState(reading.state);
  if (organisation === null) return { status: 403, outcome: "late", attempt: null };
  const taken = await takeAttempt(services, callback, organisation, reading.state);
  if ("status" in taken) return taken;
  return reading.kind === "declined"
    ? declined(services, taken, reading)
    : granted(services, { ...taken, oauth, client, query: callback.query }, reading);
}

interface Taken {
  readonly attempt: AttemptRow;
  /** As a member of the attempt's organisation, whatever organisation the browser has open; nobody for a link's holder. */
  readonly caller: Caller;
  readonly visitor: Visitor;
}

/** Used up by the same statement that finds it: two callbacks with one state, and one goes on. */
async function takeAttempt(
  services: Services,
  { platform, person, visitor }: Callback,
  organisation: OrganisationId,
  state: string,
): Promise<Taken | Home> {
  const now = services.clock();
  return inTenant(services.db, organisation, async ({ drizzle }) => {
    const [attempt] = await drizzle
      .select()
      .from(connectAttempts)
      .where(eq(connectAttempts.stateHash, hashState(state)))
      .for("no key update");
    if (attempt === undefined || attempt.platform !== platform)
      return { status: 403, outcome: "late", attempt: null } as const;
    const link = linkOf(attempt.params);
    if (!isSameBrowser(services, attempt, link === null ? person : null, visitor))
      return { status: 403, outcome: "otherSession", attempt: null } as const;
    const id = globalId("ConnectAttempt", attempt.id);
    if (attempt.consumedAt !== null || attempt.expiresAt <= now)
      return { status: 403, outcome: "late", attempt: id } as const;
    // With the right of whoever began it, or sent the link, it stands and falls.
    const role = await readRole(drizzle, organisation, attempt.userId);
    if (role === null || !PERMISSIONS.consent.roles.includes(role))
      return { status: 403, outcome: "failed", attempt: id } as const;
    if (link !== null && !(await takeLink(drizzle, { link, attempt, now })))
      return { status: 403, outcome: "late", attempt: null } as const;
    await drizzle.update(connectAttempts).set({ consumedAt: now }).where(eq(connectAttempts.id, attempt.id));
    const isOwn = link === null && person !== null;
    return { attempt, visitor, caller: isOwn ? { ...person, organisationId: organisation, role } : NOBODY };
  });
}

/** A member's own trip is bound to person and session, a link's to the browser that followed it. */
function isSameBrowser({ secret }: Services, attempt: AttemptRow, person: Person | null, visitor: Visitor): boolean {
  if (person !== null)
    return attempt.userId === person.userId && attempt.browserHash === browserHash(secret, person.sessionId);
  const { browser } = visitor;
  const isLink = linkOf(attempt.params) !== null;
  return isLink && browser !== null && attempt.browserHash === browserHash(secret, linkBrowser(browser));
}

async function declined(
  services: Services,
  taken: Taken,
  reading: Extract<CallbackReading, { kind: "declined" }>,
): Promise<Home> {
  await settle(services, taken, { kind: "declined", problem: noticeOf(reading.problem) });
  return homeOf(taken, 303, ["refused", "notRenewed"]);
}

/** By a link: it was given back with the attempt, and whoever followed it is told so. */
const homeOf = (
  { attempt }: Taken,
  status: 303 | 403,
  [outcome, ofLink]: ["refused" | "failed", "notRenewed" | "otherAccount"],
): Home =>
  linkOf(attempt.params) === null
    ? { status, outcome, attempt: globalId("ConnectAttempt", attempt.id) }
    : { status, outcome: ofLink, attempt: null };

interface Granted extends Taken {
  readonly oauth: OAuth;
  readonly client: OAuthClient;
  /** As it came: who issued it is part of the proof. */
  readonly query: string;
}

async function granted(
  services: Services,
  taken: Granted,
  reading: Extract<CallbackReading, { kind: "granted" }>,
): Promise<Home> {
  const { attempt, caller, visitor, oauth, query } = taken;
  const isAsked = oauth.isFrom(reading.claims, typedOf(attempt.params));
  if (!isAsked || !isIssuer(services, taken, query)) {
    await settle(services, taken, { kind: "failed", problem: { code: "otherPlace" } });
    return homeOf(taken, 403, ["failed", isAsked ? "notRenewed" : "otherAccount"]);
  }
  try {
    const tokens = await exchange(services, taken, reading);
    return homeWith(taken, await keepCandidate(services, { attempt, tokens, caller, visitor }));
  } catch (error) {
    const isOfSource = isSourceFailure(error);
    if (!isOfSource && !willPass(error)) throw error;
    services.log.warn(isOfSource ? "exchange failed" : "consent not kept", {
      platform: attempt.platform,
      ...errorFacts(error),
    });
    const problem = isOfSource ? { problem: { code: error.failure.code } } : {};
    const isSettled = await again(() => settle(services, taken, { kind: "failed", ...problem }));
    return isSettled ? homeOf(taken, 303, ["failed", "notRenewed"]) : homeWith(taken, "kept");
  }
}

const homeWith = ({ attempt }: Taken, kept: "kept" | "late"): Home =>
  linkOf(attempt.params) === null
    ? { status: 303, outcome: kept === "kept" ? "returned" : "late", attempt: globalId("ConnectAttempt", attempt.id) }
    : { status: 303, outcome: kept === "kept" ? "renewed" : "late", attempt: null };

const exchange = (
  services: Services,
  { attempt, oauth, client }: Granted,
  reading: Extract<CallbackReading, { kind: "granted" }>,
): Promise<Tokens> =>
  oauth.exchange(services.outbound, {
    client,
    params: typedOf(attempt.params),
    claims: reading.claims,
    code: reading.code,
    codeVerifier: attempt.codeVerifier,
    now: services.clock(),
    signal: AbortSignal.timeout(EXCHANGE_MS),
  });

const noticeOf = ({
  code,
  values,
}: {
  code: string;
  values?: Readonly<Record<string, string | number>>;
}): JsonObject => ({ code, ...(values === undefined ? {} : { values: { ...values } }) });

/** False where its consent was kept: only the database's answer to that was lost. */
function settle({ db }: Services, { attempt, caller, visitor }: Taken, outcome: JsonObject): Promise<boolean> {
  return inTenant(db, attempt.organisationId, async ({ drizzle }) => {
    const settled = await drizzle
      .update(connectAttempts)
      .set({ outcome, codeVerifier: null })
      .where(
        and(eq(connectAttempts.id, attempt.id), sql`${connectAttempts.outcome}->>'kind' is distinct from 'granted'`),
      )
      .returning({ id: connectAttempts.id });
    if (settled.length === 0) return false;
    await giveLinkBack(drizzle, attempt);
    if (attempt.datasourceId === null) return true;
    await announce({ db: drizzle }, attempt.datasourceId);
    await audit(
      { db: drizzle, caller, visitor },
      {
        verb: "datasource.consentRefused",
        objectType: "datasource",
        objectId: attempt.datasourceId,
        datasourceId: attempt.datasourceId,
        after: outcome,
      },
    );
    return true;
  });
}
