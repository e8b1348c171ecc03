// R12: one bucket, several processes and streams. It is never overdrawn, and nobody gets more of it than a fifth above its share.
import { fork } from "node:child_process";
import { once } from "node:events";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { makeRig, type Rig } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import type { BucketReport, BucketTime, BucketWork } from "./testing/bucket-process.ts";
import { mostly } from "./testing/undisturbed.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]) }));
});
afterAll(() => rig.close());

const SECONDS = 6;
const bucket = { maximum: 1_000, restorePerSecond: 500 };
/** From what is left of it where as much is asked for as there is. */
const FULL_AGAIN_MS = 1_500;

interface Spent {
  /** Of all, oldest first. */
  readonly calls: readonly (BucketReport["calls"][number] & { process: number })[];
  readonly stoodMs: number;
}

/** Each entry is a process, each number in it the cost of a stream's calls. */
async function spent(processes: readonly number[][]): Promise<Spent> {
  const path = fileURLToPath(new URL("testing/bucket-process.ts", import.meta.url));
  const work = { workerUrl: rig.workerUrl, key: randomUUID(), ...bucket };
  const children = processes.map(() => fork(path, { execArgv: [] }));
  const up = children.map((child) => once(child, "message"));
  for (const [number, child] of children.entries())
    child.send({ ...work, costs: [...(processes[number] ?? [])] } satisfies BucketWork);
  await Promise.all(up);
  const from = Date.now() + 200;
  const reports = children.map(async (child, number) => {
    const answer = once(child, "message");
    child.send({ from, until: from + SECONDS * 1000 } satisfies BucketTime);
    const [report]: [BucketReport] = await answer.then(([said]) => [said]);
    return { ...report, calls: report.calls.map((call) => ({ ...call, process: number })) };
  });
  const all = await Promise.all(reports);
  return {
    calls: all.flatMap(({ calls }) => calls).toSorted((a, b) => a.at - b.at),
    stoodMs: Math.max(...all.map(({ stoodMs }) => stoodMs)),
  };
}

/**
 * The source's own sum: what was left in the bucket at the worst moment. Our books begin when the first call is asked for, and
 * a busy machine may send it later: what would have come into a bucket that is still full is no part of what is overdrawn.
 */
function lowest(calls: readonly { asked: number; at: number; cost: number }[]): number {
  let last = calls[0]?.at ?? 0;
  const lateMs = last - Math.min(...calls.map(({ asked }) => asked));
  let available = bucket.maximum + (lateMs / 1000) * bucket.restorePerSecond;
  let least = available;
  for (const { at, cost } of calls) {
    available += ((at - last) / 1000) * bucket.restorePerSecond - cost;
    last = at;
    least = Math.min(least, available);
  }
  return least;
}

/**
 * Not overdrawn. Where nobody called for so long that the bucket was full again, that is no part of it: what was taken before
 * comes on top of a whole bucket then.
 */
function isWithin(calls: readonly { asked: number; at: number; cost: number }[]): boolean {
  if (calls.length === 0) return false; // it stood all the time
  // A timer may be a few milliseconds early by the other process's clock.
  const least = lowest(calls);
  const stoodMs = Math.max(...calls.map(({ at }, n) => at - (calls[n - 1]?.at ?? at)));
  if (stoodMs < FULL_AGAIN_MS) expect(least).toBeGreaterThanOrEqual(-10);
  return least >= -10;
}

const pointsOf = (calls: readonly { cost: number }[]): number => calls.reduce((sum, { cost }) => sum + cost, 0);

/** How far the share that is furthest from its fair one is from it, of one. */
function unfairness(shares: readonly number[]): number {
  const fair = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  console.log(`shares: ${shares.join(", ")}`);
  return Math.max(...shares.map((share) => Math.abs(share - fair) / fair));
}

test("two products on one app's key: two processes get the same, and the bucket is never overdrawn", async () => {
  const isFair = async () => {
    const { calls, stoodMs } = await spent([
      [20, 20],
      [20, 20],
    ]);
    const isHeld = isWithin(calls);
    const shares = [0, 1].map((number) => pointsOf(calls.filter((call) => call.process === number)));
    // What there is, is used: what stood in the bucket, and what came into it.
    const thereIs = bucket.maximum + SECONDS * bucket.restorePerSecond;
    return { isSo: isHeld && unfairness(shares) <= 0.2 && pointsOf(calls) > 0.8 * thereIs, stoodMs };
  };
  expect(await mostly(isFair)).toBe(true);
});

test("four streams of one store in one process get the same number of calls", async () => {
  const isFair = async () => {
    const { calls, stoodMs } = await spent([[25, 25, 25, 25]]);
    const isHeld = isWithin(calls);
    const shares = [0, 1, 2, 3].map((number) => calls.filter((call) => call.stream === number).length);
    return { isSo: isHeld && unfairness(shares) <= 0.2, stoodMs };
  };
  expect(await mostly(isFair)).toBe(true);
});
