// What Meta tells the app: that a person has removed it. One signed field in a form; declared in the app's own settings, so
// there is nothing to register. The signature covers the payload as it came, and the payload names the person.
import { createHmac, timingSafeEqual, createHash } from "node:crypto";
import { parseExactly, type Json } from "../json.ts";
import { isFields, textOrNull } from "../read-fields.ts";
import type { WebhookReading, Webhooks } from "../webhooks.ts";

const forged: WebhookReading = { kind: "refused", status: 401, problem: { code: "meta-ads.callbackForged" } };

export const metaAdsWebhooks: Webhooks = {
  register: () => Promise.resolve(),
  read: ({ body }, client) => {
    const signed = new URLSearchParams(Buffer.from(body).toString("utf8")).get("signed_request") ?? "";
    const [signature = "", payload = "", ...more] = signed.split(".");
    if (payload === "" || more.length > 0) return { ...forged, status: 400 };
    const expected = createHmac("sha256", client.clientSecret).update(payload).digest();
    const given = Buffer.from(signature, "base64url");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return forged;
    const fields = parsed(Buffer.from(payload, "base64url").toString("utf8"));
    const user = isFields(fields) ? textOrNull(fields, "user_id") : null;
    if (!isFields(fields) || fields["algorithm"] !== "HMAC-SHA256" || user === null || user === "")
      return { ...forged, status: 400 };
    const seconds = Number(fields["issued_at"] ?? Number.NaN);
    return {
      kind: "accepted",
      // Of what is signed: the signature itself can be spelled in many ways.
      webhookId: createHash("sha256").update(payload).digest("hex").slice(0, 32),
      topic: "uninstalled",
      sourceTopic: "deauthorize",
      accountKey: user,
      triggeredAt: Number.isFinite(seconds) ? new Date(seconds * 1000) : null,
    };
  },
};

function parsed(text: string): Json {
  try {
    return parseExactly(text);
  } catch {
    return null; // signed, and still no JSON: refused by the caller
  }
}
