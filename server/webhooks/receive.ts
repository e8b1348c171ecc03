/** What a source tells us unasked: verified on its raw bytes by the connector's own code, kept once, handled by a worker. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { inboundWebhooks } from "@headwater/db/schema/tables.ts";
import type { Services } from "../graphql/context.ts";
import { BodyTooLarge, readBody, send, sendJson } from "../http/exchange.ts";
import { clientOf } from "../oauth/start.ts";
import { statusPath } from "./status-page.ts";
import type { Door } from "./status-page.ts";

const BODY_MOST = 5_000_000;
/** Never kept: what a forged replay could use again. */
const NOT_KEPT = /hmac|signature|cookie|authorization/i;

const plain = (response: ServerResponse, status: number, body: string) =>
  send(response, { status, type: "text/plain; charset=utf-8", body });

export async function receiveWebhook(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
  { platform, door }: Door,
): Promise<void> {
  const webhooks = connectorFor(platform)?.webhooks;
  const client = clientOf(services, platform);
  const isThere = door === null || webhooks?.doors?.includes(door) === true;
  if (webhooks === undefined || client === null || !isThere)
    return plain(response, 404, "No webhooks of this platform.\n");
  if (request.method !== "POST") return send(response, { status: 405, headers: { allow: "POST" } });
  const body = await readBody(request, BODY_MOST).catch((error: unknown) => {
    if (error instanceof BodyTooLarge) return null;
    throw error;
  });
  if (body === null) return plain(response, 413, "Too large.\n");
  const reading = webhooks.read({ headers: headersOf(request), body, door }, client);
  if (reading.kind === "refused") {
    services.log.warn("webhook refused", { platform, code: reading.problem.code });
    return plain(response, reading.status, "Not verified.\n");
  }
  const kept = Object.fromEntries([...headersOf(request)].filter(([name]) => !NOT_KEPT.test(name)));
  // The same delivery twice is the same event: the second is thanked for and dropped.
  await services.db.drizzle
    .insert(inboundWebhooks)
    .values({
      platform,
      webhookId: reading.webhookId,
      topic: reading.topic,
      accountKey: reading.accountKey,
      headers: kept,
      body,
      triggeredAt: reading.triggeredAt,
    })
    .onConflictDoNothing();
  services.log.info("webhook kept", { platform, topic: reading.topic });
  if (reading.receipt === true && webhooks.receipt !== undefined) {
    const url = new URL(statusPath({ platform, door }, reading.webhookId), services.publicUrl).href;
    return sendJson(response, 200, webhooks.receipt({ url, code: reading.webhookId }));
  }
  return plain(response, 200, "Kept.\n");
}

const headersOf = ({ headers }: IncomingMessage): Map<string, string> =>
  new Map(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as const],
    ),
  );
