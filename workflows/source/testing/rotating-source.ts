/** The rotating provider as a connector, its refresh included, over plain fetch. */
import type { Connector } from "@headwater/connectors/contract.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import { answerWith, outboundThat } from "@headwater/connectors/testing/answer.ts";
import type { SourceSession } from "@headwater/connectors/session.ts";
import { scripted, scriptedConnector } from "../../load/testing/scripted-source.ts";

export function rotatingSource(origin: string): Connector {
  return scriptedConnector({
    pages: scripted([]),
    refresh: async (credential) => {
      const response = await fetch(`${origin}/token`, {
        headers: { authorization: `Bearer ${credential["refresh"]}` },
      }).catch((cause: unknown) => {
        throw new SourceFailure({ class: "transient", code: "token.lost", said: "no answer" }, { cause });
      });
      if (!response.ok)
        throw new SourceFailure({ class: "reauthorize", why: "revoked", code: "token.refused", said: "invalid_grant" });
      const pair: { access: string; refresh: string } = await response.json();
      const hour = new Date(Date.now() + 3_600_000);
      const credentialNow = { access: pair.access, refresh: pair.refresh };
      return {
        login: { key: "x", details: {} },
        credential: credentialNow,
        scopes: [],
        accessExpiresAt: hour,
        endsAt: null,
      };
    },
  });
}

/** Straight to the provider. */
export const plainOutbound = (origin: string): Outbound =>
  outboundThat(async ({ headers }) => {
    const response = await fetch(`${origin}/call`, { headers: { authorization: headers?.["authorization"] ?? "" } });
    await response.arrayBuffer();
    return answerWith(response.status);
  });

export const callOnce = (session: SourceSession): Promise<number> =>
  session.http.call(
    { method: "GET", url: "https://source.test/call", credential: "attached", cost: 0, purpose: "call" },
    (answer) => {
      if (answer.status === 200) return Promise.resolve(answer.status);
      throw new SourceFailure({ class: "reauthorize", why: "expired", code: "call.refused", said: "401" });
    },
  );
