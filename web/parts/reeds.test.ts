import { expect, test } from "vitest";
import { datasourceFixture, reason } from "../gallery/fixtures.ts";
import { countReeds } from "./reeds.tsx";

test("many datasources are told by four counts, in which each stands once", () => {
  const lost = { status: "REAUTHORIZE", isDead: true, reason: reason("It ended") } as const;
  const found = countReeds([
    datasourceFixture(),
    datasourceFixture({ dataSync: { status: "FETCHING_HISTORICAL_DATA", reason: reason("It is read") } }),
    datasourceFixture({ dataSync: { status: "NOT_SYNCED", reason: null } }),
    datasourceFixture({ connection: null, dataSync: null }),
    datasourceFixture({ connection: lost }),
    datasourceFixture({ dataSync: { status: "INACTIVE", reason: reason("Paused") } }),
  ]);
  expect(found.map(({ icon, count }) => [icon, count])).toEqual([
    ["tick", 1],
    ["down", 3],
    ["warning", 1],
    ["pause", 1],
  ]);
});
