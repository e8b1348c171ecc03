/* oxlint-disable typescript/no-unsafe-type-assertion -- answers of GraphQL and of SQL are of any shape; each expectation checks what it reads */
/** Pages of every list, walked one row at a time: nothing is missing and nothing comes twice, equal times included. */
import { beforeAll, expect, test } from "vitest";
import { inTenant } from "@headwater/db";
import { makeDatasource, makeHistory } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { MUTATIONS } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeToken, setPlan, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
let made: Made;
beforeAll(async () => {
  owner = await signUp(api);
  await setPlan(api, owner, "custom");
  made = await makeDatasource(api, owner.organisationId);
  await makeHistory(api, owner.organisationId, made);
});

interface Page {
  readonly nodes: { id: string }[];
  readonly pageInfo: { endCursor: string | null; hasNextPage: boolean };
}

async function walk(query: string, at: (data: { [key: string]: unknown }) => Page, size: number): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (let page = 0; page < 200; page += 1) {
    const { data, errors } = await owner.ask(query, { id: made.gid, first: size, after });
    expect(errors).toBeUndefined();
    const { nodes, pageInfo } = at(data);
    ids.push(...nodes.map(({ id }) => id));
    if (!pageInfo.hasNextPage) return ids;
    after = pageInfo.endCursor;
  }
  throw new Error("the pages do not end");
}

const page = "nodes { id } pageInfo { endCursor hasNextPage }";
// Answers of GraphQL are of any shape; each walk reads the one that its query asks for.
const inDatasource = (name: string) => (data: { [key: string]: unknown }) =>
  (data["datasource"] as Record<string, Page>)[name] as Page;

test("runs that began in the same millisecond, or microseconds apart", async () => {
  for (let n = 100; n < 130; n += 1)
    await api.owner
      .sql`insert into runs (organisation_id, id, datasource_id, kind, n, state, started_at) values (${owner.organisationId}, ${`${made.id}:sync:${n}`}, ${made.id}, 'sync', ${n}, 'succeeded', ${n % 3 === 0 ? "2026-01-01T00:00:00.001Z" : `2026-01-01T00:00:00.0010${n % 10}Z`})`;
  const query = `query ($id: ID!, $first: Int!, $after: String) { datasource(id: $id) { runs(first: $first, after: $after) { ${page} } } }`;
  const whole = await walk(query, inDatasource("runs"), 100);
  expect(whole).toHaveLength(34);
  for (const size of [1, 7]) expect(await walk(query, inDatasource("runs"), size)).toEqual(whole);
  expect(new Set(whole).size).toBe(whole.length);
});

