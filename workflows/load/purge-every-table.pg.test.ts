// What a merchant asks to have deleted is gone from every table there is: a new one is purged, or named here with its reason.
import { ownDatabase } from "@headwater/db/testing/own-database.ts";
import { beforeAll, expect, test } from "vitest";
import type { DatasourceRef } from "./contract.ts";
import { purgeBatch } from "./purge-batch.ts";

/** Every table that names an account or a datasource, or hangs on what does, keeps nothing but these. */
const STAYS: Record<string, string> = {
  accounts: "without its name and its id at the source: the runs and calls of the past point to it",
  audit_log: "who did what, the deletion itself included",
  calls: "the proof that Headwater only read",
  commands: "who asked for what",
  connect_attempts: "how it was connected; swept a day after",
  credentials: "erased by the disconnect, before the undo has lapsed",
  datasources: "that it was there, and when it ended",
  grants: "ended by the disconnect, where no other datasource stands on it",
  holds: "what it was stopped by",
  notice_reads: "of the notices",
  notices: "trouble that people were told of",
  outbox: "rings; swept once they are sent",
  reauthorize_links: "swept with their age; none works without its datasource",
  requests: "who asked for what, of the notices",
  runs: "that it was read, when, and how many rows: no row itself",
  slices: "the windows of those runs",
  slots: "freed by the disconnect",
};
/** No row of these is any datasource's. */
const ORGANISATION = [
  "access_decisions",
  "access_reviews",
  "api_tokens",
  "audit_heads",
  "mails",
  "memberships",
  "organisations",
  "wishes",
];

const made = ownDatabase("ours", "theirs");
let tables: string[];
beforeAll(async () => {
  const { sql } = made.owner;
  const found = await sql<{ name: string }[]>`
    select c.table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE' and column_name = 'organisation_id' order by 1`;
  tables = found.map(({ name }) => name).filter((name) => !ORGANISATION.includes(name));
});

async function rowsOf({ organisationId }: { organisationId: string }): Promise<Record<string, number>> {
  const { sql } = made.owner;
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const [row] = await sql<[{ n: number }]>`
      select count(*)::int as n from ${sql(table)} where organisation_id = ${organisationId}`;
    counts[table] = row.n;
  }
  return counts;
}

test("a purge leaves rows in the tables named above alone, says once how many rows it held, and touches no neighbour", async () => {
  const { sql } = made.owner;
  const [ours, theirs] = [await rowsOf(made.ours), await rowsOf(made.theirs)];
  expect(Object.entries(ours).filter(([, n]) => n === 0)).toEqual([]);
  await sql`update datasources set disconnected_at = now(), delete_data = true where id = ${made.ours.datasourceId}`;
  await sql`update progress set rows = 412 where datasource_id = ${made.ours.datasourceId}`;
  const ref: DatasourceRef = { ...made.ours, generation: 0 };
  const deps = { sql: made.worker.sql };
  expect((await purgeBatch(deps, ref)).kind).toBe("done");
  expect((await purgeBatch(deps, ref)).kind).toBe("done");
  const left = Object.entries(await rowsOf(made.ours)).flatMap(([table, n]) => (n > 0 ? [table] : []));
  expect(left).toEqual(Object.keys(STAYS).toSorted());
  expect(await rowsOf(made.theirs)).toEqual(theirs);
  expect(await sql`select after from audit_log where verb = 'dataDeleted'`).toEqual([
    { after: { kind: "all", rows: 412, generation: 0 } },
  ]);
});
