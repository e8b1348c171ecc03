// Shopify signs the query of every redirect to us. Checked before anything in it is used.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Notice } from "../notice.ts";

/** As in Shopify's own SDK: a signature older or newer than this is somebody's replay. */
const FRESH_MS = 90_000;
const SIGNATURES = new Set(["hmac", "signature"]);

export type SignedQuery =
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly status: 400 | 401; readonly problem: Notice };

export function readSignedQuery(query: string, secret: string, now: Date): SignedQuery {
  const pairs = [...new URLSearchParams(query)];
  const values = new Map(pairs);
  // A name given twice could be signed as one value and read as the other.
  if (values.size !== pairs.length) return { ok: false, status: 400, problem: { code: "shopify.callbackTwice" } };
  if (!isSignature(values.get("hmac") ?? "", signatureOf(pairs, secret)))
    return { ok: false, status: 401, problem: { code: "shopify.callbackForged" } };
  if (!isFresh(values.get("timestamp") ?? "", now))
    return { ok: false, status: 401, problem: { code: "shopify.callbackStale" } };
  return { ok: true, values };
}

/** Hex HMAC-SHA256 over the sorted pairs, written as Shopify's own SDK writes them, without the signatures themselves. */
export function signatureOf(pairs: readonly (readonly [string, string])[], secret: string): string {
  const sorted = pairs.filter(([name]) => !SIGNATURES.has(name)).toSorted(([a], [b]) => a.localeCompare(b));
  const message = new URLSearchParams(sorted.map((pair) => [...pair])).toString().replaceAll("+", "%20");
  return createHmac("sha256", secret).update(message).digest("hex");
}

function isSignature(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

function isFresh(timestamp: string, now: Date): boolean {
  return /^\d{1,12}$/.test(timestamp) && Math.abs(Number(timestamp) * 1000 - now.getTime()) <= FRESH_MS;
}
