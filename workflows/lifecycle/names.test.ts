import { expect, test } from "vitest";
import { createBackfillActivities, createWorkActivities } from "../activities/work.ts";
import { createEntityActivities } from "../activities/entity.ts";
import { createSweepActivities } from "../activities/sweeps.ts";
import type { SweepDeps, WorkDeps } from "../activities/deps.ts";
import * as workflows from "../temporal/workflows.ts";
import {
  backfillWorkflowId,
  datasourceWorkflowId,
  MESSAGES,
  purgeWorkflowId,
  QUEUES,
  SEARCH_ATTRIBUTES,
  sweepWorkflowId,
  WORKFLOW_TYPES,
} from "./names.ts";

/** What running histories hold. A name may join this list; none may change or leave while a history could hold it. */
const FROZEN = {
  workflows: [
    "backfill",
    "csvImport",
    "datasource",
    "freshness",
    "planSweep",
    "providerProbe",
    "purge",
    "reconcile",
    "retention",
  ],
  activities: [
    "applyTransition",
    "beginBackfill",
    "closeRun",
    "compensate",
    "countFailure",
    "daily",
    "disconnectBySystem",
    "endReplaced",
    "freshness",
    "listAccounts",
    "loadIntent",
    "planLeft",
    "planSweep",
    "providerProbe",
    "purgeBatch",
    "reconcile",
    "registerWebhooks",
    "releaseAttempt",
    "retention",
    "sync",
    "verify",
    "workOnSlice",
    "workOnUpload",
  ],
  messages: ["backfillDone", "debugState", "intent"],
  queues: ["backfill", "lifecycle", "sync"],
  attributes: ["DsDueAt", "DsHold", "DsOrganisation", "DsPhase", "DsPlatform"],
};

test("workflow types", () => {
  expect(Object.values(WORKFLOW_TYPES).toSorted()).toEqual(FROZEN.workflows);
  expect(Object.keys(workflows).toSorted()).toEqual(FROZEN.workflows);
});

test("activity types", () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only names are read here, nothing is called
  const deps = {} as SweepDeps & WorkDeps;
  const made = {
    ...createEntityActivities(deps),
    ...createWorkActivities(deps),
    ...createBackfillActivities(deps),
    ...createSweepActivities(deps),
  };
  expect(Object.keys(made).toSorted()).toEqual(FROZEN.activities);
});

test("messages, queues and search attributes", () => {
  expect(Object.values(MESSAGES).toSorted()).toEqual(FROZEN.messages);
  expect(Object.values(QUEUES).toSorted()).toEqual(FROZEN.queues);
  expect(Object.values(SEARCH_ATTRIBUTES).toSorted()).toEqual(FROZEN.attributes);
});

test("ids hold our own ids only", () => {
  expect(datasourceWorkflowId("d")).toBe("ds:d");
  expect(backfillWorkflowId("d", 2)).toBe("ds:d:bf:2");
  expect(purgeWorkflowId("d", 3)).toBe("purge:d:3");
  expect(sweepWorkflowId("reconcile")).toBe("sys:reconcile");
});
