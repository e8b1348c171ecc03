import { beforeAll, describe, expect, inject, test } from "vitest";
import { startApi } from "../testing/api.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource, makeHistory } from "../testing/rows.ts";
import { statementsOf } from "../testing/statements.ts";
import { makeToken, setPlan, signUp, withToken } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
beforeAll(async () => {
  owner = await signUp(api);
});

const codeOf = async (query: string, variables?: Record<string, unknown>) =>
  (await owner.ask(query, variables)).errors?.[0]?.extensions;

describe("the limits of quality 3.5", () => {
  test("depth 8, through fragments too; edges, node and nodes are no depth", async () => {
    const within =
      "{ datasources(first: 1) { edges { node { platform { needs { needs { needs { needs { name } } } } } } } } }";
    expect(await codeOf(within)).toBeUndefined();
    const deep =
      "{ datasources(first: 1) { nodes { platform { needs { needs { needs { needs { needs { needs { name } } } } } } } } } }";
    expect(await codeOf(deep)).toMatchObject({ code: "LIMIT_EXCEEDED", limit: "depth", most: 8 });
    const hidden =
      "query { datasources(first: 1) { nodes { platform { ...a } } } } fragment a on Platform { needs { ...b } } fragment b on Platform { needs { needs { needs { needs { needs { needs { name } } } } } } }";
    expect(await codeOf(hidden)).toMatchObject({ limit: "depth" });
    const circle = 'query { platform(name: "shopify") { ...a } } fragment a on Platform { needs { ...a } }';
    expect((await owner.ask(circle)).errors?.[0]?.extensions["code"]).toBe("BAD_REQUEST");
  });

  test("15 aliases, 10 root fields, 20 directives, 1,000 tokens", async () => {
    const aliases = (n: number) =>
      `{ organisation { ${Array.from({ length: n }, (_, i) => `a${i}: name`).join(" ")} } }`;
    expect(await codeOf(aliases(15))).toBeUndefined();
    expect(await codeOf(aliases(16))).toMatchObject({ limit: "aliases" });
    const roots = (n: number) => `{ ${Array.from({ length: n }, (_, i) => `r${i}: me { name }`).join(" ")} }`;
    expect(await codeOf(roots(11))).toMatchObject({ limit: "root fields" });
    const directives = (n: number) =>
      `{ me { name ${"@include(if: true)".repeat(1)} ${Array.from({ length: n - 1 }, () => "... @include(if: true) { email }").join(" ")} } }`;
    expect(await codeOf(directives(20))).toBeUndefined();
    expect(await codeOf(directives(21))).toMatchObject({ limit: "directives" });
    expect((await owner.ask(`{ me { ${"name ".repeat(1001)} } }`)).errors?.[0]?.message).toMatch(/token/i);
  });

  test("first is asked for, is 1 to 100, and cost multiplies by it", async () => {
    expect((await owner.ask("{ datasources { nodes { id } } }")).errors?.[0]?.message).toContain("first");
    expect(await codeOf("{ datasources(first: 101) { nodes { id } } }")).toMatchObject({ limit: "first", most: 100 });
    expect(await codeOf("query ($n: Int!) { datasources(first: $n) { nodes { id } } }", { n: 5000 })).toMatchObject({
      limit: "first",
    });
    expect(await codeOf("{ datasources(first: 0) { nodes { id } } }")).toMatchObject({ limit: "first" });
    expect(await codeOf("{ datasources(first: -1) { nodes { id } } }")).toMatchObject({ limit: "first" });
    expect(
      await codeOf(
        "{ datasources(first: 100) { nodes { runs(first: 100) { nodes { slices(first: 100) { nodes { id } } } } } } }",
      ),
    ).toMatchObject({ limit: "cost" });
    expect(await codeOf("{ datasources(first: 50) { nodes { id name streams { rows } } } }")).toBeUndefined();
  });

  test("variables nested too deep, and a body within 100 kB full of fragments, answer quickly", async () => {
    let deep: unknown = "x";
    for (let n = 0; n < 12; n += 1) deep = [deep];
    expect(await codeOf("query ($id: ID!) { node(id: $id) { id } }", { id: deep })).toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
    const bomb = `query { platform(name: "x") { ...f0 } } ${Array.from({ length: 40 }, (_, n) => `fragment f${n} on Platform { needs { ...f${n + 1} } excludes { ...f${n + 1} } }`).join(" ")} fragment f40 on Platform { name }`;
    expect((await owner.ask(bomb)).errors?.[0]?.extensions["code"]).toBe("LIMIT_EXCEEDED");
  });
});

