import { describe, expect, test } from "vitest";
import { datasourceFixture, reason, streamFixture } from "../../gallery/fixtures.ts";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { isStuck, whyNoNumbers } from "./stuck.ts";

const now = Date.parse("2026-11-20T12:00:00Z");
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

test("after a quarter of an hour without a row it does not spin on", () => {
  expect(isStuck({ connectedAt: ago(16), rowsTotal: "0" }, now)).toBe(true);
  expect(isStuck({ connectedAt: ago(14), rowsTotal: "0" }, now)).toBe(false);
  expect(isStuck({ connectedAt: ago(60), rowsTotal: "1" }, now)).toBe(false);
  expect(isStuck({ connectedAt: null, rowsTotal: "0" }, now)).toBe(false);
});

describe("why no number has come", () => {
  const of = (minutes: number, more: Partial<Pick<LiveDatasource, "connection" | "dataSync" | "streams">>) =>
    whyNoNumbers({ ...datasourceFixture(), streams: [], connectedAt: ago(minutes), rowsTotal: "0", ...more }, now);
  const queued = { status: "NOT_SYNCED", reason: reason("Queued", { code: "nothingLandedYet" }) } as const;
  const reads = { status: "FETCHING_HISTORICAL_DATA", reason: reason("Read", { code: "firstBackfill" }) } as const;

  test.each([queued, reads])("$status explains itself for a quarter of an hour, and then no more", (dataSync) => {
    expect(of(14, { dataSync })).toEqual({ kind: "reading" });
    expect(of(16, { dataSync })).toEqual({ kind: "silent" });
  });

  test("what the source is waited for is said", () => {
    const waits = reason("Meta allows no more until 13:05", { code: "rateLimit" });
    expect(of(16, { dataSync: { status: "FETCHING_HISTORICAL_DATA", reason: waits } })).toEqual({
      kind: "told",
      reason: waits,
    });
  });

  test("what holds up a stream is said, where the whole of it says only that it reads", () => {
    const limited = reason("Klaviyo goes on at 13:05", { code: "rateLimit" });
    const streams = [
      streamFixture({ id: "a", title: "Profiles", state: "RUNNING" }),
      streamFixture({ id: "b", title: "Events", state: "WAITING", reason: limited }),
    ];
    expect(of(16, { dataSync: reads, streams })).toEqual({ kind: "told", reason: limited });
    expect(of(14, { dataSync: reads, streams })).toEqual({ kind: "reading" });
  });

  test("what stopped it is said at once, and a dead connection before a pause", () => {
    const paused = reason("Paused by Arjun", { code: "pausedByPerson" });
    const dead = reason("Key revoked", { code: "revoked" });
    const dataSync = { status: "INACTIVE", reason: paused } as const;
    expect(of(1, { dataSync })).toEqual({ kind: "told", reason: paused });
    const connection = { status: "REAUTHORIZE", isDead: true, reason: dead } as const;
    expect(of(1, { dataSync, connection })).toEqual({ kind: "told", reason: dead });
  });

  test("an access that ends in days is not why nothing comes", () => {
    const connection = { status: "REAUTHORIZE", isDead: false, reason: reason("Ends in 6 days") } as const;
    expect(of(16, { dataSync: queued, connection })).toEqual({ kind: "silent" });
  });
});
