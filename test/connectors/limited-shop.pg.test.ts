/** A shop that stops showing orders older than sixty days: the real connector, the stand-in, real tables. What was read stays. */
import { rereadWeek } from "@headwater/workflows/load/reread-week.ts";
import { sweepDeletes } from "@headwater/workflows/load/sweep-deletes.ts";
import { options } from "@headwater/workflows/load/testing/rig.ts";
import { workOnSlice } from "@headwater/workflows/load/work-on-slice.ts";
import { expect, test } from "vitest";
import { ownShop, toItsEnd } from "./own-shop.ts";

const shop = "limited-tea.myshopify.com";
const own = ownShop(shop, 120);

const alive = async () => {
  const [row] = await own.rig.owner<[{ all: number; old: number }]>`
    select count(*)::int as all, (count(*) filter (where source_created_at < now() - interval '61 days'))::int as old
    from orders where deleted_at is null`;
  return row;
};

test("neither the sweep nor a week read again nor a resync buries what the shop no longer shows", async () => {
  const whole = await own.rig.slice();
  await toItsEnd(() => workOnSlice(own.rig.deps, whole, options()));
  const before = await alive();
  expect(before.old).toBeGreaterThan(10);
  await own.sandbox.desk(`shops/${shop}`, { action: "dropScope", scope: "read_all_orders" });
  await toItsEnd(() => sweepDeletes(own.rig.deps, own.rig.run("sweep"), options()));
  for (let night = 1; night <= 14; night += 1)
    await toItsEnd(() => rereadWeek(own.rig.deps, own.rig.run("reread", night), options()));
  const again = await own.rig.slice("resync");
  await toItsEnd(() => workOnSlice(own.rig.deps, again, options()));
  expect((await alive()).all).toBe(before.all);
});
