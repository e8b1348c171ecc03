/** Writes the row of one trip to a consent screen and gives the address that the browser goes to. */
import { connectorFor } from "@headwater/connectors/connectors.ts";
import type { OAuth, OAuthClient, Params } from "@headwater/connectors/authorization.ts";
import { connectAttempts } from "@headwater/db/schema/tables.ts";
import type { ConnectAttemptId, DatasourceId, OrganisationId, UserId } from "@headwater/db/schema/ids.ts";
import type { ConnectPurpose } from "@headwater/db/schema/values.ts";
import type { Context, Services } from "../graphql/context.ts";
import { isObject, text } from "../graphql/json-fields.ts";
import { NotAllowed } from "../words/problems.ts";
import { oauthOf } from "./oauth-of.ts";
import { browserHash, challengeOf, hashState, makeNonce, makePkce, stateOf } from "./state.ts";

export const CONSENT_MS = 10 * 60_000;

/** Where the small page leads when it was opened in the tab itself: an allow-listed page, never an address. */
export const RETURN_PAGES = ["DATASOURCES", "DATASOURCE", "WELCOME", "CONNECT"] as const;
export type ReturnPage = (typeof RETURN_PAGES)[number];

export interface Trip {
  readonly id: ConnectAttemptId;
  readonly organisation: OrganisationId;
  readonly datasource: DatasourceId;
  readonly platform: string;
  readonly purpose: ConnectPurpose;
  readonly params: Params;
  readonly returnTo: ReturnPage | null;
  /** By a link: whom it is made for, the browser's own name, and which link. Absent: the person who asks. */
  readonly as?: { readonly userId: UserId; readonly browser: string; readonly link: string };
}

export function clientOf(services: Pick<Services, "appOf" | "publicUrl">, platform: string): OAuthClient | null {
  const app = services.appOf(platform);
  return app === null ? null : { ...app, redirectUri: new URL(`/oauth/${platform}/callback`, services.publicUrl).href };
}

interface Stored {
  readonly id: ConnectAttemptId;
  readonly organisationId: OrganisationId;
  readonly platform: string;
  readonly params: unknown;
  readonly codeVerifier: string | null;
}

export async function startTrip(ctx: Context, trip: Trip): Promise<void> {
  const by =
    trip.as ?? (ctx.caller.kind === "person" ? { userId: ctx.caller.userId, browser: ctx.caller.sessionId } : null);
  if (by === null) throw new NotAllowed();
  const nonce = makeNonce();
  const secret = ctx.services.secret;
  const state = stateOf(secret, trip.organisation, trip.id, nonce);
  const pkce = oauthOf(trip.platform)?.pkce === true ? makePkce() : null;
  await ctx.db.insert(connectAttempts).values({
    organisationId: trip.organisation,
    id: trip.id,
    stateHash: hashState(state),
    browserHash: browserHash(secret, by.browser),
    userId: by.userId,
    platform: trip.platform,
    datasourceId: trip.datasource,
    purpose: trip.purpose,
    params: { nonce, typed: { ...trip.params }, ...(trip.as === undefined ? {} : { link: trip.as.link }) },
    codeVerifier: pkce?.verifier ?? null,
    returnTo: trip.returnTo,
    expiresAt: new Date(ctx.now.getTime() + CONSENT_MS),
  });
}

/** The same for a repeated question: nothing in it is made twice. Null where the app is not set up here. */
export function consentAddress(services: Services, stored: Stored): string | null {
  const oauth = oauthOf(stored.platform);
  const client = clientOf(services, stored.platform);
  const nonce = nonceOf(stored.params);
  if (oauth === null || client === null || nonce === null) return null;
  const address = oauth.consentAddress({
    client,
    params: typedOf(stored.params),
    state: stateOf(services.secret, stored.organisationId, stored.id, nonce),
    codeChallenge: stored.codeVerifier === null ? null : challengeOf(stored.codeVerifier),
    scopes: connectorFor(stored.platform)?.catalog.scopes.map((use) => use.scope) ?? [],
  });
  return services.outbound.browserAddress(address);
}

/**
 * RFC 9207: whoever says that they answer must be whom we asked. Few sources say it; those that do not prove it otherwise.
 * A stand-in of PROVIDER_ROUTES may give its own name.
 */
export function isIssuer(
  { outbound }: Pick<Services, "outbound">,
  { attempt, oauth, client }: { readonly attempt: Stored; readonly oauth: OAuth; readonly client: OAuthClient },
  query: string,
): boolean {
  const said = new URLSearchParams(query).getAll("iss");
  if (said.length === 0) return true;
  const params = typedOf(attempt.params);
  const asked = oauth.consentAddress({ client, params, state: "", codeChallenge: null, scopes: [] });
  const ours = [asked.origin, new URL(outbound.browserAddress(asked)).origin];
  return said.length === 1 && ours.includes(said[0]?.replace(/\/$/, "") ?? "");
}

const nonceOf = (params: unknown): string | null => (isObject(params) ? text(params, "nonce") : null);

/** The link that the trip was made by; null for a member's own. */
export const linkOf = (params: unknown): string | null => (isObject(params) ? text(params, "link") : null);

/** What the person typed, as the connector read it. */
export function typedOf(params: unknown): Params {
  const typed = isObject(params) ? params["typed"] : null;
  if (!isObject(typed)) return {};
  return Object.fromEntries(
    Object.entries(typed).flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : [])),
  );
}
