import { connectorFor } from "@headwater/connectors/connectors.ts";
import type { OAuth } from "@headwater/connectors/authorization.ts";

/** Null for a platform that is signed in to in another way. */
export function oauthOf(platform: string): OAuth | null {
  const authorization = connectorFor(platform)?.authorization;
  return authorization?.kind === "oauth" ? authorization : null;
}
