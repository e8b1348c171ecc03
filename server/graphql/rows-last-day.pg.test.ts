import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
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
