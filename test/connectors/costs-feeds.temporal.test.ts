// A feed of cost files from the click to the numbers and to its end: through the API, Temporal, Postgres and the stand-in
// of a merchant's own server.
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import { startApi, type TestApi } from "@headwater/server/testing/api.ts";
import { signUp, type Visitor } from "@headwater/server/testing/visitor.ts";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { demo } from "../sandbox/custom-costs/twin.ts";
import { startTestSandbox, type TestSandbox } from "../sandbox/testing.ts";
import { openEngine } from "./real-engine.ts";

let sandbox: TestSandbox;
let api: TestApi;
let owner: Visitor;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  sandbox = await startTestSandbox();
  const engine = await openEngine(inject("temporalAddress"));
  const outbound = makeOutbound({ routes: new Map([["files.costs.example", new URL(sandbox.origin)]]) });
  api = await startApi(inject("postgresUrl"), { outbound, ringer: engine.ringer });
  await engine.start({
    workerUrl: api.databaseUrls.workerUrl,
    vaultPrivateKey: api.privateKey,
    uploadsFolder: api.uploadsFolder,
    outbound,
    clientOf: () => null,
  });
  closing.push(
    () => engine.close(),
    () => api.close(),
    () => outbound.close(),
    () => sandbox.close(),
  );
  owner = await signUp(api);
});
afterAll(async () => {
  for (const close of closing) await close();
});

async function give(name: string, input: object, fields: string) {
  const inputType =
    name === "pullNow" || name === "removeFeed" ? "FeedCommand" : `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const { data, errors } = await owner.ask(
    `mutation ($input: ${inputType}Input!) { result: ${name}(input: $input) { is: __typename ... on ${type}Success { ${fields} } ... on UserError { message } } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
  );
  expect(errors).toBeUndefined();
  expect(data.result.is, data.result.message).toBe(`${type}Success`);
  return data.result;
}
const lay = (...amounts: number[]) =>
  sandbox.desk("custom-costs/files/own.csv", {
    text: ["date,cost_type,amount,name", ...amounts.map((amount, n) => `2026-11-18,fixed,${amount},R${n}`)].join("\n"),
  });
const states = async () =>
  (await api.owner.sql<{ state: string }[]>`select state from uploads order by created_at`).map(({ state }) => state);
const sum = async () => (await api.owner.sql`select coalesce(sum(amount), 0)::int as sum from costs`)[0]?.["sum"];

test("a feed is saved, shown, confirmed and pulled again; refused it asks for its secret; removed it is quiet", async () => {
  const { datasource } = await give("connectNative", { platform: "custom-costs" }, "datasource { id }");
  const phase = async () => (await api.owner.sql`select phase from datasources`)[0]?.["phase"];
  await expect.poll(phase).toBe("LIVE");
  await lay(1, 2);
  const saving = {
    datasource: datasource.id,
    name: "Daily",
    url: "https://files.costs.example/bearer/own.csv",
    auth: "bearer",
    everyMinutes: 60,
  };
  const { feed } = await give("saveFeed", { ...saving, secret: demo.bearer }, "feed { id }");
  await expect.poll(states).toEqual(["needs_confirmation"]);
  const [first] = await api.owner.sql<{ id: string }[]>`select id from uploads`;
  const look = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { feeds { state } uploads(first: 1) { nodes { id } } } }`,
    { id: datasource.id },
  );
  expect(look.data.datasource.feeds).toEqual([{ state: "OK" }]);
  await give(
    "confirmUpload",
    { upload: look.data.datasource.uploads.nodes[0].id, goodRowsOnly: false },
    "upload { id }",
  );
  await expect.poll(sum).toBe(3);

  await lay(1, 20, 300);
  await give("pullNow", { feed: feed.id }, "feed { id }");
  await expect.poll(sum).toBe(321);
  expect(await states()).toEqual(["committed", "committed"]);
  const open = () => api.owner.sql`select 1 from commands where kind = 'syncNow' and state <> 'done'`;
  await expect.poll(open).toHaveLength(0);

  const state = async () => (await api.owner.sql`select state from cost_feeds`)[0]?.["state"];
  await sandbox.desk("faults", { kind: "serverError", platform: "custom-costs", count: 1 });
  await give("pullNow", { feed: feed.id }, "feed { id }");
  await expect.poll(state).toBe("failing");
  await api.owner.sql`update cost_feeds set due_at = now() + interval '1 day'`;
  await lay(1, 20, 303);
  await give("pullNow", { feed: feed.id }, "feed { id }");
  await expect.poll(state, { message: "at once, not when it would be tried again" }).toBe("ok");
  await expect.poll(sum).toBe(324);

  await give("saveFeed", { ...saving, feed: feed.id, secret: "wrong" }, "feed { id }");
  const auth = async () => (await api.owner.sql`select auth from datasources`)[0]?.["auth"];
  await expect.poll(auth).toBe("revoked");
  await expect.poll(phase).toBe("REAUTHORIZE");
  await lay(7);
  await give("saveFeed", { ...saving, feed: feed.id, secret: demo.bearer }, "feed { id }");
  await expect.poll(sum).toBe(330);
  await expect.poll(async () => [await auth(), await phase()]).toEqual(["ok", "LIVE"]);

  await give("removeFeed", { feed: feed.id }, "feed { id }");
  const left = await api.owner.sql`select 1 from cost_feeds where removed_at is null`;
  expect([left.length, await sum(), first !== undefined]).toEqual([0, 330, true]);
});
