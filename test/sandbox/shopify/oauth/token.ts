// POST /admin/oauth/access_token: code, refresh, client credentials, and the exchange of a token that never expires.
import { randomUUID } from "node:crypto";
import type { Shop } from "../seed/shop.ts";
import {
  accessSeconds,
  install,
  installOf,
  issueAccess,
  issueRefresh,
  refreshSeconds,
  retrySeconds,
  type TokenServices,
} from "./installs.ts";
import { isSameSecret } from "./hmac.ts";

export interface TokenReply {
  readonly status: number;
  readonly body: Readonly<Record<string, string | number | null>>;
  readonly grant: string;
}

const refuse = (status: number, error: string, description: string, grant: string): TokenReply => ({
  status,
  grant,
  body: { error, error_description: description },
});

const deadRefresh = "This request requires an active refresh_token";

interface Pair {
  readonly family: string;
  readonly scopes: readonly string[];
  readonly refreshToken: string;
  readonly refreshUntil: number;
  readonly grant: string;
}

function pair(services: TokenServices, shop: Shop, given: Pair): TokenReply {
  const { family, scopes, refreshToken, refreshUntil, grant } = given;
  const access = issueAccess(services, shop.id, family, "expiring");
  const left = refreshUntil - services.clock.nowSeconds();
  return {
    status: 200,
    grant,
    body: {
      access_token: access.token,
      scope: scopes.join(","),
      expires_in: accessSeconds,
      refresh_token: refreshToken,
      refresh_token_expires_in: left,
    },
  };
}

function byCode(services: TokenServices, shop: Shop, form: Readonly<Record<string, string>>): TokenReply {
  const { store, clock, client } = services;
  const now = clock.nowSeconds();
  const row = store.first(
    "select shop, client, scopes, issued_at, used_at from codes where code = ?",
    form["code"] ?? "",
  );
  const isGood =
    row &&
    row["shop"] === shop.id &&
    row["client"] === client.clientId &&
    row["used_at"] === null &&
    Number(row["issued_at"]) > now - 600;
  if (!isGood)
    return refuse(400, "invalid_request", "The authorization code was not found or was already used", "code");
  store.run("update codes set used_at = ? where code = ?", now, form["code"] ?? "");
  const scopes = String(row["scopes"])
    .split(",")
    .filter((each) => each !== "");
  install(services, shop.id, scopes, now);
  const family = randomUUID();
  if (form["expiring"] === "1")
    return pair(services, shop, {
      family,
      scopes,
      refreshToken: issueRefresh(services, shop.id, family),
      refreshUntil: now + refreshSeconds,
      grant: "code",
    });
  const access = issueAccess(services, shop.id, family, "lasting");
  return { status: 200, grant: "code", body: { access_token: access.token, scope: scopes.join(",") } };
}

function endFamily(services: TokenServices, family: string, now: number): void {
  services.store.run("update refresh_tokens set ended_at = ? where family = ? and ended_at is null", now, family);
  services.store.run("update access_tokens set ended_at = ? where family = ? and ended_at is null", now, family);
}

function byRefresh(services: TokenServices, shop: Shop, form: Readonly<Record<string, string>>): TokenReply {
  const { store, clock, client } = services;
  const now = clock.nowSeconds();
  const token = form["refresh_token"] ?? "";
  const grant = "refresh";
  const dead = refuse(401, "invalid_request", deadRefresh, grant);
  const scopes = installOf(services, shop.id)?.scopes;
  const row = store.first(
    "select family, expires_at, first_used_at, replaced_by, ended_at from refresh_tokens where token = ? and shop = ? and client = ?",
    token,
    shop.id,
    client.clientId,
  );
  if (!row || !scopes) return dead;
  const family = String(row["family"]);
  const isReplaced = row["replaced_by"] !== null;
  const next = isReplaced
    ? store.first(
        "select token, first_used_at, expires_at, ended_at from refresh_tokens where token = ?",
        String(row["replaced_by"]),
      )
    : undefined;
  // The desk can turn the retry off: then a refresh token works once, as with providers of the strict kind.
  const mayRetry = store.readSetting("refreshRetry") !== "off" && now <= Number(row["first_used_at"]) + retrySeconds;
  const isRetry = mayRetry && next !== undefined && next["first_used_at"] === null && next["ended_at"] === null;
  if (row["ended_at"] !== null || Number(row["expires_at"]) <= now || (isReplaced && !isRetry)) {
    if (isReplaced) noteReuse(services, family, now);
    return dead;
  }
  // Both tokens rotate; a repeat of a lost answer gets the same refresh token again, with a fresh access token.
  store.run("update access_tokens set ended_at = ? where family = ? and ended_at is null", now, family);
  if (isRetry) {
    const refreshToken = String(next["token"]);
    return pair(services, shop, { family, scopes, refreshToken, refreshUntil: Number(next["expires_at"]), grant });
  }
  const fresh = issueRefresh(services, shop.id, family);
  store.run(
    "update refresh_tokens set first_used_at = coalesce(first_used_at, ?), replaced_by = ? where token = ?",
    now,
    fresh,
    token,
  );
  return pair(services, shop, { family, scopes, refreshToken: fresh, refreshUntil: now + refreshSeconds, grant });
}

