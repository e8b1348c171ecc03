import { expect, it } from "vitest";
import { ago, datasourceFixture } from "../../gallery/fixtures.ts";
import { firstDataStage } from "./first-data-stage.ts";

const works = datasourceFixture();
const dead = datasourceFixture({ connection: { status: "REAUTHORIZE", isDead: true, reason: null } });
const fresh = datasourceFixture({ firstNumbersAt: null, backfill: { ...works.backfill, state: "RUNNING" } });

it.each([
  ["a first connect whose numbers are in", "CONNECT", "CONNECTED", works, "ready"],
  ["a first connect that reads", "CONNECT", "CONNECTED", fresh, "reading"],
  ["a new consent for what had numbers before", "REAUTHORIZE", "CONNECTED", works, "works"],
  ["a new consent that is still looked at", "REAUTHORIZE", "VERIFYING", dead, "verifying"],
  ["a new consent whose end has not come through yet", "REAUTHORIZE", "CONNECTED", dead, "verifying"],
  ["a new consent for what never had numbers", "REAUTHORIZE", "CONNECTED", fresh, "reading"],
] as const)("%s", (_what, purpose, state, datasource, stage) => {
  expect(firstDataStage({ purpose, state }, { ...datasource, connectedAt: ago(3) })).toBe(stage);
});
