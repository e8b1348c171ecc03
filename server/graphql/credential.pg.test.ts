import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

test("a key that is used every hour was last used an hour ago, not when it was first", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { facts: { lastSuccessAt: null } });
  const lastUsed = async (): Promise<unknown> =>
    (
      await owner.ask("query ($id: ID!) { datasource(id: $id) { grant { credential { lastUsedAt } } } }", {
        id: made.gid,
      })
    ).data.datasource.grant.credential.lastUsedAt;
  await api.owner.sql`insert into credentials (organisation_id, grant_id, version, key_id, created_at, erased_at)
    values (${owner.organisationId}, ${made.grantId}, 1, 'test', '2026-01-02T00:00:00Z', now())`;
  expect(await lastUsed(), "never").toBeNull();
  const sync = (at: string) =>
    api.owner.sql`update datasources set last_success_at = ${at}::timestamptz where id = ${made.id}`;
  await sync("2026-01-01T00:00:00Z");
  expect(await lastUsed(), "the one before it was").toBeNull();
  await api.owner.sql`update credentials set last_used_at = '2026-01-02T00:10:00Z' where grant_id = ${made.grantId}`;
  expect(await lastUsed()).toBe("2026-01-02T00:10:00.000Z");
  await sync("2026-11-20T09:00:00Z");
  expect(await lastUsed()).toBe("2026-11-20T09:00:00.000Z");
});