/** A desk setting: a provider that takes a reused token for a theft ends the whole family. */
function noteReuse(services: TokenServices, family: string, now: number): void {
  const { store } = services;
  store.writeSetting("refreshReuses", String(Number(store.readSetting("refreshReuses") ?? 0) + 1));
  if (store.readSetting("reuseDetection") === "on") endFamily(services, family, now);
}

function byCredentials(services: TokenServices, shop: Shop): TokenReply {
  const scopes = installOf(services, shop.id)?.scopes;
  if (!scopes) return refuse(400, "shop_not_permitted", "The app is not installed on this shop", "client_credentials");
  const access = issueAccess(services, shop.id, randomUUID(), "credentials");
  return {
    status: 200,
    grant: "client_credentials",
    body: { access_token: access.token, scope: scopes.join(","), expires_in: access.expiresIn },
  };
}

const offline = "urn:shopify:params:oauth:token-type:offline-access-token";

/** Changes a token that never expires for a pair that does; a lost answer may be asked for again for seven days. */
function byExchange(services: TokenServices, shop: Shop, form: Readonly<Record<string, string>>): TokenReply {
  const grant = "token-exchange";
  const now = services.clock.nowSeconds();
  const scopes = installOf(services, shop.id)?.scopes;
  if (form["subject_token_type"] !== offline || form["requested_token_type"] !== offline || form["expiring"] !== "1") {
    return refuse(400, "invalid_request", "Unsupported token type", grant);
  }
  const row = services.store.first(
    `select family, ended_at from access_tokens where token = ? and shop = ? and kind = 'lasting'`,
    form["subject_token"] ?? "",
    shop.id,
  );
  const isKnown = row && (row["ended_at"] === null || Number(row["ended_at"]) > now - 7 * 86_400);
  if (!isKnown || !scopes) return refuse(400, "invalid_subject_token", "The subject token is not active", grant);
  services.store.run(
    "update access_tokens set ended_at = coalesce(ended_at, ?) where token = ?",
    now,
    form["subject_token"] ?? "",
  );
  const family = randomUUID();
  const refreshToken = issueRefresh(services, shop.id, family);
  return pair(services, shop, { family, scopes, refreshToken, refreshUntil: now + refreshSeconds, grant });
}

export function answerToken(services: TokenServices, shop: Shop, form: Readonly<Record<string, string>>): TokenReply {
  const grant = form["grant_type"] ?? (form["code"] === undefined ? "none" : "code");
  const isClient =
    form["client_id"] === services.client.clientId &&
    isSameSecret(form["client_secret"] ?? "", services.client.clientSecret);
  if (!isClient) return refuse(400, "invalid_client", "The client is not known or its secret is wrong", grant);
  return services.store.transaction(() => {
    switch (grant) {
      case "code":
      case "authorization_code":
        return byCode(services, shop, form);
      case "refresh_token":
        return byRefresh(services, shop, form);
      case "client_credentials":
        return byCredentials(services, shop);
      case "urn:ietf:params:oauth:grant-type:token-exchange":
        return byExchange(services, shop, form);
      default:
        return refuse(400, "unsupported_grant_type", `Grant ${grant} is not supported`, grant);
    }
  });
}
