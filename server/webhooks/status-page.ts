/**
 * How far a request to delete is, by the code that whoever asked was given: no sign-in, and nothing about anybody. What came,
 * when, and whether it was carried out; a code that is not known looks like one whose trace has gone with its time.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { and, eq } from "drizzle-orm";
import { inboundWebhooks } from "@headwater/db/schema/tables.ts";
import type { Services } from "../graphql/context.ts";
import { header, send } from "../http/exchange.ts";
import { escapeHtml, htmlPage } from "../http/html.ts";
import { UNTRACED_HEADERS } from "../http/security-headers.ts";
import { platformEntry } from "../reading/catalog.ts";
import { localeFrom } from "../words/catalog.ts";
import { wordsIn } from "../words/words.ts";
import type { Words } from "../words/words.ts";

export interface Door {
  readonly platform: string;
  readonly door: string | null;
}

export const statusPath = ({ platform, door }: Door, code: string): string =>
  `/webhooks/${[platform, door, code].filter((part) => part !== null).join("/")}`;

const CODE = /^[0-9a-f]{32}$/;

export async function answerStatus(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
  { platform, door, code }: Door & { readonly code: string },
): Promise<void> {
  const isPage = request.method === "GET" || request.method === "HEAD";
  if (!isPage) return send(response, { status: 405, headers: { allow: "GET, HEAD" } });
  const source = platformEntry(platform);
  if (source === null || door === null || !CODE.test(code)) return send(response, { status: 404 });
  const [asked] = await services.db.drizzle
    .select({ receivedAt: inboundWebhooks.receivedAt, handledAt: inboundWebhooks.handledAt })
    .from(inboundWebhooks)
    .where(
      and(
        eq(inboundWebhooks.platform, platform),
        eq(inboundWebhooks.webhookId, code),
        eq(inboundWebhooks.topic, "loginErasure"),
      ),
    );
  const words = wordsIn(localeFrom(header(request, "accept-language")));
  const state = asked === undefined ? "unknown" : asked.handledAt === null ? "waiting" : "done";
  const day = asked?.receivedAt.toISOString().slice(0, 10) ?? "";
  const said = words.say(`page.deletion.${state}`, { source: source.name, day });
  return send(response, {
    status: asked === undefined ? 404 : 200,
    type: "text/html; charset=utf-8",
    headers: UNTRACED_HEADERS,
    body: page(said, words.say("page.deletion.about", { source: source.name }), words),
  });
}

const page = (said: string, about: string, { locale }: Words): string =>
  htmlPage({
    locale,
    style: "/oauth/returned.css",
    meta: '<meta name="robots" content="noindex">',
    body: `<body>
<main>
<p role="status">${escapeHtml(said)}</p>
<p>${escapeHtml(about)}</p>
</main>
</body>`,
  });
