// When a datasource is gone through next, as the end of a sync writes it down.
import { expect, test } from "vitest";
import { syncOnce } from "./sync-once.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { scriptedConnector } from "./testing/scripted-source.ts";

const rig = ownRig();

test("the next time is the one that is next as it ends, and one that a person set meanwhile stays", async () => {
  let meanwhile: () => Promise<unknown> = () => Promise.resolve();
  rig.use(
    scriptedConnector({
      pages: async function* pages() {
        await meanwhile();
        yield { kind: "records", records: [], rejected: [], cursor: { next: 1 }, done: true };
      },
    }),
  );
  let next = "2027-01-01T00:00:00.000Z";
  const nextRunAt = () => new Date(next);
  const told = async () => (await rig.owner`select next_run_at as at from datasources`)[0]?.["at"].toISOString();
  const later = "2027-01-02T00:00:00.000Z";
  meanwhile = () => Promise.resolve((next = later));
  await syncOnce(rig.deps, rig.run("sync", 1), { ...options(), nextRunAt });
  expect(await told()).toBe(later);
  const set = "2027-02-01T00:00:00.000Z";
  meanwhile = () => rig.owner`update datasources set cadence_ms = 86400000, next_run_at = ${set}`;
  await syncOnce(rig.deps, rig.run("sync", 2), { ...options(), nextRunAt });
  expect(await told()).toBe(set);
  meanwhile = () => Promise.resolve();
  await syncOnce(rig.deps, rig.run("sync", 3), { ...options(), nextRunAt });
  expect(await told()).toBe(later);
});
