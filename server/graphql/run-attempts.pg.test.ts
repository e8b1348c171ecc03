/** What the attempts of a run met, as a caller reads it: both sides' words, what came next, and at what cost. */
import { beforeEach, expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource, makeHistory } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { statementsOf } from "../testing/statements.ts";
import { signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
beforeEach(async () => {
  owner = await signUp(api);
});

const ATTEMPTS = `attemptLog { n stream title startedAt finishedAt message code read failure { class said requestId remedy { kind } }
  next { kind message until } } attemptsForgotten`;
const attempt = (n: number, more: object) => ({ n, ended: "transient", code: null, said: null, next: null, ...more });
async function write(source: Made, attempts: readonly ReturnType<typeof attempt>[], noted: number): Promise<void> {
  const { sql } = api.owner;
  const run = `${source.id}:backfill:1`;
  const of = { organisation_id: owner.organisationId, run_id: run, datasource_id: source.id, stream: "orders" };
  for (const each of attempts)
    await sql`insert into run_attempts ${sql({ ...of, started_at: new Date(), finished_at: new Date(), ...each })}`;
  await sql`update runs set noted = ${noted} where id = ${run}`;
}

test("is told in our words and the source's, with what came next, in the language of whoever asks", async () => {
  const source = await makeDatasource(api, owner.organisationId);
  await makeHistory(api, owner.organisationId, source);
  const at = new Date(Date.now() + 90_000);
  const budget = api.owner.sql.json({ rule: "inARow", count: 2, most: 5 });
  await write(
    source,
    [
      attempt(8, {
        code: "shopify.throttled",
        ended: "rate_limit",
        said: "Throttled",
        request_id: "r-9",
        next: "waits",
        next_at: at,
      }),
      attempt(9, { ended: "invalid_request", code: "nobody.words", said: "what is this", next: "counted", budget }),
      attempt(10, { ended: "well", read: 250 }),
    ],
    10,
  );
  const ask = async (headers = {}) => {
    const { data, errors } = await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { runs(first: 1, kind: BACKFILL) { nodes { ${ATTEMPTS} } } } }`,
      { id: source.gid },
      headers,
    );
    expect(errors).toBeUndefined();
    return data.datasource.runs.nodes[0];
  };
  const run = await ask();
  expect(run.attemptsForgotten).toBe(7);
  expect(run.attemptLog).toMatchObject([
    {
      n: 8,
      title: "Orders",
      failure: { class: "RATE_LIMIT", said: "Throttled", requestId: "r-9", remedy: { kind: "WAIT" } },
      next: { kind: "WAITS", until: at.toISOString() },
    },
    {
      message: "The source refused the question; this stream is set aside.",
      next: { kind: "COUNTED", message: "It counts: 2 in a row; at 5 Headwater pauses the sync.", until: null },
    },
    { n: 10, read: "250", failure: null, next: null, message: "It went well." },
  ]);
  expect(run.attemptLog[0].message, "the connector's own words").toContain("Shopify");
  const inHindi = await ask({ "accept-language": "hi" });
  for (const each of inHindi.attemptLog) expect(each.message).toMatch(/\p{Script=Devanagari}/u);
  expect(inHindi.attemptLog[1].next.message).toContain("2");
});

test("costs the same statements for one run and for fifty, and a run that nothing happened to has none", async () => {
  const source = await makeDatasource(api, owner.organisationId);
  await makeHistory(api, owner.organisationId, source, 49);
  const ask = async (first: number) => {
    const query = `query ($id: ID!) { datasource(id: $id) { runs(first: ${first}) { nodes { kind ${ATTEMPTS} } } } }`;
    const { texts, answer } = await statementsOf(api, () => owner.ask(query, { id: source.gid }));
    expect(answer.errors).toBeUndefined();
    return { texts, nodes: answer.data.datasource.runs.nodes };
  };
  expect((await ask(50)).nodes.flatMap((run: { attemptLog: object[] }) => run.attemptLog)).toEqual([]);
  await write(source, [attempt(1, { next: "again" })], 1);
  await api.owner
    .sql`insert into run_attempts (organisation_id, run_id, n, datasource_id, started_at, finished_at, ended)
    select organisation_id, id, 1, datasource_id, now(), now(), 'well' from runs
    where datasource_id = ${source.id} and kind = 'sync'`;
  const [few, many] = [await ask(1), await ask(50)];
  expect(many.nodes.every((run: { attemptLog: object[] }) => run.attemptLog.length === 1)).toBe(true);
  expect(many.nodes).toHaveLength(50);
  expect(many.texts.length).toBe(few.texts.length);
});

const PULLS = `datasource(id: $id) { feeds { id pulls(first: $first, after: $after) {
  nodes { title feed times message code startedAt failure { said } next { kind message } uploads { filename } }
  pageInfo { hasNextPage endCursor } } } runs(first: 9, kind: SYNC) { nodes { n times attemptLog { title times uploads { filename } } } } }`;

/** Two feeds: one brought a file, was asked 95 times for nothing and then failed; the other had nothing new beside the first. */
async function withPulls(): Promise<Made> {
  const source = await makeDatasource(api, owner.organisationId);
  const { sql } = api.owner;
  await sql`update datasources set platform = 'custom-costs' where id = ${source.id}`;
  const of = { organisation_id: owner.organisationId, datasource_id: source.id };
  const address = sql.json({ kind: "https", url: "https://files.example.com/own.csv", auth: "none", name: "" });
  const made = { ...of, kind: "https", address, every_minutes: 15, mode: "upsert" };
  const feeds = await sql<{ id: string }[]>`insert into cost_feeds ${sql([
    { ...made, name: "Warehouse" },
    { ...made, name: "Rents" },
  ])} returning id`;
  const [warehouse = "", rents = ""] = feeds.map(({ id }) => id);
  const pull = async (n: number, feed: string, more: object, times = 1) => {
    const id = `${source.id}:sync:${n}`;
    const at = new Date(Date.now() - (10 - n) * 60_000);
    const run = { ...of, id, kind: "sync", n, state: "succeeded", started_at: at, times, noted: 1 };
    await sql`insert into runs ${sql(run)} on conflict do nothing`;
    const told = {
      ...of,
      run_id: id,
      n: feed === rents ? 2 : 1,
      feed_id: feed,
      started_at: at,
      finished_at: at,
      times,
    };
    await sql`insert into run_attempts ${sql({ ...told, ended: "well", ...more })}`;
    return id;
  };
  const by = sql.json({ kind: "system", name: "engine" });
  const file = { ...of, how: "https", by, mode: "upsert", size: 10, sha256: "x" };
  const brought = await pull(1, warehouse, { code: "custom-costs.fetched" });
  await pull(1, rents, { code: "custom-costs.unchanged" });
  await sql`insert into uploads ${sql([
    { ...file, feed_id: warehouse, run_id: brought, filename: "own.csv" },
    { ...file, feed_id: rents, run_id: brought, filename: "rents.csv" },
  ])}`;
  await pull(2, warehouse, { code: "custom-costs.unchanged" }, 95);
  const budget = sql.json({ rule: "retries", count: 2, most: 3 });
  await pull(3, warehouse, { ended: "transient", code: "custom-costs.trouble", said: "503", next: "again", budget });
  return source;
}

test("pulls are told of their feed, newest first, with the files that each brought, and of their syncs", async () => {
  const source = await withPulls();
  const ask = async (after: string | null) => {
    const variables = { id: source.gid, first: 2, after };
    const { data, errors } = await owner.ask(`query ($id: ID!, $first: Int!, $after: String) { ${PULLS} }`, variables);
    expect(errors).toBeUndefined();
    const pulls: { title: string }[][] = data.datasource.feeds.map(
      (feed: { pulls: { nodes: object[] } }) => feed.pulls.nodes,
    );
    return { of: data.datasource, at: pulls.findIndex(([pull]) => pull?.title === "Warehouse") };
  };
  const { of, at } = await ask(null);
  expect(of.feeds[at].pulls.nodes).toMatchObject([
    {
      title: "Warehouse",
      message: "The source cannot answer now.",
      failure: { said: "503" },
      next: { kind: "TRIED_AGAIN", message: "It is tried again after 1, 5 and 30 minutes: this is try 2 of 3." },
      uploads: [],
    },
    { times: 95, message: "Nothing new: it is the same as before.", failure: null, next: null },
  ]);
  const { hasNextPage, endCursor } = of.feeds[at].pulls.pageInfo;
  expect(hasNextPage).toBe(true);
  const more = (await ask(endCursor)).of.feeds[at].pulls;
  expect(more).toMatchObject({
    nodes: [{ message: "A new file came in.", uploads: [{ filename: "own.csv" }] }],
    pageInfo: { hasNextPage: false },
  });
  const runs: { n: number; times: number; attemptLog: object[] }[] = of.runs.nodes;
  expect(runs.map(({ n, times }) => [n, times])).toEqual([
    [3, 1],
    [2, 95],
    [1, 1],
  ]);
  expect(runs[2]?.attemptLog).toMatchObject([
    { title: "Warehouse", uploads: [{ filename: "own.csv" }] },
    { title: "Rents", uploads: [{ filename: "rents.csv" }] },
  ]);
});
