/** A shop read again whole after a sync, where nothing has changed since: the real connector, the stand-in, real tables. */
import { options } from "@headwater/workflows/load/testing/rig.ts";
import { syncOnce } from "@headwater/workflows/load/sync-once.ts";
import { workOnSlice } from "@headwater/workflows/load/work-on-slice.ts";
import { expect, test } from "vitest";
import { ownShop, toItsEnd } from "./own-shop.ts";

const shop = "unchanged-tea.myshopify.com";
const edits = ["restate", "edit", "refund", "refundAll", "cancel", "fulfil", "deliver", "touch"];
const own = ownShop(shop, 300);

const tables = ["orders", "order_lines", "refunds", "transactions", "fulfilments", "fees"];
const held = () =>
  Promise.all(tables.map((table) => own.rig.owner.unsafe(`select * from ${table} order by organisation_id, id`)));
const orders = async () => {
  const rows = await own.rig.owner<
    { id: string; version: string }[]
  >`select id, version_at::text as version from orders`;
  return new Map(rows.map(({ id, version }) => [id, version]));
};

test("after a sync that read every edit, a resync changes no row", async () => {
  const whole = await own.rig.slice();
  await toItsEnd(() => workOnSlice(own.rig.deps, whole, options()));
  const before = await orders();
  for (let n = 0; n < 3 * edits.length; n += 1)
    await own.sandbox.desk(`shops/${shop}`, { action: "happen", kind: edits[n % edits.length], n });
  await toItsEnd(() => syncOnce(own.rig.deps, own.rig.run("sync"), options()));
  const after = await orders();
  expect([...after].filter(([id, version]) => before.get(id) !== version).length).toBeGreaterThan(edits.length);
  const rows = await held();
  const again = await own.rig.slice("resync");
  // A call a page: orders at its end have lines that come with the next.
  await toItsEnd(() => workOnSlice(own.rig.deps, again, options({ budget: { ms: 60_000, pages: 1 } })));
  const [ledger] = await own.rig.owner<[Record<string, string>]>`
    select read, merged, written, rejected from slices where id = ${again.sliceId}`;
  expect(ledger).toMatchObject({ merged: "0", written: "0", rejected: "0" });
  expect(Number(ledger["read"])).toBe(rows.flat().length);
  expect(await held()).toEqual(rows);
});
