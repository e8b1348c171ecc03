// What is saved of a feed: its secret sealed, its address one that may be reached, and a worker told of it.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startApi } from "../testing/api.ts";
import type { TestApi } from "../testing/api.ts";
import { ask, makeToken, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

let api: TestApi;
let owner: Visitor;
let costs = "";
beforeAll(async () => {
  api = await startApi(inject("postgresUrl"));
  owner = await signUp(api);
  const { data } = await owner.ask(
    `mutation { connectNative(input: { platform: "custom-costs", idempotencyKey: "n" }) { ... on ConnectNativeSuccess { datasource { id } } } }`,
  );
  costs = data.connectNative.datasource.id;
  // As a worker leaves it.
  await api.owner
    .sql`update datasources set phase = 'LIVE', auth = 'ok', authorizing_until = null, connected_at = now() where organisation_id = ${owner.organisationId}`;
});
afterAll(() => api.close());

let keys = 0;
const address = { name: "Daily", url: "https://files.example.com/costs.csv", auth: "none", everyMinutes: 60 };
async function save(more: object = {}, by = owner) {
  const input = { datasource: costs, ...address, idempotencyKey: `save ${(keys += 1)}`, ...more };
  const { data, errors } = await by.ask(
    `mutation ($input: SaveFeedInput!) { saveFeed(input: $input) { __typename
      ... on SaveFeedSuccess { feed { id hasSecret state url } command { kind state } }
      ... on InvalidInput { fields { path message } } } }`,
    { input },
  );
  expect(errors).toBeUndefined();
  return data.saveFeed;
}
const feeds = () =>
  api.owner.sql<{ id: string; grant: string | null; asked: boolean; removed: boolean }[]>`
    select id, grant_id as grant, asked_at is not null as asked, removed_at is not null as removed from cost_feeds order by created_at`;

test("a feed is saved with its secret sealed, and pulled at once", async () => {
  const rings = api.rings.length;
  const made = await save({ auth: "bearer", secret: "canary-of-a-feed" });
  expect(made).toMatchObject({
    feed: { hasSecret: true, state: "UNPROVEN", url: address.url },
    command: { kind: "syncNow", state: "ACCEPTED" },
  });
  expect(api.rings.length).toBeGreaterThan(rings);
  for (const table of ["cost_feeds", "grants", "credentials", "commands", "audit_log"]) {
    const rows = await api.owner.sql<{ row: string }[]>`select t::text as row from ${api.owner.sql(table)} as t`;
    expect(
      rows.some(({ row }) => row.includes("canary-of-a-feed")),
      table,
    ).toBe(false);
  }
  const changed = await save({ feed: made.feed.id, auth: "bearer", name: "Hourly" });
  expect(changed, "the secret is kept where none is given").toMatchObject({ feed: { hasSecret: true } });
  const open = await save({ feed: made.feed.id, auth: "none" });
  expect(open, "and let go where none is needed").toMatchObject({ feed: { hasSecret: false } });
});

test("a secret is kept for the place that it was given for, and for no other", async () => {
  const given = { auth: "bearer", secret: "canary-of-a-feed" };
  const { feed } = await save(given);
  const again = (more: object) => save({ feed: feed.id, auth: "bearer", ...more });
  expect(await again({ url: "https://files.example.com/other.csv?day=1" })).toMatchObject({
    feed: { hasSecret: true },
  });
  for (const elsewhere of [
    { url: "https://elsewhere.example.com/costs.csv" },
    { auth: "header", user: "x-key" },
    { auth: "basic", user: "me" },
  ])
    expect(await again(elsewhere)).toMatchObject({ __typename: "InvalidInput", fields: [{ path: "secret" }] });
  expect(await again({ url: "https://elsewhere.example.com/costs.csv", secret: "new" })).toMatchObject({
    feed: { url: "https://elsewhere.example.com/costs.csv" },
  });
});

test("what opens a signed address is told to whoever may change it, and stands in no command and no log", async () => {
  const { feed } = await save({ url: "https://files.example.com/costs.csv?token=canary-in-a-query" });
  expect(feed.url).toContain("canary-in-a-query");
  for (const table of ["commands", "audit_log"]) {
    const rows = await api.owner.sql<{ row: string }[]>`select t::text as row from ${api.owner.sql(table)} as t`;
    expect(
      rows.some(({ row }) => row.includes("canary-in-a-query")),
      table,
    ).toBe(false);
  }
  const reader = await makeToken(owner, ["READ"]);
  const told = await ask(
    api,
    { authorization: `Bearer ${reader.secret}` },
    "query ($id: ID!) { datasource(id: $id) { feeds { url } } }",
    { id: costs },
  );
  const urls = told.data.datasource.feeds.map((each: { url: string }) => each.url);
  expect(urls).toContain("https://files.example.com/costs.csv?…");
  expect(JSON.stringify(urls)).not.toContain("canary");
});

test("one that the source refused is proven again first", async () => {
  const { feed } = await save({ auth: "bearer", secret: "one" });
  await api.owner.sql`update cost_feeds set state = 'refused', asked_at = null`;
  expect(await save({ feed: feed.id, auth: "bearer", secret: "two" })).toMatchObject({
    command: { kind: "reauthorized" },
  });
  expect((await feeds()).at(-1)).toMatchObject({ asked: true });
});

test.each([
  ["http://files.example.com/costs.csv"],
  ["https://127.0.0.1/costs.csv"],
  ["https://[::1]/costs.csv"],
  ["https://169.254.169.254/latest/meta-data/"],
  ["https://10.1.2.3/costs.csv"],
  ["https://0x7f000001/costs.csv"],
  ["https://localhost/costs.csv"],
  ["https://files.example.com:8443/costs.csv"],
  ["https://me:secret@files.example.com/costs.csv"],
  ["ftp://files.example.com/costs.csv"],
])("%s is no address of a feed", async (url) => {
  const before = (await feeds()).length;
  expect(await save({ url })).toMatchObject({ __typename: "InvalidInput", fields: [{ path: "address.url" }] });
  expect((await feeds()).length).toBe(before);
});

test("a sync now asks for every feed that let us in; what only a source has is refused with its reason", async () => {
  await api.owner
    .sql`update datasources set first_numbers_at = now(), next_run_at = now() where organisation_id = ${owner.organisationId}`;
  await save();
  await save();
  await api.owner.sql`update cost_feeds set asked_at = null, state = 'ok'`;
  await api.owner
    .sql`update cost_feeds set state = 'refused' where id = (select id from cost_feeds order by created_at, id limit 1)`;
  const command = (name: string, more = "") =>
    owner.ask(
      `mutation ($id: ID!) { ${name}(input: { datasource: $id, idempotencyKey: "c ${(keys += 1)}" ${more} }) { __typename
        ... on NotPossibleNow { reason { code message } } } }`,
      { id: costs },
    );
  expect((await command("syncNow")).data.syncNow.__typename).toBe("SyncNowSuccess");
  const [refused, ...others] = await feeds();
  expect([refused?.asked, others.filter(({ removed }) => !removed).every(({ asked }) => asked)]).toEqual([false, true]);
  for (const [name, more] of [
    ["resyncDatasource", ""],
    ["extendHistory", ', from: "2020-01-01"'],
    ["bringForward", ', from: "2026-01-01", to: "2026-01-02"'],
    ["setCadence", ", cadenceSeconds: 3600"],
    ["reauthorizeDatasource", ""],
    ["replaceDatasource", ', platform: "shopify", fields: [{ name: "shop", value: "other.myshopify.com" }]'],
  ] as const) {
    const { data, errors } = await command(name, more);
    expect(errors, name).toBeUndefined();
    expect(data[name], name).toMatchObject({ __typename: "NotPossibleNow", reason: { code: "comesInFiles" } });
    expect(data[name].reason.message).toContain("files");
  }
  await api.owner.sql`update datasources set next_run_at = null where organisation_id = ${owner.organisationId}`;
  expect((await command("syncNow")).data.syncNow).toMatchObject({ reason: { code: "nothingToFetch" } });
});

test("over SFTP nothing is pulled yet, and that is said instead of saved", async () => {
  const sftp = { url: null, host: "sftp.example.com", user: "me", pattern: "out/*.csv", auth: "password", secret: "x" };
  const refused = await save(sftp);
  expect(refused).toMatchObject({ __typename: "InvalidInput", fields: [{ path: "host" }] });
  expect(refused.fields[0].message).toContain("SFTP");
});

test("removed, it is pulled no more; nobody else removes or changes it", async () => {
  const { feed } = await save();
  const stranger = await signUp(api);
  expect((await save({ feed: feed.id }, stranger)).__typename).not.toBe("SaveFeedSuccess");
  const remove = (by: Visitor) =>
    by.ask(`mutation ($feed: ID!) { removeFeed(input: { feed: $feed, idempotencyKey: "remove" }) { __typename } }`, {
      feed: feed.id,
    });
  expect((await remove(stranger)).data.removeFeed.__typename).toBe("UploadGone");
  expect((await feeds()).at(-1)).toMatchObject({ removed: false });
  expect((await remove(owner)).data.removeFeed.__typename).toBe("RemoveFeedSuccess");
  expect((await feeds()).at(-1)).toMatchObject({ removed: true });
  const next = async () =>
    (await api.owner.sql`select next_run_at as at from datasources where organisation_id = ${owner.organisationId}`)[0];
  await api.owner.sql`update datasources set next_run_at = now() where organisation_id = ${owner.organisationId}`;
  await api.owner.sql`update cost_feeds set removed_at = now()`;
  const last = await save();
  expect(await next()).not.toEqual({ at: null });
  await owner.ask(
    `mutation ($feed: ID!) { removeFeed(input: { feed: $feed, idempotencyKey: "last" }) { __typename } }`,
    {
      feed: last.feed.id,
    },
  );
  expect(await next(), "without a feed there is no next time").toEqual({ at: null });
});

test("what people send is never late", async () => {
  await api.owner
    .sql`update datasources set last_success_at = now() - interval '3 days' where organisation_id = ${owner.organisationId}`;
  const { data } = await owner.ask("query ($id: ID!) { datasource(id: $id) { isStale } }", { id: costs });
  expect(data.datasource).toEqual({ isStale: false });
});
