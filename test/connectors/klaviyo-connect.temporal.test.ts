// A pasted key from the click to the numbers, to its end at the source, and to the next key: through the API, Temporal,
// Postgres and Klaviyo's stand-in.
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import { startApi, type TestApi } from "@headwater/server/testing/api.ts";
import { give } from "@headwater/server/testing/mutations.ts";
import { signUp, type Visitor } from "@headwater/server/testing/visitor.ts";
import { dayAgo } from "@headwater/workflows/load/testing/days.ts";
import { randomUUID } from "node:crypto";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { auditMessages } from "../audit/messages.ts";
import { accounts, openKlaviyo, type Klaviyo } from "./klaviyo.ts";
import { openEngine } from "./real-engine.ts";

let klaviyo: Klaviyo;
let api: TestApi;
let sql: Sql;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  klaviyo = await openKlaviyo();
  const engine = await openEngine(inject("temporalAddress"));
  const outbound = makeOutbound({ routes: new Map([["a.klaviyo.com", new URL(klaviyo.sandbox.origin)]]) });
  api = await startApi(inject("postgresUrl"), { outbound, ringer: engine.ringer });
  sql = postgres(api.databaseUrls.ownerUrl, { max: 1, onnotice: () => undefined });
  await engine.start({
    workerUrl: api.databaseUrls.workerUrl,
    vaultPrivateKey: api.privateKey,
    outbound,
    clientOf: () => null,
  });
  closing.push(
    () => engine.close(),
    () => api.close(),
    () => sql.end(),
    () => outbound.close(),
    () => klaviyo.close(),
  );
});
afterAll(async () => {
  for (const close of closing) await close();
});

const CONNECT = `mutation ($input: ConnectWithKeyInput!) { result: connectWithKey(input: $input) { is: __typename
  ... on ConnectWithKeySuccess { datasource { id } attempt { id } } ... on UserError { message } } }`;
const STANDING = `query ($id: ID!) { datasource(id: $id) { name account { name currency zone }
  connection { status reason { code } } dataSync { status } firstNumbersAt: lastSuccessAt } }`;

async function paste(owner: Visitor, key: string, datasource?: string) {
  const fields = [{ name: "key", value: key }];
  const input = { platform: "klaviyo", fields, idempotencyKey: randomUUID(), ...(datasource ? { datasource } : {}) };
  const { data } = await owner.ask(CONNECT, { input });
  return data.result;
}
const standing = async (owner: Visitor, id: string) => (await owner.ask(STANDING, { id })).data?.datasource;

test("a key is pasted, the newest days stand to the cent, the key dies, the next one goes on", async () => {
  const owner = await signUp(api);
  const key = await klaviyo.key(accounts.india);
  const made = await paste(owner, key);
  expect(made).toMatchObject({ is: "ConnectWithKeySuccess" });
  const { id } = made.datasource;
  const seen = () => standing(owner, id);
  await expect.poll(async () => (await seen())?.firstNumbersAt).not.toBeNull();
  expect(await seen()).toMatchObject({
    name: "Monsoon & Moss",
    account: { currency: "INR", zone: "Asia/Kolkata" },
    connection: { status: "CONNECTED" },
  });
  const [account] = await sql`select id from accounts where organisation_id = ${owner.organisationId}`;
  const report = await auditMessages({
    sandboxUrl: klaviyo.sandbox.origin,
    sql,
    account: accounts.india,
    accountId: String(account?.["id"]),
    from: dayAgo("Asia/Kolkata", 2, klaviyo.now()),
  });
  expect(report.findings).toEqual([]);
  expect(report.rows).toBeGreaterThan(10);

  await klaviyo.sandbox.desk(`klaviyo/accounts/${accounts.india}`, { action: "deleteKey" });
  await give(owner, "syncNow", id);
  await expect.poll(async () => (await seen())?.connection).toMatchObject({ status: "REAUTHORIZE" });
  expect((await paste(owner, await klaviyo.key(accounts.japan), id)).is).toBe("KeyRefused");
  const [before] =
    await sql`select count(*)::int as n from message_days where organisation_id = ${owner.organisationId}`;
  expect((await paste(owner, await klaviyo.key(accounts.india), id)).is).toBe("ConnectWithKeySuccess");
  await expect.poll(async () => (await seen())?.connection).toMatchObject({ status: "CONNECTED" });
  const [after] =
    await sql`select count(*)::int as n from message_days where organisation_id = ${owner.organisationId}`;
  expect(after?.["n"]).toBeGreaterThanOrEqual(Number(before?.["n"]));
  const readable =
    await sql`select 1 from credentials where organisation_id = ${owner.organisationId} and sealed is not null`;
  expect(readable.length, "the dead key is erased").toBe(1);
});