test("the timeline: people, the system and runs in one order; the hourly phase changes are left out", async () => {
  for (let n = 0; n < 12; n += 1)
    await owner.ask(MUTATIONS[n % 2 === 0 ? "pause" : "resume"], {
      input: { datasource: made.gid, idempotencyKey: `t${n}` },
    });
  await inTenant(api.owner, owner.organisationId, async ({ sql }) => {
    for (const [from, to] of [
      ["LIVE", "SYNCING"],
      ["SYNCING", "LIVE"],
      ["VERIFYING", "BACKFILLING"],
    ])
      await sql`select append_audit('{"kind":"system","name":"headwater"}'::jsonb, 'phaseChanged', 'datasource', ${made.id}, ${made.id}::uuid, ${sql.json({ phase: from ?? "" })}, ${sql.json({ phase: to ?? "" })})`;
  });
  await inTenant(api.owner, owner.organisationId, ({ sql }) => {
    const gap = sql.json({ from: "2025-01-01T10:00:00+00:00", to: "2025-01-03T16:30:00Z", written: 1_200 });
    return sql`select append_audit('{"kind":"system","name":"engine"}'::jsonb, 'gapFilled', 'datasource', ${made.id}, ${made.id}::uuid, null, ${gap})`;
  });
  const query = `query ($id: ID!, $first: Int!, $after: String) { datasource(id: $id) { timeline(first: $first, after: $after) { ${page} } } }`;
  const whole = await walk(query, inDatasource("timeline"), 100);
  expect(whole).toHaveLength(12 + 1 + 1 + 1);
  for (const size of [1, 5]) expect(await walk(query, inDatasource("timeline"), size)).toEqual(whole);
  const { data } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { all: timeline(first: 50) { nodes { verb message actor { kind name } run { kind } } } people: timeline(first: 50, by: PERSON) { nodes { verb } } } }`,
    { id: made.gid },
  );
  expect(data.datasource.people.nodes).toHaveLength(12);
  expect(data.datasource.all.nodes.map(({ message }: { message: string }) => message)).toContain(
    "Fetching historical data began, newest first.",
  );
  expect(
    data.datasource.all.nodes.find(({ verb }: { verb: string }) => verb === "gapFilled").message,
    "in the brand's own zone, five and a half hours ahead",
  ).toBe(
    "The gap is filled: it is complete again from 1 Jan 2025 15:30 to 3 Jan 2025 22:00, with 1,200 rows.".replaceAll(
      /(?<=\d) (?=Jan|2025|\d)|(?<=Jan) /gu,
      "\u00A0",
    ),
  );
  for (const { message, verb } of data.datasource.all.nodes)
    expect(message, verb).not.toMatch(/[{}]|BACKFILLING|datasource\./);
});

test("slices, tokens, rejected records and datasources", async () => {
  for (let n = 0; n < 9; n += 1) {
    await makeToken(owner, ["READ"], `token ${n}`);
    await makeDatasource(api, owner.organisationId);
    await api.owner
      .sql`insert into quarantine (organisation_id, datasource_id, stream, reason) values (${owner.organisationId}, ${made.id}, 'orders', 'notMapped')`;
  }
  const tokens = `query ($first: Int!, $after: String) { organisation { apiTokens(first: $first, after: $after) { ${page} } } }`;
  const list = `query ($first: Int!, $after: String) { datasources(first: $first, after: $after) { ${page} totalCount } }`;
  const rejected = `query ($id: ID!, $first: Int!, $after: String) { datasource(id: $id) { rejectedRecords(first: $first, after: $after) { ${page} } } }`;
  const cases: [string, (data: { [key: string]: unknown }) => Page, number][] = [
    [tokens, (data) => (data["organisation"] as { apiTokens: Page }).apiTokens, 9],
    [list, (data) => data["datasources"] as Page, 10],
    [rejected, inDatasource("rejectedRecords"), 9],
  ];
  for (const [query, at, count] of cases) {
    const whole = await walk(query, at, 100);
    expect(whole).toHaveLength(count);
    for (const size of [1, 4]) expect(await walk(query, at, size)).toEqual(whole);
  }
  await api.owner
    .sql`update api_tokens set created_at = '2026-11-20'::timestamptz - right(name, 1)::int * interval '1 minute' where organisation_id = ${owner.organisationId}`;
  const newest = await owner.ask("{ organisation { apiTokens(first: 3) { nodes { name } } } }");
  expect(newest.data.organisation.apiTokens.nodes, "newest first").toEqual(
    ["token 0", "token 1", "token 2"].map((name) => ({ name })),
  );
  const slices = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { runs(first: 1, kind: BACKFILL) { nodes { slices(first: 4) { ${page} } } } } }`,
    { id: made.gid },
  );
  expect(slices.data.datasource.runs.nodes[0].slices).toMatchObject({
    nodes: { length: 4 },
    pageInfo: { hasNextPage: true },
  });
});

test("cursors of another list, or of nobody's making, are told so", async () => {
  for (const after of [
    "x",
    "AAAA",
    Buffer.from("1\nx").toString("base64url"),
    Buffer.from("'; drop table runs").toString("base64url"),
  ]) {
    const { errors } = await owner.ask(
      `query ($id: ID!, $after: String) { datasource(id: $id) { runs(first: 1, after: $after) { nodes { id } } timeline(first: 1, after: $after) { nodes { id } } } datasources(first: 1, after: $after) { nodes { id } } }`,
      { id: made.gid, after },
    );
    expect(errors?.length, after).toBeGreaterThan(0);
    for (const { extensions } of errors ?? []) expect(extensions["code"], after).toBe("INVALID_INPUT");
  }
});

