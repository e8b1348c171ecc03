// Whatever a person and a source do, in whatever order, to many datasources at once: through Temporal and the database.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { backfillWorkflowId, datasourceWorkflowId } from "../client.ts";
import { startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import { runsOf } from "./testing/histories.ts";
import { randomLife } from "./testing/random-life.ts";
import type { Dice, Told } from "./testing/random-life.ts";
import { until } from "./testing/until.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ postgresUrl: inject("postgresUrl"), temporalAddress: inject("temporalAddress") });
  await engine.startWorkers();
});
afterAll(() => engine.close());

const isLong = inject("scale") > 1;
const LIVES = isLong ? 10_000 : 200;
const AT_ONCE = 40;
const seed = inject("seed") ?? Math.floor(Math.random() * 2 ** 31);

/** A generator of its own for each life, so that any one of them is the same whatever the others do. */
function diceOf(n: number): Dice {
  let state = (seed ^ Math.imul(n + 1, 0x9e3779b1)) | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    whole,
    isChosen: (share) => next() < share,
    pick<T>(list: readonly T[]): T {
      const found = list[whole(0, list.length - 1)];
      if (found === undefined) throw new Error("Nothing to pick from");
      return found;
    },
  };
}

test(
  `${LIVES} random lives: each status has a cause, each passes through the model's phases, each ends well, one workflow each, and slots are held by what lives`,
  async () => {
    console.log(`random lives, seed ${seed}`);
    const told: Told[] = [];
    let n = 0;
    const lane = async (): Promise<void> => {
      while (n < LIVES) {
        const dice = diceOf(n);
        n += 1;
        told.push(await randomLife(engine, dice, dice.whole(2, 8)));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    expect(told.flatMap(({ wrong }) => wrong)).toEqual([]);
    expect(engine.source.writers.together(), "runs that write the same streams at once").toEqual([]);
    const living = await engine.merchant.sql<{ id: string; slot: boolean; alive: boolean }[]>`
      select d.id, exists (select 1 from slots s where s.datasource_id = d.id) as slot, disconnected_at is null as alive
      from datasources d`;
    expect(living.filter(({ slot, alive }) => slot !== alive)).toEqual([]);
    for (const { target } of told) {
      // The list of runs follows what happens a moment later.
      const runs = await until(
        () => runsOf(engine.client, datasourceWorkflowId(target.datasourceId)),
        (seen) => seen.filter(({ status }) => status === "RUNNING").length <= 1,
      );
      const children = await runsOf(engine.client, backfillWorkflowId(target.datasourceId, 1));
      expect([...runs, ...children].filter(({ status }) => status === "FAILED")).toEqual([]);
    }
    const steps = told.reduce((sum, { did }) => sum + did.length, 0);
    const shown = new Set(told.flatMap((one) => [...one.shown]));
    console.log(`${told.length} lives, ${steps} steps, ${shown.size} pairs of statuses`);
    expect(steps).toBeGreaterThan(4 * LIVES);
  },
  LIVES * 9_000,
);
