// A person asks at Facebook that what the app keeps about them is deleted: believed by its signature, answered with a link and a
// code, carried out at every organisation, and shown by the code to whoever has it.
import { openDatabase, type Database } from "@headwater/db";
import { ownApi } from "@headwater/server/testing/own-api.ts";
import { makeDatasource } from "@headwater/server/testing/rows.ts";
import { signUp } from "@headwater/server/testing/visitor.ts";
import { handleWebhooks } from "@headwater/workflows/worker/webhooks.ts";
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { metaClient, openMeta, people, type Meta } from "./meta.ts";

const app = { clientId: metaClient.clientId, clientSecret: metaClient.clientSecret };
const api = ownApi({ apps: new Map([["meta-ads", app]]) });
let meta: Meta;
let worker: Database;
beforeAll(async () => {
  meta = await openMeta({ webhookUrl: `${api.url}/webhooks` });
  worker = openDatabase({ url: api.databaseUrls.workerUrl, max: 2 });
});
afterAll(async () => {
  await worker.close();
  await meta.close();
});

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const handle = () =>
  handleWebhooks({ db: worker, log: silent, subjectOf: () => null, eraseCustomer: () => Promise.resolve() });

/** A datasource of an organisation of its own, with a credential in the vault. */
async function standOn(person: string, facts: object = {}) {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { facts: { platform: "meta-ads", ...facts } });
  const { sql } = api.owner;
  await sql`
    insert into credentials (organisation_id, grant_id, version, key_id, sealed, wrapped_key)
    values (${owner.organisationId}, ${made.grantId}, 1, 'test', '\\x01', '\\x01')`;
  await sql`
    update grants set platform = 'meta-ads', login_key = ${person}, holder = '{"name":"Priya Sharma"}',
      verified_at = now() - interval '1 hour', credential_id = (select id from credentials where grant_id = ${made.grantId})
    where id = ${made.grantId}`;
  return { ...made, owner };
}
const keptOf = async ({ id, grantId }: { id: string; grantId: string }) =>
  (
    await api.owner.sql`
      select d.auth, g.login_key, g.holder, g.ended_at is not null as ended,
        (select count(*)::int from credentials c where c.grant_id = g.id and c.sealed is not null) as readable
      from datasources d join grants g on g.id = ${grantId} where d.id = ${id}`
  )[0];

interface Asked {
  readonly state: string;
  readonly url?: string;
  readonly code?: string;
}
const askedOf = async (person: string): Promise<Asked | null> => {
  const told: { people: { id: string; deletion: Asked | null }[] } = JSON.parse(
    (await meta.sandbox.call({ path: "/_desk/meta-ads/state" })).text,
  );
  return told.people.find(({ id }) => id === person)?.deletion ?? null;
};
const look = async (code: string, language = "en") => {
  const page = await fetch(`${api.url}/webhooks/meta-ads/data-deletion/${code}`, {
    headers: { "accept-language": language },
  });
  return { status: page.status, text: await page.text() };
};

const receipted = (person: string) => expect.poll(async () => (await askedOf(person))?.state).toBe("receipt");

test("answered with a link and a code, carried out everywhere, and nothing of the person is left, nor of others touched", async () => {
  const [mine, other] = [await standOn(people.priya), await standOn(people.agency)];
  const ended = await standOn(people.priya, { disconnectedAt: new Date(), phase: "END" });
  await meta.act(`people/${people.priya}`, { action: "askDeletion" });
  await receipted(people.priya);
  const asked = await askedOf(people.priya);
  const code = asked?.code ?? "";
  expect(new URL(asked?.url ?? "").pathname).toBe(`/webhooks/meta-ads/data-deletion/${code}`);
  const waiting = await look(code);
  expect([waiting.status, waiting.text]).toEqual([200, expect.stringContaining("has arrived")]);

  // The removal of the app is told beside it: two events.
  await expect.poll(() => api.owner.sql`select 1 from inbound_webhooks`).toHaveLength(2);
  expect(await handle()).toBe(2);
  for (const made of [mine, ended])
    expect(await keptOf(made)).toMatchObject({
      login_key: `erased ${made.grantId}`,
      holder: null,
      ended: true,
      readable: 0,
    });
  expect((await keptOf(mine))?.["auth"]).toBe("revoked");
  expect(await keptOf(other)).toMatchObject({ auth: "ok", login_key: people.agency, readable: 1 });
  const held = await api.owner
    .sql`select coalesce(string_agg(w::text, ' '), '') as text from inbound_webhooks w where topic = 'loginErasure'`;
  expect(held[0]?.["text"]).not.toContain(people.priya);

  expect((await look(code)).text).toContain("is deleted");
  expect((await look(code, "hi")).text).toMatch(/lang="hi"[^]*हटा दिया गया/);
  const { data } = await mine.owner.ask(
    `query ($id: ID!) { datasource(id: $id) { timeline(first: 9) { edges { node { message } } } } }`,
    { id: mine.gid },
  );
  expect(JSON.stringify(data)).toContain("privacy request");
});

test("forged, at a door that is not there, by a code that nobody was given: nothing is kept and nothing is told", async () => {
  const payload = Buffer.from(
    JSON.stringify({ algorithm: "HMAC-SHA256", issued_at: 1, user_id: people.agency }),
  ).toString("base64url");
  const signed = (secret: string) => `${createHmac("sha256", secret).update(payload).digest("base64url")}.${payload}`;
  const post = (path: string, word: string) =>
    fetch(`${api.url}/webhooks/${path}`, { method: "POST", body: new URLSearchParams({ signed_request: word }) });
  const before = (await api.owner.sql`select 1 from inbound_webhooks`).length;
  expect((await post("meta-ads/data-deletion", signed("not the secret"))).status).toBe(401);
  for (const path of ["meta-ads/other", "meta-ads/", "shopify/data-deletion", "klaviyo/data-deletion"])
    expect((await post(path, signed(metaClient.clientSecret))).status, path).toBe(404);
  expect((await api.owner.sql`select 1 from inbound_webhooks`).length).toBe(before);
  expect(await look("0".repeat(32))).toMatchObject({ status: 404, text: expect.stringContaining("no request") });
  for (const code of ["nonsense", `${"0".repeat(32)}/more`]) expect((await look(code)).status, code).toBe(404);
  const answer = await fetch(`${api.url}/webhooks/meta-ads/data-deletion/${"0".repeat(32)}`, { method: "POST" });
  expect(answer.status).toBe(405);
});

test("a request that is older than the consent says nothing about it", async () => {
  const made = await standOn(people.wrongRole);
  await meta.act(`people/${people.wrongRole}`, { action: "askDeletion" });
  await receipted(people.wrongRole);
  await api.owner.sql`update grants set verified_at = now() + interval '1 minute' where id = ${made.grantId}`;
  await handle();
  expect(await keptOf(made)).toMatchObject({ auth: "ok", login_key: people.wrongRole, readable: 1 });
});
