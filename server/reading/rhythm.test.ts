import { expect, test } from "vitest";
import { normalInterval } from "./rhythm.ts";

const HOUR = 3_600_000;
const at = (...hours: number[]) =>
  hours.map((hour) => {
    const end = new Date(hour * HOUR);
    return { kind: "sync", state: "succeeded", startedAt: end, finishedAt: end, times: 1 };
  });

test("the cadence until there are enough runs to learn from", () => {
  expect(normalInterval([], HOUR)).toBe(HOUR);
  expect(normalInterval(at(0, 5, 10), HOUR)).toBe(HOUR);
});

test("one night's outage moves nothing, a slow source does, and runs that came early do not shorten it", () => {
  expect(normalInterval(at(0, 1, 2, 12, 13, 14), HOUR)).toBe(HOUR);
  expect(normalInterval(at(0, 3, 6, 9, 12), HOUR)).toBe(3 * HOUR);
  expect(normalInterval(at(0, 0.1, 0.2, 0.3, 0.4), HOUR)).toBe(HOUR);
});

test("runs that failed, other kinds, and their order do not count", () => {
  const failed = at(1, 2, 3, 4).map((run) => ({ ...run, state: "failed" }));
  const other = at(5, 6, 7, 8).map((run) => ({ ...run, kind: "backfill" }));
  expect(normalInterval([...failed, ...other], HOUR)).toBe(HOUR);
  expect(normalInterval(at(12, 0, 6, 3, 9), HOUR)).toBe(3 * HOUR);
});

test("a run that stands for many that went alike counts as each of them", () => {
  const quiet = {
    kind: "sync",
    state: "succeeded",
    startedAt: new Date(0),
    finishedAt: new Date(24 * HOUR),
    times: 13,
  };
  const others = at(26, 28).map((run) => ({ ...run }));
  expect(normalInterval([quiet, ...others], HOUR)).toBe(2 * HOUR);
  expect(normalInterval([{ ...quiet, finishedAt: null }, ...others], HOUR)).toBe(HOUR);
});
