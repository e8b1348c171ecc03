import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { metaAdsWebhooks } from "./webhooks.ts";

const client = {
  clientId: "app",
  clientSecret: "hush",
  redirectUri: "https://app.example.com/oauth/meta-ads/callback",
};
const payloadOf = (facts: object): string => Buffer.from(JSON.stringify(facts)).toString("base64url");
const good = payloadOf({ algorithm: "HMAC-SHA256", issued_at: 1_763_600_000, user_id: "1022" });
const signature = (payload: string, secret = "hush"): string =>
  createHmac("sha256", secret).update(payload).digest("base64url");
const read = (signed: string) =>
  metaAdsWebhooks.read(
    { headers: new Map(), body: Buffer.from(new URLSearchParams({ signed_request: signed }).toString()) },
    client,
  );

test("a person who removed the app is named by what is signed", () => {
  const reading = read(`${signature(good)}.${good}`);
  expect(reading).toMatchObject({
    kind: "accepted",
    topic: "uninstalled",
    accountKey: "1022",
    triggeredAt: new Date(1_763_600_000_000),
  });
  expect(read(`${signature(good)}.${good}`)).toEqual(reading);
});

test.each([
  ["another secret", `${signature(good, "other")}.${good}`],
  ["another payload", `${signature(good)}.${payloadOf({ algorithm: "HMAC-SHA256", user_id: "7" })}`],
  ["no signature", `.${good}`],
  ["no payload", `${signature(good)}.`],
  ["three parts", `${signature(good)}.${good}.x`],
  ["nothing", ""],
  ["nobody", `${signature(payloadOf({ algorithm: "HMAC-SHA256" }))}.${payloadOf({ algorithm: "HMAC-SHA256" })}`],
  ["another algorithm", `${signature(payloadOf({ user_id: "1" }))}.${payloadOf({ user_id: "1" })}`],
  ["no JSON", `${signature("eHg")}.eHg`],
])("%s is refused", (_, signed) => {
  expect(read(signed).kind).toBe("refused");
});

test("one delivery is one event, however its signature is spelled", () => {
  const reading = read(`${signature(good)}.${good}`);
  for (const spelled of [
    `${signature(good)}=`,
    ` ${signature(good)}`,
    signature(good).replace("-", "+").replace("_", "/"),
  ])
    expect(read(`${spelled}.${good}`), spelled).toEqual(reading);
});
