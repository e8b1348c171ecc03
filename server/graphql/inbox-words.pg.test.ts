import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

test("trouble that is over works again, but for what was disconnected with it", async () => {
  const owner = await signUp(api);
  const { sql } = api.owner;
  const over = async (kind: string, disconnect: boolean) => {
    const { id } = await makeDatasource(api, owner.organisationId);
    await sql`insert into notices (organisation_id, datasource_id, kind, resolved_at)
      values (${owner.organisationId}, ${id}, ${kind}, now())`;
    if (disconnect) await sql`update datasources set disconnected_at = now() where id = ${id}`;
    const { data } = await owner.ask("{ organisation { inbox(first: 1) { nodes { message } } } }");
    return data.organisation.inbox.nodes[0].message.replace(/^\S.*? at /u, "It at ");
  };
  expect(await over("accessLost", false)).toMatch(/can be read again\.$/u);
  for (const kind of ["accessLost", "pausedByPlatform"])
    expect(await over(kind, true)).toBe("It at Shopify was disconnected.");
});
