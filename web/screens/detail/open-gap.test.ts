import { expect, test } from "vitest";
import { ago, datasourceFixture, reason, storyNow } from "../../gallery/fixtures.ts";
import { openGap } from "./open-gap.ts";

const now = storyNow.getTime();
const old = { completeThrough: ago(3240), lastSuccessAt: ago(3235), nextRunAt: null, isStale: true };
const paused = { dataSync: { status: "INACTIVE", reason: reason("Paused") } } as const;
const run = { id: "r", kind: "SYNC", startedAt: ago(1), counts: { read: "5" } } as const;
const resumed = (settledAt: string) =>
  ({ id: "c", kind: "resume", state: "DONE", createdAt: settledAt, settledAt, outcome: null }) as const;

test("what is missing while it stands still is filled once it goes on", () => {
  expect(openGap(datasourceFixture({ ...old, ...paused }), now)).toEqual({
    since: ago(3240),
    seconds: 3240 * 60,
    isFilling: false,
  });
});

test("from the resume on, and while a sync reads, it is being filled", () => {
  expect(openGap(datasourceFixture({ ...old, commands: [resumed(ago(1))] }), now)?.isFilling).toBe(true);
  expect(openGap(datasourceFixture({ ...old, currentRun: run }), now)?.isFilling).toBe(true);
});

test("none is open within its own rhythm, after quiet hours, before first numbers, after a disconnect, of files, and where nobody fills it", () => {
  const none = [
    { ...paused, completeThrough: ago(3240), lastSuccessAt: ago(119) },
    { completeThrough: ago(3240), lastSuccessAt: ago(6), currentRun: run },
    { ...paused, completeThrough: null, lastSuccessAt: null },
    { ...old, ...paused, disconnectedAt: ago(5) },
    { ...old, ...paused, method: "FILE_UPLOAD" as const },
    { ...old, commands: [resumed(ago(4000))] },
    { ...old, commands: [resumed(ago(3000))] },
    { ...old, currentRun: { ...run, kind: "RESYNC" as const } },
    { completeThrough: ago(490), lastSuccessAt: ago(490), isStale: false, currentRun: run },
    old,
  ];
  expect(none.map((example) => openGap(datasourceFixture(example), now))).toEqual(none.map(() => null));
});
