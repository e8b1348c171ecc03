import { expect, test } from "vitest";
import { faultsOf } from "./catalogue.ts";
import { ownDatabase } from "./own-database.ts";

const made = ownDatabase();

test("the migrated catalogue breaks no rule", async () => {
  expect(await faultsOf(made.owner.sql)).toEqual([]);
});

// Each line breaks one rule; the words say which. What is broken is undone with the transaction.
test.each([
  ["create table notes (organisation_id uuid primary key)", "notes has no row-level security"],
  [
    "create table notes (id uuid primary key, organisation_id uuid)",
    "the primary key of notes does not begin with the organisation",
  ],
  ["alter table orders no force row level security", "orders does not force row-level security on its owner"],
  ["alter table orders disable row level security", "orders has no row-level security"],
  ["drop policy organisation on orders", "orders has no policy"],
  ["alter table orders set unlogged", "orders does not survive a crash"],
  ["alter role headwater_api bypassrls", "headwater_api may bypass row-level security"],
  ["alter role headwater_worker superuser", "headwater_worker may do everything"],
  ["alter role headwater_owner login", "headwater_owner may log in"],
  ["grant headwater_owner to headwater_api", "headwater_api is a member of headwater_owner"],
  ["alter table plans owner to headwater_worker", "headwater_worker owns plans"],
  ["grant create on schema public to headwater_api", "headwater_api may create tables here"],
  ["grant select on stage_aside to headwater_api", "the API can read the stage stage_aside"],
  ["grant select (line) on stage_aside to headwater_api", "the API can read the stage stage_aside"],
  ["grant select on credentials to headwater_api", "the API can read credentials.sealed"],
  ["grant update on audit_log to headwater_worker", "a worker may update audit_log"],
  ["grant delete on audit_log to headwater_api", "the API may delete audit_log"],
  ["grant select (email) on users to headwater_worker", "a worker can see users"],
  ["grant select on orders to public", "everybody has a privilege on orders"],
  [
    "create policy sweep on orders for select to headwater_worker using (nullif(current_setting('app.tenant', true), '') is null)",
    "the policy sweep of orders opens it to other organisations",
  ],
  [
    "create policy wide on datasources for select to headwater_worker using (true)",
    "the policy wide of datasources opens it to other organisations",
  ],
  [
    "create policy wide on datasources using (organisation_id::text = current_setting('app.tenant', true))",
    "the policy wide of datasources opens it to other organisations",
  ],
  ["create view sales as select * from orders", "the view sales runs with its owner's rights"],
  ["create materialized view sales as select * from orders", "the materialised view sales carries no policies"],
  [
    "create function f() returns int language sql security definer set search_path = pg_catalog as 'select 1'",
    "f runs with its owner's rights",
  ],
  ["create function f() returns int language sql as 'select 1'", "f does not fix its search path"],
  [
    "alter table orders alter column ordered_at type timestamptz(6)",
    "orders.ordered_at keeps microseconds, not milliseconds",
  ],
  ["alter table orders add column spent float8", "orders.spent is a float"],
])("a broken rule is named: %s", async (statement, fault) => {
  await expect(
    made.owner.sql.begin(async (sql) => {
      await sql.unsafe(statement);
      expect(await faultsOf(sql)).toContain(fault);
      throw new Error("undo");
    }),
  ).rejects.toThrow("undo");
});
