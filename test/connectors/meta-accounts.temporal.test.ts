// One login, several datasources: from the click on Connect over the consent page and the choice of two accounts to their numbers,
// and to the end of both, through the API, Temporal, Postgres and Meta's stand-in.
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import { startApi, type TestApi } from "@headwater/server/testing/api.ts";
import { give } from "@headwater/server/testing/mutations.ts";
import { signUp, type Visitor } from "@headwater/server/testing/visitor.ts";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { accounts, metaClient, openMeta, people, type Meta } from "./meta.ts";
import { openEngine, type RealEngine } from "./real-engine.ts";

const OURS = new URL(metaClient.redirectUri).origin;
let meta: Meta;
let engine: RealEngine;
let api: TestApi;
const closing: (() => Promise<unknown>)[] = [];
/** Every token and code that went over the wire. */
const secrets = new Set<string>([metaClient.clientSecret]);

const noting = (outbound: Outbound): Outbound => ({
  ...outbound,
  send: (request) => {
    const bearer = request.headers?.["authorization"]?.replace("Bearer ", "") ?? "";
    for (const part of bearer.split("|")) if (part.length >= 20) secrets.add(part);
    const code = new URLSearchParams(request.body).get("code");
    if (code !== null) secrets.add(code);
    return outbound.send(request);
  },
});

beforeAll(async () => {
  meta = await openMeta();
  // What Meta counts anew with every quarter of an hour stands still: what was read is compared with it a moment later.
  await meta.act("settings", { asOf: meta.now().toISOString() });
  engine = await openEngine(inject("temporalAddress"));
  const origin = new URL(meta.sandbox.origin);
  const outbound = noting(
    makeOutbound({
      routes: new Map([
        ["graph.facebook.com", origin],
        ["www.facebook.com", origin],
      ]),
    }),
  );
  const app = { clientId: metaClient.clientId, clientSecret: metaClient.clientSecret };
  api = await startApi(inject("postgresUrl"), {
    outbound,
    ringer: engine.ringer,
    publicUrl: OURS,
    apps: new Map([["meta-ads", app]]),
  });
  await engine.start({
    workerUrl: api.databaseUrls.workerUrl,
    vaultPrivateKey: api.privateKey,
    outbound,
    clientOf: (platform) => (platform === "meta-ads" ? metaClient : null),
  });
  closing.push(
    () => engine.close(),
    () => api.close(),
    () => outbound.close(),
    () => meta.close(),
  );
});
afterAll(async () => {
  for (const close of closing) await close();
});

const eventually = <T>(what: string, look: () => Promise<T | null | undefined | false>, ms = 400_000): Promise<T> =>
  vi.waitFor(
    async () => {
      const seen = await look();
      if (seen === null || seen === undefined || seen === false) throw new Error(`${what}: not within ${ms} ms`);
      return seen;
    },
    { timeout: ms, interval: 150 },
  );

/** As a browser goes: our address, Facebook's page, a click, and home. */
async function consentAt(
  owner: Visitor,
  authorizeUrl: string,
  how: { person: string; targets?: string },
): Promise<number> {
  const form = new URLSearchParams({ decision: "allow", person: how.person, targets: how.targets ?? "" });
  form.append("scope_kept", "ads_read");
  const page = await fetch(authorizeUrl, { method: "POST", body: form, redirect: "manual" });
  const home = new URL(page.headers.get("location") ?? "");
  const back = await fetch(`${api.url}${home.pathname}${home.search}`, {
    headers: { cookie: owner.cookie },
    redirect: "manual",
  });
  return back.status;
}

interface Candidate {
  readonly externalId: string;
  readonly isSelectable: boolean;
  readonly activity: { readonly amount: string } | null;
}

const ofOwner = (owner: Visitor) => ({
  datasources: () =>
    api.owner.sql<
      {
        id: string;
        phase: string;
        auth: string;
        grant_id: string;
        external_id: string | null;
        first: Date | null;
        synced: Date | null;
      }[]
    >`
      select d.id, d.phase, d.auth, d.grant_id, a.external_id, d.first_numbers_at as first, d.last_success_at as synced
      from datasources d left join accounts a on a.id = d.account_id and a.organisation_id = d.organisation_id
      where d.organisation_id = ${owner.organisationId} order by a.external_id`,
  readable: async () =>
    (
      await api.owner
        .sql`select 1 from credentials where organisation_id = ${owner.organisationId} and sealed is not null`
    ).length,
  slots: async () => (await api.owner.sql`select 1 from slots where organisation_id = ${owner.organisationId}`).length,
  spendByDay: (account: string) =>
    api.owner.sql<{ day: string; value: string }[]>`
      select r.day::text as day, trim_scale(r.value)::text as value from rollups r join accounts a on a.organisation_id = r.organisation_id and a.id = r.account_id
      where r.organisation_id = ${owner.organisationId} and a.external_id = ${account} and r.metric = 'ad_spend' order by r.day`,
});

