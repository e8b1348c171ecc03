import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { idIn } from "./node.ts";
import { connectCosts } from "../testing/mutations.ts";
import { makeDatasource } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

test("the rows of a day count what a run has written so far, and a finished run once", async () => {
  const owner = await signUp(api);
  const { id, gid } = await makeDatasource(api, owner.organisationId);
  const { sql } = api.owner;
  const organisation = owner.organisationId;
  await sql`insert into runs (organisation_id, id, datasource_id, kind, n, written, finished_at) values
    (${organisation}, ${`${id}:sync:1`}, ${id}, 'sync', 1, 30, now()), (${organisation}, ${`${id}:backfill:1`}, ${id}, 'backfill', 1, 0, null)`;
  await sql`insert into slices (organisation_id, run_id, datasource_id, stream, position, state, written) values
    (${organisation}, ${`${id}:sync:1`}, ${id}, 'orders', 0, 'done', 30),
    (${organisation}, ${`${id}:backfill:1`}, ${id}, 'orders', 0, 'done', 400),
    (${organisation}, ${`${id}:backfill:1`}, ${id}, 'orders', 1, 'running', 50)`;
  const { data } = await owner.ask(`query ($id: ID!) { datasource(id: $id) { rowsLastDay } }`, { id: gid });
  expect(data.datasource.rowsLastDay).toBe("480");
});

test("what a run wrote weeks ago, before it was cut off and taken up again, is none of the last day's", async () => {
  const owner = await signUp(api);
  const { id, gid } = await makeDatasource(api, owner.organisationId);
  const { sql } = api.owner;
  const organisation = owner.organisationId;
  const runs = [
    { id: `${id}:refresh:1`, kind: "refresh", finished_at: null, written: 0 },
    { id: `${id}:reread:1`, kind: "reread", finished_at: new Date(), written: 700 },
  ];
  for (const run of runs) {
    await sql`insert into runs ${sql({ ...run, organisation_id: organisation, datasource_id: id, n: 1, attempts: 2 })}`;
    await sql`insert into slices (organisation_id, run_id, datasource_id, stream, position, state, written, finished_at) values
      (${organisation}, ${run.id}, ${id}, 'orders', 0, 'done', 600, now() - interval '21 days'),
      (${organisation}, ${run.id}, ${id}, 'orders', 1, 'done', 60, now()),
      (${organisation}, ${run.id}, ${id}, 'orders', 2, 'running', 40, null)`;
  }
  const { data } = await owner.ask(`query ($id: ID!) { datasource(id: $id) { rowsLastDay } }`, { id: gid });
  expect(data.datasource.rowsLastDay).toBe("200");
});

test("rows of files are those that stand, and a file that was undone wrote none", async () => {
  const owner = await signUp(api);
  const gid = await connectCosts(api, owner);
  const of = { organisation_id: owner.organisationId, datasource_id: idIn("Datasource", gid) ?? "" };
  const { sql } = api.owner;
  const put = async (n: number, state: string, counts: { inserted: number; deleted: number }) => {
    const [upload] = await sql`insert into uploads ${sql({
      ...of,
      how: "api",
      filename: `${n}.csv`,
      by: sql.json({ kind: "system", name: "test" }),
      mode: "upsert",
      size: 1,
      sha256: `${n}`,
      state,
      version: n,
      counts: sql.json(counts),
    })} returning id`;
    await sql`insert into runs ${sql({
      ...of,
      id: `${of.datasource_id}:import:${n}`,
      kind: "import",
      n,
      state: "succeeded",
      written: counts.inserted,
      finished_at: new Date(),
      outcome: sql.json({ upload: upload?.["id"] }),
    })}`;
  };
  const rows = async () => {
    const { data } = await owner.ask(`query ($id: ID!) { datasource(id: $id) { rowsLastDay rowsTotal } }`, { id: gid });
    return data.datasource;
  };
  await put(1, "undone", { inserted: 4, deleted: 0 });
  expect(await rows()).toEqual({ rowsLastDay: "0", rowsTotal: "0" });
  await put(2, "committed", { inserted: 9, deleted: 0 });
  await put(3, "committed", { inserted: 2, deleted: 3 });
  expect(await rows()).toEqual({ rowsLastDay: "11", rowsTotal: "8" });
});
