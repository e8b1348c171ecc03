// What each role may do, as a table that a reviewer reads: a new grant changes privileges.md, and that is looked at.
import { describe, expect, test } from "vitest";
import { type Database } from "./connection.ts";
import { inTenant } from "./tenant.ts";
import { ownDatabase } from "./testing/own-database.ts";

const made = ownDatabase("ours");

/** "select, insert, update (name, revoked_at)"; a whole-table privilege hides the columns. */
async function privilegesOf(role: string): Promise<Map<string, string>> {
  const rows = await made.owner.sql<{ table: string; privilege: string; columns: string[] | null }[]>`
    select c.relname as table, p.privilege, case when not has_table_privilege(${role}, c.oid, p.privilege) then (
      select array_agg(a.attname::text order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
        and has_column_privilege(${role}, c.oid, a.attnum, p.privilege)) end as columns
    from pg_class c, (values ('select', true), ('insert', true), ('update', true), ('delete', false), ('truncate', false))
      p (privilege, by_column)
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and case when p.by_column
      then has_any_column_privilege(${role}, c.oid, p.privilege) else has_table_privilege(${role}, c.oid, p.privilege) end
    order by c.relname, array_position(array['select', 'insert', 'update', 'delete', 'truncate'], p.privilege)`;
  const wordsByTable = new Map<string, string[]>();
  for (const row of rows) {
    const words = row.columns ? `${row.privilege} (${row.columns.join(", ")})` : row.privilege;
    wordsByTable.set(row.table, [...(wordsByTable.get(row.table) ?? []), words]);
  }
  return new Map([...wordsByTable].map(([table, words]) => [table, words.join(", ")]));
}

test("privileges.md says what each role may do", async () => {
  const [ofApi, ofWorker] = [await privilegesOf("headwater_api"), await privilegesOf("headwater_worker")];
  const tables = [...new Set([...ofApi.keys(), ...ofWorker.keys()])].toSorted();
  const lines = tables.map((table) => `| ${table} | ${ofApi.get(table) ?? "-"} | ${ofWorker.get(table) ?? "-"} |`);
  const page = [
    "# Who may do what",
    "",
    "Generated from a migrated database by `privileges.pg.test.ts` (renew with `npm test -- pg server/db/privileges -u`).",
    "Row-level security stands on top of it.",
    "",
    "| table | headwater_api | headwater_worker |",
    "| --- | --- | --- |",
    ...lines,
    "",
  ];
  await expect(page.join("\n")).toMatchFileSnapshot("privileges.md");
});

describe("the API cannot", () => {
  test.each([
    ["move a phase", "update datasources set phase = 'LIVE'", "permission denied"],
    ["say that a sync succeeded", "update datasources set last_success_at = now()", "permission denied"],
    ["say that a grant works", "update datasources set auth = 'ok'", "only a worker finds out that a grant works"],
    ["put a candidate in force", "update grants set credential_id = uuidv7()", "permission denied"],
    ["settle a command", "update commands set state = 'done'", "permission denied"],
    ["change a record", "update orders set total = 0", "permission denied"],
    ["change a number", "update rollups set value = 0", "permission denied"],
    ["read a refused record's bytes", "select document from quarantine", "permission denied"],
    ["read a webhook's body", "select body from inbound_webhooks", "permission denied"],
    ["change a price list", "update plans set allowance = 1000", "permission denied"],
    ["change when a member joined", "update memberships set created_at = now()", "permission denied"],
    ["make a temporary table", "create temporary table t (a int)", "permission denied"],
    ["make a table", "create table t (a int)", "permission denied"],
    ["become the owner", "set role headwater_owner", "permission denied"],
    ["read files", "copy orders to '/tmp/orders'", "permission denied"],
  ])("%s", async (_what, statement, refusal) => {
    const done = inTenant(made.api, made.ours.organisationId, (tx) => tx.sql.unsafe(statement));
    await expect(done).rejects.toThrow(refusal);
  });

  test.each([
    ["already live", "phase => 'LIVE'"],
    ["already authorized", "auth => 'ok'"],
  ])("insert a datasource that is %s", async (_what, claim) => {
    const [column, value] = claim.split(" => ");
    const done = inTenant(made.api, made.ours.organisationId, (tx) =>
      tx.sql.unsafe(`insert into datasources (organisation_id, platform, name, ${column})
        values ('${made.ours.organisationId}', 'shopify', 'x', ${value})`),
    );
    await expect(done).rejects.toThrow("row-level security");
  });
});

describe("a worker cannot", () => {
  test.each([
    ["read who signs in", "select email from users"],
    ["read an API token's hash", "select secret_hash from api_tokens"],
    ["read memberships", "select user_id from memberships"],
    ["change a plan", "update organisations set plan = 'custom'"],
    ["become the owner", "set role headwater_owner"],
    ["run a program", "copy orders from program 'id'"],
  ])("%s", async (_what, statement) => {
    const done = inTenant(made.worker, made.ours.organisationId, (tx) => tx.sql.unsafe(statement));
    await expect(done).rejects.toThrow("permission denied");
  });
});

test("of commands a worker gives one alone, in its own name: to read all days of an account again that has changed", async () => {
  const asked = { kind: "resync", args: '{"because":"accountChanged"}', actor: '{"kind":"system","name":"engine"}' };
  const give = (change: Partial<typeof asked>) => {
    const { kind, args, actor } = { ...asked, ...change };
    return inTenant(
      made.worker,
      made.ours.organisationId,
      (tx) => tx.sql`
        insert into commands (organisation_id, datasource_id, kind, args, args_hash, idempotency_key, actor, intent_version)
        select organisation_id, id, ${kind}, ${args}::text::jsonb, 'x', ${JSON.stringify({ kind, args, actor })}, ${actor}::text::jsonb, 1
        from datasources limit 1`,
    );
  };
  for (const change of [
    { kind: "disconnect" },
    { kind: "pause" },
    { args: '{"stream":"orders"}' },
    { actor: `{"kind":"user","id":"${made.ours.organisationId}"}` },
  ])
    await expect(give(change), JSON.stringify(change)).rejects.toThrow("row-level security");
  expect((await give({})).count).toBe(1);
});

test("the API takes back an undone disconnect as revoked, and the revision moves", async () => {
  const [before] = await made.owner.sql<{ revision: string }[]>`select revision from datasources`;
  const [after] = await inTenant(
    made.api,
    made.ours.organisationId,
    (tx) =>
      tx.sql<{ auth: string; revision: string }[]>`
      update datasources set auth = 'revoked', disconnected_at = null returning auth, revision`,
  );
  expect(after).toEqual({ auth: "revoked", revision: String(Number(before?.revision) + 1) });
});

test("each role's sessions are limited as its work needs", async () => {
  const limits = async (db: Database) => {
    const rows = await db.sql<{ name: string; setting: string }[]>`
      select name, setting || unit as setting from pg_settings
      where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout') order by 1`;
    return rows.map((row) => row.setting);
  };
  expect(await limits(made.api)).toEqual(["15000ms", "5000ms", "10000ms"]);
  expect(await limits(made.worker)).toEqual(["120000ms", "60000ms", "0ms"]);
});

test("a webhook that comes twice is kept once, by a role that cannot read it", async () => {
  const receive = () =>
    made.api.sql`
      insert into inbound_webhooks (platform, webhook_id, topic, account_key, body)
      values ('shopify', 'w1', 'app/uninstalled', 'a.myshopify.com', ${Buffer.from("{}")}) on conflict do nothing`;
  expect([(await receive()).count, (await receive()).count]).toEqual([1, 0]);
});
