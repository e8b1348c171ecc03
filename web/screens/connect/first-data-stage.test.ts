import { expect, it } from "vitest";
import { ago, datasourceFixture } from "../../gallery/fixtures.ts";
import { firstDataStage, stageOfAll } from "./first-data-stage.ts";

const works = datasourceFixture();
const dead = datasourceFixture({ connection: { status: "REAUTHORIZE", isDead: true, reason: null } });
const fresh = datasourceFixture({ firstNumbersAt: null, backfill: { ...works.backfill, state: "RUNNING" } });
const since = datasourceFixture({ firstNumbersAt: ago(1) });

it.each([
  {
    what: "a first connect that came to nothing",
    purpose: "CONNECT",
    state: "FAILED",
    datasource: { ...dead, firstNumbersAt: null },
    stage: "failed",
  },
  {
    what: "a first connect whose numbers are in",
    purpose: "CONNECT",
    state: "CONNECTED",
    datasource: works,
    stage: "ready",
  },
  { what: "a first connect that reads", purpose: "CONNECT", state: "CONNECTED", datasource: fresh, stage: "reading" },
  {
    what: "a new consent for what had numbers before",
    purpose: "REAUTHORIZE",
    state: "CONNECTED",
    datasource: works,
    stage: "works",
  },
  {
    what: "a new consent that is still looked at",
    purpose: "REAUTHORIZE",
    state: "VERIFYING",
    datasource: dead,
    stage: "verifying",
  },
  {
    what: "a new consent whose end has not come through yet",
    purpose: "REAUTHORIZE",
    state: "CONNECTED",
    datasource: dead,
    stage: "verifying",
  },
  {
    what: "a new consent for what never had numbers",
    purpose: "REAUTHORIZE",
    state: "CONNECTED",
    datasource: fresh,
    stage: "reading",
  },
  {
    what: "a new consent for what had none until it was given",
    purpose: "REAUTHORIZE",
    state: "CONNECTED",
    datasource: since,
    stage: "ready",
  },
  {
    what: "a new consent for what never had numbers, whose end has not come through yet",
    purpose: "REAUTHORIZE",
    state: "CONNECTED",
    datasource: { ...dead, firstNumbersAt: null },
    stage: "verifying",
  },
  {
    what: "a new consent for what somebody stopped before it had numbers",
    purpose: "REAUTHORIZE",
    state: "CONNECTED",
    datasource: { ...fresh, dataSync: { status: "INACTIVE", reason: null }, backfill: works.backfill },
    stage: "works",
  },
  {
    what: "a first connect that somebody stopped before it had numbers",
    purpose: "CONNECT",
    state: "CONNECTED",
    datasource: { ...fresh, dataSync: { status: "INACTIVE", reason: null } },
    stage: "stopped",
  },
  {
    what: "a first connect that somebody stopped while its access is looked at",
    purpose: "CONNECT",
    state: "VERIFYING",
    datasource: { ...fresh, dataSync: { status: "INACTIVE", reason: null } },
    stage: "verifying",
  },
] as const)("$what", ({ purpose, state, datasource, stage }) => {
  expect(firstDataStage({ purpose, state, createdAt: ago(4) }, { ...datasource, connectedAt: ago(3) })).toBe(stage);
});

it("several are as far as the one that is furthest behind", () => {
  expect(stageOfAll(["ready", "queued", "reading"])).toBe("queued");
  expect(stageOfAll(["reading", "verifying"])).toBe("verifying");
  expect(stageOfAll(["stopped", "ready"])).toBe("ready");
  expect(stageOfAll(["stopped"])).toBe("stopped");
  expect(stageOfAll(["failed", "reading"])).toBe("reading");
  expect(stageOfAll(["failed"])).toBe("failed");
});
