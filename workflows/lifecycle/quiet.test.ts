import * as fc from "fast-check";
import { expect, test } from "vitest";
import { nextStep, outOfQuiet, wakeAfter } from "./phases.ts";
import type { Intent, Knowledge } from "./phases.ts";
import type { QuietStanding } from "./quiet.ts";
import { catchUpDelay } from "./spread.ts";
import { DAY, healthy, HOUR, NOW } from "./testing/facts.ts";

const id = "4d9c7d7e-6f43-4c7a-9d5c-0a3c5f1b2e11";
/** It has lasted for an hour and goes on for five. */
const night = { from: NOW - HOUR, to: NOW + 5 * HOUR };
const morning = night.to + catchUpDelay(id, HOUR);
const quiet = (change: Partial<QuietStanding> = {}): QuietStanding => ({
  windows: [night],
  goOnAskedAt: null,
  childAsked: "none",
  ...change,
});

const known = (change: Partial<Knowledge> = {}, intent: Partial<Intent> = {}): Knowledge => ({
  id,
  intent: {
    facts: healthy(),
    platform: "test",
    manyAccounts: false,
    daily: {},
    lastDaily: {},
    open: [],
    child: null,
    nextRunAt: null,
    lastN: {},
    quiet: quiet(),
    ...intent,
  },
  childAdopted: false,
  nextAt: NOW,
  notBefore: null,
  intervalMs: HOUR,
  dayMs: DAY,
  ...change,
});
const child = { runId: "r", kind: "backfill", n: 1 } as const;
const filling = healthy({ backfill: "running" });

test("a sync that is due waits for the end of the hours, and a little of its own", () => {
  for (const nextAt of [NOW, NOW - 2 * HOUR, null])
    expect(nextStep(known({ nextAt }), NOW)).toEqual({ kind: "wait", until: morning });
});

test("when they are over it runs at once, and nobody says that it was late", () => {
  const run = { kind: "run", runs: ["sync"], askedBy: [] };
  expect(nextStep(known({ nextAt: morning }), morning)).toEqual(run);
  expect(nextStep(known({ nextAt: null }), morning)).toEqual(run);
});

test("what somebody asks for runs", () => {
  const open = [{ id: "c", kind: "syncNow" as const }];
  for (const nextAt of [NOW, null, NOW + HOUR])
    expect(nextStep(known({ nextAt }, { open }), NOW)).toEqual({ kind: "run", runs: ["sync"], askedBy: ["c"] });
  const resync = [{ id: "c", kind: "resync" as const }];
  expect(nextStep(known({}, { open: resync }), NOW)).toEqual({ kind: "beginResync", command: "c" });
});

test("a resume is answered by one sync; the points after it wait", () => {
  const resumed = quiet({ goOnAskedAt: NOW - 1 });
  expect(nextStep(known({ nextAt: null }, { quiet: resumed }), NOW)).toMatchObject({ kind: "run" });
  expect(nextStep(known({ nextAt: NOW }, { quiet: resumed }), NOW)).toEqual({ kind: "wait", until: morning });
  const before = quiet({ goOnAskedAt: night.from - 1 });
  expect(nextStep(known({ nextAt: null }, { quiet: before }), NOW)).toEqual({ kind: "wait", until: morning });
});

test("a sync that was begun before ends", () => {
  expect(nextStep(known({ syncUnfinished: true }), NOW)).toMatchObject({ kind: "run" });
});

test("a history that nobody asks for rests until they end, and is taken up then", () => {
  const facts = { ...filling, phase: "BACKFILLING" as const, newestIn: false };
  const step = nextStep(known({}, { facts, child }), NOW);
  expect(step).toEqual({ kind: "wait", until: night.to + 2_000 });
  expect(nextStep(known({}, { facts, child }), night.to + 2_000)).toEqual({ kind: "adopt", child });
});

test("beside the syncs it is woken for, however far off the next of them is", () => {
  const far = { nextAt: NOW + DAY };
  expect(nextStep(known(far, { facts: filling, child }), NOW)).toEqual({ kind: "wait", until: night.to + 2_000 });
});

test.each([
  ["days of it are wanted first", { childAsked: "some" as const }],
  ["somebody asked for all of it", { childAsked: "all" as const }],
  ["somebody had it go on since", { goOnAskedAt: NOW - 1 }],
])("it goes on where %s", (_why, change) => {
  expect(nextStep(known({}, { facts: filling, child, quiet: quiet(change) }), NOW)).toEqual({ kind: "adopt", child });
});

test("one that still works is left to end", () => {
  const step = nextStep(known({ childAdopted: true, nextAt: NOW + DAY }, { facts: filling, child }), NOW);
  expect(step).toEqual({ kind: "wait", until: NOW + DAY });
});

test("the next wake never lies in quiet hours, and without them it is what it was", () => {
  const windows = fc
    .array(fc.tuple(fc.integer({ min: 5, max: 72 }), fc.integer({ min: 1, max: 4 })), { maxLength: 3 })
    .map((hours) => hours.map(([from, length]) => ({ from: NOW + from * HOUR, to: NOW + (from + length) * HOUR })))
    .filter((found) =>
      found.every((one, n) =>
        found.every((other, m) => n === m || one.to + HOUR <= other.from || other.to + HOUR <= one.from),
      ),
    );
  fc.assert(
    fc.property(windows, fc.uuid(), fc.integer({ min: 900_000, max: DAY }), (found, source, intervalMs) => {
      const next = wakeAfter(source, NOW, intervalMs, found);
      expect(found.some(({ from, to }) => from <= next && next < to)).toBe(false);
      expect(next).toBe(outOfQuiet(source, wakeAfter(source, NOW, intervalMs), intervalMs, found));
      expect(wakeAfter(source, NOW, intervalMs, [])).toBe(wakeAfter(source, NOW, intervalMs));
    }),
  );
});
