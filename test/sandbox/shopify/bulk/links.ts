// Result links as Google Cloud Storage signs them: anybody who holds one may read, until it ends; no token belongs there.
import { createHmac } from "node:crypto";
import { isSameSecret } from "../oauth/hmac.ts";

export const storageHost = "storage.googleapis.com";
const folder = "/shopify-tiers-assets-prod-us-east1/bulk-operation-outputs/";
export const linkDays = 7;

const signature = (secret: string, file: string, until: number): string =>
  createHmac("sha256", secret).update(`${file}:${until}`).digest("base64url");

export function bulkLink(secret: string, file: string, untilMs: number): string {
  const until = Math.floor(untilMs / 1000);
  const query = new URLSearchParams({
    GoogleAccessId: "assets-us-prod@shopify-tiers.iam.gserviceaccount.com",
    Expires: String(until),
    Signature: signature(secret, file, until),
    "response-content-disposition": `attachment; filename="${file}"`,
    "response-content-type": "application/jsonl",
  });
  return `https://${storageHost}${folder}${file}?${query.toString()}`;
}

export type LinkVerdict =
  | { kind: "good"; file: string }
  | { kind: "expired" }
  | { kind: "forged" }
  | { kind: "unknown" };

export function judgeLink(secret: string, path: string, query: URLSearchParams, nowMs: number): LinkVerdict {
  const file = path.startsWith(folder) ? path.slice(folder.length) : "";
  if (!/^bulk-\d+-[0-9a-f]{16}\.jsonl$/.test(file)) return { kind: "unknown" };
  const until = Number(query.get("Expires"));
  if (!isSameSecret(query.get("Signature") ?? "", signature(secret, file, until))) return { kind: "forged" };
  return until * 1000 < nowMs ? { kind: "expired" } : { kind: "good", file };
}
