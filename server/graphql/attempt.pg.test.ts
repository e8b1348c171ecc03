// The choice of an account has its own hour, and how a sign-in that nobody used came to its end is told apart.
import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { MUTATIONS } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { makeShop, rawId, shopName, start } from "../testing/shop.ts";
import { setPlan, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const shop = makeShop();
const api = ownApi({ outbound: shop.outbound });
let owner: Visitor;
beforeAll(async () => {
  owner = await signUp(api);
  await setPlan(api, owner, "custom");
});

interface Choosing {
  readonly attempt: string;
  readonly gid: string;
  readonly id: string;
}

/** Home from a consent whose sign-in reaches several accounts, as the worker leaves it. */
async function choosing(): Promise<Choosing> {
  const { attempt, datasource } = await start(owner, shopName());
  const id = rawId(datasource.id);
  const { sql } = api.owner;
  await sql`update connect_attempts set consumed_at = now(), outcome = '{"kind":"granted"}'
    where id = ${rawId(attempt.id)}`;
  await sql`insert into account_candidates (organisation_id, datasource_id, external_id, name)
    select organisation_id, id, 'a-1', 'One of several' from datasources where id = ${id}`;
  await sql`update datasources set authorizing_until = now() + interval '1 hour' where id = ${id}`;
  return { attempt: attempt.id, gid: datasource.id, id };
}

/** What the worker does with one that is late. */
async function release({ id }: Choosing): Promise<void> {
  const { sql } = api.owner;
  await sql`delete from slots where datasource_id = ${id}`;
  await sql`delete from account_candidates where datasource_id = ${id}`;
  await sql`delete from datasources where id = ${id}`;
}

const told = async ({ attempt }: Choosing) => {
  const { data } = await owner.ask(
    `query ($id: ID!) { connectAttempt(id: $id) { state expiresAt lacks problem { code message since remedy { kind } }
      datasource { choosingUntil } } }`,
    { id: attempt },
  );
  return data.connectAttempt;
};

test("while an account is to be chosen, the end that is told is that of the choice, not of the consent", async () => {
  const found = await told(await choosing());
  expect(found).toMatchObject({ state: "CHOOSING_ACCOUNT", problem: null });
  expect(found.expiresAt).toBe(found.datasource.choosingUntil);
  expect(Date.parse(found.expiresAt)).toBeGreaterThan(Date.now() + 30 * 60_000);
});

test("what an earlier sign-in reached is not offered for the one that came home after it, until that is listed too", async () => {
  const here = await choosing();
  const { sql } = api.owner;
  const grant = randomUUID();
  await sql`insert into grants (organisation_id, id, platform, login_key) values (${owner.organisationId}, ${grant}, 'shopify', 'agency')`;
  await sql`with newest as (insert into credentials (organisation_id, grant_id, version, key_id, created_at, erased_at)
      values (${owner.organisationId}, ${grant}, 2, 'test', now() + interval '1 second', now()) returning id)
    update grants set candidate_credential_id = newest.id from newest where grants.id = ${grant}`;
  await sql`update datasources set grant_id = ${grant} where id = ${here.id}`;
  expect(await told(here)).toMatchObject({ state: "RETURNED" });
  const input = { datasource: here.gid, accounts: ["a-1"], idempotencyKey: randomUUID() };
  const { data } = await owner.ask(MUTATIONS.chooseAccount, { input });
  expect(data.result).toMatchObject({ code: "NOT_POSSIBLE_NOW", reason: { code: "noAccountsListed" } });
  await sql`update account_candidates set listed_at = now() + interval '2 seconds' where datasource_id = ${here.id}`;
  expect(await told(here)).toMatchObject({ state: "CHOOSING_ACCOUNT" });
});

test("what came home before an undone disconnect is over, though what it brought was never judged", async () => {
  const { attempt, datasource } = await start(owner, shopName());
  const here = { attempt: attempt.id, gid: datasource.id, id: rawId(datasource.id) };
  const { sql } = api.owner;
  const grant = randomUUID();
  await sql`insert into grants (organisation_id, id, platform, login_key) values (${owner.organisationId}, ${grant}, 'shopify', 'undone')`;
  await sql`with came as (insert into credentials (organisation_id, grant_id, version, key_id, created_at, erased_at)
      values (${owner.organisationId}, ${grant}, 1, 'test', now() - interval '1 minute', now()) returning id)
    update grants set candidate_credential_id = came.id from came where grants.id = ${grant}`;
  await sql`update connect_attempts set consumed_at = now() - interval '1 minute', outcome = '{"kind":"granted"}'
    where id = ${rawId(attempt.id)}`;
  await sql`update datasources set grant_id = ${grant}, phase = 'REAUTHORIZE', auth = 'revoked', auth_since = now(),
      auth_reason = '{"code":"disconnectUndone"}', authorizing_until = null, connected_at = now() - interval '1 day'
    where id = ${here.id}`;
  expect((await told(here)).state).toBe("FAILED");
});

test("a choice that nobody made in time has lapsed, and says what to do", async () => {
  const late = await choosing();
  await release(late);
  expect(await told(late)).toMatchObject({
    state: "EXPIRED",
    problem: { code: "lapsed", remedy: { kind: "START_AGAIN" } },
    datasource: null,
  });
});

test("one that was cancelled was cancelled, however late it is looked at", async () => {
  const cancelled = await choosing();
  await owner.ask(MUTATIONS.cancelConnect, { input: { datasource: cancelled.gid, idempotencyKey: randomUUID() } });
  await release(cancelled);
  expect(await told(cancelled)).toMatchObject({ state: "CANCELLED", problem: null });
});

test("what another window connected meanwhile is connected here too, and a consent that comes after it changes nothing", async () => {
  const { attempt, datasource } = await start(owner, shopName());
  const here = { attempt: attempt.id, gid: datasource.id, id: rawId(datasource.id) };
  expect((await told(here)).state).toBe("WAITING_FOR_CONSENT");
  const { sql } = api.owner;
  await sql`update datasources set phase = 'LIVE', auth = 'ok', authorizing_until = null, connected_at = now()
    where id = ${here.id}`;
  expect(await told(here)).toMatchObject({ state: "CONNECTED", problem: null });
  await sql`update connect_attempts set consumed_at = now(), outcome = '{"kind":"failed","problem":{"code":"late"}}'
    where id = ${rawId(attempt.id)}`;
  expect(await told(here)).toMatchObject({ state: "CONNECTED", problem: null });
  await sql`update connect_attempts set outcome = '{"kind":"declined"}' where id = ${rawId(attempt.id)}`;
  expect((await told(here)).state).toBe("REFUSED");
});

test("a new consent that is being exchanged is not yet the cure, though the access before it works all the while", async () => {
  const made = await makeDatasource(api, owner.organisationId);
  const { data } = await owner.ask(MUTATIONS.reauthorize, {
    input: { datasource: made.gid, idempotencyKey: randomUUID() },
  });
  const here = { attempt: data.result.attempt.id, gid: made.gid, id: made.id };
  const { sql } = api.owner;
  await sql`update connect_attempts set consumed_at = now() where id = ${rawId(here.attempt)}`;
  expect(await told(here)).toMatchObject({ state: "RETURNED", problem: null });
  // Cut off there, it never ends otherwise.
  await sql`update connect_attempts set consumed_at = now() - interval '2 minutes' where id = ${rawId(here.attempt)}`;
  expect(await told(here)).toMatchObject({ state: "FAILED", problem: { remedy: { kind: "START_AGAIN" } } });
});

test("a login that does not reach the account is told as another one: it may be meant to take its place", async () => {
  const made = await makeDatasource(api, owner.organisationId);
  const { data } = await owner.ask(MUTATIONS.reauthorize, {
    input: { datasource: made.gid, idempotencyKey: randomUUID() },
  });
  const here = { attempt: data.result.attempt.id, gid: made.gid, id: made.id };
  const { sql } = api.owner;
  await sql`update connect_attempts set consumed_at = now(), outcome = '{"kind":"granted"}', platform = 'meta-ads'
    where id = ${rawId(here.attempt)}`;
  await sql`insert into commands (organisation_id, id, datasource_id, kind, args, args_hash, idempotency_key, actor,
      intent_version, state, outcome, settled_at)
    values (${owner.organisationId}, ${randomUUID()}, ${made.id}, 'reauthorized', '{}', '',
      ${`reauthorized\n${rawId(here.attempt)}\n${made.id}`}, '{"kind":"system","name":"test"}', 2, 'refused',
      '{"code":"roleMissing","lacks":["Analyst"]}', now())`;
  const another = { code: "roleMissing", remedy: { kind: "SWITCH_ACCOUNT" } };
  await sql`update datasources set platform = 'meta-ads' where id = ${made.id}`;
  const lacks = ["Analyst"];
  expect(await told(here), "while the access before works").toMatchObject({ state: "FAILED", problem: another, lacks });
  await sql`update datasources set auth = 'notPermitted', auth_since = now(), last_attempt_at = now(),
    auth_reason = '{"code":"roleMissing","values":{"lacks":["Analyst"]}}' where id = ${made.id}`;
  expect(await told(here), "and where it is dead").toMatchObject({ state: "FAILED", problem: another, lacks });
  await sql`update datasources set auth = 'revoked', auth_reason = null, auth_since = now() - interval '1 hour',
    last_attempt_at = now() - interval '1 hour' where id = ${made.id}`;
  expect(await told(here), "and where it had died of something else").toMatchObject({
    state: "FAILED",
    problem: another,
  });
  await sql`update commands set outcome = '{"code":"revokedAtSource"}' where datasource_id = ${made.id}`;
  const revoked = { code: "revokedAtSource", since: expect.any(String), message: expect.not.stringContaining("()") };
  expect(await told(here), "revoked again, it says when").toMatchObject({
    state: "FAILED",
    problem: revoked,
    lacks: [],
  });
});
