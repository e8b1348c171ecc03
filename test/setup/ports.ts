// Ports that a test may give away and find free again, however long it takes until they are listened on: below those that
// the system hands out by itself, and in a range that no other test draws from at the same time.
import { randomInt } from "node:crypto";
import { portIsFree } from "@headwater/server/start/ports.mjs";
import { testConfig } from "./config.ts";

/** Above 10080, the last port that fetch refuses to ask: what listens there would never be found ready. */
const lowest = 10_100;
const ranges = 10;
const width = 2_200;
/** Given away here, and perhaps not listened on yet. */
const given = new Set<number>();

/** Where the tests of this lane and this worker draw from. */
export function rangeOf({ lane, worker }: { lane: number; worker: number }): { from: number; to: number } {
  const from = lowest + ((lane + worker) % ranges) * width;
  return { from, to: from + width };
}

/** As many ports in a row, all of them free. */
export async function freeRow(count: number): Promise<number> {
  const { from, to } = rangeOf(testConfig.place);
  for (;;) {
    const first = randomInt(from, to - count);
    const row = Array.from({ length: count }, (_, n) => first + n);
    if (row.some((port) => given.has(port))) continue;
    for (const port of row) given.add(port);
    const free = await Promise.all(row.map(portIsFree));
    if (free.every(Boolean)) return first;
  }
}
