/** Whatever a person, a source and a dying worker do, in whatever order: the real activities over the real rows. */
import { createTestDatabase } from "@headwater/db/testing.ts";
import type { TestDatabase } from "@headwater/db/testing.ts";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { Watched } from "./testing/lived.ts";
import type { Event } from "./testing/lived.ts";
import { openLane } from "./testing/lane.ts";
import { PASSAGES, WRITES } from "./testing/row-events.ts";

const isLong = inject("scale") > 1;
const LIVES = isLong ? 10_000 : 500;
const LANES = 8;
const seed = inject("seed") ?? Math.floor(Math.random() * 2 ** 31);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
});
afterAll(() => database.close());

const rarely = fc.integer({ min: 0, max: 5 }).map((n) => n === 0);
const strike = fc.record({
  name: fc.constantFrom("dies", "dies", "dies", ...Object.keys(WRITES)),
  moment: fc.constantFrom("before" as const, "after" as const),
});
const event: fc.Arbitrary<Event> = fc.record({
  name: fc.constantFrom(...Object.keys(WRITES), ...Object.keys(PASSAGES)),
  strikes: fc.option(strike, { freq: 3 }),
  cutOff: rarely,
  unheard: rarely,
});
const life = fc.record({
  platform: fc.constantFrom("shopify", "meta-ads", "klaviyo", "tiktok-ads"),
  /** Most attempts come back from the consent screen. */
  isAuthorized: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
  events: fc.array(event, { maxLength: 16, size: "max" }),
});

const cameBack: Event = { name: "credentialArrives", strikes: null, cutOff: false, unheard: false };

test(
  `${LIVES} random lives: each status has a cause, slots are held by what lives, nothing forbidden is called, each ends well`,
  async () => {
    const lane = async (n: number): Promise<void> => {
      const opened = await openLane(database);
      const property = fc.asyncProperty(life, async ({ platform, isAuthorized, events }) => {
        await opened.merchant
          .sql`update holds set released_at = now() where organisation_id = ${opened.merchant.organisationId}`;
        const watched = await Watched.begin(opened, platform);
        for (const one of isAuthorized ? [cameBack, ...events] : events) await watched.live(one);
        await watched.makeWell();
        expect(watched.wrong, watched.life.steps.join(", ")).toEqual([]);
      });
      try {
        await fc.assert(property, { numRuns: Math.ceil(LIVES / LANES), seed: seed + n, includeErrorInReport: true });
      } finally {
        await opened.close();
      }
    };
    await Promise.all(Array.from({ length: LANES }, (_, n) => lane(n)));
  },
  LIVES * 500,
);

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
