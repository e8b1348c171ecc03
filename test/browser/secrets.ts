// O9: what the app tells the browser in a visit, addresses, headers, pages, answers and live news, and that no secret of any
// source is in it. What the secrets are, the sandbox knows: it gave them out.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { BrowserContext, Request } from "playwright-core";
import type { RunningStack } from "../setup/stack.ts";

export interface Told {
  readonly where: string;
  readonly text: string;
}

/** The same for everybody, from the build. */
const built: ReadonlySet<string> = new Set(["script", "stylesheet", "font", "image", "manifest"]);

/** Answers all that was told so far. */
export function listenIn(context: BrowserContext, appUrl: string): () => Promise<readonly Told[]> {
  const told: Told[] = [];
  const coming: Promise<void>[] = [];
  const hear = async (request: Request): Promise<void> => {
    const response = await request.response();
    const body = (await response?.text().catch(() => "")) ?? ""; // a redirect has none, a page that was left keeps none
    const text = [request.url(), JSON.stringify(response?.headers()), body].join("\n");
    told.push({ where: new URL(request.url()).pathname, text });
  };
  context.on("requestfinished", (request) => {
    if (!request.url().startsWith(`${appUrl}/`) || built.has(request.resourceType())) return;
    coming.push(hear(request).catch(() => undefined)); // the visit is over
  });
  context.on("page", (page) => {
    page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => told.push({ where: "live news", text: payload.toString() }));
    });
  });
  return async () => {
    await Promise.all(coming);
    return told;
  };
}

function secretsOf({ dataDir, settings }: RunningStack): string[] {
  using database = new DatabaseSync(join(dataDir, "sandbox", "sandbox.sqlite"), { readOnly: true });
  const rows = database
    .prepare(
      `select token as secret from access_tokens union select token from refresh_tokens
       union select token from meta_tokens union select key from klaviyo_keys`,
    )
    .all();
  const own = [...settings.sandbox.SANDBOX_CLIENTS.matchAll(/"clientSecret":"([^"]+)"/gu)].map(
    ([, secret = ""]) => secret,
  );
  return [...rows.map(({ secret }) => String(secret)), ...own];
}

/** Where a secret was told, never which. */
export function leaksIn(told: readonly Told[], stack: RunningStack): string[] {
  const secrets = secretsOf(stack);
  return told.filter(({ text }) => secrets.some((secret) => text.includes(secret))).map(({ where }) => where);
}
