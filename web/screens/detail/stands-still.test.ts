import { expect, test } from "vitest";
import { ago, datasourceFixture, reason } from "../../gallery/fixtures.ts";
import { standsStill, stillAs } from "./stands-still.ts";

const fetching = { status: "FETCHING_HISTORICAL_DATA", reason: reason("The history is being read") } as const;
const notSynced = { status: "NOT_SYNCED", reason: null } as const;
const grant = (isDead: boolean) => ({ status: "REAUTHORIZE", isDead, reason: reason("The grant ends") }) as const;

test("what is read, or waits its turn, does not stand still: with a grant that only ends some day neither", () => {
  expect(standsStill(datasourceFixture({ dataSync: fetching }))).toBe(false);
  expect(standsStill(datasourceFixture({ dataSync: notSynced }))).toBe(false);
  expect(standsStill(datasourceFixture({ connection: grant(false), dataSync: fetching }))).toBe(false);
});

test("paused, disconnected, or without access before anything came, it stands still", () => {
  expect(standsStill(datasourceFixture({ dataSync: { status: "INACTIVE", reason: reason("Paused") } }))).toBe(true);
  expect(standsStill(datasourceFixture({ connection: grant(true), dataSync: notSynced }))).toBe(true);
  expect(standsStill(datasourceFixture({ connection: null, dataSync: null, disconnectedAt: ago(5) }))).toBe(true);
});

test("what a disconnect has ended is not called paused, whatever its statuses say", () => {
  const paused = { status: "INACTIVE", reason: reason("Paused") } as const;
  expect(stillAs(datasourceFixture({ dataSync: paused }))).toBe("paused");
  expect(stillAs(datasourceFixture({ connection: grant(true), dataSync: notSynced }))).toBe("paused");
  expect(stillAs(datasourceFixture({ dataSync: paused, disconnectedAt: ago(5) }))).toBe("ended");
  expect(stillAs(datasourceFixture({ dataSync: fetching }))).toBeNull();
});
