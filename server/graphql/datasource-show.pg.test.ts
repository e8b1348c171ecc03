import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

test("paused is what stands still and needs nobody, whoever stopped it, as the DATA panel counts it", async () => {
  const owner = await signUp(api);
  const { sql } = api.owner;
  const make = async (name: string) => {
    const { id } = await makeDatasource(api, owner.organisationId);
    await sql`update datasources set name = ${name}, phase = 'LIVE', auth = 'ok', connected_at = now(), backfill = 'done',
      first_numbers_at = now(), last_success_at = now() where id = ${id}`;
    return id;
  };
  const hold = (id: string, reason: string) => sql`
    insert into holds (organisation_id, scope, datasource_id, reason, by)
    values (${owner.organisationId}, 'source', ${id}, ${reason}, '{"kind":"system","name":"engine"}')`;
  await make("well");
  const byPerson = await make("by a person");
  await sql`update datasources set user_paused_at = now() where id = ${byPerson}`;
  await hold(await make("for maintenance"), "maintenance");
  await hold(await make("by us, after failures"), "repeatedFailures");
  const pausedAndDead = await make("by a person, and its access is lost");
  await sql`update datasources set user_paused_at = now(), auth = 'revoked' where id = ${pausedAndDead}`;
  const shown = async (show: string) => {
    const { data } = await owner.ask(
      "query ($show: DatasourceShow!) { datasources(filter: { show: $show }, first: 50) { nodes { name needsAttention } } }",
      { show },
    );
    return data.datasources.nodes.map(({ name }: { name: string }) => name).toSorted();
  };
  expect(await shown("PAUSED")).toEqual(["by a person", "for maintenance"]);
  expect(await shown("NEEDS_ATTENTION")).toEqual(["by a person, and its access is lost", "by us, after failures"]);
});
