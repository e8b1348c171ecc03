/** The shop counts every order that it made, test ones too; our tile does not. The real connector, the stand-in, real tables. */
import { connector as shopify } from "@headwater/connectors/shopify/index.ts";
import type { GapPart } from "@headwater/db/schema/tables.ts";
import { spotCheck } from "@headwater/workflows/load/spot-check.ts";
import { options } from "@headwater/workflows/load/testing/rig.ts";
import { workOnSlice } from "@headwater/workflows/load/work-on-slice.ts";
import { expect, test } from "vitest";
import { ownShop, toItsEnd } from "./own-shop.ts";

// So many a day that none is without test and imported orders.
const own = ownShop("gap-tea.myshopify.com", 8_000, 6);

test("a day with test and imported orders: the shop counts more, and every order of the gap has its reason", async () => {
  const { rig } = own;
  const slice = await rig.slice();
  await toItsEnd(() => workOnSlice(rig.deps, slice, options()));
  await rig.owner`update accounts set currency = (select currency from orders limit 1)`;
  await spotCheck(rig.deps, rig.run("spotCheck"), options());
  const [made] = await rig.owner<{ day: string; tests: number; imported: number }[]>`
    select s.day::text, (count(*) filter (where is_test))::int as tests,
      (count(*) filter (where not is_test and ordered_at < source_created_at - interval '2 days'))::int as imported
    from spot_checks as s join orders as o on (source_created_at at time zone 'UTC')::date = s.day
    where s.metric = 'orders' group by 1 order by 1 limit 1`;
  const { day = "", tests = 0, imported = 0 } = made ?? {};
  expect([tests, imported].every((some) => some > 0)).toBe(true);
  const [check] = await rig.owner<{ ours: string; theirs: string; parts: GapPart[]; rest: string }[]>`
    select ours::int, theirs::int, parts, (ours - theirs - explained)::int as rest
    from spot_checks where metric = 'orders' and day = ${day}`;
  expect(Number(check?.theirs)).toBeGreaterThan(500);
  expect(check).toEqual({
    ours: Number(check?.theirs) - tests - imported,
    theirs: check?.theirs,
    parts: [
      { because: "testOrders", amount: String(-tests), records: tests, first: expect.any(Array) },
      { because: "datedElsewhere", amount: String(-imported), records: imported, first: expect.any(Array) },
    ],
    rest: 0,
  });
  const first = check?.parts.flatMap((part) => part.first ?? []) ?? [];
  expect(first).toHaveLength(Math.min(tests, 20) + Math.min(imported, 20));
  const { orderPage } = shopify;
  for (const { id, name } of first) {
    expect(name).toMatch(/^#\d+$/u);
    expect(orderPage?.({ domain: "gap-tea.myshopify.com" }, id)).toMatch(
      /^https:\/\/gap-tea\.myshopify\.com\/admin\/orders\/\d+$/u,
    );
  }
});
