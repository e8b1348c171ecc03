/** Lives in which a fault once hid, over the real rows; `lives/` holds the random ones. */
import { createTestDatabase } from "@headwater/db/testing.ts";
import type { TestDatabase } from "@headwater/db/testing.ts";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openLane } from "./testing/lane.ts";
import { cameBack, Watched } from "./testing/lived.ts";
import { WRITES } from "./testing/row-events.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
});
afterAll(() => database.close());

test("a history that a disconnect broke off goes on where it was, once that is undone and authorized again", async () => {
  const lane = await openLane(database);
  try {
    const watched = await Watched.begin(lane, "shopify");
    for (const name of ["credentialArrives", "aPieceOfHistory", "disconnect", "undo"])
      await watched.live({ ...cameBack, name });
    await watched.makeWell();
    expect(watched.wrong).toEqual([]);
    const { datasourceId } = watched.life.target;
    expect(lane.source.callsOf(datasourceId).filter((call) => call.startsWith("slice"))).toEqual([
      "slice:0",
      "slice:1",
      "slice:2",
    ]);
    const runs = await lane.merchant.sql`
      select kind, n::int, state from runs where datasource_id = ${datasourceId} and kind = 'backfill'`;
    expect(runs).toEqual([{ kind: "backfill", n: 1, state: "succeeded" }]);
  } finally {
    await lane.close();
  }
});

test("disconnected again before anybody read of its undo, it is ended anew", async () => {
  const lane = await openLane(database);
  try {
    const watched = await Watched.begin(lane, "shopify");
    const { life } = watched;
    const ends = () => lane.source.callsOf(life.target.datasourceId).filter((call) => call === "erase").length;
    for (const name of ["credentialArrives", "allOfHistory", "disconnect"]) await watched.live({ ...cameBack, name });
    expect(ends()).toBe(1);
    await WRITES["undo"]?.(life);
    await watched.live({ ...cameBack, name: "disconnect" });
    expect(ends()).toBe(2);
    expect(watched.wrong).toEqual([]);
  } finally {
    await lane.close();
  }
});

test("a range read again waits out a pause and is answered when it is read, not by the pause", async () => {
  const lane = await openLane(database);
  try {
    const watched = await Watched.begin(lane, "shopify");
    const { datasourceId } = watched.life.target;
    const answers = () => lane.merchant.sql`
      select state, outcome from commands where datasource_id = ${datasourceId} and kind = 'resync'`;
    for (const name of ["credentialArrives", "allOfHistory", "resync", "pause"])
      await watched.live({ ...cameBack, name });
    expect(await answers()).toEqual([{ state: "accepted", outcome: null }]);
    for (const name of ["resume", "allOfHistory"]) await watched.live({ ...cameBack, name });
    expect(await answers()).toEqual([{ state: "done", outcome: { code: "done" } }]);
  } finally {
    await lane.close();
  }
});

test("a sync that was asked for under a limit is answered by the one that the limit lets through", async () => {
  const lane = await openLane(database);
  try {
    const watched = await Watched.begin(lane, "shopify");
    const { datasourceId } = watched.life.target;
    const answers = () => lane.merchant.sql`select state from commands where datasource_id = ${datasourceId}`;
    for (const name of ["credentialArrives", "allOfHistory", "source limits", "syncNow"])
      await watched.live({ ...cameBack, name });
    expect(await answers()).toEqual([{ state: "accepted" }]);
    for (const name of ["source works", "halfADay"]) await watched.live({ ...cameBack, name });
    expect(await answers()).toEqual([{ state: "done" }]);
  } finally {
    await lane.close();
  }
});
