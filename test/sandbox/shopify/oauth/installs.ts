// Who has installed the app with which scopes, and the tokens that stand on that: issue, rotate, die.
import { randomBytes } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { Client } from "../../config.ts";
import type { Store } from "../../store.ts";
import type { Shop } from "../seed/shop.ts";

export interface Install {
  readonly scopes: readonly string[];
  readonly installedAt: number;
}

export interface TokenServices {
  readonly store: Store;
  readonly clock: Clock;
  readonly client: Client;
}

export interface InstallServices extends TokenServices {
  /** Puts a webhook on its way to whoever asked for the topic. */
  announce(shop: Shop, topic: string, payload: Readonly<Record<string, unknown>>): void;
}

export const accessSeconds = 3600;
export const refreshSeconds = 90 * 86_400;
/** Since 2026-08-28: the old refresh token works until its replacement is used, at most thirty days from its first use. */
export const retrySeconds = 30 * 86_400;

const split = (text: unknown): string[] =>
  String(text)
    .split(",")
    .filter((each) => each !== "");

export function installOf(services: TokenServices, shop: number): Install | null {
  const row = services.store.first(
    "select scopes, installed_at from installs where shop = ? and client = ? and uninstalled_at is null",
    shop,
    services.client.clientId,
  );
  return row ? { scopes: split(row["scopes"]), installedAt: Number(row["installed_at"]) } : null;
}

export function install(services: TokenServices, shop: number, scopes: readonly string[], now: number): void {
  services.store.run(
    `insert into installs (shop, client, scopes, installed_at) values (?, ?, ?, ?)
     on conflict (shop, client) do update set scopes = excluded.scopes, installed_at = excluded.installed_at, uninstalled_at = null`,
    shop,
    services.client.clientId,
    scopes.join(","),
    now,
  );
}

export function setScopes(services: TokenServices, shop: number, scopes: readonly string[]): void {
  services.store.run(
    "update installs set scopes = ? where shop = ? and client = ?",
    scopes.join(","),
    shop,
    services.client.clientId,
  );
}

function endTokens(store: Store, shop: number, client: string, now: number): void {
  store.run(
    "update access_tokens set ended_at = ? where shop = ? and client = ? and ended_at is null",
    now,
    shop,
    client,
  );
  store.run(
    "update refresh_tokens set ended_at = ? where shop = ? and client = ? and ended_at is null",
    now,
    shop,
    client,
  );
}

/** Every token dies at once and the app is told, as when a merchant removes it. */
export function uninstall(services: InstallServices, shop: Shop, now: number): boolean {
  const { store, client } = services;
  return store.transaction(() => {
    const gone = store.run(
      "update installs set uninstalled_at = ? where shop = ? and client = ? and uninstalled_at is null",
      now,
      shop.id,
      client.clientId,
    );
    endTokens(store, shop.id, client.clientId, now);
    store.run(
      `update bulk_operations set status = 'CANCELED', completed_at = ? where shop = ? and status in ('CREATED', 'RUNNING')`,
      now,
      shop.id,
    );
    if (gone > 0)
      services.announce(shop, "app/uninstalled", {
        id: Number(shop.seed.shopId),
        name: shop.seed.name,
        domain: shop.seed.domain,
        myshopify_domain: shop.seed.domain,
      });
    store.run(
      "update webhook_subscriptions set deleted_at = ? where shop = ? and client = ? and deleted_at is null",
      now,
      shop.id,
      client.clientId,
    );
    return gone > 0;
  });
}

const hex = (): string => randomBytes(16).toString("hex");

export type AccessKind = "expiring" | "lasting" | "credentials";

export function issueAccess(
  services: TokenServices,
  shop: number,
  family: string,
  kind: AccessKind,
): { token: string; expiresIn: number | null } {
  const now = services.clock.nowSeconds();
  const token = `shpat_${hex()}`;
  const expiresIn = kind === "expiring" ? accessSeconds : kind === "credentials" ? 86_399 : null;
  services.store.run(
    "insert into access_tokens (token, shop, client, kind, family, issued_at, expires_at) values (?, ?, ?, ?, ?, ?, ?)",
    token,
    shop,
    services.client.clientId,
    kind,
    family,
    now,
    expiresIn === null ? null : now + expiresIn,
  );
  return { token, expiresIn };
}

export function issueRefresh(services: TokenServices, shop: number, family: string): string {
  const now = services.clock.nowSeconds();
  const token = `shprt_${hex()}`;
  services.store.run(
    "insert into refresh_tokens (token, shop, client, family, issued_at, expires_at) values (?, ?, ?, ?, ?, ?)",
    token,
    shop,
    services.client.clientId,
    family,
    now,
    now + refreshSeconds,
  );
  return token;
}

export type AccessVerdict = "good" | "dead" | "lasting";

/** What the Admin API makes of a token: good, dead (401), or one that never expires (403 for apps of this year). */
export function judgeAccess(services: TokenServices, shop: number, token: string | undefined): AccessVerdict {
  if (token === undefined) return "dead";
  const row = services.store.first(
    "select kind, expires_at, ended_at from access_tokens where token = ? and shop = ? and client = ?",
    token,
    shop,
    services.client.clientId,
  );
  if (!row || row["ended_at"] !== null || installOf(services, shop) === null) return "dead";
  if (row["expires_at"] !== null && Number(row["expires_at"]) <= services.clock.nowSeconds()) return "dead";
  return row["kind"] === "lasting" ? "lasting" : "good";
}
