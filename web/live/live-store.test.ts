import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { datasourceFixture, healthFixture, organisationFixture } from "../gallery/fixtures.ts";
import type { Feed } from "./live.documents.ts";
import { type LiveClock, LiveStore } from "./live-store.ts";

function handClock() {
  let now = 0;
  let hidden = false;
  let waiting: { at: number; work: () => void }[] = [];
  const clock: LiveClock = {
    now: () => now,
    isHidden: () => hidden,
    later: (work, ms) => {
      const entry = { at: now + ms, work };
      waiting.push(entry);
      return () => (waiting = waiting.filter((other) => other !== entry));
    },
  };
  const advance = (ms: number): void => {
    now += ms;
    const due = waiting.filter((entry) => entry.at <= now);
    waiting = waiting.filter((entry) => entry.at > now);
    for (const entry of due) entry.work();
  };
  return { clock, advance, hide: (value: boolean) => (hidden = value) };
}

const rest = { organisation: organisationFixture(), systemHealth: healthFixture() };
const source = (id: string, rows = "0", name = id) => datasourceFixture({ id, name, rowsTotal: rows });
const snapshot = (revision: number, ...datasources: ReturnType<typeof source>[]): Feed => ({
  __typename: "Snapshot",
  revision,
  datasources,
  ...rest,
});
const changes = (revision: number, changed: ReturnType<typeof source>[], removed: string[] = []): Feed => ({
  __typename: "Changes",
  revision,
  changed,
  removed,
  ...rest,
});

describe("revisions", () => {
  it("shows a snapshot at once and applies the next change", () => {
    const { clock, advance } = handClock();
    const store = new LiveStore(clock);
    expect(store.apply(snapshot(7, source("a")))).toBe("applied");
    expect(store.apply(changes(8, [source("a", "12")]))).toBe("applied");
    advance(250);
    expect(store.painted.byId.get("a")?.rowsTotal).toBe("12");
  });
  it("drops a change that it already holds", () => {
    const store = new LiveStore(handClock().clock);
    store.apply(snapshot(7, source("a", "50")));
    expect(store.apply(changes(7, [source("a", "1")]))).toBe("stale");
    expect(store.painted.byId.get("a")?.rowsTotal).toBe("50");
  });
  it("asks for a snapshot after a gap and keeps what it shows until then", () => {
    const store = new LiveStore(handClock().clock);
    store.apply(snapshot(7, source("a", "50")));
    expect(store.apply(changes(9, [source("a", "99")]))).toBe("gap");
    expect(store.painted.byId.get("a")?.rowsTotal).toBe("50");
  });
  it("cannot apply a change before any snapshot", () =>
    expect(new LiveStore(handClock().clock).apply(changes(1, []))).toBe("gap"));
  it("a snapshot after a drop replaces everything, also with a lower revision", () => {
    const { clock, advance } = handClock();
    const store = new LiveStore(clock);
    store.apply(snapshot(700, source("a"), source("b")));
    store.apply(snapshot(3, source("b", "5")));
    advance(250);
    expect([...store.painted.byId.keys()]).toEqual(["b"]);
    expect(store.apply(changes(4, []))).toBe("applied");
  });
  it("any order of delivery ends in the state of the last revision or asks for a snapshot", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 30 }), (deliveries) => {
        const { clock, advance } = handClock();
        const store = new LiveStore(clock);
        store.apply(snapshot(0, source("a", "0")));
        let held = 0;
        for (const revision of deliveries) {
          const outcome = store.apply(changes(revision, [source("a", String(revision))]));
          expect(outcome).toBe(revision <= held ? "stale" : revision === held + 1 ? "applied" : "gap");
          if (outcome === "applied") held = revision;
        }
        advance(250);
        expect(store.painted.byId.get("a")?.rowsTotal).toBe(String(held));
      }),
    );
  });
});

describe("rhythm", () => {
  it("paints at most four times a second, however many changes come", () => {
    const { clock, advance } = handClock();
    const store = new LiveStore(clock);
    let paints = 0;
    store.subscribe(() => paints++);
    store.apply(snapshot(0, source("a")));
    for (let revision = 1; revision <= 100; revision++) {
      advance(10);
      store.apply(changes(revision, [source("a", String(revision))]));
    }
    advance(250);
    expect(paints).toBeLessThanOrEqual(6);
    expect(store.painted.byId.get("a")?.rowsTotal).toBe("100");
  });
  it("paints nothing in a background tab and everything on return", () => {
    const { clock, advance, hide } = handClock();
    const store = new LiveStore(clock);
    store.apply(snapshot(0, source("a", "0")));
    hide(true);
    store.apply(changes(1, [source("a", "1")]));
    store.apply(changes(2, [source("a", "2")]));
    advance(5_000);
    expect(store.painted.byId.get("a")?.rowsTotal).toBe("0");
    hide(false);
    store.wake();
    expect(store.painted.byId.get("a")?.rowsTotal).toBe("2");
  });
  it("leaves every untouched datasource the same object, so that its row does not repaint", () => {
    const { clock, advance } = handClock();
    const store = new LiveStore(clock);
    store.apply(snapshot(0, source("a"), source("b")));
    const before = store.painted;
    store.apply(changes(1, [source("a", "1")]));
    advance(250);
    expect(store.painted.byId.get("b")).toBe(before.byId.get("b"));
    expect(store.painted.order).toBe(before.order);
  });
});

it("keeps places by category, then name, whatever needs a person", () => {
  const store = new LiveStore(handClock().clock);
  const ads = datasourceFixture({ id: "1", name: "Ads", category: "ADS", needsAttention: true });
  store.apply(snapshot(0, ads, source("3", "0", "Zeta"), source("2", "0", "Alpha")));
  expect(store.painted.order).toEqual(["2", "3", "1"]);
});
