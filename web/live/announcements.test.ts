import { expect, test } from "vitest";
import { ago, backfillFixture, datasourceFixture, reason, streamFixture } from "../gallery/fixtures.ts";
import { announcements } from "./announcements.ts";

const running = (percent: number, more: Parameters<typeof datasourceFixture>[0] = {}) =>
  datasourceFixture({
    name: "Tea",
    backfill: backfillFixture({ state: "RUNNING", percent, finishedAt: null }),
    ...more,
  });

test.each([
  [20, 26, [25]],
  [20, 80, [75]],
  [25, 49, []],
  [74, 75, [75]],
])("from %i to %i percent the quarters that were crossed are told once, the highest alone", (from, to, told) => {
  expect(announcements(running(from), running(to))).toEqual(
    told.map((percent) => ({ kind: "percent", name: "Tea", percent })),
  );
});

test("a stream and the history are told when they are complete, and nothing when nothing changed", () => {
  const orders = streamFixture({ id: "orders", title: "Orders", state: "RUNNING" });
  const before = running(90, { streams: [orders] });
  expect(announcements(before, before)).toEqual([]);
  expect(announcements(before, running(91, { streams: [{ ...orders, state: "DONE" }] }))).toEqual([
    { kind: "streamComplete", name: "Tea", stream: "Orders" },
  ]);
  expect(announcements(before, datasourceFixture({ name: "Tea" }))).toEqual([{ kind: "historyComplete", name: "Tea" }]);
});

test("a stop, a need and its end are told", () => {
  const well = datasourceFixture({ name: "Tea" });
  const stopped = { ...well, dataSync: { status: "INACTIVE", reason: reason("Paused") } } as const;
  const needing = { ...well, needsAttention: true };
  expect(announcements(well, stopped)).toEqual([{ kind: "stopped", name: "Tea" }]);
  expect(announcements(well, needing)).toEqual([{ kind: "needsSomeone", name: "Tea" }]);
  expect(announcements(needing, well)).toEqual([{ kind: "works", name: "Tea" }]);
});

test("what has no history completes none, and what is disconnected does not work again", () => {
  const files = running(0, { backfill: backfillFixture({ state: "QUEUED", daysTotal: 0, finishedAt: null }) });
  const ready = datasourceFixture({ name: "Tea", backfill: backfillFixture({ daysTotal: 0 }) });
  expect(announcements(files, ready)).toEqual([]);
  const needing = datasourceFixture({ name: "Tea", needsAttention: true });
  const gone = { ...needing, needsAttention: false, connection: null, dataSync: null, disconnectedAt: ago(1) };
  expect(announcements(needing, gone)).toEqual([]);
});
