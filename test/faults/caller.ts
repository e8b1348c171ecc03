// A person's browser without the browser: signs in, asks GraphQL, clicks through consent, all over HTTP.
import { randomUUID } from "node:crypto";

export type Fields = Readonly<Record<string, unknown>>;

export interface Caller {
  graphql(document: string, variables?: object): Promise<Fields>;
  /** A mutation whose `input` gets an idempotency key; answers its payload, whatever type of the union it is. */
  command(name: string, input: object, selection?: string): Promise<Fields & { readonly outcome: string }>;
  /** Opens a consent address as a browser would, decides, and follows the way back into the app. */
  consent(authorizeUrl: string, decision?: Consent): Promise<{ readonly status: number; readonly text: string }>;
  readonly cookie: () => string;
}

export interface Consent {
  /** What is filled in at a platform whose page is not Shopify's. */
  readonly form?: readonly (readonly [name: string, value: string])[];
  readonly decision?: "install" | "refuse";
  readonly otherShop?: string;
  readonly without?: readonly string[];
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const step of path) found = isFields(found) ? found[step] : undefined;
  return found;
}

/** Commands that say no more than which datasource. */
const plain = new Set(["syncNow", "resumeDatasource", "cancelConnect", "undoDisconnect"]);

const capitalised = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

class CookieJar {
  readonly #cookies = new Map<string, string>();

  take(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const equals = pair.indexOf("=");
      this.#cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
  }

  get text(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
}

function scopesIn(page: string): string[] {
  return [...page.matchAll(/name="scope_kept"\s+value="([^"]+)"/g)].map((match) => match[1] ?? "");
}

async function decide(url: string, consent: Consent): Promise<Response> {
  if (consent.form !== undefined)
    return fetch(url, {
      method: "POST",
      body: new URLSearchParams(consent.form.map(([name, value]) => [name, value])),
      redirect: "manual",
    });
  const page = await fetch(url, { redirect: "manual" });
  if (page.status !== 200)
    throw new Error(`The consent screen answered ${page.status}: ${(await page.text()).slice(-300)}`);
  const form = new URLSearchParams({ decision: consent.decision ?? "install", other_shop: consent.otherShop ?? "" });
  const left = new Set(consent.without);
  for (const scope of scopesIn(await page.text())) if (!left.has(scope)) form.append("scope_kept", scope);
  return fetch(url, { method: "POST", body: form, redirect: "manual" });
}

export async function signIn(
  appUrl: string,
  person: { email: string; password: string },
  organisation: string,
): Promise<Caller> {
  const jar = new CookieJar();
  const { origin } = new URL(appUrl);
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set("origin", origin);
    headers.set("cookie", jar.text);
    headers.set("x-organisation", organisation);
    headers.set("x-locale", "en");
    // A connection that has been idle may be closed by a busy server as it is used again.
    headers.set("connection", "close");
    const response = await fetch(new URL(path, appUrl), {
      ...init,
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(60_000),
    });
    jar.take(response);
    return response;
  };
  const json = { "content-type": "application/json" };
  const entered = await ask("/api/auth/sign-in/email", { method: "POST", headers: json, body: JSON.stringify(person) });
  if (!entered.ok) throw new Error(`Sign-in answered ${entered.status}: ${(await entered.text()).slice(0, 300)}`);

  const graphql: Caller["graphql"] = async (query, variables = {}) => {
    const response = await ask("/graphql", {
      method: "POST",
      headers: json,
      body: JSON.stringify({ query, variables }),
    });
    const body: unknown = await response.json();
    const data = at(body, "data");
    if (!response.ok || at(body, "errors") !== undefined || !isFields(data))
      throw new Error(`GraphQL: ${response.status} ${JSON.stringify(body).slice(0, 500)}`);
    return data;
  };
  return {
    graphql,
    cookie: () => jar.text,
    async command(name, input, selection = "") {
      const type = plain.has(name) ? "DatasourceCommandInput" : `${capitalised(name)}Input`;
      const success = `... on ${capitalised(name)}Success { ${selection || "__typename"} }`;
      const document = `mutation($input: ${type}!) { ${name}(input: $input) { outcome: __typename ... on UserError { code message } ${success} } }`;
      const payload = at(await graphql(document, { input: { idempotencyKey: randomUUID(), ...input } }), name);
      if (!isFields(payload)) throw new Error(`${name} answered nothing`);
      return { ...payload, outcome: String(payload["outcome"]) };
    },
    async consent(authorizeUrl, consent = {}) {
      const decided = await decide(authorizeUrl, consent);
      const back = decided.headers.get("location");
      if (back === null) return { status: decided.status, text: await decided.text() };
      let response = await ask(back, { method: "GET" });
      for (let hops = 0; response.status >= 300 && response.status < 400 && hops < 5; hops += 1) {
        response = await ask(new URL(response.headers.get("location") ?? "/", appUrl).href, { method: "GET" });
      }
      return { status: response.status, text: await response.text() };
    },
  };
}
