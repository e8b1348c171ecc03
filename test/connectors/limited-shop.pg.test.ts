/** A shop that stops showing orders older than sixty days: the real connector, the stand-in, real tables. What was read stays. */
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import { connector } from "@headwater/connectors/shopify/index.ts";
import { rereadWeek } from "@headwater/workflows/load/reread-week.ts";
import { sweepDeletes } from "@headwater/workflows/load/sweep-deletes.ts";
import { makeRig, options, type Rig } from "@headwater/workflows/load/testing/rig.ts";
import { workOnSlice } from "@headwater/workflows/load/work-on-slice.ts";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startTestSandbox, type TestSandbox } from "../sandbox/testing.ts";

const shop = "limited-tea.myshopify.com";
let sandbox: TestSandbox;
let outbound: Outbound;
let rig: Rig;

beforeAll(async () => {
  sandbox = await startTestSandbox({ live: "off" });
  await sandbox.desk("settings", { bulkCreatedMs: 10, bulkRunningMs: 10 });
  await sandbox.desk("shops", { domain: shop, orders: 120, spanDays: 100, plan: "enterprise" });
  const origin = new URL(sandbox.origin);
  outbound = makeOutbound({
    routes: new Map([
      ["*.myshopify.com", origin],
      ["storage.googleapis.com", origin],
    ]),
  });
  const { access_token: accessToken } = await sandbox.install(shop);
  rig = await makeRig(inject("postgresUrl"), connector, {
    outbound,
    login: { key: shop, credential: { accessToken } },
  });
});
afterAll(async () => {
  await rig.close();
  await outbound.close();
  await sandbox.close();
});

const alive = async () => {
  const [row] = await rig.owner<[{ all: number; old: number }]>`
    select count(*)::int as all, (count(*) filter (where source_created_at < now() - interval '61 days'))::int as old
    from orders where deleted_at is null`;
  return row;
};
async function toItsEnd(work: () => Promise<{ readonly kind: string }>): Promise<void> {
  await expect.poll(async () => (await work()).kind).toBe("done");
}

test("neither the sweep nor a week read again nor a resync buries what the shop no longer shows", async () => {
  const whole = await rig.slice();
  await toItsEnd(() => workOnSlice(rig.deps, whole, options()));
  const before = await alive();
  expect(before.old).toBeGreaterThan(10);
  await sandbox.desk(`shops/${shop}`, { action: "dropScope", scope: "read_all_orders" });
  await toItsEnd(() => sweepDeletes(rig.deps, rig.run("sweep"), options()));
  for (let night = 1; night <= 14; night += 1)
    await toItsEnd(() => rereadWeek(rig.deps, rig.run("reread", night), options()));
  const again = await rig.slice("resync");
  await toItsEnd(() => workOnSlice(rig.deps, again, options()));
  expect((await alive()).all).toBe(before.all);
});
