import { portIsFree } from "@headwater/server/start/ports.mjs";
import { expect, test } from "vitest";
import { freeRow, rangeOf } from "./ports.ts";

test("no two lanes and no two workers draw from the same ports, and none from those that the system hands out", () => {
  const places = [0, 1, 2, 3, 8, 9].flatMap((n) => [
    { lane: n, worker: 0 },
    { lane: 0, worker: n },
  ]);
  for (const one of places) {
    const { from, to } = rangeOf(one);
    expect(from, "fetch asks all of them").toBeGreaterThan(10_080);
    expect(to).toBeLessThanOrEqual(32_768);
    for (const other of places) {
      if (one.lane + one.worker === other.lane + other.worker) continue;
      const theirs = rangeOf(other);
      expect(to <= theirs.from || theirs.to <= from).toBe(true);
    }
  }
});

test("a row of ports is free as a whole", async () => {
  const first = await freeRow(5);
  expect(await Promise.all([0, 1, 2, 3, 4].map((n) => portIsFree(first + n)))).toEqual(Array(5).fill(true));
});

test("no port is given away twice", async () => {
  const rows = await Promise.all(Array.from({ length: 60 }, () => freeRow(7)));
  const ports = rows.flatMap((first) => Array.from({ length: 7 }, (_, n) => first + n));
  expect(new Set(ports).size).toBe(ports.length);
});