test("errors carry a code of the closed list; what is ours to mend carries an id and nothing else", async () => {
  const broken = await startApi(inject("postgresUrl"), { log: { info: () => {}, warn: () => {}, error: () => {} } });
  try {
    const person = await signUp(broken);
    await broken.owner.sql`alter table plans rename to plans_gone`;
    const { errors, data } = await person.ask("{ organisation { name plan { title } } }");
    expect(errors?.[0]?.extensions).toEqual({ code: "INTERNAL", errorId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(JSON.stringify(errors)).not.toMatch(/plans|select|stack/i);
    expect(data?.organisation ?? null).toBeNull();
    await broken.owner.sql`alter table plans_gone rename to plans`;
  } finally {
    await broken.close();
  }
});

test("the same statements for one datasource and for fifty", async () => {
  const query = `{ datasources(first: 50) { nodes { id name platform { title } account { name } connection { status reason { message } } dataSync { status reason { message by { name } } }
    streams { name state rows rowsPerMinute percent } backfill { state percent rows eta { message } daysReady } currentRun { kind } recentRuns { state } commands { kind } attempt { state } grant { scopes { name isGranted } credential { lastFour } } rowsLastDay viewerCan { action isAllowed } } } organisation { slots { used allowance } } }`;
  const statementsFor = async (count: number) => {
    const person = await signUp(api);
    await setPlan(api, person, "custom");
    for (let n = 0; n < count; n += 1)
      await makeHistory(api, person.organisationId, await makeDatasource(api, person.organisationId));
    return statementsOf(api, () => person.ask(query));
  };
  const [few, many] = [await statementsFor(1), await statementsFor(50)];
  expect(many.texts.length).toBe(few.texts.length);
  expect(many.answer.data.datasources.nodes).toHaveLength(50);
  expect(few.texts.length).toBeGreaterThan(5);
  expect(few.texts.length).toBeLessThanOrEqual(24);
});

test("a list of histories that are in reads none of their windows; one that is being read has its own read", async () => {
  const query = `{ datasources(first: 50) { nodes { streams { state rows percent } backfill { percent rows eta { message } } } } }`;
  const person = await signUp(api);
  await setPlan(api, person, "custom");
  const make = async (backfill: "done" | "running") =>
    makeHistory(api, person.organisationId, await makeDatasource(api, person.organisationId, { facts: { backfill } }));
  const windowsRead = async () =>
    (await statementsOf(api, () => person.ask(query))).texts.filter((text) => /"slices"/u.test(text));
  await make("done");
  expect(await windowsRead()).toEqual([]);
  await make("running");
  expect(await windowsRead()).toHaveLength(1);
});

test("API tokens: shown once, hashed, scoped, ended, with their cost told and their rate held", async () => {
  const host = await signUp(api);
  const made = await makeDatasource(api, host.organisationId);
  const read = await makeToken(host, ["READ"]);
  expect(read.secret).toMatch(/^hw_[0-9a-f]{64}_[\w-]{43}_[0-9a-f]{8}$/);
  const [stored] = await api.owner
    .sql`select t::text as text from api_tokens t where organisation_id = ${host.organisationId}`;
  const [, secretPart = ""] = /^hw_[0-9a-f]{64}_([\w-]{43})_/.exec(read.secret) ?? [];
  expect(secretPart).toHaveLength(43);
  expect(String(stored?.["text"])).not.toContain(secretPart.slice(0, 20));
  const asked = await withToken(
    api,
    read.secret,
  )("{ me { name } organisation { slug viewerRole } datasources(first: 5) { nodes { id } } }");
  expect(asked.data).toEqual({
    me: null,
    organisation: { slug: host.slug, viewerRole: null },
    datasources: { nodes: [{ id: made.gid }] },
  });
  expect(asked.extensions?.["cost"]).toMatchObject({
    requested: expect.any(Number),
    limit: 60_000,
    remaining: expect.any(Number),
  });
  for (const wrong of [
    `${read.secret.slice(0, -1)}x`,
    read.secret.replace(/^hw_(.)/, (_, first) => (first === "f" ? "hw_0" : "hw_f")),
    read.secret.slice(3),
    "hw_",
    "",
  ])
    expect((await withToken(api, wrong)("{ organisation { slug } }")).status, wrong).toBe(401);
  const list = await host.ask(
    "{ organisation { apiTokens(first: 5) { nodes { id lastUsedAt lastUsedFrom lastFour prefix scopes } } } }",
  );
  expect(list.data.organisation.apiTokens.nodes[0]).toMatchObject({
    lastUsedFrom: "127.0.0.1",
    scopes: ["READ"],
    prefix: read.secret.split("_").slice(0, 2).join("_"),
  });
  await api.owner
    .sql`update api_tokens set expires_at = now() - interval '1 second' where organisation_id = ${host.organisationId}`;
  expect((await withToken(api, read.secret)("{ organisation { slug } }")).status).toBe(401);

  const busy = await makeToken(host, ["READ"], "busy");
  const costly =
    "{ datasources(first: 100) { nodes { streams { reason { code } } runs(first: 10) { nodes { counts { read } } } } } }";
  const answers = [];
  for (let n = 0; n < 40 && answers.at(-1)?.status !== 429; n += 1)
    answers.push(await withToken(api, busy.secret)(costly));
  const last = answers.at(-1);
  expect(last?.status).toBe(429);
  expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(last?.errors?.[0]?.extensions["code"]).toBe("RATE_LIMITED");
  expect((await host.ask("{ organisation { slug } }")).status, "the person is not held by the token's rate").toBe(200);
});

test("token mutations: who may, how many, and that a key gives its secret once", async () => {
  const host = await signUp(api);
  const create = (input: Record<string, unknown>) =>
    host.ask(
      `mutation ($input: CreateApiTokenInput!) { r: createApiToken(input: $input) { is: __typename ... on CreateApiTokenSuccess { secret token { id } } ... on TokenLimitReached { limit } ... on InvalidInput { fields { path } } } }`,
      { input: { name: "t", scopes: ["READ"], idempotencyKey: crypto.randomUUID(), ...input } },
    );
  const idempotencyKey = crypto.randomUUID();
  const [first, again] = [await create({ idempotencyKey }), await create({ idempotencyKey })];
  expect(again.data.r.token.id).toBe(first.data.r.token.id);
  expect([typeof first.data.r.secret, again.data.r.secret]).toEqual(["string", null]);
  expect((await create({ idempotencyKey, name: "other" })).data.r.is).toBe("KeyReused");
  for (const [input, path] of [
    [{ name: " " }, "name"],
    [{ scopes: [] }, "scopes"],
    [{ days: 0 }, "days"],
    [{ days: 366 }, "days"],
  ] as const)
    expect((await create(input)).data.r).toMatchObject({ is: "InvalidInput", fields: [{ path }] });
  for (let n = 1; n < 20; n += 1) expect((await create({})).data.r.is).toBe("CreateApiTokenSuccess");
  expect((await create({})).data.r).toMatchObject({ is: "TokenLimitReached", limit: 20 });
  const revoke = (token: string) =>
    host.ask(
      `mutation ($input: RevokeApiTokenInput!) { r: revokeApiToken(input: $input) { is: __typename ... on RevokeApiTokenSuccess { token { revokedAt } } } }`,
      { input: { token, idempotencyKey: crypto.randomUUID() } },
    );
  expect((await revoke(first.data.r.token.id)).data.r.token.revokedAt).not.toBeNull();
  expect((await revoke(first.data.r.token.id)).data.r.is).toBe("RevokeApiTokenSuccess");
  expect((await revoke("nothing")).data.r.is).toBe("TokenGone");
  const { secret } = await makeToken(host, ["READ", "MANAGE"]);
  expect(
    (
      await withToken(
        api,
        secret,
      )(`mutation { r: createApiToken(input: {name: "x", scopes: [READ], idempotencyKey: "k"}) { is: __typename } }`)
    ).data.r.is,
  ).toBe("NotAllowed");
});
