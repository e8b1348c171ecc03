// Shopify's two signatures: hex over the sorted callback query, base64 over a webhook's body.
import { createHmac, timingSafeEqual } from "node:crypto";

/** Spaces as %20, never as +. */
const pair = ([key, value]: readonly [string, string]): string =>
  `${encodeURIComponent(key)}=${encodeURIComponent(value)}`;

export function signedQuery(parameters: Readonly<Record<string, string>>, secret: string): string {
  const sorted = Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const message = sorted.map(pair).join("&");
  const hmac = createHmac("sha256", secret).update(message).digest("hex");
  return [...sorted, ["hmac", hmac] as const].map(pair).join("&");
}

export const webhookHmac = (body: string, secret: string): string =>
  createHmac("sha256", secret).update(body, "utf8").digest("base64");

export function isSameSecret(given: string, known: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(known);
  return a.length === b.length && timingSafeEqual(a, b);
}
