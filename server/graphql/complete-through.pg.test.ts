import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource, makeHistory } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

test("nothing is complete through a time before its newest days are in, nor a datasource before all its streams are", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { facts: { backfill: "running" } });
  await makeHistory(api, owner.organisationId, made);
  const { sql } = api.owner;
  const told = async () => {
    const { data } = await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { completeThrough streams { name completeThrough }
        freshness { streams { name completeThrough } } } }`,
      { id: made.gid },
    );
    const { completeThrough: whole, streams, freshness } = data.datasource;
    expect(freshness.streams).toEqual(streams);
    const through = (name: string): unknown =>
      streams.find((stream: { name: string }) => stream.name === name).completeThrough;
    return { whole: whole !== null, orders: through("orders") !== null, customers: through("customers") !== null };
  };
  const all = { whole: true, orders: true, customers: true };
  await sql`update progress set state = 'queued', windows_done = 0 where datasource_id = ${made.id} and stream = 'customers'`;
  expect(await told(), "while a sync beside it has gone through every stream").toEqual({
    whole: false,
    orders: true,
    customers: false,
  });
  await sql`update datasources set disconnected_at = now() where id = ${made.id}`;
  expect(await told(), "what has ended says how far it was read").toEqual({ ...all, customers: false });
  await sql`update datasources set disconnected_at = null where id = ${made.id}`;
  await sql`update progress set last_day = current_date where datasource_id = ${made.id} and stream = 'customers'`;
  expect(await told(), "an older history is read behind what is in").toEqual(all);
  await sql`update progress set last_day = null where datasource_id = ${made.id}`;
  await sql`update progress set windows_done = 1 where datasource_id = ${made.id}`;
  expect(await told()).toEqual(all);
});
