/* oxlint-disable typescript/no-unsafe-type-assertion -- answers of GraphQL are of any shape; each expectation checks what it reads */
/** Which tiles lead to a datasource's checks. */
import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

test("the tiles that its newest checks speak of, and none of which nothing was checked or only long ago", async () => {
  const owner = await signUp(api);
  const [made, without] = [
    await makeDatasource(api, owner.organisationId),
    await makeDatasource(api, owner.organisationId),
  ];
  const day = (ago: number) => new Date(api.clock.now.getTime() - ago * 86_400_000).toISOString().slice(0, 10);
  const check = (metric: string, ago: number) => api.owner.sql`
    insert into spot_checks (organisation_id, datasource_id, metric, day, currency, ours, theirs)
    values (${owner.organisationId}, ${made.id}, ${metric}, ${day(ago)}, 'INR', 1, 1)`;
  await check("orders", 1);
  await check("orders", 2);
  await check("tracked_revenue", 1);
  await check("net_sales", 40);
  const { data } = await owner.ask("{ datasources(first: 10) { nodes { id checkedMetrics } } }");
  const of = (gid: string) => data.datasources.nodes.find(({ id }: { id: string }) => id === gid)?.checkedMetrics;
  expect(of(made.gid)).toEqual(["ORDERS", "AVERAGE_ORDER_VALUE"]);
  expect(of(without.gid)).toEqual([]);
});
