/** Whatever a person, a source and a dying worker do, in whatever order: the real activities over the real rows. */
import { createTestDatabase } from "@headwater/db/testing.ts";
import type { TestDatabase } from "@headwater/db/testing.ts";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openLane } from "./lane.ts";
import { cameBack, Watched } from "./lived.ts";
import type { Event } from "./lived.ts";
import { PASSAGES, WRITES } from "./row-events.ts";

/** A quarter of all: the long run lives no more of them, but others. */
const LIVES = 2_500;
const LANES = 4;
const PLATFORMS = ["shopify", "meta-ads", "klaviyo", "tiktok-ads"] as const;

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
  /** Most attempts come back from the consent screen. */
  isAuthorized: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
  events: fc.array(event, { maxLength: 16, size: "max" }),
});

/** Of datasources of one platform, so that as many files of them as there are platforms are lived at once. */
export function liveAtRandom(platform: (typeof PLATFORMS)[number]): void {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(inject("postgresUrl"));
  });
  afterAll(() => database.close());
  const seed = (inject("seed") ?? Math.floor(Math.random() * 2 ** 31)) + PLATFORMS.indexOf(platform) * LANES;

  test(
    `${LIVES} random lives: each status has a cause, slots are held by what lives, nothing forbidden is called, each ends well`,
    () => Promise.all(Array.from({ length: LANES }, (_, lane) => live(database, platform, seed + lane))),
    LIVES * 1_000,
  );
}

async function live(database: TestDatabase, platform: string, seed: number): Promise<void> {
  const opened = await openLane(database);
  const { sql, organisationId } = opened.merchant;
  const property = fc.asyncProperty(life, async ({ isAuthorized, events }) => {
    await sql`update holds set released_at = now() where organisation_id = ${organisationId} and released_at is null`;
    const watched = await Watched.begin(opened, platform);
    for (const one of isAuthorized ? [cameBack, ...events] : events) await watched.live(one);
    await watched.makeWell();
    expect(watched.wrong, watched.life.steps.join(", ")).toEqual([]);
  });
  try {
    await fc.assert(property, { numRuns: LIVES / LANES, seed, includeErrorInReport: true });
  } finally {
    await opened.close();
  }
}
