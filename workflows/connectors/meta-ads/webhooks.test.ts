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
const read = (signed: string, door: string | null = null, secret = "hush") =>
  metaAdsWebhooks.read(
    { headers: new Map(), body: Buffer.from(new URLSearchParams({ signed_request: signed }).toString()), door },
    { ...client, clientSecret: secret },
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

test("a request to delete is another event than the removal, with a code that only we and Meta know", () => {
  const word = `${signature(good)}.${good}`;
  const [removal, deletion] = [read(word), read(word, "data-deletion")];
  expect(deletion).toMatchObject({ kind: "accepted", topic: "loginErasure", accountKey: "1022", receipt: true });
  expect(read(word, "data-deletion")).toEqual(deletion);
  if (removal.kind !== "accepted" || deletion.kind !== "accepted") throw new Error("refused");
  expect(deletion.webhookId).toMatch(/^[0-9a-f]{32}$/);
  expect(deletion.webhookId).not.toBe(removal.webhookId);
  const others = read(`${signature(good, "another")}.${good}`, "data-deletion", "another");
  expect(others.kind === "accepted" && others.webhookId).not.toBe(deletion.webhookId);
  expect(read(`${signature(good, "another")}.${good}`, "data-deletion").kind).toBe("refused");
  expect(metaAdsWebhooks.receipt?.({ url: "https://app.example.com/x", code: "c" })).toEqual({
    url: "https://app.example.com/x",
    confirmation_code: "c",
  });
});
