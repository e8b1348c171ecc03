import * as fc from "fast-check";
import { expect, test } from "vitest";
import { dueRuns } from "./due.ts";
import { catchUpDelay, nextPhasePoint, phasePoint, pointsMissed } from "./spread.ts";
import { DAY, HOUR, NOW } from "./testing/facts.ts";

const ids = fc.uuid();
const times = fc.integer({ min: 0, max: 4_000_000_000_000 });
const intervals = fc.integer({ min: 1_000, max: DAY });

test("the next point is after now, within one interval, and always the datasource's own", () => {
  fc.assert(
    fc.property(ids, times, intervals, (id, now, interval) => {
      const phase = phasePoint(id, interval);
      const next = nextPhasePoint(now, interval, phase);
      expect(next).toBeGreaterThan(now);
      expect(next - now).toBeLessThanOrEqual(interval);
      expect((((next - phase) % interval) + interval) % interval).toBe(0);
    }),
  );
});

test("ten thousand datasources spread over the hour: no minute has more than twice its share", () => {
  const counts = new Map<number, number>();
  for (const id of fc.sample(ids, { numRuns: 10_000, seed: 11 })) {
    const minute = Math.floor(phasePoint(id, HOUR) / 60_000);
    counts.set(minute, (counts.get(minute) ?? 0) + 1);
  }
  expect(counts.size).toBe(60);
  expect(Math.max(...counts.values())).toBeLessThan((2 * 10_000) / 60);
});

test("who woke late waits at most ten minutes more, and never longer than an interval", () => {
  fc.assert(
    fc.property(ids, intervals, (id, interval) => {
      expect(catchUpDelay(id, interval)).toBeLessThan(Math.min(600_000, interval) + 1);
    }),
  );
});

test("a run of three hours skips two points and counts them", () => {
  expect(pointsMissed(NOW, NOW + 2.5 * HOUR, HOUR)).toBe(2);
  expect(pointsMissed(NOW, NOW + 10, HOUR)).toBe(0);
  expect(pointsMissed(NOW, NOW - 10, HOUR)).toBe(0);
});

test("the daily kinds ride on the wake behind the sync, each on its own rhythm", () => {
  const daily = { reread: 1, sweep: 7, spotCheck: 1 } as const;
  const clock = { now: NOW, nextAt: NOW, dayMs: DAY, asked: false, daily, since: NOW - DAY } as const;
  expect(dueRuns({ ...clock, lastDaily: {} })).toEqual(["sync", "reread", "spotCheck"]);
  expect(dueRuns({ ...clock, since: NOW - 8 * DAY, lastDaily: {} })).toEqual(["sync", "reread", "sweep", "spotCheck"]);
  expect(dueRuns({ ...clock, since: NOW, lastDaily: {} })).toEqual(["sync", "spotCheck"]);
  expect(dueRuns({ ...clock, since: null, lastDaily: {} })).toEqual(["sync"]);
  const ran = { reread: NOW - DAY, sweep: NOW - DAY, spotCheck: NOW - 1 };
  expect(dueRuns({ ...clock, lastDaily: ran })).toEqual(["sync", "reread"]);
  expect(dueRuns({ ...clock, nextAt: NOW + 1, lastDaily: {} })).toEqual([]);
  expect(dueRuns({ ...clock, nextAt: NOW + 1, asked: true, lastDaily: {} })).toEqual(["sync"]);
});

test("the first check waits for no point once the history is in; those after it ride on the wake", () => {
  const daily = { reread: 1, spotCheck: 1 } as const;
  const between = {
    now: NOW,
    nextAt: NOW + 1,
    dayMs: DAY,
    asked: false,
    daily,
    since: NOW - DAY,
    lastDaily: {},
  } as const;
  expect(dueRuns({ ...between, checksAtOnce: true })).toEqual(["spotCheck"]);
  expect(dueRuns({ ...between, checksAtOnce: false })).toEqual([]);
  expect(dueRuns({ ...between, checksAtOnce: true, asked: true })).toEqual(["sync"]);
  expect(dueRuns({ ...between, checksAtOnce: true, since: null })).toEqual([]);
  expect(dueRuns({ ...between, checksAtOnce: true, daily: {} })).toEqual([]);
  expect(dueRuns({ ...between, checksAtOnce: true, lastDaily: { spotCheck: NOW - 2 * DAY } })).toEqual([]);
});
