/** Reasons as a page shows them: in the brand's own time, and without a promise to keep what never came. */
import { beforeAll, expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource, makeHistory } from "../testing/rows.ts";
import type { MakeOptions } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
beforeAll(async () => {
  owner = await signUp(api);
});

const query = `query ($id: ID!) { datasource(id: $id) {
  connection { reason { message meaning } } dataSync { reason { code message } } } }`;

async function reasonsOf(options: MakeOptions): Promise<unknown> {
  const made = await makeDatasource(api, owner.organisationId, options);
  const { data, errors } = await owner.ask(query, { id: made.gid });
  expect(errors).toBeUndefined();
  return data["datasource"];
}

test("a shop in New York is paused at a time of the brand's own zone, Kolkata", async () => {
  // There it was the day before still.
  const userPausedAt = new Date("2025-11-20T20:28:00Z");
  const userPausedBy = { kind: "system" as const, name: "headwater" };
  const told = await reasonsOf({ zone: "America/New_York", facts: { userPausedAt, userPausedBy } });
  expect(told).toMatchObject({ dataSync: { reason: { code: "pausedByPerson" } } });
  expect(JSON.stringify(told)).toContain("21\u00A0Nov\u00A02025");
});

test.each([
  ["something was read before", {}, /what is here is kept/u],
  ["nothing was ever read", { lastSuccessAt: null }, /^Nothing has been read yet/u],
])("an access that was revoked, where %s", async (_case, facts, meaning) => {
  const told = await reasonsOf({ facts: { ...facts, auth: "revoked", authSince: new Date() } });
  expect(told).toMatchObject({ connection: { reason: { meaning: expect.stringMatching(meaning) } } });
});

test("an access that was revoked amid the first history does not say that nothing was read", async () => {
  const nothing = { lastSuccessAt: null, completeThrough: null, firstNumbersAt: null };
  const made = await makeDatasource(api, owner.organisationId, {
    facts: { ...nothing, auth: "revoked", authSince: new Date() },
  });
  await makeHistory(api, owner.organisationId, made);
  const { data } = await owner.ask(query, { id: made.gid });
  const meaning: unknown = expect.stringMatching(/what is here is kept/u);
  expect(data["datasource"]).toMatchObject({ connection: { reason: { meaning } } });
});

test.each([
  ["shopify", "First sync queued, starts within a minute."],
  ["custom-costs", "No file has been taken yet. Give one, or an address to fetch them from."],
] as const)("before anything has come from %s, what it waits for is said", async (platform, message) => {
  const nothing = { lastSuccessAt: null, completeThrough: null, firstNumbersAt: null };
  const told = await reasonsOf({ facts: { platform, ...nothing } });
  expect(told).toMatchObject({ dataSync: { reason: { message } } });
});

