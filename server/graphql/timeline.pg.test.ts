import { expect, test } from "vitest";
import { inTenant } from "@headwater/db";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

test("where the source has nothing left to tell, the timeline says that it is over", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { facts: { platform: "meta-ads" } });
  await inTenant(
    api.owner,
    owner.organisationId,
    ({ sql }) =>
      sql`select append_audit('{"kind":"system","name":"engine"}'::jsonb, 'sourceNoticed', 'datasource', ${made.id}, ${made.id}::uuid, null, '{"notices":[]}'::jsonb)`,
  );
  const { data } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { timeline(first: 1) { nodes { verb message } } } }`,
    { id: made.gid },
  );
  expect(data.datasource.timeline.nodes).toEqual([
    { verb: "sourceNoticed", message: "What the source told before is over." },
  ]);
});
