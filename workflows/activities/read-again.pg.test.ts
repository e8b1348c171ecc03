// The sync that meets records whole again goes on at once: what was held back is read, and complete-through is true then.
import { MockActivityEnvironment } from "@temporalio/testing";
import { beforeAll, expect, test } from "vitest";
import { emptyLedger } from "../load/outcome.ts";
import type { SyncOutcome } from "../load/outcome.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import type { WorkDeps } from "./deps.ts";
import { sync } from "./running.ts";
import { ownRows, rowDeps } from "./testing/own-rows.ts";

const own = ownRows();
let merchant: Merchant;
let deps: WorkDeps;
const ended: SyncOutcome = {
  kind: "done",
  pages: 1,
  rows: 2,
  intentVersion: 0,
  ledger: { ...emptyLedger(), read: 2, merged: 2 },
  failedStreams: [],
  completeThrough: null,
};
beforeAll(() => {
  ({ merchant } = own);
  const load = { syncOnce: () => Promise.resolve(ended) };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else of the load path is called here
  deps = { ...rowDeps(own.worker), load, loadDeps: {} } as never;
});

test("whoever asked for the sync is answered once what was held back by another shape is read, within the same sync", async () => {
  const target = await merchant.connect();
  await merchant.sql`update datasources set phase = 'LIVE', auth = 'ok', seq = 4, last_success_at = now(),
    complete_through = now() - interval '3 minutes' where id = ${target.datasourceId}`;
  await merchant.sql`insert into notices (organisation_id, datasource_id, kind)
    values (${target.organisationId}, ${target.datasourceId}, 'shapeChanged')`;
  const command = await merchant.command(target, "syncNow");
  const of = { ...target, askedBy: [command], generation: 0, n: 1, skipped: 0, intervalMs: 3_600_000 };
  const call = () => new MockActivityEnvironment().run(() => sync(deps, of));
  const answer = async () => (await merchant.sql`select state from commands where id = ${command}`)[0]?.["state"];
  // Nothing of it is left in quarantine: the same sync has read it whole.
  expect(await call()).toEqual({ kind: "more", retryAt: null, intentVersion: 0 });
  expect(await answer()).not.toBe("done");
  expect(await call()).toEqual({ kind: "done", retryAt: null, intentVersion: 0 });
  expect(await answer()).toBe("done");
});
