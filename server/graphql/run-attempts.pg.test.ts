/** What the attempts of a run met, as a caller reads it: both sides' words, what came next, and at what cost. */
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { startApi } from "../testing/api.ts";
import type { TestApi } from "../testing/api.ts";
import { makeDatasource, makeHistory } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

let api: TestApi;
let owner: Visitor;
beforeAll(async () => {
  api = await startApi(inject("postgresUrl"));
});
afterAll(() => api.close());
beforeEach(async () => {
  owner = await signUp(api);
});

const ATTEMPTS = `attemptLog { n stream title startedAt finishedAt message code read failure { class said remedy { kind } }
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
      attempt(8, { code: "shopify.throttled", ended: "rate_limit", said: "Throttled", next: "waits", next_at: at }),
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
      failure: { class: "RATE_LIMIT", said: "Throttled", remedy: { kind: "WAIT" } },
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
    const { sql } = api.serving.services.db;
    const before = sql.options.debug;
    let count = 0;
    sql.options.debug = () => void (count += 1);
    try {
      const query = `query ($id: ID!) { datasource(id: $id) { runs(first: ${first}) { nodes { kind ${ATTEMPTS} } } } }`;
      const { data, errors } = await owner.ask(query, { id: source.gid });
      expect(errors).toBeUndefined();
      return { count, nodes: data.datasource.runs.nodes };
    } finally {
      sql.options.debug = before;
    }
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
  expect(many.count).toBe(few.count);
});
