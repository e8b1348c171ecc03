// What Meta tells the app: that a person has removed it, or asks that what it keeps about them is deleted. One signed field in
// a form; both addresses are declared in the app's own settings, so there is nothing to register. The signature covers the
// payload as it came, and the payload names the person; what is asked stands in the address alone.
import { createHmac, timingSafeEqual, createHash } from "node:crypto";
import { numberIn, parseExactly, type Json } from "../json.ts";
import { laterBy } from "../protocol/later.ts";
import { isFields, wordsOf } from "../read-fields.ts";
import type { WebhookReading, Webhooks } from "../webhooks.ts";

const forged: WebhookReading = { kind: "refused", status: 401, problem: { code: "meta-ads.callbackForged" } };
const DELETION = "data-deletion";

export const metaAdsWebhooks: Webhooks = {
  doors: [DELETION],
  register: () => Promise.resolve(),
  receipt: ({ url, code }) => ({ url, confirmation_code: code }),
  read: ({ body, door }, client) => {
    const signed = new URLSearchParams(Buffer.from(body).toString("utf8")).get("signed_request") ?? "";
    const [signature = "", payload = "", ...more] = signed.split(".");
    if (payload === "" || more.length > 0) return { ...forged, status: 400 };
    const expected = createHmac("sha256", client.clientSecret).update(payload).digest();
    const given = Buffer.from(signature, "base64url");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return forged;
    const fields = parsed(Buffer.from(payload, "base64url").toString("utf8"));
    const user = isFields(fields) ? wordsOf(fields, "user_id") : "";
    if (!isFields(fields) || fields["algorithm"] !== "HMAC-SHA256" || user === "") return { ...forged, status: 400 };
    const seconds = numberIn(fields["issued_at"]);
    const told = {
      kind: "accepted",
      accountKey: user,
      triggeredAt: Number.isFinite(seconds) ? laterBy(new Date(0), seconds * 1000) : null,
    } as const;
    if (door === DELETION)
      return {
        ...told,
        // A code that is shown to whoever has it: of the secret too, for person and second could be guessed.
        webhookId: createHmac("sha256", client.clientSecret)
          .update(`${DELETION} ${payload}`)
          .digest("hex")
          .slice(0, 32),
        topic: "loginErasure",
        sourceTopic: DELETION,
        receipt: true,
      };
    return {
      ...told,
      // Of what is signed: the signature itself can be spelled in many ways.
      webhookId: createHash("sha256").update(payload).digest("hex").slice(0, 32),
      topic: "uninstalled",
      sourceTopic: "deauthorize",
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
