// What Meta tells the app unasked: that a person has removed it. A form with one signed field.
import { createHmac } from "node:crypto";
import type { MetaWorld } from "./world.ts";

const part = (text: string | Buffer): string => Buffer.from(text).toString("base64url");

export function signedRequest(world: MetaWorld, person: string, secret = world.client?.clientSecret ?? ""): string {
  const payload = part(
    JSON.stringify({ algorithm: "HMAC-SHA256", issued_at: world.clock.nowSeconds(), user_id: person }),
  );
  return `${part(createHmac("sha256", secret).update(payload).digest())}.${payload}`;
}

/** Once: Meta says it and does not say it again. */
export function announceGone(world: MetaWorld, person: string, secret?: string): void {
  const url = world.services.webhookUrl;
  if (url === null) return;
  const body = new URLSearchParams({ signed_request: signedRequest(world, person, secret) }).toString();
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body,
    signal: AbortSignal.timeout(5_000),
  })
    .then((answer) => answer.body?.cancel())
    // Nobody there: it is not said again.
    .catch(() => undefined);
}
