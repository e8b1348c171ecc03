import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { Worker } from "@temporalio/worker";
import type { WorkerOptions } from "@temporalio/worker";
import { beforeAll, describe, expect, test } from "vitest";
import { buildBundle } from "../../worker/bundle.ts";
import { converterFor } from "../../payloads.ts";
import { nameOf, unpacked } from "../testing/histories.ts";
import { SCENARIOS } from "../testing/scenarios.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const releases = readdirSync(folder).filter((name) => statSync(folder + name).isDirectory());
const recordings = releases.flatMap((release) =>
  readdirSync(folder + release)
    .filter((name) => name.endsWith(".history.gz"))
    .map((name) => `${release}/${name}`),
);
const read = (recording: string) => unpacked(readFileSync(folder + recording));

let options: Pick<WorkerOptions, "workflowBundle" | "dataConverter">;
beforeAll(async () => {
  options = { workflowBundle: await buildBundle(), dataConverter: converterFor(null) };
});

describe("what a release wrote, this code replays", () => {
  test.each(recordings)("%s", async (recording) => {
    const { workflowId, history } = read(recording);
    await Worker.runReplayHistory(options, history, workflowId);
  });
});

test("every scenario is recorded in the newest release, and none that was recorded before is lost", () => {
  const newest = releases.toSorted((left, right) => left.localeCompare(right, "en", { numeric: true })).at(-1) ?? "";
  const recorded = (release: string, name: string) =>
    recordings.some((recording) => recording.startsWith(`${release}/${name}.`));
  for (const name of Object.keys(SCENARIOS)) expect(recorded(newest, name), `${newest} ${name}`).toBe(true);
  const names = new Set(recordings.map((recording) => recording.replace(/^[^/]+\/([a-zA-Z]+)[.-].*$/, "$1")));
  for (const name of names) expect(Object.keys(SCENARIOS), name).toContain(name);
});

test("a replay that differs is noticed: an activity of another name fails", async () => {
  const recording = recordings.find((name) => name.includes("firstConnect.1")) ?? "";
  const { workflowId, history } = read(recording);
  const scheduled = history.events?.find((event) => nameOf(event.eventType ?? 0) === "activityTaskScheduled");
  const activityType = scheduled?.activityTaskScheduledEventAttributes?.activityType;
  if (activityType == null) throw new Error("The recording schedules no activity");
  activityType.name = "loadSomethingElse";
  await expect(Worker.runReplayHistory(options, history, workflowId)).rejects.toThrow(/TMPRL1100|nondetermin/i);
});

test("a history as JSON replays too, so the protobuf libraries agree", async () => {
  const { workflowId, history } = read(recordings.find((name) => name.includes("consentTimeout.1")) ?? "");
  const json: unknown = JSON.parse(historyToJSON(history));
  await Worker.runReplayHistory(options, json, workflowId);
});
