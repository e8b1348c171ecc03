import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

test("a grant was given when the consent that stands was, not one before it nor one that was refused", async () => {
  const owner = await signUp(api);
  const { id, gid } = await makeDatasource(api, owner.organisationId);
  const { sql } = api.owner;
  const given = async (): Promise<string> => {
    const { data } = await owner.ask(`query ($id: ID!) { datasource(id: $id) { grant { createdAt } } }`, { id: gid });
    return data.datasource.grant.createdAt;
  };
  const first = await given();
  const later = (minutes: number) => new Date(Date.parse(first) + minutes * 60_000);
  const consent = (state: string, minutes: number) =>
    sql`insert into commands ${sql({
      organisation_id: owner.organisationId,
      id: crypto.randomUUID(),
      datasource_id: id,
      kind: "reauthorized",
      args_hash: state,
      idempotency_key: `${state} ${minutes}`,
      actor: sql.json({ kind: "system", name: "test" }),
      intent_version: 1,
      state,
      created_at: later(minutes),
    })}`;
  await consent("refused", 5);
  await consent("accepted", 20);
  expect(await given()).toBe(first);
  await consent("done", 10);
  expect(await given()).toBe(later(10).toISOString());
});
