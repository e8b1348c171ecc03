import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource, makeHistory, type Made } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

/** Two windows of each stream are in, read in twelve minutes. */
async function underWay() {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { zone: "UTC", facts: { backfill: "running" } });
  await makeHistory(api, owner.organisationId, made);
  const { sql } = api.owner;
  await sql`delete from progress where datasource_id = ${made.id}`;
  await sql`update slices set state = 'queued', started_at = null, finished_at = null where datasource_id = ${made.id} and position > 1`;
  await sql`
    update slices set started_at = now() - interval '12 min', finished_at = now()
    where datasource_id = ${made.id} and position <= 1`;
  const said = async (): Promise<{ minSeconds: number; maxSeconds: number } | null> => {
    const { data } = await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { backfill { said { minSeconds maxSeconds } } } }`,
      { id: made.gid },
    );
    return data.datasource.backfill.said;
  };
  return { made, said };
}

const kept = async ({ id }: Made): Promise<unknown> => {
  const [row] = await api.owner.sql`select history_said as said from datasources where id = ${id}`;
  return row?.["said"];
};

test("what was said first of a history, what is done of it included, stands beside it once it is in", async () => {
  const { made, said } = await underWay();
  const first = await said();
  expect(first?.minSeconds).toBeGreaterThan(25 * 60);
  expect(first?.maxSeconds).toBeGreaterThan(first?.minSeconds ?? Infinity);
  await expect.poll(() => kept(made)).toEqual(first);
  const { sql } = api.owner;
  await sql`update slices set started_at = started_at - interval '5 h' where datasource_id = ${made.id} and position <= 1`;
  expect(await said()).toEqual(first);
  await sql`update slices set state = 'done', finished_at = now() where datasource_id = ${made.id}`;
  await sql`update datasources set backfill = 'done' where id = ${made.id}`;
  expect(await said()).toEqual(first);
});

test("of a history that is in nothing is said afterwards; nor of an extension, nor where quiet hours lie between", async () => {
  for (const change of [
    "backfill = 'done'",
    "backfill_n = 2",
    "quiet_from = 60, quiet_to = 120, quiet_by = '{}', quiet_since = now()",
  ]) {
    const { made, said } = await underWay();
    await api.owner.sql.unsafe(`update datasources set ${change} where id = $1`, [made.id]);
    expect(await said(), change).toBeNull();
    expect(await kept(made), change).toBeNull();
  }
});
