import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isTrickle, restartsBy } from "./pace.ts";

const now = Date.parse("2026-11-20T17:00:00Z");
/** A thousand a minute so far. */
const stream = {
  state: "RUNNING",
  percent: 40,
  rows: "20000",
  rowsPerMinute: 900,
  startedAt: "2026-11-20T16:40:00Z",
} as const;

test("what brings less than a twentieth of what it brought waits for its source", () => {
  expect(isTrickle(stream, now)).toBe(false);
  expect(isTrickle({ ...stream, rowsPerMinute: 50 }, now)).toBe(false);
  expect(isTrickle({ ...stream, rowsPerMinute: 49 }, now)).toBe(true);
});

test("nothing is said of what is not read, is in, has no rate yet or began a moment ago", () => {
  const slow = { ...stream, rowsPerMinute: 1 };
  expect(isTrickle(slow, now)).toBe(true);
  for (const other of [{ state: "WAITING" }, { percent: 100 }, { rowsPerMinute: null }, { startedAt: null }] as const)
    expect(isTrickle({ ...slow, ...other }, now), JSON.stringify(other)).toBe(false);
  expect(isTrickle({ ...slow, startedAt: "2026-11-20T16:56:00Z" }, now)).toBe(false);
});

test("what stands still begins again once an attempt has had its time", () => {
  expect(restartsBy("2026-11-20T16:31:00Z").toISOString()).toBe("2026-11-20T16:46:00.000Z");
  const calls = readFileSync(new URL("../../../workflows/temporal/calls.ts", import.meta.url), "utf8");
  expect(/const work:[^;]*startToCloseTimeout: "15 minutes"/u.test(calls)).toBe(true);
});
