import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "@headwater/server/start/places.mjs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { inLanes, longest, seconds, secondsUnmeasured } from "./longest-first.ts";

test("every file that is named to begin first, or measured, is there, once", () => {
  const named = [...longest, ...Object.keys(seconds)];
  expect(named.filter((path) => !existsSync(join(checkout, path)))).toEqual([]);
  expect(new Set(named).size).toBe(named.length);
});

test("each file runs in one lane, whatever order they are found in; no lane waits long for another", () => {
  const found = fc.shuffledSubarray([...Object.keys(seconds), "test/a.ts", "test/b.ts", "test/c.ts"]);
  fc.assert(
    fc.property(found, fc.integer({ min: 1, max: 4 }), (files, count) => {
      const lanes = inLanes(files, count, (file) => file);
      expect(lanes.flat().toSorted()).toEqual(files.toSorted());
      expect(inLanes(files.toReversed(), count, (file) => file)).toEqual(lanes);
      const takes = (lane: readonly string[]) =>
        lane.reduce((sum, file) => sum + (seconds[file] ?? secondsUnmeasured), 0);
      for (const lane of lanes) {
        const withoutItsLast = takes(lane.slice(0, -1));
        for (const other of lanes) expect(withoutItsLast).toBeLessThanOrEqual(takes(other));
      }
    }),
  );
});
