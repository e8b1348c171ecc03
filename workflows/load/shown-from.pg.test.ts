/** A source that shows a grant nothing older than some days: what does not come from before then is no sign that it is gone. */
import type { Stream } from "@headwater/connectors/contract.ts";
import { expect, test } from "vitest";
import { rereadWeek } from "./reread-week.ts";
import { sweepDeletes } from "./sweep-deletes.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { order, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const rig = ownRig();
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
const made = (id: string, days: number) =>
  order(id, { orderedAt: daysAgo(days).toISOString(), sourceCreatedAt: daysAgo(days).toISOString() });
const alive = async () =>
  (await rig.owner<{ id: string }[]>`select id from orders where deleted_at is null order by id`).map(({ id }) => id);

/** Shows nothing at all any more, and says how far back that means something. */
const showsNothing = (shownDays: number | null): void => {
  const stream: Partial<Stream> = {
    ids: async function* given() {
      yield [];
    },
    count: () => Promise.resolve(0),
    shownFrom: () => (shownDays === null ? null : daysAgo(shownDays)),
  };
  rig.use(scriptedConnector({ pages: scripted([]), stream }));
};

const looks = {
  sweep: () => sweepDeletes(rig.deps, rig.run("sweep"), options()),
  resync: async () => {
    const window = { from: daysAgo(200).toISOString(), to: daysAgo(1).toISOString() };
    return workOnSlice(rig.deps, await rig.slice("resync", 1, window), options());
  },
  reread: async () => {
    for (let night = 1; night < 12; night += 1) await rereadWeek(rig.deps, rig.run("reread", night), options());
    return rereadWeek(rig.deps, rig.run("reread", 12), options());
  },
} as const;

test.each(["sweep", "resync", "reread"] as const)("%s buries only what the source would show", async (look) => {
  rig.use(scriptedConnector({ pages: scripted([made("old", 100), made("edge", 62), made("new", 40)]) }));
  await workOnSlice(rig.deps, await rig.slice(), options());
  showsNothing(60);
  expect(await looks[look]()).toMatchObject({ kind: "done" });
  expect(await alive()).toEqual(["edge", "old"]);
  showsNothing(null);
  if (look === "sweep")
    expect(await sweepDeletes(rig.deps, rig.run("sweep", 2), options())).toMatchObject({ tombstoned: 2 });
});
