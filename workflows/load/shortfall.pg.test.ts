// A source that shows less than it has counted is asked again, and not for ever: what came stays, and the hole is said.
import type { RunKind } from "@headwater/db/schema/values.ts";
import { expect, test } from "vitest";
import { closeRun } from "./plan-run.ts";
import { SHORTFALLS_MAX } from "./carry-pages.ts";
import { syncOnce } from "./sync-once.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { order, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const rig = ownRig();

const announcing = (announced: number, ...ids: string[]) =>
  scriptedConnector({
    pages: async function* pages() {
      yield {
        kind: "records",
        records: ids.map((id) => order(id)),
        rejected: [],
        cursor: { next: 1 },
        announced,
        done: true,
      };
    },
  });
const ids = async () =>
  (await rig.owner<{ id: string }[]>`select id from orders where deleted_at is null order by id`).map(({ id }) => id);
const begin = async (kind: RunKind) => {
  const slice = await rig.slice(kind, 1);
  for (let time = 1; time < SHORTFALLS_MAX; time += 1)
    expect(await workOnSlice(rig.deps, slice, options()), `time ${time}`).toMatchObject({ kind: "providerDown" });
  return slice;
};

test("a count that stays short ends after three tries: what came stays, the slice says what is missing", async () => {
  rig.use(announcing(5, "1", "2"));
  const slice = await begin("backfill");
  const failure = { class: "invalid_request", code: "pages.announced", said: "announced 5, came 2" };
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "failed", failure });
  expect(await ids()).toEqual(["1", "2"]);
  expect(await rig.owner`select state, announced, rows, shortfalls, failure from slices`).toEqual([
    { state: "failed", announced: "5", rows: "2", shortfalls: SHORTFALLS_MAX, failure },
  ]);
  await closeRun(rig.deps, slice, "failed");
  expect(await rig.owner`select state, announced, read from runs where kind = 'backfill'`).toEqual([
    { state: "failed", announced: "5", read: String(2 * SHORTFALLS_MAX - 2 * (SHORTFALLS_MAX - 1)) },
  ]);
});

test("a window that is read aside and stays short is not swapped in: the old numbers stand, nothing waits aside", async () => {
  rig.use(scriptedConnector({ pages: scripted([order("1"), order("2"), order("3")]) }));
  expect(await workOnSlice(rig.deps, await rig.slice("backfill"), options())).toMatchObject({ kind: "done" });
  rig.use(announcing(5, "1", "2"));
  const slice = await begin("resync");
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "failed" });
  expect(await ids()).toEqual(["1", "2", "3"]);
  expect(await rig.owner`select count(*)::int as lines from stage_aside`).toEqual([{ lines: 0 }]);
});

test("a sync that comes short says which stream it was, keeps its place and goes on with the others", async () => {
  rig.use(announcing(2, "1"));
  const outcome = await syncOnce(rig.deps, rig.run("sync"), options());
  expect(outcome).toMatchObject({
    kind: "done",
    failedStreams: [{ stream: "orders", failure: { code: "pages.announced" } }],
  });
  const [checkpoint] =
    await rig.owner`select through, cursor->'cursor' as cursor from checkpoints where stream = 'orders'`;
  expect(checkpoint).toEqual({ through: null, cursor: null });
});