test("records that came in another shape are told of by their stream and by the datasource, not by the streams beside it", async () => {
  const whole = new Date(Date.now() - 5 * 3_600_000);
  const made = await makeDatasource(api, owner.organisationId, { facts: { completeThrough: whole } });
  await makeHistory(api, owner.organisationId, made);
  const { sql } = api.owner;
  await sql`update progress set through = now() where datasource_id = ${made.id}`;
  const since = new Date(Date.now() - 3 * 3_600_000);
  const of = { organisation_id: owner.organisationId, datasource_id: made.id, stream: "orders", kind: "order" };
  const refuse = (id: string, detail: string, reason = "missing") =>
    sql`insert into quarantine ${sql({ ...of, source_id: id, reason, detail, at: since })}`;
  const told = async () => {
    const { data, errors } = await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { needsAttention dataSync { status reason { code message since } }
        streams { name completeThrough reason { code message } } freshness { streams { name completeThrough } } } }`,
      { id: made.gid },
    );
    expect(errors).toBeUndefined();
    const { streams, freshness, ...datasource } = data["datasource"];
    const isNamed = (name: string) => (stream: { name: string }) => stream.name === name;
    const named = (name: string) => {
      const stream = streams.find(isNamed(name));
      expect(freshness.streams.find(isNamed(name)).completeThrough, name).toBe(stream.completeThrough);
      return stream;
    };
    return { datasource, orders: named("orders"), lines: named("orderLines"), customers: named("customers") };
  };
  await refuse("z", "U+0000", "textReplaced");
  expect((await told()).datasource).toMatchObject({ dataSync: { reason: null } });
  await refuse("a", "totalPriceSet: undefined");
  expect((await told()).orders.reason.message).toMatch(/^One record rejected since .+: totalPriceSet is missing\.$/u);
  await refuse("b", "totalPriceSet: undefined");
  await refuse("c", "createdAt: soon", "notInstant");
  const { datasource, orders, lines, customers } = await told();
  const message = expect.stringMatching(/^3 records of Shopify rejected since .+: totalPriceSet is missing\.$/u);
  expect(datasource).toEqual({
    needsAttention: false,
    dataSync: { status: "ACTIVE", reason: { code: "recordsRejected", since: since.toISOString(), message } },
  });
  const ofStream: unknown = expect.stringMatching(/^3 records rejected since .+: totalPriceSet is missing\.$/u);
  expect(orders).toMatchObject({
    completeThrough: whole.toISOString(),
    reason: { code: "rejected", message: ofStream },
  });
  const ofCarried: unknown = expect.stringMatching(
    /^It comes with Orders, of which 3 records have been rejected since .+: totalPriceSet is missing\.$/u,
  );
  expect(lines).toMatchObject({
    completeThrough: whole.toISOString(),
    reason: { code: "rejected", message: ofCarried },
  });
  expect(customers.reason).toBeNull();
  expect(customers.completeThrough).not.toBe(whole.toISOString());
  const behind = new Date(whole.getTime() - 3_600_000);
  await sql`update progress set through = ${behind} where datasource_id = ${made.id} and stream = 'orders'`;
  expect((await told()).orders.completeThrough, "and no further than it was read").toBe(behind.toISOString());
  await sql`delete from quarantine where datasource_id = ${made.id}`;
  expect((await told()).datasource).toMatchObject({ dataSync: { reason: null } });
  await sql`insert into quarantine ${sql({ ...of, kind: "orderLine", source_id: "l", reason: "missing", detail: "sku", at: since })}`;
  expect(await told()).toMatchObject({ orders: { reason: null }, lines: { reason: { code: "rejected" } } });
});

test("of very many rejected records so many of each stream are counted and no more, and each stream tells of its own", async () => {
  const made = await makeDatasource(api, owner.organisationId);
  await makeHistory(api, owner.organisationId, made);
  const refuse = (stream: string, kind: string, most: number) => api.owner.sql`
    insert into quarantine (organisation_id, datasource_id, stream, kind, source_id, reason, detail, at)
    select ${owner.organisationId}, ${made.id}, ${stream}, ${kind}, n, 'missing', 'totalPriceSet', now() - n * interval '1 minute'
    from generate_series(1, ${most}::int) n`;
  await refuse("customers", "customer", 2);
  await refuse("orders", "orderLine", 700);
  await refuse("orders", "order", 900);
  const { data } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { dataSync { reason { message since } } streams { name reason { message } } } }`,
    { id: made.gid },
  );
  const { dataSync, streams } = data["datasource"];
  expect(dataSync.reason.message).toMatch(
    /^1,002\+ records of Shopify rejected since .+: totalPriceSet is missing\.$/u,
  );
  const [{ oldest } = { oldest: null }] = await api.owner.sql<{ oldest: Date }[]>`
    select min(at) as oldest from quarantine where datasource_id = ${made.id}`;
  expect(dataSync.reason.since, "since the oldest of all").toBe(oldest?.toISOString());
  const told = Object.fromEntries(
    streams.map(({ name, reason }: { name: string; reason: { message: string } | null }) => [name, reason?.message]),
  );
  expect(told["orders"], "of the thousand").toMatch(/^600\+ records rejected since /u);
  expect(told["orderLines"]).toMatch(/^400\+ records rejected since /u);
  expect(told["customers"]).toMatch(/^2 records rejected since /u);
});

test.each([
  [1_000, "1,000"],
  [1_001, "1,000+"],
])("of %i rejected records %s are told", async (most, shown) => {
  const made = await makeDatasource(api, owner.organisationId);
  await makeHistory(api, owner.organisationId, made);
  await api.owner.sql`
    insert into quarantine (organisation_id, datasource_id, stream, kind, source_id, reason, detail, at)
    select ${owner.organisationId}, ${made.id}, 'orders', 'order', n, 'missing', case n when 1 then 'currency' else 'total' end,
      now() - n * interval '1 minute' from generate_series(1, ${most}::int) n`;
  const { data } = await owner.ask(`query ($id: ID!) { datasource(id: $id) { dataSync { reason { message } } } }`, {
    id: made.gid,
  });
  const [count] = data["datasource"].dataSync.reason.message.split(" records of ");
  expect(count).toBe(shown);
});

test("one line of the timeline tells which field is missing, and that it is over", async () => {
  const made = await makeDatasource(api, owner.organisationId);
  const { sql } = api.owner;
  const detail = { said: "missing: totalPriceSet", reason: "missing", field: "totalPriceSet", read: 4, rejected: 3 };
  const of = { organisation_id: owner.organisationId, datasource_id: made.id, kind: "shapeChanged" };
  await sql`insert into notices ${sql({ ...of, detail: sql.json(detail), since: new Date(Date.now() - 61_000) })}`;
  const entries = async () => {
    const timeline = `query ($id: ID!) { datasource(id: $id) { timeline(first: 5) { nodes { message } } } }`;
    return (await owner.ask(timeline, { id: made.gid })).data["datasource"]["timeline"]["nodes"];
  };
  const standing =
    "Records of Shopify have been rejected for 1 min: totalPriceSet is missing. They are kept aside; the rest goes on.";
  expect(await entries()).toEqual([{ message: standing }]);
  await sql`update notices set resolved_at = now() where datasource_id = ${made.id}`;
  const over = "For 1 min records of Shopify were rejected: totalPriceSet was missing. They come whole again.";
  expect(await entries()).toEqual([{ message: over }]);
});

test.each([
  ["klaviyo", /^Klaviyo refuses the key since /u],
  ["meta-ads", /^The access was revoked at Meta Ads /u],
])("what ended at %s is a key where nothing but a key leads in", async (platform, message) => {
  const told = await reasonsOf({ facts: { platform, auth: "revoked", authSince: new Date() } });
  expect(told).toMatchObject({ connection: { reason: { message: expect.stringMatching(message) } } });
});
