import { expect, test } from "vitest";
import { datasourceFixture, reason } from "../gallery/fixtures.ts";
import { dataCounts } from "./data-counts.ts";

test("what waits for its first data is not called paused, and what waits for consent is no datasource yet", () => {
  const ending = { status: "REAUTHORIZE", isDead: false, reason: reason("It ends") } as const;
  const found = dataCounts([
    datasourceFixture(),
    datasourceFixture({ dataSync: { status: "INACTIVE", reason: reason("Paused") } }),
    datasourceFixture({ dataSync: { status: "NOT_SYNCED", reason: null } }),
    datasourceFixture({ connection: null, dataSync: null }),
    datasourceFixture({ connection: ending, needsAttention: true }),
    datasourceFixture({ dataSync: { status: "INACTIVE", reason: reason("Not in the plan") }, needsAttention: true }),
    datasourceFixture({ dataSync: { status: "FETCHING_HISTORICAL_DATA", reason: reason("It is read") } }),
  ]);
  expect(found).toEqual({ active: 1, paused: 1, waiting: 1, needing: 2, fetching: 1, connecting: 1 });
});
