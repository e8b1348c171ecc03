import { randomUUID } from "node:crypto";
import { datasourceId, organisationId, runId } from "@headwater/db";
import type { RunKind } from "@headwater/db/schema/values.ts";
import { expect, test } from "vitest";
import { Writers } from "./writers.ts";

const of = datasourceId(randomUUID());
const run = (kind: RunKind, n: number) => ({
  organisationId: organisationId(randomUUID()),
  datasourceId: of,
  generation: 1,
  runId: runId(of, kind, n),
  kind,
  n,
});

/** The second begins and ends within the first. */
async function within(first: ReturnType<typeof run>, second: ReturnType<typeof run>, isFenced = false) {
  const writers = new Writers();
  await writers.during(first, async (wrote) => {
    await writers.during(second, (inner) => Promise.resolve(inner()));
    if (!isFenced) wrote();
  });
  return writers.together();
}

test("two syncs, or two histories, that write at once are told", async () => {
  expect(await within(run("sync", 1), run("sync", 2))).toEqual([`sync 1 and sync 2 of ${of}`]);
  expect(await within(run("sync", 1), run("sweep", 1))).toEqual([`sync 1 and sweep 1 of ${of}`]);
  expect(await within(run("backfill", 1), run("resync", 2))).toEqual([`backfill 1 and resync 2 of ${of}`]);
});

test("a history beside the sync, pieces of one history, and what is fenced off are not", async () => {
  expect(await within(run("backfill", 1), run("sync", 1))).toEqual([]);
  expect(await within(run("backfill", 1), run("backfill", 1))).toEqual([]);
  expect(await within(run("sync", 1), run("sync", 2), true)).toEqual([]);
});