const exact = (amounts: readonly string[]): bigint =>
  amounts.reduce((sum, amount) => {
    const [whole = "0", part = ""] = amount.split(".");
    return sum + BigInt(whole + part.padEnd(3, "0").slice(0, 3));
  }, 0n);

/** What the person sees who has to choose. */
async function expectChoices(owner: Visitor, id: string): Promise<void> {
  const candidates = await eventually("the accounts", async () => {
    const { data } = await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { choosingUntil accountCandidates { externalId name currency zone isSelectable group state activity { amount currency } connected { id } reason { code message } } platform { reachesManyAccounts } } }`,
      { id: id },
    );
    const list: Candidate[] = data.datasource.accountCandidates;
    if (list.length === 0) return null;
    expect(data.datasource).toMatchObject({ platform: { reachesManyAccounts: true } });
    expect(Date.parse(data.datasource.choosingUntil)).toBeGreaterThan(Date.now());
    return list;
  });
  expect(new Map(candidates.map(({ externalId, isSelectable }) => [externalId, isSelectable]))).toEqual(
    new Map([
      [accounts.india, true],
      [accounts.us, true],
      [accounts.old, false],
    ]),
  );
  expect(candidates.find(({ externalId }) => externalId === accounts.old)).toMatchObject({
    state: "Disabled by Meta",
    reason: { code: "restricted", message: "It is disabled at the source." },
  });
  const own = candidates.find(({ externalId }) => externalId === accounts.us);
  expect(own).toMatchObject({ group: "Monsoon & Moss", state: null, activity: { currency: "USD" }, connected: null });
  expect(Number(own?.activity?.amount)).toBeGreaterThan(100);
}

test("two of three accounts behind one login: one grant, one credential, two slots, their own numbers; revoked with the last", async () => {
  const owner = await signUp(api);
  const seen = ofOwner(owner);
  const begun = await give(owner, "connect", null, { platform: "meta-ads", fields: [] });
  expect(begun).toMatchObject({ is: "ConnectDatasourceSuccess" });
  expect(await consentAt(owner, begun.authorizeUrl, { person: people.priya })).toBe(303);
  await expectChoices(owner, begun.datasource.id);
  const chosen = await give(owner, "chooseAccount", begun.datasource.id, { accounts: [accounts.us, accounts.india] });
  expect(chosen).toMatchObject({ is: "ChooseAccountSuccess" });
  expect(chosen.datasources).toHaveLength(2);

  const living = await eventually("two sources with numbers", async () => {
    const rows = await seen.datasources();
    return rows.length === 2 && rows.every((row) => row.auth === "ok" && row.first !== null) && rows;
  });
  expect(living.map((row) => row.external_id)).toEqual([accounts.india, accounts.us]);
  expect(new Set(living.map((row) => row.grant_id)).size).toBe(1);
  expect(await seen.readable()).toBe(1);
  expect(await seen.slots()).toBe(2);
  for (const account of [accounts.india, accounts.us]) {
    const week = (await seen.spendByDay(account)).slice(-5, -1);
    const days = new Set(week.map(({ day }) => day));
    const truth = (await meta.rows(account, "campaign")).filter(({ day }) => days.has(day));
    expect(days.size).toBe(4);
    expect(exact(week.map(({ value }) => value))).toBe(exact(truth.map(({ spend }) => spend)));
  }

  // The first leaves: the other one's access stays.
  const [us, india] = chosen.datasources.map(({ id }: { id: string }) => id);
  expect(await give(owner, "disconnect", us)).toMatchObject({ is: "DisconnectDatasourceSuccess" });
  const left = await eventually("the first one's end", async () => {
    const [row] = await api.owner.sql<{ code: string }[]>`
      select phase_reason->>'code' as code from datasources d join accounts a on a.id = d.account_id and a.organisation_id = d.organisation_id
      where d.organisation_id = ${owner.organisationId} and a.external_id = ${accounts.us}`;
    return row?.code === "compensated" && row;
  });
  expect(left.code).toBe("compensated");
  expect(await seen.readable()).toBe(1);
  expect(await seen.slots()).toBe(1);
  const before = (await seen.datasources()).find((row) => row.external_id === accounts.india)?.synced?.getTime() ?? 0;
  expect(await give(owner, "syncNow", india)).toMatchObject({ is: "SyncNowSuccess" });
  await eventually("the other one's next sync", async () => {
    const row = (await seen.datasources()).find((each) => each.external_id === accounts.india);
    return row !== undefined && (row.synced?.getTime() ?? 0) > before;
  });

  // The last one leaves: revoked there, unreadable here.
  expect(await give(owner, "disconnect", india)).toMatchObject({ is: "DisconnectDatasourceSuccess" });
  await eventually("the credential's end", async () => (await seen.readable()) === 0);
  const state: { people: { id: string; tokens: number }[] } = JSON.parse(
    (await meta.sandbox.call({ path: "/_desk/meta-ads/state" })).text,
  );
  expect(state.people.find(({ id }) => id === people.priya)?.tokens).toBe(0);
});

test("a login without an ad account says so; another login cures it", async () => {
  const owner = await signUp(api);
  const seen = ofOwner(owner);
  const begun = await give(owner, "connect", null, { platform: "meta-ads", fields: [] });
  expect(await consentAt(owner, begun.authorizeUrl, { person: people.nobody })).toBe(303);
  await eventually("the refusal", async () => (await seen.datasources()).some((row) => row.auth === "notPermitted"));
  const again = await give(owner, "reauthorize", begun.datasource.id, {});
  expect(again).toMatchObject({ is: "ReauthorizeDatasourceSuccess" });
  expect(await consentAt(owner, again.authorizeUrl, { person: people.priya })).toBe(303);
  await eventually("the accounts", async () => {
    const { data } = await owner.ask(`query ($id: ID!) { datasource(id: $id) { accountCandidates { externalId } } }`, {
      id: begun.datasource.id,
    });
    return data.datasource.accountCandidates.length === 3;
  });
});

/** Connects Priya's accounts and waits until their first numbers are in. */
async function connected(owner: Visitor, chosen: readonly string[]): Promise<string[]> {
  const begun = await give(owner, "connect", null, { platform: "meta-ads", fields: [] });
  await consentAt(owner, begun.authorizeUrl, { person: people.priya });
  await eventually("the accounts", async () => {
    const [row] = await api.owner.sql`select 1 from account_candidates where organisation_id = ${owner.organisationId}`;
    return row !== undefined;
  });
  const given = await give(owner, "chooseAccount", begun.datasource.id, { accounts: chosen });
  await eventually("numbers", async () => {
    const rows = await ofOwner(owner).datasources();
    return rows.length === chosen.length && rows.every((row) => row.auth === "ok" && row.first !== null);
  });
  return given.datasources.map(({ id }: { id: string }) => id);
}

test("the login ends: both must be authorized; a consent that opens one of them cures that one, a full one both", async () => {
  const owner = await signUp(api);
  const seen = ofOwner(owner);
  const [us, india] = await connected(owner, [accounts.us, accounts.india]);
  const auths = async () => Object.fromEntries((await seen.datasources()).map((row) => [row.external_id, row.auth]));
  await meta.act(`people/${people.priya}`, { action: "changePassword" });
  for (const id of [us, india]) await give(owner, "syncNow", id ?? "");
  await eventually("both to ask", async () => Object.values(await auths()).every((auth) => auth === "revoked"));

  // Asked for at the one that the new consent does not open: the other one is cured by it all the same.
  const partly = await give(owner, "reauthorize", india ?? "", {});
  expect(await consentAt(owner, partly.authorizeUrl, { person: people.priya, targets: accounts.us })).toBe(303);
  await eventually("one of them", async () => {
    const now = await auths();
    return now[accounts.us] === "ok" && now[accounts.india] === "notPermitted";
  });
  expect(await seen.readable()).toBe(1);

  const fully = await give(owner, "reauthorize", india ?? "", {});
  expect(await consentAt(owner, fully.authorizeUrl, { person: people.priya })).toBe(303);
  await eventually("both", async () => Object.values(await auths()).every((auth) => auth === "ok"));
  expect(await seen.readable()).toBe(1);
  expect(new Set((await seen.datasources()).map((row) => row.grant_id)).size).toBe(1);

  // A system user's token takes the person's place at both, and the person's login is ended at Meta.
  expect(await tokensAt(people.priya)).toBeGreaterThan(0);
  expect(await pasteToken(owner, { datasource: us })).toMatchObject({ is: "ConnectWithKeySuccess" });
  // At once; where a busy machine broke that look off in its middle, with the sweep that follows.
  await eventually("the person's login to end", async () => {
    await engine.endOrphans();
    return (await tokensAt(people.priya)) === 0;
  });
  await eventually("both", async () => Object.values(await auths()).every((auth) => auth === "ok"));
  const grant = await eventually("it to stand at both", async () => {
    const grants = await api.owner.sql<{ login_key: string; ends_at: Date | null; last_four: string }[]>`
      select distinct g.login_key, g.ends_at, c.last_four from grants g join credentials c on c.id = g.credential_id
      join datasources d on d.organisation_id = g.organisation_id and d.grant_id = g.id
      where g.organisation_id = ${owner.organisationId}`;
    return grants.length === 1 && grants[0]?.login_key === people.system && grants[0];
  });
  expect(grant).toMatchObject({ ends_at: null, last_four: expect.stringMatching(/^.{4}$/) });
  // The person's token is let go of here once Meta has ended it.
  await eventually("one credential", async () => (await seen.readable()) === 1);
  for (const id of [us, india]) expect(await give(owner, "syncNow", id ?? "")).toMatchObject({ is: "SyncNowSuccess" });
  await eventually("their syncs", async () => {
    const [open] = await api.owner.sql`
      select count(*)::int as n from commands where organisation_id = ${owner.organisationId} and state = 'accepted'`;
    return open?.["n"] === 0 && Object.values(await auths()).every((auth) => auth === "ok");
  });
});

const tokensAt = async (person: string): Promise<number> => {
  const state: { people: { id: string; tokens: number }[] } = JSON.parse(
    (await meta.sandbox.call({ path: "/_desk/meta-ads/state" })).text,
  );
  return state.people.find(({ id }) => id === person)?.tokens ?? -1;
};

async function pasteToken(owner: Visitor, more: object = {}) {
  const { token } = JSON.parse(JSON.stringify(await meta.act(`people/${people.system}`, { action: "systemToken" })));
  secrets.add(token);
  const fields = [{ name: "token", value: token }];
  const { data } = await owner.ask(
    `mutation ($input: ConnectWithKeyInput!) { result: connectWithKey(input: $input) { is: __typename
      ... on ConnectWithKeySuccess { datasource { id } } ... on UserError { message } } }`,
    { input: { platform: "meta-ads", fields, idempotencyKey: crypto.randomUUID(), ...more } },
  );
  return data.result;
}

test("a system user's token connects as a consent does: its accounts are listed; connected twice, the login is one grant", async () => {
  const owner = await signUp(api);
  for (const chosen of [accounts.us, accounts.india]) {
    const made = await pasteToken(owner);
    expect(made).toMatchObject({ is: "ConnectWithKeySuccess" });
    await eventually("the accounts", async () => {
      const { data } = await owner.ask(
        `query ($id: ID!) { datasource(id: $id) { accountCandidates { externalId } } }`,
        { id: made.datasource.id },
      );
      return data.datasource.accountCandidates.length === 3;
    });
    expect(await give(owner, "chooseAccount", made.datasource.id, { accounts: [chosen] })).toMatchObject({
      is: "ChooseAccountSuccess",
    });
  }
  await eventually("both, on one grant", async () => {
    const rows = await ofOwner(owner).datasources();
    const isOne = new Set(rows.map((row) => row.grant_id)).size === 1;
    return rows.length === 2 && rows.every((row) => row.auth === "ok") && isOne;
  });
  expect(await ofOwner(owner).readable()).toBe(1);
});

test("O9: no token, code or secret of all these trips stands in anything that Temporal keeps", async () => {
  const kept = await engine.historyText();
  expect(kept, "what is in a payload can be read here").toMatch(/\\"kind\\":\\"\w+\\"/);
  expect(secrets.size).toBeGreaterThan(4);
  expect([...secrets].filter((secret) => kept.includes(secret))).toEqual([]);
});
