import { memberships } from "@headwater/db/schema/tables.ts";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { connectCosts } from "../testing/mutations.ts";
import { makeDatasource } from "../testing/rows.ts";
import { joinAs, makeToken, signUp, withToken } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();

const GRANTS = `{ organisation { grants { giverLeft platform { name } datasources { id }
  grant { holder endsAt givenBy { name } credential { lastFour } scopes { isUnused } } } } }`;

test("every consent and key that lives is listed, with what stands on it and whether its giver left", async () => {
  const owner = await signUp(api);
  const { sql } = api.owner;
  const leaving = await joinAs(api, owner, "admin");
  const old = await makeDatasource(api, owner.organisationId);
  const key = await makeDatasource(api, owner.organisationId);
  const ended = await makeDatasource(api, owner.organisationId);
  await makeDatasource(api, owner.organisationId, { facts: { disconnectedAt: new Date() } });
  const bare = await makeDatasource(api, owner.organisationId);
  await sql`update grants set credential_id = gen_random_uuid() where organisation_id = ${owner.organisationId} and id <> ${bare.grantId}`;
  await sql`update grants set created_at = now() - interval '90 days', created_by = ${leaving.userId}, holder = '{"name":"Priya"}' where id = ${old.grantId}`;
  await sql`update grants set platform = 'klaviyo', created_by = ${owner.userId} where id = ${key.grantId}`;
  await sql`insert into credentials (organisation_id, grant_id, version, key_id, last_four, erased_at)
    values (${owner.organisationId}, ${key.grantId}, 1, 'test', '9f2c', now())`;
  await sql`update grants set ended_at = now() where id = ${ended.grantId}`;
  const listed = async () => (await owner.ask(GRANTS)).data.organisation.grants;
  const [first, second, ...rest] = await listed();
  expect(rest).toEqual([]);
  expect(first).toMatchObject({ giverLeft: false, platform: { name: "shopify" }, grant: { holder: "Priya" } });
  expect(first.datasources).toEqual([{ id: old.gid }]);
  expect(second).toMatchObject({ platform: { name: "klaviyo" }, grant: { credential: { lastFour: "9f2c" } } });
  await api.owner.drizzle.delete(memberships).where(eq(memberships.userId, leaving.userId));
  expect((await listed()).map(({ giverLeft }: { giverLeft: boolean }) => giverLeft)).toEqual([true, false]);
});

test("what the source has refused, or has ended, lets nobody in; what merely lacks a scope still does", async () => {
  const owner = await signUp(api);
  const { sql } = api.owner;
  const made = await makeDatasource(api, owner.organisationId);
  const shared = await makeDatasource(api, owner.organisationId, { facts: { grantId: made.grantId } });
  await sql`update grants set credential_id = gen_random_uuid() where id = ${made.grantId}`;
  const set = (id: string, auth: string) =>
    sql`update datasources set auth = ${auth}, auth_since = now() where id = ${id}`;
  const listed = async () =>
    (await owner.ask(GRANTS)).data.organisation.grants.map(({ datasources }: { datasources: { id: string }[] }) =>
      datasources.map(({ id }) => id).toSorted(),
    );
  const both = [made.gid, shared.gid].toSorted();
  expect(await listed()).toEqual([both]);
  await set(made.id, "revoked");
  expect(await listed(), "the other is still read").toEqual([[shared.gid]]);
  await set(shared.id, "expired");
  expect(await listed()).toEqual([]);
  for (const id of [made.id, shared.id]) await set(id, "notPermitted");
  expect(await listed()).toEqual([both]);
  for (const id of [made.id, shared.id]) await set(id, "ok");
  await sql`update grants set ends_at = now() - interval '1 minute' where id = ${made.grantId}`;
  expect(await listed()).toEqual([]);
});

test("and told to admins alone, as when they end", async () => {
  const owner = await signUp(api);
  const codeFor = async (who: Pick<Visitor, "ask">, question: string) =>
    (await who.ask(question)).errors?.[0]?.extensions["code"];
  const token = async (...scopes: ("READ" | "MANAGE")[]) => ({
    ask: withToken(api, (await makeToken(owner, scopes)).secret),
  });
  for (const question of [GRANTS, "{ organisation { grantCalendar(days: 5) { holder } } }"]) {
    expect(await codeFor(await joinAs(api, owner, "admin"), question)).toBeUndefined();
    expect(await codeFor(await token("READ", "MANAGE"), question)).toBeUndefined();
    for (const who of [await joinAs(api, owner, "analyst"), await joinAs(api, owner, "viewer"), await token("READ")])
      expect(await codeFor(who, question)).toBe("FORBIDDEN");
  }
});

test("so is the secret of a feed, by its name, until it lets nobody in", async () => {
  const owner = await signUp(api);
  const { sql } = api.owner;
  const costs = await connectCosts(api, owner);
  const input = { datasource: costs, name: "Warehouse", url: "https://files.example.com/costs.csv", everyMinutes: 60 };
  const save = (more: object) =>
    owner.ask(
      "mutation ($input: SaveFeedInput!) { saveFeed(input: $input) { ... on SaveFeedSuccess { feed { id } } } }",
      { input: { ...input, ...more } },
    );
  await save({ name: "Open", auth: "none", idempotencyKey: "feed 1" });
  await save({ auth: "bearer", secret: "canary-of-a-feed", idempotencyKey: "feed 2" });
  const listed = async () => {
    const { data } = await owner.ask(
      "{ organisation { grants { datasources { id } grant { holder givenBy { name } } } } }",
    );
    return data.organisation.grants;
  };
  expect(await listed(), "not let in yet").toEqual([]);
  await sql`update grants set credential_id = candidate_credential_id, candidate_credential_id = null
    where organisation_id = ${owner.organisationId}`;
  const { name } = (await owner.ask("{ me { name } }")).data.me;
  expect(await listed()).toEqual([{ datasources: [{ id: costs }], grant: { holder: "Warehouse", givenBy: { name } } }]);
  const become = (state: string) =>
    sql`update cost_feeds set state = ${state} where organisation_id = ${owner.organisationId}`;
  await become("refused");
  expect(await listed(), "refused at its source").toEqual([]);
  await become("ok");
  expect(await listed()).toHaveLength(1);
  await sql`update cost_feeds set removed_at = now() where organisation_id = ${owner.organisationId}`;
  expect(await listed()).toEqual([]);
});

test("what stands on nothing takes no place among the most that are told", async () => {
  const owner = await signUp(api);
  const { grantId } = await makeDatasource(api, owner.organisationId);
  const { sql } = api.owner;
  await sql`update grants set credential_id = gen_random_uuid() where id = ${grantId}`;
  await sql`insert into grants (organisation_id, id, platform, login_key, credential_id, created_at)
    select ${owner.organisationId}, gen_random_uuid(), 'shopify', 'left ' || n, gen_random_uuid(), now() - interval '1 day'
    from generate_series(1, 100) as n`;
  expect((await owner.ask("{ organisation { grants { grant { holder } } } }")).data.organisation.grants).toHaveLength(
    1,
  );
});
