import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { joinAs, signUp } from "../testing/visitor.ts";

const api = ownApi();

test("a grant was given when, and by whom, the consent that stands was, not one before it nor one that was refused", async () => {
  const owner = await signUp(api);
  const { id, gid, grantId } = await makeDatasource(api, owner.organisationId);
  const { sql } = api.owner;
  const other = await joinAs(api, owner, "admin");
  const given = async (): Promise<{ createdAt: string; givenBy: { name: string } | null }> => {
    const { data } = await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { grant { createdAt givenBy { name } } } }`,
      { id: gid },
    );
    return data.datasource.grant;
  };
  await sql`update grants set created_by = ${owner.userId} where id = ${grantId}`;
  const { createdAt: first, givenBy } = await given();
  const nameOf = async (person: string) => (await sql`select name from users where id = ${person}`)[0]?.["name"];
  expect(givenBy).toEqual({ name: await nameOf(owner.userId) });
  const later = (minutes: number) => new Date(Date.parse(first) + minutes * 60_000);
  const consent = (state: string, minutes: number) =>
    sql`insert into commands ${sql({
      organisation_id: owner.organisationId,
      id: crypto.randomUUID(),
      datasource_id: id,
      kind: "reauthorized",
      args_hash: state,
      idempotency_key: `${state} ${minutes}`,
      actor: sql.json({ kind: "person", userId: other.userId }),
      intent_version: 1,
      state,
      created_at: later(minutes),
    })}`;
  await consent("refused", 5);
  await consent("accepted", 20);
  expect(await given()).toMatchObject({ createdAt: first });
  await consent("done", 10);
  expect(await given()).toEqual({
    createdAt: later(10).toISOString(),
    givenBy: { name: await nameOf(other.userId) },
  });
});

test("a connection tells since when its access works, and nothing of the kind where it does not", async () => {
  const owner = await signUp(api);
  const { id, gid } = await makeDatasource(api, owner.organisationId);
  const { sql } = api.owner;
  const since = async (auth: string, at: string): Promise<string | null> => {
    await sql`update datasources set auth = ${auth}, auth_since = ${at} where id = ${id}`;
    const ask = "query ($id: ID!) { datasource(id: $id) { connection { since } } }";
    return (await owner.ask(ask, { id: gid })).data.datasource.connection.since;
  };
  const [failed, again] = ["2026-03-01T10:00:00.000Z", "2026-03-01T12:00:00.000Z"];
  expect(await since("notPermitted", failed)).toBeNull();
  expect(await since("revoked", failed)).toBeNull();
  expect(await since("ok", again)).toBe(again);
});
