// What the end of a sync leaves of those before it.
import { SourceFailure } from "@headwater/connectors/failure.ts";
import { expect, test } from "vitest";
import { syncOnce } from "./sync-once.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { order, scripted, scriptedConnector } from "./testing/scripted-source.ts";

const rig = ownRig();

test("one that a limit broke off is over once the next one has ended, and not only when its source is read anew", async () => {
  const states = () =>
    rig.owner`select n, state, finished_at is not null as over from runs where kind = 'sync' order by n`;
  const retryAt = new Date(Date.now() + 600_000).toISOString();
  const limited = new SourceFailure({ class: "rate_limit", code: "x", said: "slow down", retryAt });
  rig.use(
    scriptedConnector({
      pages: () => {
        throw limited;
      },
    }),
  );
  expect(await syncOnce(rig.deps, rig.run("sync", 1), options())).toMatchObject({ kind: "throttled" });
  expect(await states()).toEqual([{ n: 1, state: "running", over: false }]);
  rig.use(
    scriptedConnector({
      pages: scripted([order("a")]),
    }),
  );
  expect(await syncOnce(rig.deps, rig.run("sync", 2), options())).toMatchObject({ kind: "done" });
  expect(await states()).toEqual([
    { n: 1, state: "cancelled", over: true },
    { n: 2, state: "succeeded", over: true },
  ]);
});
