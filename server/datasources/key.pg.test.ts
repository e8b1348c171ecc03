/* oxlint-disable max-lines-per-function -- a describe is a list of tests, not a function */
import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { open } from "@headwater/db";
import { credentials, grants } from "@headwater/db/schema/tables.ts";
import { everyScope, makeKeySource } from "../testing/key-source.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { rowOf } from "../testing/shop.ts";
import { joinAs, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const source = makeKeySource();
const api = ownApi({ outbound: source.outbound });
let owner: Visitor;
beforeEach(async () => {
  owner = await signUp(api);
  source.asked.length = 0;
  source.keys.clear();
  source.before = () => Promise.resolve();
});

const newKey = (account = "AbC123", scopes: readonly string[] = everyScope): string => {
  const key = `pk_canary${randomUUID().replaceAll("-", "")}`;
  source.keys.set(key, { account, name: `Brand ${account}`, scopes });
  return key;
};

const PROBLEMS = `... on UserError { code message meaning remedy { kind } }
  ... on KeyRefused { checks { name title state isRequired feeds message remedy { kind } } fields { path message } }`;
const CONNECT = `mutation ($input: ConnectWithKeyInput!) { result: connectWithKey(input: $input) { is: __typename
  ... on ConnectWithKeySuccess { checks { name state } attempt { id state purpose } datasource { id name connection { status } } } ${PROBLEMS}
  ... on AlreadyConnected { standing: datasource { id } } } }`;
const TRY = `mutation ($input: TryKeyInput!) { result: tryKey(input: $input) { is: __typename
  ... on TryKeySuccess { reads { name id } checks { name title state isRequired feeds message } } ${PROBLEMS} } }`;

async function send(who: Visitor, document: string, key: string, more: object = {}) {
  const input = { platform: "klaviyo", fields: [{ name: "key", value: key }], ...more };
  const answer = await who.ask(document, { input });
  expect(answer.errors).toBeUndefined();
  return answer.data.result;
}
const tryIt = (key: string, who = owner) => send(who, TRY, key);
const connect = (key: string, more: object = {}, who = owner) =>
  send(who, CONNECT, key, { idempotencyKey: randomUUID(), ...more });

describe("a pasted key", () => {
  test("is tried one permission after another, and nothing is stored", async () => {
    const tried = await tryIt(newKey("AbC123", ["accounts:read", "metrics:read", "flows:read"]));
    expect(tried.is).toBe("TryKeySuccess");
    expect(tried.reads).toEqual({ name: "Brand AbC123", id: "AbC123" });
    expect(tried.checks.map((check: { name: string; state: string }) => `${check.name} ${check.state}`)).toEqual([
      "reachable PASSED",
      "accepted PASSED",
      "accounts:read PASSED",
      "metrics:read PASSED",
      "campaigns:read FAILED",
      "flows:read PASSED",
    ]);
    expect(tried.checks[4]).toMatchObject({ isRequired: false, feeds: ["Campaigns"] });
    const [count] = await api.owner
      .sql`select count(*)::int as n from datasources where organisation_id = ${owner.organisationId}`;
    expect(count?.["n"]).toBe(0);
  });

  test("is connected: slot, sealed candidate with its last four, ring; the key is nowhere to be read", async () => {
    const key = newKey();
    const made = await connect(`  ${key}\n`);
    expect(made).toMatchObject({
      is: "ConnectWithKeySuccess",
      attempt: { purpose: "CONNECT" },
      datasource: { name: "Brand AbC123", connection: null },
    });
    const row = await rowOf(api, made.datasource.id);
    expect(row).toMatchObject({ phase: "AUTHORIZING", auth: "none", intent_version: 2 });
    const [grant] = await api.owner.drizzle.select().from(grants).where(eq(grants.id, row?.["grant_id"]));
    expect(grant).toMatchObject({ loginKey: "AbC123", credentialId: null, scopes: everyScope });
    if (grant?.candidateCredentialId == null) throw new Error("no candidate was kept");
    const [kept] = await api.owner.drizzle
      .select()
      .from(credentials)
      .where(eq(credentials.id, grant.candidateCredentialId));
    if (kept?.sealed == null || kept.wrappedKey === null) throw new Error("nothing was sealed");
    expect(kept.lastFour).toBe(key.slice(-4));
    const { id, sealed, wrappedKey, keyId } = kept;
    const binding = { organisationId: owner.organisationId, grantId: grant.id, credentialId: id };
    const opened = open(api.privateKey, binding, { sealed, wrappedKey, keyId });
    expect(opened["apiKey"]?.reveal()).toBe(key);
    await expect.poll(() => api.rings.map((ring) => ring.version)).toContain(2);
    for (const { table_name: table } of await api.owner
      .sql`select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`) {
      const [found] = await api.owner
        .sql`select count(*)::int as n from ${api.owner.sql(table)} t where t::text like '%canary%'`;
      expect(found?.["n"], `the key in ${table}`).toBe(0);
    }
  });

  test.each([
    ["a public key", "AbC123", "public key"],
    ["nothing", "  ", "Paste"],
    ["something else", "sk_live_1234567890", "does not look like"],
  ])("that is %s is told what it is, and never sent", async (_what, key, words) => {
    const refused = await tryIt(key);
    expect(refused).toMatchObject({ is: "KeyRefused", checks: [], fields: [{ path: "fields.key" }] });
    expect(refused.fields[0].message).toContain(words);
    expect(await connect(key)).toMatchObject({ is: "KeyRefused" });
    expect(source.asked).toEqual([]);
  });

  test("that the source refuses, or that may not read what must be read, takes no slot", async () => {
    const unknown = await connect("pk_canary00000000000000000000000000");
    expect(unknown).toMatchObject({ is: "KeyRefused", code: "KEY_REFUSED", remedy: { kind: "FIX_INPUT" } });
    expect(unknown.checks.map((check: { state: string }) => check.state)).toEqual([
      "PASSED",
      "FAILED",
      ...Array.from({ length: 4 }, () => "SKIPPED"),
    ]);
    expect(unknown.checks[1].message).toContain("does not accept the key");
    const narrow = await connect(newKey("AbC123", ["accounts:read", "flows:read"]));
    expect(narrow.is).toBe("KeyRefused");
    expect(narrow.checks[3]).toMatchObject({ name: "metrics:read", state: "FAILED", remedy: { kind: "GRANT_SCOPES" } });
    const [count] = await api.owner
      .sql`select count(*)::int as n from slots where organisation_id = ${owner.organisationId}`;
    expect(count?.["n"]).toBe(0);
  });

  test("of an account that stands already is refused; in another organisation it is not", async () => {
    const first = await connect(newKey());
    expect(await connect(newKey())).toMatchObject({
      is: "AlreadyConnected",
      standing: { id: first.datasource.id },
      message: "A sign-in at Klaviyo is under way already.",
    });
    await api.owner
      .sql`update datasources set auth = 'ok', phase = 'LIVE' where organisation_id = ${owner.organisationId}`;
    expect(await connect(newKey())).toMatchObject({
      is: "AlreadyConnected",
      message: expect.stringMatching(/ is connected already\.$/),
    });
    expect(await connect(newKey("Other1"))).toMatchObject({ is: "ConnectWithKeySuccess" });
    expect(await connect(newKey(), {}, await signUp(api))).toMatchObject({ is: "ConnectWithKeySuccess" });
  });

  test("given twice under one idempotency key is kept once; another key under it is refused", async () => {
    const key = newKey();
    const idempotencyKey = randomUUID();
    const first = await connect(key, { idempotencyKey });
    expect(await connect(key, { idempotencyKey })).toMatchObject({ datasource: { id: first.datasource.id } });
    expect(await connect(newKey("Other1"), { idempotencyKey })).toMatchObject({ is: "KeyReused" });
    const [count] = await api.owner
      .sql`select count(*)::int as n from credentials where organisation_id = ${owner.organisationId}`;
    expect(count?.["n"]).toBe(1);
  });

  test("is replaced by a newer one of the same account without a gap, and by none of another", async () => {
    const first = await connect(newKey());
    const id = first.datasource.id;
    await api.owner.sql`
      update grants set credential_id = candidate_credential_id, candidate_credential_id = null
      where organisation_id = ${owner.organisationId}`;
    await api.owner.sql`
      update datasources set auth = 'ok', phase = 'LIVE', connected_at = now(), authorizing_until = null
      where organisation_id = ${owner.organisationId}`;
    const other = await connect(newKey("Other1"), { datasource: id });
    expect(other).toMatchObject({ is: "KeyRefused", fields: [{ path: "fields.key" }] });
    expect(other.fields[0].message).toContain("Other1");
    const rotated = await connect(newKey(), { datasource: id });
    expect(rotated).toMatchObject({ is: "ConnectWithKeySuccess", attempt: { purpose: "REAUTHORIZE" } });
    const [grant] = await api.owner.drizzle
      .select()
      .from(grants)
      .where(eq(grants.organisationId, owner.organisationId));
    expect(grant?.credentialId).not.toBeNull();
    expect(grant?.candidateCredentialId).not.toBe(grant?.credentialId);
  });

  test("is not even tried for who may not connect, and not by the dozen", async () => {
    const viewer = await joinAs(api, owner, "viewer");
    expect(await tryIt(newKey(), viewer)).toMatchObject({ is: "NotAllowed" });
    expect(source.asked).toEqual([]);
    const answers = [];
    for (let n = 0; n < 14; n += 1)
      answers.push((await tryIt("pk_canary00000000000000000000000000")).fields[0]?.message);
    expect(answers.filter((message: string | undefined) => message?.includes("Too many"))).toHaveLength(2);
  });

  test("that takes the source seconds to answer holds no transaction open", async () => {
    let mostOpen = -1;
    source.before = async () => {
      const [row] = await api.owner.sql`
        select count(*)::int as n from pg_stat_activity where usename like 'headwater_api%' and xact_start is not null and datname = current_database()`;
      mostOpen = Math.max(mostOpen, Number(row?.["n"]));
    };
    await connect(newKey());
    expect(mostOpen).toBe(0);
  });
});

test("a key takes another datasource's place: no slot of its own, one at a time, the old one goes on", async () => {
  const old = await makeDatasource(api, owner.organisationId);
  for (let n = 0; n < 2; n += 1) await makeDatasource(api, owner.organisationId); // three slots, all taken
  expect(await connect(newKey())).toMatchObject({ is: "SlotLimitReached" });
  const made = await connect(newKey(), { replaces: old.gid });
  expect(made).toMatchObject({ is: "ConnectWithKeySuccess", datasource: { name: "Brand AbC123" } });
  expect(await rowOf(api, made.datasource.id)).toMatchObject({ replaces: old.id, phase: "AUTHORIZING" });
  const asked = await api.owner
    .sql`select kind, args->>'replacement' as by from commands where datasource_id = ${old.id}`;
  expect(asked).toMatchObject([{ kind: "replace" }]);
  expect(await connect(newKey("XyZ999"), { replaces: old.gid })).toMatchObject({ is: "NotPossibleNow" });
  const [standing] = await api.owner.sql`select disconnected_at from datasources where id = ${old.id}`;
  expect(standing).toEqual({ disconnected_at: null });
});
