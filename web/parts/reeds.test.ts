import { expect, test } from "vitest";
import { datasourceFixture, reason } from "../gallery/fixtures.ts";
import { countReeds, isShownAs, reedOf } from "./reeds.tsx";

test("many datasources are told by four counts, in which each stands once", () => {
  const lost = { status: "REAUTHORIZE", isDead: true, reason: reason("It ended") } as const;
  const found = countReeds([
    datasourceFixture(),
    datasourceFixture({ dataSync: { status: "FETCHING_HISTORICAL_DATA", reason: reason("It is read") } }),
    datasourceFixture({ dataSync: { status: "NOT_SYNCED", reason: null } }),
    datasourceFixture({ connection: null, dataSync: null }),
    datasourceFixture({ connection: lost, needsAttention: true }),
    datasourceFixture({ dataSync: { status: "INACTIVE", reason: reason("Paused") } }),
  ]);
  expect(found.map(({ icon, count }) => [icon, count])).toEqual([
    ["tick", 1],
    ["down", 3],
    ["warning", 1],
    ["pause", 1],
  ]);
});

test("what needs someone is that alone, whatever stands still with it: the filter counts as the reeds do", () => {
  const stopped = { status: "INACTIVE", reason: reason("Stopped") } as const;
  const ended = { status: "REAUTHORIZE", isDead: true, reason: reason("It ended") } as const;
  const ending = { ...ended, isDead: false };
  const fetching = { status: "FETCHING_HISTORICAL_DATA", reason: reason("It is read") } as const;
  const rows = [
    ["warn", "attention", { dataSync: stopped, needsAttention: true }],
    ["dead", "attention", { dataSync: stopped, connection: ended, needsAttention: true }],
    ["warn", "attention", { dataSync: fetching, connection: ending, needsAttention: true }],
    ["warn", "attention", { needsAttention: true }],
    ["off", "paused", { dataSync: stopped }],
    ["moving", "fetching", { dataSync: fetching }],
    ["full", null, {}],
  ] as const;
  for (const [reed, chip, facts] of rows) {
    const datasource = datasourceFixture(facts);
    expect(reedOf(datasource)).toBe(reed);
    expect((["attention", "fetching", "paused"] as const).filter((show) => isShownAs(datasource, show))).toEqual(
      chip === null ? [] : [chip],
    );
  }
});
