/** A fresh schema with one connected datasource for one measured run, and the proof that the run counts. */
import { createHash } from "node:crypto";
import type { RunKind } from "@headwater/db/schema/values.ts";
import { makeRig, type Rig } from "@headwater/workflows/load/testing/rig.ts";
import type { PlannedSlice, RunRef, SliceRef } from "@headwater/workflows/load/contract.ts";
import { planRun } from "@headwater/workflows/load/plan-run.ts";
import { backfillWindows } from "@headwater/workflows/lifecycle/windows.ts";
import type { Sql } from "postgres";
import { factsOf, type Shape } from "./orders.ts";
import { pageSource, type Rate } from "./page-source.ts";

const DAY_MS = 86_400_000;
const UNTIL = "2026-11-21";

/** Two years of orders that end the day before. */
export const shapeOf = (count: number, days = 730): Shape => {
  const to = Date.parse(`${UNTIL}T00:00:00Z`) - DAY_MS;
  return { count, seed: 20_261_121, from: to - days * DAY_MS, to };
};

export const ZONE = "Europe/Berlin";
export const plannedWindows = () => backfillWindows({ until: UNTIL, months: 25 });

export interface Ground extends Rig {
  plan(): Promise<{ run: RunRef; slices: SliceRef[] }>;
}

export async function freshGround(postgresUrl: string, rate: Rate): Promise<Ground> {
  const rig = await makeRig(postgresUrl, pageSource(rate), { zone: ZONE });
  await rig.owner`update datasources set phase = 'BACKFILLING', backfill = 'running', backfill_n = 1`;
  const plan = async () => {
    const run = rig.run("backfill" satisfies RunKind, 1);
    const planned = await planRun(
      rig.deps,
      run,
      plannedWindows().map(({ from, to }, position) => ({ stream: "orders", from, to, position })),
    );
    return { run, slices: planned.map(({ sliceId }: PlannedSlice) => ({ ...run, sliceId })) };
  };
  return { ...rig, plan };
}

/** A run counts only if rows, distinct keys, the sum of money and the digest of all versions are the source's own. */
export async function proveLanded(owner: Sql, shape: Shape): Promise<void> {
  const [ours] = await owner<
    [{ rows: number; ids: number; cents: string; digest: string; lines: number; gross: boolean }]
  >`
    select count(*)::int as rows, count(distinct id)::int as ids, (sum(total) * 100)::bigint::text as cents,
      md5(string_agg(id || to_char(version_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || (total * 100)::bigint, ',' order by id collate "C")) as digest,
      (select count(*)::int from order_lines) as lines,
      (select sum(value) from rollups where metric = 'revenue') = sum(total) as gross
    from orders`;
  const hash = createHash("md5");
  let cents = 0;
  const facts = Array.from({ length: shape.count }, (_, index) => factsOf(shape, index));
  facts.sort((left, right) => (left.id < right.id ? -1 : 1));
  facts.forEach(({ id, updatedAt, totalCents }, at) => {
    cents += totalCents;
    hash.update(`${at === 0 ? "" : ","}${id}${updatedAt}${totalCents}`);
  });
  const expected = {
    rows: shape.count,
    ids: shape.count,
    cents: String(cents),
    digest: hash.digest("hex"),
    gross: true,
  };
  const found = { rows: ours.rows, ids: ours.ids, cents: ours.cents, digest: ours.digest, gross: ours.gross };
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`the run does not count: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
  }
}
