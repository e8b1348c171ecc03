// Days that somebody wants first: every day is still read exactly once, and those days before all that is queued.
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { bringForward, type WantedDays } from "./bring-forward.ts";
import { dayAfter } from "./days.ts";
import { inOrganisation } from "./fence.ts";
import { planRun } from "./plan-run.ts";
import { makeRig, type Rig } from "./testing/rig.ts";
import { scripted, scriptedConnector } from "./testing/scripted-source.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]) }), { zone: "Asia/Kolkata" });
});
afterAll(() => rig.close());

const UNTIL = "2026-11-22";
const windows = [7, 23, 60, 90].reduce<{ from: string; to: string }[]>((made, days) => {
  const to = made.at(-1)?.from ?? UNTIL;
  return [...made, { from: dayAfter(to, -days), to }];
}, []);
let n = 0;

interface Slice {
  from: string;
  to: string;
  position: number;
  priority: number;
  state: string;
}
const slicesOf = (run: string) => rig.owner<Slice[]>`
  select (from_at at time zone 'Asia/Kolkata')::date::text as from, (to_at at time zone 'Asia/Kolkata')::date::text as to,
    position, priority, state from slices where run_id = ${run} order by priority desc, position`;

async function planned(begun: number): Promise<string> {
  await rig.owner`update runs set finished_at = now()`;
  const run = rig.run("backfill", (n += 1));
  await planRun(
    rig.deps,
    run,
    windows.map((window, position) => ({ stream: "orders", ...window, position })),
  );
  await rig.owner`update slices set state = 'running' where run_id = ${run.runId} and position < ${begun}`;
  return run.runId;
}
const forward = (wanted: WantedDays) =>
  inOrganisation(rig.deps.sql, rig.ref, (tx) => bringForward(rig.deps, tx, rig.ref, wanted));

test("a range within a window is cut out of it; what is left comes last, and the page's count of windows grows", async () => {
  const run = await planned(1);
  expect(await forward({ from: "2026-09-01", to: "2026-09-30" })).toBe(1);
  expect((await slicesOf(run)).map(({ from, to, position }) => `${position} ${from} ${to}`)).toEqual([
    "2 2026-09-01 2026-10-01",
    "0 2026-11-15 2026-11-22",
    "1 2026-10-23 2026-11-15",
    "3 2026-05-26 2026-08-24",
    "4 2026-10-01 2026-10-23",
    "5 2026-08-24 2026-09-01",
  ]);
  expect(await rig.owner`select stream, windows_total from progress order by stream`).toEqual([
    { stream: "orders", windows_total: 6 },
    { stream: "refunds", windows_total: 6 },
  ]);
  expect(await rig.owner`select plan_version from runs where id = ${run}`).toEqual([{ plan_version: 1 }]);
});

test("a window that is begun keeps its length, a stream that is not meant keeps its place, and days that are in move nothing", async () => {
  const run = await planned(2);
  expect(await forward({ from: "2026-11-01", to: "2026-11-02" })).toBe(1);
  expect((await slicesOf(run))[0]).toMatchObject({ from: "2026-10-23", to: "2026-11-15", position: 1 });
  expect(await forward({ from: "2026-11-01", to: "2026-11-02", stream: "campaigns" })).toBe(0);
  await rig.owner`update slices set state = 'done' where run_id = ${run} and position < 2`;
  expect(await forward({ from: "2026-11-01", to: "2026-11-21" })).toBe(0);
  expect(await rig.owner`select plan_version from runs where id = ${run}`).toEqual([{ plan_version: 1 }]);
});

test("days of a stream that comes with another are brought forward with that one", async () => {
  const run = await planned(1);
  expect(await forward({ from: "2026-11-01", to: "2026-11-02", stream: "refunds" })).toBe(1);
  expect((await slicesOf(run))[0]).toMatchObject({ from: "2026-11-01", to: "2026-11-03" });
});

test("whatever is wished, and wished again, every day belongs to exactly one window", async () => {
  const day = fc.integer({ min: 0, max: 200 }).map((ago) => dayAfter(UNTIL, -ago));
  const wish = fc.tuple(day, day).map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a }));
  const check = async (wishes: readonly WantedDays[], begun: number) => {
    const run = await planned(begun);
    for (const wanted of wishes) await forward(wanted);
    const slices = (await slicesOf(run)).toSorted((left, right) => (left.from < right.from ? -1 : 1));
    expect(slices[0]?.from).toBe(windows.at(-1)?.from);
    expect(slices.at(-1)?.to).toBe(UNTIL);
    for (const [at, slice] of slices.entries()) if (at > 0) expect(slice.from).toBe(slices[at - 1]?.to);
    expect(new Set(slices.map(({ position }) => position)).size).toBe(slices.length);
  };
  await fc.assert(fc.asyncProperty(fc.array(wish, { maxLength: 4 }), fc.integer({ min: 0, max: 3 }), check), {
    numRuns: 40,
  });
});
