// Costs of orders ride in the transaction of what a source brings: orders, what came back of them, and what a store's goods cost.
import { randomUUID } from "node:crypto";
import type { VariantRecord } from "@headwater/connectors/records.ts";
import type { SourceRecord } from "@headwater/connectors/records.ts";
import { expect, test } from "vitest";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { line, order, refund, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const rig = ownRig();

const stream = {
  kinds: ["order", "orderLine", "refund", "variant"] as const,
  window: { history: "byTime" as const, overlapMs: 0, restatedDays: 0, longestMs: null },
};
let runs = 0;
async function bring(...records: readonly SourceRecord[]): Promise<void> {
  rig.use(scriptedConnector({ pages: scripted(records), stream }));
  const slice = await rig.slice("backfill", (runs += 1));
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "done" });
}

/** As a file that was committed leaves it: what a unit of a SKU costs from the beginning. */
const keepPrice = (sku: string, amount: string): Promise<void> =>
  keep({ cost_type: "cogs", basis: "per_unit", amount, sku });

async function keep(cost: Record<string, string>): Promise<void> {
  const of = { organisation_id: rig.ref.organisationId, datasource_id: randomUUID() };
  await rig.owner`insert into datasources ${rig.owner({ organisation_id: of.organisation_id, id: of.datasource_id, platform: "custom-costs", name: "Costs" })}`;
  await rig.owner`insert into cost_books ${rig.owner({ ...of, head: 1, last_version: 1 })}`;
  const said = { currency: "EUR", start_day: "2000-01-01", ...cost };
  const rest = { recurrence: "none", is_ad_spend: false, applies_to: "revenue", action: "upsert" };
  await rig.owner`insert into cost_rows ${rig.owner({ ...of, ...said, ...rest, since: 1, line: 2, part: 0, identity: randomUUID(), content: randomUUID() })}`;
}

const days = async () =>
  (
    await rig.owner<{ said: string }[]>`select metric || ' ' || day || ' ' || trim_scale(value) as said from order_costs
      where ground = cost_ground(organisation_id, account_id) order by day, metric`
  ).map(({ said }) => said);

const leftOut = async () =>
  (
    await rig.owner<
      { said: string }[]
    >`select reason || ' ' || rows || ' ' || coalesce(trim_scale(amount)::text, '-') as said
      from cost_left_out order by 1`
  ).map(({ said }) => said);

const later = { versionAt: "2026-03-06T10:00:00Z" };
const variant = (unitCost: string, versionAt: string): VariantRecord => ({
  kind: "variant",
  id: "v2",
  versionAt,
  document: null,
  productId: "p",
  sku: "MUG",
  unitCost,
  currency: "EUR",
});

test("goods cost what they cost on the order's day; what came back gives it back on its own day; an edit moves both", async () => {
  await keepPrice("tee-s", "6.80");
  await bring(order("1"), line("a", "1", { quantity: 3 }));
  expect(await days()).toEqual(["cost_cogs 2026-03-01 20.4", "cost_units 2026-03-01 3"]);
  await bring(refund("r", "1", { ...later, returnedLines: [{ line: "a", units: 2 }] }), order("1", later));
  expect(await days()).toEqual([
    "cost_cogs 2026-03-01 20.4",
    "cost_units 2026-03-01 3",
    "cost_cogs 2026-03-05 -13.6",
    "cost_units 2026-03-05 0",
  ]);
  const edited = { versionAt: "2026-03-07T10:00:00Z" };
  await bring(order("1", edited), line("a", "1", { ...edited, sku: "other", quantity: 3 }));
  expect(await days()).toEqual([
    "cost_units 2026-03-01 3",
    "cost_units_without 2026-03-01 3",
    "cost_units 2026-03-05 0",
  ]);
});

test("a store's own cost that comes later, or changes, is counted on every day by the run that brought it", async () => {
  await keepPrice("tee-s", "6.80");
  await bring(order("1"), line("a", "1", { sku: "MUG", variantId: "v2", quantity: 2 }));
  expect(await days()).toContain("cost_units_without 2026-03-01 2");
  await bring(variant("1.25", "2026-03-02T00:00:00Z"));
  expect(await days()).toEqual(["cost_cogs 2026-03-01 2.5", "cost_units 2026-03-01 2"]);
  await bring(variant("1.50", "2026-03-03T00:00:00Z"));
  expect(await days()).toEqual(["cost_cogs 2026-03-01 3", "cost_units 2026-03-01 2"]);
});

test("a rate for a channel follows its orders, also one that is put right; until one came through it, it is left out", async () => {
  await keep({ cost_type: "handling", basis: "per_order", amount: "2.5", channel: "Point of Sale" });
  await bring(order("1", { channel: "web" }), variant("1", "2026-03-02T00:00:00Z"));
  expect(await days()).toEqual(["cost_units 2026-03-01 0"]);
  expect(await leftOut()).toEqual(["channel 1 -"]);
  await bring(order("1", { ...later, channel: "pos" }), variant("2", "2026-03-03T00:00:00Z"));
  expect(await days()).toEqual(["cost_handling 2026-03-01 2.5", "cost_units 2026-03-01 0"]);
  expect(await leftOut()).toEqual([]);
});

test("what a file says of an order that is not here waits for it, and is told with its money", async () => {
  await keep({ cost_type: "shipping", basis: "total", amount: "7.42", order_id: "2" });
  await bring(order("1"), variant("1", "2026-03-02T00:00:00Z"));
  expect(await leftOut()).toEqual(["order 1 7.42"]);
  await bring(order("2"), variant("2", "2026-03-03T00:00:00Z"));
  expect(await leftOut()).toEqual([]);
  expect(await days()).toEqual(["cost_shipping 2026-03-01 7.42", "cost_units 2026-03-01 0"]);
});

test("where nobody keeps costs, nothing is counted, and a batch asks one short question more", async () => {
  await bring(order("1"), line("a", "1"), variant("1.25", "2026-03-02T00:00:00Z"));
  rig.statements.length = 0;
  await bring(order("2"), line("b", "2"));
  expect(await days()).toEqual([]);
  expect(rig.statements.filter((text) => text.includes("insert into order_costs"))).toEqual([]);
  expect(rig.statements.filter((text) => text.includes("cost_ground"))).toHaveLength(2);
});
