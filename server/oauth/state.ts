/**
 * The state of a consent: whose organisation, and 256 bits that only this process can make and only once. Rows keep its
 * hash; a repeated Connect can be given the same address again, because it is made from the attempt and our secret.
 */
import { createHash, createHmac, randomBytes } from "node:crypto";
import { isUuid, organisationId } from "@headwater/db/schema/ids.ts";
import type { ConnectAttemptId, OrganisationId } from "@headwater/db/schema/ids.ts";

export const makeNonce = (): string => randomBytes(32).toString("base64url");

/** Unguessable twice over: by the attempt's own random nonce and by our secret. */
export function stateOf(
  secret: string,
  organisation: OrganisationId,
  attempt: ConnectAttemptId,
  nonce: string,
): string {
  const proof = createHmac("sha256", secret).update(`oauth state\n${attempt}\n${nonce}`).digest();
  return Buffer.concat([Buffer.from(organisation.replaceAll("-", ""), "hex"), proof]).toString("base64url");
}

export const hashState = (state: string): string => createHash("sha256").update(state).digest("hex");

/** The organisation that a state speaks of. It proves nothing yet: the row with its hash does. */
export function organisationInState(state: string): OrganisationId | null {
  if (!/^[\w-]{64}$/.test(state)) return null;
  const hex = Buffer.from(state, "base64url").subarray(0, 16).toString("hex");
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return isUuid(id) ? organisationId(id) : null;
}

/** What the consent is bound to besides the person: the session of the browser that began it. */
export const browserHash = (secret: string, sessionId: string): string =>
  createHmac("sha256", secret).update(`oauth browser\n${sessionId}`).digest("hex");

export interface Pkce {
  readonly verifier: string;
  readonly challenge: string;
}

export function makePkce(): Pkce {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: challengeOf(verifier) };
}
export const challengeOf = (verifier: string): string => createHash("sha256").update(verifier).digest("base64url");
