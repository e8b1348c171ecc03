import { expect, test } from "vitest";
import { ago, backfillFixture, datasourceFixture, reason, streamFixture } from "../../gallery/fixtures.ts";
import { isReadAgain, readAnew } from "./read-anew.ts";

const stream = streamFixture({ id: "orders", title: "Orders", windowsTotal: 24 });
const resync = { ...stream, windowsDone: 6, finishedAt: null };
const done = backfillFixture();

test("a resync of a history that is in is told from a sync beside it, and both from the first history", () => {
  for (const state of ["RUNNING", "WAITING", "QUEUED"] as const) {
    expect(readAnew({ ...resync, state }, done), state).toBe("resync");
    expect(readAnew({ ...stream, state, windowsDone: 24 }, done), state).toBe("sync");
    for (const first of ["RUNNING", "QUEUED", "FAILED"] as const)
      expect(readAnew({ ...resync, state }, backfillFixture({ state: first })), first).toBeNull();
  }
  for (const state of ["DONE", "FAILED", "NOT_GRANTED"] as const)
    expect(readAnew({ ...resync, state }, done), state).toBeNull();
});

test("a history is not being read again once a disconnect or a pause has cut its resync short", () => {
  const under = { streams: [{ ...resync, state: "QUEUED" } as const], backfill: done };
  expect(isReadAgain(datasourceFixture(under))).toBe(true);
  const gone = { ...under, connection: null, dataSync: null, disconnectedAt: ago(5) };
  expect(isReadAgain(datasourceFixture(gone)), "disconnected").toBe(false);
  const paused = { status: "INACTIVE", reason: reason("Paused") } as const;
  expect(isReadAgain(datasourceFixture({ ...under, dataSync: paused })), "paused").toBe(false);
});

test("a stream that came since is fetched by its first sync", () => {
  const since = { ...stream, state: "RUNNING", windowsDone: 0, windowsTotal: 0 } as const;
  expect(readAnew({ ...since, finishedAt: null }, done)).toBeNull();
  expect(readAnew(since, done)).toBe("sync");
});
