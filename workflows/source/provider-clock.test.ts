import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ProviderClock } from "./provider-clock.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-20T09:00:00.600Z"), toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

let logins = 0;

/** A source whose clock is `aheadMs` ahead of ours, asked once: its answer takes as long as is said, each way. */
function source(aheadMs: number) {
  logins += 1;
  const clock = new ProviderClock(`source ${logins}`);
  let ahead = aheadMs;
  return {
    clock,
    isSetBy: (ms: number) => {
      ahead += ms;
    },
    asked: (thereMs: number, backMs: number) => {
      const askedAt = Date.now();
      vi.setSystemTime(askedAt + thereMs);
      const date = new Date(Date.now() + ahead).toUTCString();
      vi.setSystemTime(Date.now() + backMs);
      clock.heard(date, askedAt);
    },
    /** How far our idea of its time is behind it. */
    behindMs: () => Date.now() + ahead - clock.now().getTime(),
  };
}

describe("the source's own time", () => {
  test("is ours before it has said anything, and where it said nothing that can be read", () => {
    const { clock, behindMs } = source(0);
    expect(behindMs()).toBe(0);
    clock.heard(undefined, Date.now());
    clock.heard("yesterday", Date.now());
    expect(behindMs()).toBe(0);
  });

  test("is not put back by whole seconds or by an answer that dawdled, where the two clocks agree", () => {
    const { asked, behindMs } = source(0);
    asked(20, 20);
    expect(behindMs()).toBe(0);
    asked(10, 59_000);
    expect(behindMs()).toBe(0);
  });

  test("is never ahead of a clock that is not ours, and comes near it with every answer", () => {
    for (const aheadMs of [600_000, -600_000, 5_000, -5_250]) {
      const { asked, behindMs } = source(aheadMs);
      const seen: number[] = [];
      for (let n = 0; n < 12; n += 1) {
        asked(30, n === 5 ? 20_000 : 40);
        seen.push(behindMs());
        vi.setSystemTime(Date.now() + 171);
      }
      expect(Math.min(...seen)).toBeGreaterThanOrEqual(0);
      expect(seen).toEqual(seen.toSorted((a, b) => b - a));
      expect(seen[0]).toBeLessThan(1_070);
      expect(seen.at(-1)).toBeLessThan(150);
    }
  });

  test("follows a clock that is set, forward and back, from the next answer on", () => {
    const { asked, behindMs, isSetBy } = source(0);
    asked(20, 20);
    for (const ms of [600_000, -1_200_000, 600_000]) {
      isSetBy(ms);
      asked(20, 20);
      expect(behindMs()).toBeGreaterThanOrEqual(0);
      expect(behindMs()).toBeLessThan(1_050);
    }
  });
});
