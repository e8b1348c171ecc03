// What a sync learns of records that were refused costs what it brings, however many stand.
import { expect, test } from "vitest";
import type { RingTarget } from "../client.ts";
import { emptyLedger } from "../load/outcome.ts";
import { noticeShape } from "./noticing.ts";
import { ownRows, rowDeps } from "./testing/own-rows.ts";
import { inTenantOf } from "./writing.ts";

const own = ownRows();
const STANDING = 20_000;

/** Two streams that were refused whole long ago, and ten records of each by the sync that ends now. */
async function refusedWhole(): Promise<RingTarget & { readonly runId: string }> {
  const target = await own.merchant.connect();
  const { organisationId, datasourceId } = target;
  const runId = `${datasourceId}:sync:9`;
  for (const stream of ["orders", "refunds"]) {
    await own.merchant.sql`
      insert into quarantine (organisation_id, datasource_id, run_id, stream, source_id, reason, detail, at)
      select ${organisationId}, ${datasourceId}, 'long ago', ${stream}, n::text, 'missing', 'currency', now() - n * interval '1 minute'
      from generate_series(1, ${STANDING}::int) n`;
    await own.merchant.sql`
      insert into quarantine (organisation_id, datasource_id, run_id, stream, source_id, reason, detail)
      select ${organisationId}, ${datasourceId}, ${runId}, ${stream}, 'new ' || n, 'notDecimal', 'total: 1,0'
      from generate_series(1, 10) n`;
  }
  await own.merchant.sql`analyze quarantine`;
  return { ...target, runId };
}

const heard = async ({ runId, ...target }: RingTarget & { readonly runId: string }, read: number, rejected: number) =>
  inTenantOf(rowDeps(own.worker), target, async (tx) => {
    const ledger = { ...emptyLedger(), read, rejected };
    const isReadAgain = await noticeShape(tx, target.datasourceId, runId, ledger);
    const [row] = await tx.sql<{ rows: number }[]>`
      select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where relname = 'quarantine'`;
    return { isReadAgain, looked: row?.rows ?? 0 };
  });

test("which field it is that most of a sync lacks", async () => {
  const target = await refusedWhole();
  const { looked } = await heard(target, 20, 20);
  expect(looked).toBeLessThan(STANDING / 4);
  const notices = await own.merchant
    .sql`select kind, detail->'field' as field from notices where datasource_id = ${target.datasourceId}`;
  expect([...notices]).toEqual([{ kind: "shapeChanged", field: "total" }]);
});

test("whether a sync refused anything that was not refused before", async () => {
  const target = await refusedWhole();
  await own.merchant.sql`insert into notices (organisation_id, datasource_id, kind)
    values (${target.organisationId}, ${target.datasourceId}, 'shapeChanged')`;
  const ofOverlap = async () => {
    await own.merchant.sql`update quarantine set at = now() - interval '2 hours' where run_id = ${target.runId}`;
    await own.merchant.sql`insert into runs (organisation_id, id, datasource_id, kind, n, finished_at)
      values (${target.organisationId}, ${`${target.datasourceId}:sync:8`}, ${target.datasourceId}, 'sync', 8, now() - interval '1 hour')`;
  };
  const anew = await heard(target, 100, 20);
  expect(anew.isReadAgain).toBe(false);
  await ofOverlap();
  const again = await heard(target, 100, 20);
  expect(again.isReadAgain, "all of it was").toBe(true);
  expect(Math.max(anew.looked, again.looked)).toBeLessThan(STANDING / 4);
});
