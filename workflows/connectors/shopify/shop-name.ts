// The shop as a person types it, and as Shopify sends it back. Both must end as the one name that its API answers to.
import type { Notice } from "../notice.ts";

const SHOP = /^[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com$/;
const HANDLE = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** As a browser shows them: behind the name a page of that shop, which nobody reads. */
const ADMIN = /^admin\.shopify\.com\/store\/([a-z0-9][a-z0-9-]{0,62})(?:\/[a-z0-9_/-]*)?(?:[?#].*)?$/;
const PAGE = /^([a-z0-9.-]+)\/[a-z0-9_/-]*(?:[?#].*)?$/;
const OTHER_DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/.*)?$/;
const PLAIN_ASCII = /^[\x21-\x7e]+$/;

export type ShopName = { readonly ok: true; readonly shop: string } | { readonly ok: false; readonly problem: Notice };

/** A handle, a shop address or that of a page of it or of its admin; never the shop's own storefront domain. */
export function readShopName(typed: string): ShopName {
  const trimmed = typed.trim();
  if (trimmed === "") return { ok: false, problem: { code: "shopify.shopMissing" } };
  // Before lower-casing: letters outside ASCII exist whose lower case is inside it.
  if (!PLAIN_ASCII.test(trimmed)) return notAShop();
  const name = trimmed
    .toLowerCase()
    .replace(/^https:\/\//, "")
    .replace(/\/+$/, "");
  if (HANDLE.test(name)) return { ok: true, shop: `${name}.myshopify.com` };
  const handle = ADMIN.exec(name)?.[1];
  if (handle !== undefined) return { ok: true, shop: `${handle}.myshopify.com` };
  const host = PAGE.exec(name)?.[1] ?? name;
  if (isShop(host)) return { ok: true, shop: host };
  const isStorefront = OTHER_DOMAIN.test(name) && !/shopify\.com/.test(name);
  return isStorefront ? { ok: false, problem: { code: "shopify.customDomain" } } : notAShop();
}

/** Exactly a shop's own name, nothing to be forgiven: for what a machine sent. */
export function isShop(name: string): boolean {
  return SHOP.test(name);
}

function notAShop(): ShopName {
  return { ok: false, problem: { code: "shopify.notAShop" } };
}
