// The consent screen: a person reads what the app asks for, ticks scopes off, takes another shop, installs or refuses.
import { randomBytes } from "node:crypto";
import { html, page, type Html } from "../../html.ts";
import { pageAnswer, redirect, type Answer, type Incoming } from "../../http.ts";
import type { Shop } from "../seed/shop.ts";
import type { World } from "../seed/world.ts";
import { signedQuery } from "./hmac.ts";
import type { TokenServices } from "./installs.ts";

interface Asked {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly state: string;
}

const readAsked = (query: URLSearchParams): Asked => ({
  clientId: query.get("client_id") ?? "",
  scopes: (query.get("scope") ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== ""),
  redirectUri: query.get("redirect_uri") ?? "",
  state: query.get("state") ?? "",
});

function whyRefused(services: TokenServices, asked: Asked, query: URLSearchParams): string | null {
  if (asked.clientId !== services.client.clientId)
    return "invalid_request: Could not find Shopify API application with api_key";
  if (!services.client.redirectUris.includes(asked.redirectUri))
    return "invalid_request: The redirect_uri is not whitelisted";
  const wrong = asked.scopes.find((scope) => !/^(read|write)_[a-z_]+$/.test(scope));
  if (wrong !== undefined || asked.scopes.length === 0)
    return `invalid_scope: The access scope is invalid: ${wrong ?? "(none)"}`;
  if (query.getAll("grant_options[]").includes("per-user")) return "The stand-in gives offline tokens only";
  return null;
}

const errorPage = (status: number, said: string): Answer =>
  pageAnswer(
    status,
    page({
      title: "Something went wrong",
      isNarrow: true,
      body: html`<h1>Oauth error</h1>
        <p class="note">${said}</p>`,
    }),
  );

function consentPage(shop: Shop, asked: Asked, others: readonly Shop[]): Html {
  const scope = (name: string): Html =>
    html`<li>
      <label><input type="checkbox" name="scope_kept" value="${name}" checked /> <code>${name}</code></label>
    </li>`;
  const option = (each: Shop): Html =>
    html`<option value="${each.seed.domain}">${each.seed.name} (${each.seed.domain})</option>`;
  return html`<p class="soft">Stand-in for Shopify · ${shop.seed.domain}</p>
    <h1>Install Headwater on ${shop.seed.name}?</h1>
    <form method="post" action="" class="card">
      <fieldset style="border:0;padding:0;margin:0">
        <legend><strong>The app asks for</strong></legend>
        <ul class="plain">
          ${asked.scopes.map(scope)}
        </ul>
      </fieldset>
      <p class="soft">Tick a scope off to see what the app does without it.</p>
      <details>
        <summary>Answer as another shop</summary>
        <label
          >Install on
          <select name="other_shop">
            <option value="">${shop.seed.name} (the shop that was asked for)</option>
            ${others.map(option)}
          </select></label
        >
      </details>
      <p>
        <button class="main" name="decision" value="install">Install</button>
        <button name="decision" value="refuse">Refuse</button>
      </p>
    </form>
    <p class="soft">
      <a href="/" target="_blank" rel="noopener">Fault desk: break this shop on purpose (opens in a new tab)</a>
    </p>`;
}

const refusedPage = (shop: Shop): Answer =>
  pageAnswer(
    200,
    page({
      title: "Apps",
      isNarrow: true,
      body: html`<p class="soft">${shop.seed.domain}</p>
        <h1>Apps</h1>
        <p>The app was not installed. You can close this window.</p>`,
    }),
  );

/** Without the scopes that were ticked off. */
function installed(
  services: TokenServices,
  shop: Shop,
  { clientId, redirectUri, state }: Asked,
  scopes: readonly string[],
): Answer {
  const now = services.clock.nowSeconds();
  const code = randomBytes(16).toString("hex");
  services.store.run(
    "insert into codes (code, shop, client, scopes, redirect_uri, issued_at) values (?, ?, ?, ?, ?, ?)",
    code,
    shop.id,
    clientId,
    scopes.join(","),
    redirectUri,
    now,
  );
  const parameters = {
    code,
    shop: shop.seed.domain,
    state,
    timestamp: String(now),
    host: Buffer.from(`admin.shopify.com/store/${shop.seed.domain.replace(".myshopify.com", "")}`)
      .toString("base64")
      .replace(/=+$/, ""),
  };
  const separator = redirectUri.includes("?") ? "&" : "?";
  return redirect(302, `${redirectUri}${separator}${signedQuery(parameters, services.client.clientSecret)}`);
}

export async function answerAuthorize(
  services: TokenServices,
  world: World,
  shop: Shop,
  incoming: Incoming,
): Promise<Answer> {
  const asked = readAsked(incoming.query);
  const refused = whyRefused(services, asked, incoming.query);
  if (refused !== null) return errorPage(400, refused);
  if (incoming.method === "GET") {
    const others = world.shops().filter((each) => each !== shop);
    return pageAnswer(
      200,
      page({ title: `Install Headwater on ${shop.seed.name}`, isNarrow: true, body: consentPage(shop, asked, others) }),
      { "cache-control": "no-store" },
    );
  }
  const form = new URLSearchParams(incoming.body);
  if (form.get("decision") !== "install") return refusedPage(shop);
  const taken = world.byDomain(form.get("other_shop") ?? "") ?? shop;
  await taken.ready();
  const kept = new Set(form.getAll("scope_kept"));
  return installed(
    services,
    taken,
    asked,
    asked.scopes.filter((scope) => kept.has(scope)),
  );
}
