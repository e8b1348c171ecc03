import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

test("a grant tells by the ledger of calls which of its scopes were used when, and how what is of no use is taken away", async () => {
  const owner = await signUp(api);
  const { sql } = api.owner;
  const made = await makeDatasource(api, owner.organisationId, {
    scopes: ["read_orders", "read_inventory", "read_themes"],
  });
  const twin = await makeDatasource(api, owner.organisationId);
  await sql`update datasources set grant_id = ${made.grantId} where id = ${twin.id}`;
  await sql`update grants set created_at = now() - interval '100 days' where id = ${made.grantId}`;
  // Read once: between two readings of the clock an hour may turn.
  const now = Date.now();
  const hourAgo = (hours: number) => new Date(Math.floor(now / 3_600_000 - hours) * 3_600_000);
  const call = ({ id }: Made, path: string, hours: number) =>
    sql`insert into calls (organisation_id, datasource_id, hour, method, path, calls)
      values (${owner.organisationId}, ${id}, ${hourAgo(hours)}, 'POST', ${path}, 1)`;
  await call(made, "orders", 5);
  await call(twin, "orders.count", 2);
  await call(made, "products", 24 * 40);
  await call(made, "report", 24 * 95);
  const { data } = await owner.ask(
    "query ($id: ID!) { datasource(id: $id) { grant { scopes { name purpose isAsked isGranted lastUsedAt isUnused howToRemove } } } }",
    { id: made.gid },
  );
  const asked = await owner.ask("query ($id: ID!) { datasource(id: $id) { calls { path purpose } } }", {
    id: made.gid,
  });
  expect(asked.data.datasource.calls, "each with what it is for").toEqual([{ path: "orders", purpose: "Orders" }]);
  const scopes: Record<string, unknown>[] = data.datasource.grant.scopes;
  const of = (name: string) => scopes.find((scope) => scope["name"] === name);
  expect(of("read_orders"), "by whichever datasource stands on it").toEqual({
    name: "read_orders",
    purpose: expect.any(String),
    isAsked: true,
    isGranted: true,
    lastUsedAt: hourAgo(2).toISOString(),
    isUnused: false,
    howToRemove: null,
  });
  expect(of("read_inventory"), "asked for again").toMatchObject({ isUnused: true, howToRemove: null });
  expect(of("read_themes")).toMatchObject({ isAsked: false, lastUsedAt: null, isUnused: true });
  expect(of("read_themes")?.["purpose"], "used or not").toBe("Granted without being asked for.");
  expect(of("read_themes")?.["howToRemove"]).toContain("Reauthorize");
  expect(of("read_customers")).toMatchObject({ isGranted: false, lastUsedAt: null, isUnused: false });
});

test("what was granted with the consent of today is not of no use yet", async () => {
  const owner = await signUp(api);
  const { sql } = api.owner;
  const { id, gid, grantId } = await makeDatasource(api, owner.organisationId, {
    scopes: ["read_orders", "read_reports"],
  });
  await sql`update grants set created_at = now() - interval '100 days' where id = ${grantId}`;
  await sql`insert into calls (organisation_id, datasource_id, hour, method, path, calls)
    values (${owner.organisationId}, ${id}, date_trunc('hour', now()), 'POST', 'orders', 1)`;
  const unused = async () => {
    const { data } = await owner.ask(
      "query ($id: ID!) { datasource(id: $id) { grant { scopes { name isUnused } } } }",
      { id: gid },
    );
    const scopes: { name: string; isUnused: boolean }[] = data.datasource.grant.scopes;
    return scopes.filter(({ isUnused }) => isUnused).map(({ name }) => name);
  };
  expect(await unused()).toEqual(["read_reports"]);
  await sql`insert into commands (organisation_id, id, datasource_id, kind, state, args_hash, idempotency_key, actor, intent_version)
    values (${owner.organisationId}, gen_random_uuid(), ${id}, 'reauthorized', 'done', '', 'again',
      ${sql.json({ kind: "person", userId: owner.userId })}, 1)`;
  expect(await unused()).toEqual([]);
});
