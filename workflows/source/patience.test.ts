import { SourceFailure } from "@headwater/connectors/failure.ts";
import { afterEach, describe, expect, test, vi } from "vitest";
import { hasHadItsTries, Patience, PATIENCE } from "./patience.ts";

const now = new Date("2026-11-20T12:00:00Z");
const inSeconds = (seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString();
const trouble = (retryAt?: string) =>
  new SourceFailure({ class: "transient", code: "t", said: "", ...(retryAt === undefined ? {} : { retryAt }) });
const limit = (retryAt: string) => new SourceFailure({ class: "rate_limit", code: "l", said: "", retryAt });

/** The waits between the tries of one call in trouble that does not end. */
function waitsAt(chance: number, error = trouble): number[] {
  vi.spyOn(Math, "random").mockReturnValue(chance);
  const patience = new Patience();
  const waits: number[] = [];
  for (;;) {
    const next = patience.after(error(), now);
    if (next.kind === "giveUp") return waits;
    waits.push(next.ms);
  }
}
afterEach(() => void vi.restoreAllMocks());

describe("trouble that may pass", () => {
  test("is tried eight times at most, then left to the next schedule", () => {
    expect(waitsAt(0.5).length + 1).toBeLessThanOrEqual(8);
    expect(waitsAt(0.5)).toHaveLength(PATIENCE.tries - 1);
    const error = trouble();
    const patience = new Patience();
    for (let i = 0; i < PATIENCE.tries; i += 1) patience.after(error, now);
    expect([hasHadItsTries(error), hasHadItsTries(trouble())]).toEqual([true, false]);
  });

  test("is waited out with full jitter: anything from nothing to a most that doubles from 5 s", () => {
    expect(waitsAt(0)).toEqual([0, 0, 0, 0, 0]);
    vi.restoreAllMocks();
    expect(waitsAt(0.5)).toEqual([2_500, 5_000, 10_000, 20_000, 40_000]);
    vi.restoreAllMocks();
    expect(Math.max(...waitsAt(1))).toBeLessThanOrEqual(PATIENCE.longestMs);
  });

  test("whose end the source has named is not met before it; an end too far away is left to the schedule", () => {
    for (const wait of waitsAt(0, () => trouble(inSeconds(20)))) expect(wait).toBeGreaterThanOrEqual(20_000);
    vi.restoreAllMocks();
    expect(waitsAt(0.5, () => trouble(inSeconds(90)))).toEqual([]);
  });
});

describe("a limit", () => {
  test("is waited out as long as it says, never shorter, whatever it says", () => {
    const patience = new Patience();
    expect(patience.after(limit(inSeconds(7)), now)).toEqual({ kind: "wait", ms: 7_000 });
    for (const nonsense of ["soon", inSeconds(-3_600)])
      expect(patience.after(limit(nonsense), now)).toEqual({ kind: "wait", ms: 100 });
  });

  test("of more than a minute, or of five minutes in all, is told to the workflow, which sleeps", () => {
    const far = limit(inSeconds(61));
    expect(new Patience().after(far, now)).toEqual({ kind: "giveUp" });
    expect(hasHadItsTries(far)).toBe(true);
    const patience = new Patience();
    const kinds = Array.from({ length: 6 }, () => patience.after(limit(inSeconds(60)), now).kind);
    expect(kinds).toEqual(["wait", "wait", "wait", "wait", "wait", "giveUp"]);
  });
});
