// A person removes the app in their Facebook settings: what Meta posts is believed by its signature, and every datasource on that
// login, of whatever organisation, asks to be authorized again.
import { openDatabase } from "@headwater/db";
import { ownApi } from "@headwater/server/testing/own-api.ts";
import { makeDatasource } from "@headwater/server/testing/rows.ts";
import { signUp } from "@headwater/server/testing/visitor.ts";
import { handleWebhooks } from "@headwater/workflows/worker/webhooks.ts";
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { metaClient, people } from "./meta.ts";

const app = { clientId: metaClient.clientId, clientSecret: metaClient.clientSecret };
const api = ownApi({ apps: new Map([["meta-ads", app]]) });

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

function signed(person: string, secret: string): string {
  const facts = { algorithm: "HMAC-SHA256", issued_at: Math.floor(Date.now() / 1000), user_id: person };
  const payload = Buffer.from(JSON.stringify(facts)).toString("base64url");
  return `${createHmac("sha256", secret).update(payload).digest("base64url")}.${payload}`;
}
const post = (word: string) =>
  fetch(`${api.url}/webhooks/meta-ads`, { method: "POST", body: new URLSearchParams({ signed_request: word }) });

async function standOn(person: string): Promise<string> {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { facts: { platform: "meta-ads" } });
  await api.owner
    .sql`update grants set platform = 'meta-ads', login_key = ${person}, verified_at = now() - interval '1 hour' where id = ${made.grantId}`;
  return made.id;
}
const authOf = async (id: string) => (await api.owner.sql`select auth from datasources where id = ${id}`)[0]?.["auth"];

test("forged it is refused and nothing is kept; signed it ends the login for all who stand on it, and for no other", async () => {
  const mine = [await standOn(people.priya), await standOn(people.priya)];
  const other = await standOn(people.agency);
  expect((await post(signed(people.priya, "not the secret"))).status).toBe(401);
  expect(await api.owner.sql`select 1 from inbound_webhooks`).toHaveLength(0);
  const word = signed(people.priya, metaClient.clientSecret);
  for (let n = 0; n < 2; n += 1) expect((await post(word)).status).toBe(200);
  expect(await api.owner.sql`select 1 from inbound_webhooks`).toHaveLength(1);
  const db = openDatabase({ url: api.databaseUrls.workerUrl, max: 2 });
  const deps = { db, log: silent, subjectOf: () => null, eraseCustomer: () => Promise.resolve() };
  expect(await handleWebhooks(deps)).toBe(1);
  await db.close();
  for (const id of mine) expect(await authOf(id)).toBe("revoked");
  expect(await authOf(other)).toBe("ok");
});