test("what the source said reaches the person: on the datasource, as the limit of its history, and in the timeline", async () => {
  const notice = { code: "shopify.sixtyDays", values: { days: 60 } };
  await api.owner
    .sql`update accounts set details = ${api.owner.sql.json({ notices: [notice] })} where id = ${made.accountId}`;
  await inTenant(
    api.owner,
    owner.organisationId,
    ({ sql }) =>
      sql`select append_audit('{"kind":"system","name":"headwater"}'::jsonb, 'sourceNoticed', 'datasource', ${made.id}, ${made.id}::uuid, null, ${sql.json({ notices: [notice] })})`,
  );
  const { data, errors } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { notices { code message } backfill { historyReason { code message } } timeline(first: 5) { nodes { verb message } } } }`,
    { id: made.gid },
  );
  expect(errors).toBeUndefined();
  expect(data.datasource.notices).toMatchObject([
    { code: "shopify.sixtyDays", message: expect.stringContaining("60") },
  ]);
  expect(data.datasource.backfill.historyReason).toMatchObject({ code: "shopify.sixtyDays" });
  const said = data.datasource.timeline.nodes.find(({ verb }: { verb: string }) => verb === "sourceNoticed");
  expect(said.message).toContain("60");
  expect(said.message).not.toMatch(/[{}]|notice\./);
});

test("what its pages said is shown beside it, each sentence once", async () => {
  const heard = (stream: string) => ({ code: "shopify.customerData", stream, heardAt: "2026-11-20T10:00:00Z" });
  const details = { notices: [], readNotices: [heard("orders"), heard("customers")] };
  await api.owner.sql`update accounts set details = ${api.owner.sql.json(details)} where id = ${made.accountId}`;
  const { data } = await owner.ask(`query ($id: ID!) { datasource(id: $id) { notices { code message } } }`, {
    id: made.gid,
  });
  expect(data.datasource.notices).toMatchObject([
    { code: "shopify.customerData", message: expect.stringContaining("new and returning customers") },
  ]);
});

test("a stream that fails says so itself, in the source's words; those beside it do not", async () => {
  const streams = { names: ["orders"], since: Date.now() - 3_600_000, said: "Field 'x' is gone" };
  await api.owner.sql`update datasources set failures = ${api.owner.sql.json({ streams })} where id = ${made.id}`;
  const { data, errors } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { dataSync { reason { code message } } streams { name state reason { code message meaning since } } } }`,
    { id: made.gid },
  );
  await api.owner.sql`update datasources set failures = '{}' where id = ${made.id}`;
  expect(errors).toBeUndefined();
  expect(data.datasource.dataSync.reason).toMatchObject({ code: "streamsFailed" });
  const named = (name: string) => data.datasource.streams.find((stream: { name: string }) => stream.name === name);
  expect(named("orders")).toMatchObject({
    state: "FAILED",
    reason: {
      code: "failed",
      since: new Date(streams.since).toISOString(),
      meaning: expect.stringContaining("is gone"),
    },
  });
  expect(named("products")).toMatchObject({ state: expect.not.stringMatching("FAILED") });
});

test("trouble that lasts is one entry of the timeline, however many syncs meet it, and says when it is over", async () => {
  const sick = await makeDatasource(api, owner.organisationId);
  const { sql } = api.owner;
  const of = { organisation_id: owner.organisationId, datasource_id: sick.id };
  for (let n = 1; n <= 5; n += 1) {
    const run = { ...of, id: `${sick.id}:sync:${n}`, kind: "sync", n, state: "failed", finished_at: new Date() };
    const outcome = n < 5 ? { stopped: "providerDown" } : { failedStreams: [{ stream: "orders" }] };
    await sql`insert into runs ${sql({ ...run, outcome: sql.json(outcome) })}`;
  }
  const since = new Date(Date.now() - 47 * 60_000);
  const trouble = { ...of, since, times: 4, detail: sql.json({ said: "503 Service Unavailable" }) };
  await sql`insert into notices ${sql({ ...trouble, kind: "sourceDown" })}`;
  const entries = async () => {
    const query = `query ($id: ID!) { datasource(id: $id) { timeline(first: 20) { nodes { id at verb message } } } }`;
    return (await owner.ask(query, { id: sick.gid })).data.datasource.timeline.nodes;
  };
  const [standing, ...others] = await entries();
  expect(others).toEqual([]);
  expect(standing).toMatchObject({ verb: "notice.sourceDown.standing", at: since.toISOString() });
  expect(standing.message).toBe(
    "Shopify has not answered for 47 min (4 syncs): 503 Service Unavailable. Headwater keeps trying; nothing is lost.",
  );
  const [over] = await sql`
    update notices set resolved_at = now() where datasource_id = ${sick.id} returning resolved_at as at`;
  const after = await entries();
  const at = over?.["at"].toISOString();
  expect(after).toMatchObject([{ id: standing.id, verb: "notice.sourceDown.over", at }]);
  expect(after[0].message).toContain("It answers again; nothing was lost.");
  await sql`insert into notices ${sql({ ...of, kind: "streamsFailed", detail: sql.json({ said: "gone", streams: ["refunds", "fees"] }) })}`;
  expect((await entries())[0].message).toContain("refunds, fees");
});
