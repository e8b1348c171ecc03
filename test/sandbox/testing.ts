// A sandbox of one's own for a test, and a caller that speaks to it as a real app would: over HTTP, by real names.
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "./config.ts";
import { startSandbox, type Sandbox } from "./server.ts";
import { twinFolders } from "./twins.ts";

export const testClient = {
  clientId: "test-client",
  clientSecret: "test-secret",
  redirectUris: ["http://127.0.0.1:4000/oauth/shopify/callback"],
};

/** Ours at every platform that has a twin. */
export const testClients: Readonly<Record<string, Client>> = Object.fromEntries([
  ["shopify", testClient],
  ...twinFolders.map((platform) => [platform, testClientOf(platform)] as const),
]);

function testClientOf(platform: string): Client {
  const redirectUris = [`http://127.0.0.1:4000/oauth/${platform}/callback`];
  return { clientId: `test-${platform}`, clientSecret: `test-secret-of-${platform}`, redirectUris };
}

export const everyScope =
  "read_orders,read_all_orders,read_customers,read_products,read_inventory,read_returns,read_reports,read_fulfillments";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly text: string;
}

export interface Call {
  readonly host?: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs?: number;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly scope: string;
  readonly expires_in: number;
  readonly refresh_token_expires_in: number;
}

/** An answer is looked into by path, as a test reads it; what is not there is undefined. */
export interface Json {
  readonly [key: string]: Json | undefined;
}

export const items = (json: Json | undefined): Json[] => (Array.isArray(json) ? json : []);
export const words = (json: Json | undefined): string =>
  typeof json === "string" ? json : (JSON.stringify(json) ?? "");

export interface TestSandbox extends Sandbox {
  call(call: Call): Promise<Reply>;
  json(call: Call): Promise<Json>;
  desk(path: string, body?: object): Promise<Json>;
  consent(shop: string, scopes?: string, form?: Readonly<Record<string, string>>): Promise<URL>;
  token(shop: string, form: Readonly<Record<string, string>>, accept?: string): Promise<Reply>;
  install(shop: string, scopes?: string): Promise<Tokens>;
  graphql(shop: string, token: string, query: string, variables?: object): Promise<Json>;
}

function send(
  origin: string,
  { host, method = "GET", path, headers = {}, body, timeoutMs = 60_000 }: Call,
): Promise<Reply> {
  const url = new URL(origin);
  return new Promise((resolve, reject) => {
    const named = host === undefined ? {} : { host };
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const outgoing = request(
      {
        hostname: url.hostname,
        port: url.port,
        method,
        path,
        headers: { ...named, ...length, ...headers },
        agent: false,
      },
      (message) => {
        const chunks: Buffer[] = [];
        message.on("data", (chunk: Buffer) => chunks.push(chunk));
        message.on("error", reject);
        message.on("end", () => {
          const whole = Buffer.concat(chunks);
          resolve({
            status: message.statusCode ?? 0,
            headers: message.headers,
            body: whole,
            text: whole.toString("utf8"),
          });
        });
      },
    );
    // Over all, not idle: a body that drips is late too.
    const timer = setTimeout(() => outgoing.destroy(new Error("timed out")), timeoutMs);
    outgoing.on("close", () => clearTimeout(timer));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

const parsed = (text: string): Json => JSON.parse(text);

/** What stands in the address that the consent screen is opened at. */
export const authorizeQuery = (scopes: string, state = "a-state"): URLSearchParams =>
  new URLSearchParams({
    client_id: testClient.clientId,
    scope: scopes,
    redirect_uri: testClient.redirectUris[0] ?? "",
    state,
  });

/** Alone on a free port, and still unless the test says otherwise. */
const alone = { port: 0, host: "127.0.0.1", appUrl: null, seed: 7, sftpPort: null, starterPid: null } as const;

export async function startTestSandbox(
  options: { live?: "on" | "off"; webhookUrl?: string; clients?: Readonly<Record<string, Client>> } = {},
): Promise<TestSandbox> {
  const dataDir = mkdtempSync(join(tmpdir(), "headwater-sandbox-"));
  const sandbox = await startSandbox({
    ...alone,
    dataDir,
    shopify: testClient,
    clients: { ...testClients, ...options.clients },
    webhookUrl: options.webhookUrl ?? null,
    live: options.live ?? "off",
  });
  const call = (each: Call): Promise<Reply> => send(sandbox.origin, each);
  const post = { method: "POST", headers: { "content-type": "application/json", accept: "application/json" } };
  const token: TestSandbox["token"] = (shop, form, accept = "application/json") =>
    call({
      host: shop,
      path: "/admin/oauth/access_token",
      method: "POST",
      headers: { "content-type": "application/json", accept },
      body: JSON.stringify({ client_id: testClient.clientId, client_secret: testClient.clientSecret, ...form }),
    });
  const consent: TestSandbox["consent"] = async (shop, scopes = everyScope, form = {}) => {
    const body = new URLSearchParams({ decision: "install", other_shop: "", ...form });
    const kept = form["kept"] ?? scopes;
    body.delete("kept");
    for (const scope of kept.split(",")) body.append("scope_kept", scope);
    const path = `/~/${shop}/admin/oauth/authorize?${authorizeQuery(scopes).toString()}`;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const reply = await call({ path, method: "POST", headers, body: body.toString() });
    return new URL(String(reply.headers["location"] ?? "about:blank"));
  };
  return {
    ...sandbox,
    call,
    json: async (each) => parsed((await call(each)).text),
    desk: async (path, body) =>
      parsed(
        (
          await call(
            body === undefined
              ? { path: `/_desk/${path}` }
              : { path: `/_desk/${path}`, ...post, body: JSON.stringify(body) },
          )
        ).text,
      ),
    consent,
    token,
    async install(shop, scopes = everyScope) {
      const code = (await consent(shop, scopes)).searchParams.get("code") ?? "";
      const tokens: Tokens = JSON.parse((await token(shop, { code, expiring: "1" })).text);
      return tokens;
    },
    async graphql(shop, access, query, variables = {}) {
      const headers = { ...post.headers, "x-shopify-access-token": access };
      const path = "/admin/api/2026-10/graphql.json";
      return parsed(
        (await call({ host: shop, path, method: "POST", headers, body: JSON.stringify({ query, variables }) })).text,
      );
    },
    async close() {
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
