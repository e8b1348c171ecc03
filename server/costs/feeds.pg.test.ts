// What is saved of a feed: its secret sealed, its address one that may be reached, and a worker told of it.
import { inTenant, openDatabase, organisationId } from "@headwater/db";
import { beforeAll, describe, expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { connectCosts, nothingYet } from "../testing/mutations.ts";
import { makeDatasource } from "../testing/rows.ts";
import { ask, makeToken, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
let costs = "";
beforeAll(async () => {
  owner = await signUp(api);
  costs = await connectCosts(api, owner);
});

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

test("a feed's name is refused where nothing of it can be seen or it holds control characters", async () => {
  for (const name of ["\u200B", "a\u0007b", " "])
    expect(await save({ name })).toMatchObject({
      __typename: "InvalidInput",
      fields: [{ path: "name", message: expect.stringMatching(/\w/) }],
    });
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
  expect(await save({ feed: feed.id, auth: "bearer", secret: "two" }), "others work").toMatchObject({
    command: { kind: "syncNow" },
  });
  await api.owner
    .sql`update datasources set auth = 'revoked', phase = 'REAUTHORIZE' where id in (select datasource_id from cost_feeds)`;
  expect(await save({ feed: feed.id, auth: "bearer", secret: "three" })).toMatchObject({
    command: { kind: "reauthorized" },
  });
  expect((await feeds()).at(-1)).toMatchObject({ asked: true });
  await api.owner.sql`update datasources set auth = 'ok', phase = 'LIVE' where auth = 'revoked'`;
});

const PRIVATE = /^This address points inside a private network/;
test.each([
  ["http://files.example.com/costs.csv", "It must begin with https."],
  ["https://127.0.0.1/costs.csv", PRIVATE],
  ["https://[::1]/costs.csv", PRIVATE],
  ["https://169.254.169.254/latest/meta-data/", PRIVATE],
  ["https://10.1.2.3/costs.csv", PRIVATE],
  ["https://0x7f000001/costs.csv", PRIVATE],
  ["https://localhost/costs.csv", PRIVATE],
  ["https://files.example.com:8443/costs.csv", "Only port 443 is asked."],
  ["https://me:secret@files.example.com/costs.csv", /^Leave name and password out/],
  ["ftp://files.example.com/costs.csv", "It must begin with https."],
  ["https://", "This is no address that can be read."],
])("%s is no address of a feed, by the rule that refuses it", async (url, message) => {
  const before = (await feeds()).length;
  const refused = await save({ url });
  expect(refused).toMatchObject({ __typename: "InvalidInput", fields: [{ path: "address.url" }] });
  expect(refused.fields[0].message).toMatch(message);
  expect((await feeds()).length).toBe(before);
});

test("a sync now asks for every feed that let us in; what only a source has is refused with its reason", async () => {
  const command = (name: string, more = "") =>
    owner.ask(
      `mutation ($id: ID!) { ${name}(input: { datasource: $id, idempotencyKey: "c ${(keys += 1)}" ${more} }) { __typename
        ... on NotPossibleNow { reason { code message } } } }`,
      { id: costs },
    );
  await api.owner.sql`update cost_feeds set removed_at = now()`;
  await api.owner.sql`update datasources set first_numbers_at = now() where organisation_id = ${owner.organisationId}`;
  const none = await command("syncNow");
  expect(none.data.syncNow).toMatchObject({ reason: { code: "nothingToFetch" } });
  await save();
  await save();
  // Before anything was pulled by them.
  await api.owner.sql`update datasources set next_run_at = null where organisation_id = ${owner.organisationId}`;
  await api.owner.sql`update cost_feeds set asked_at = null, state = 'ok'`;
  await api.owner
    .sql`update cost_feeds set state = 'refused' where id = (select id from cost_feeds where removed_at is null order by created_at, id limit 1)`;
  expect((await command("syncNow")).data.syncNow.__typename).toBe("SyncNowSuccess");
  const standing = (await feeds()).filter(({ removed }) => !removed);
  expect(standing.map(({ asked }) => asked)).toEqual([false, true]);
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
});

const sftp = {
  url: null,
  host: "sftp.example.com",
  user: "me",
  pattern: "out/*.csv",
  auth: "password",
  secret: "canary-of-a-server",
};
const wrongWith = async (more: object): Promise<string[]> => {
  const { __typename: is, fields } = await save({ ...sftp, ...more });
  return is === "InvalidInput" ? fields.map(({ path }: { path: string }) => path) : [is];
};

describe("over SFTP", () => {
  const agree = async (feed: string, hostKey: string, by = owner) =>
    (
      await by.ask(
        `mutation ($input: AgreeToHostKeyInput!) { agreeToHostKey(input: $input) { __typename
          ... on AgreeToHostKeySuccess { feed { hostKey metHostKey } command { kind } } ... on UploadRefused { detail } } }`,
        { input: { feed, hostKey, idempotencyKey: `agree ${(keys += 1)}` } },
      )
    ).data.agreeToHostKey;
  const [met, other] = ["A", "B"].map((letter) => `ssh-ed25519 SHA256:${letter.repeat(43)}`);

  test("a feed is saved, its key agreed to as it was met and no other, and met anew at another server", async () => {
    const { feed } = await save(sftp);
    expect(feed).toMatchObject({ hasSecret: true, state: "UNPROVEN" });
    const row = () =>
      api.owner
        .sql`select kind, host_key as agreed, met_key as met, asked_at is not null as asked from cost_feeds where kind = 'sftp'`;
    expect(await row()).toEqual([{ kind: "sftp", agreed: null, met: null, asked: true }]);
    expect(await agree(feed.id, met ?? "")).toMatchObject({
      __typename: "UploadRefused",
      detail: expect.stringContaining("another key"),
    });
    await api.owner.sql`update cost_feeds set met_key = ${met ?? ""}, asked_at = null where kind = 'sftp'`;
    expect(await agree(feed.id, other ?? "")).toMatchObject({
      __typename: "UploadRefused",
      detail: expect.stringContaining("another key"),
    });
    const stranger = await signUp(api);
    expect((await agree(feed.id, met ?? "", stranger)).__typename).toBe("UploadGone");
    expect(await agree(feed.id, met ?? "")).toEqual({
      __typename: "AgreeToHostKeySuccess",
      feed: { hostKey: met, metHostKey: met },
      command: { kind: "syncNow" },
    });
    expect(await row()).toMatchObject([{ agreed: met, asked: true }]);
    const { secret: _kept, ...same } = sftp;
    await save({ ...same, feed: feed.id, pattern: "/elsewhere/*.csv" });
    expect(await row()).toMatchObject([{ agreed: met, met }]);
    await save({ ...sftp, feed: feed.id, host: "another.example.com" });
    expect(await row()).toMatchObject([{ agreed: null, met: null }]);
    expect(
      await wrongWith({ feed: feed.id, url: "https://files.example.com/a.csv", host: null, auth: "none" }),
    ).toEqual(["address.kind"]);
  });

  test("the API writes no key that was not met, and says of none that it was", async () => {
    const db = openDatabase({ url: api.databaseUrls.apiUrl, max: 1, name: "keys" });
    for (const change of ["host_key = 'ssh-rsa SHA256:x'", "met_key = 'x'", "host_key = 'x', met_key = 'x'"])
      await expect(
        inTenant(db, organisationId(owner.organisationId), (tx) =>
          tx.sql.unsafe(`update cost_feeds set ${change} where kind = 'sftp'`),
        ),
        change,
      ).rejects.toThrow(/met/);
    await db.close();
  });
});

test.each([
  [{ host: "" }, "address.host"],
  [{ host: "sftp://sftp.example.com" }, "address.host"],
  [{ host: "me@sftp.example.com" }, "address.host"],
  [{ host: "sftp.example.com:22" }, "address.host"],
  [{ port: 80 }, "address.port"],
  [{ port: 443 }, "address.port"],
  [{ port: 65_536 }, "address.port"],
  [{ user: "" }, "address.user"],
  [{ pattern: "" }, "address.pattern"],
  [{ pattern: "*/costs.csv" }, "address.pattern"],
  [{ secret: null }, "secret"],
  [{ auth: "key", secret: "hunter2" }, "secret"],
  [{ auth: "key", secret: "ssh-ed25519 AAAA me" }, "secret"],
  [{ auth: "none" }, "address.auth"],
])("over SFTP %o is refused beside its field", async (more, path) => {
  expect(await wrongWith(more)).toContain(path);
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

test("while the first file waits for somebody to look at it, the status says that, and asks for no other", async () => {
  const made = await makeDatasource(api, owner.organisationId, {
    shop: "waiting",
    facts: { ...nothingYet, platform: "custom-costs", backfill: "done" },
  });
  const told = async () =>
    (
      await owner.ask("query ($id: ID!) { datasource(id: $id) { dataSync { status reason { code message } } } }", {
        id: made.gid,
      })
    ).data.datasource.dataSync;
  expect(await told()).toMatchObject({
    status: "NOT_SYNCED",
    reason: { message: expect.stringMatching(/^No file has been taken/) },
  });
  await api.owner
    .sql`insert into uploads (organisation_id, id, datasource_id, how, filename, by, mode, size, sha256, state)
    values (${owner.organisationId}, gen_random_uuid(), ${made.id}, 'browser', 'a.csv', '{"kind":"system","name":"test"}', 'upsert', 1, 'x',
      'needs_confirmation')`;
  expect(await told()).toMatchObject({
    reason: { code: "noFileYet.waits", message: expect.stringMatching(/^A file has come and waits/) },
  });
});
