// Costs of orders ride in the transaction of what a source brings: orders, what came back of them, and what a store's goods cost.
import { randomUUID } from "node:crypto";
import type { VariantRecord } from "@headwater/connectors/records.ts";
import type { SourceRecord } from "@headwater/connectors/records.ts";
import { afterAll, beforeEach, expect, inject, test } from "vitest";
import { makeRig, options, type Rig } from "./testing/rig.ts";
import { line, order, refund, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

let rig: Rig;
const rigs: Rig[] = [];
beforeEach(async () => {
  rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]) }));
  rigs.push(rig);
});
afterAll(() => Promise.all(rigs.map((each) => each.close())));

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
async function keepPrice(sku: string, amount: string): Promise<void> {
  const of = { organisation_id: rig.ref.organisationId, datasource_id: randomUUID() };
  await rig.owner`insert into datasources ${rig.owner({ organisation_id: of.organisation_id, id: of.datasource_id, platform: "custom-costs", name: "Costs" })}`;
  await rig.owner`insert into cost_books ${rig.owner({ ...of, head: 1, last_version: 1 })}`;
  const said = { cost_type: "cogs", basis: "per_unit", amount, currency: "EUR", start_day: "2000-01-01", sku };
  const rest = { recurrence: "none", is_ad_spend: false, applies_to: "revenue", action: "upsert" };
  await rig.owner`insert into cost_rows ${rig.owner({ ...of, ...said, ...rest, since: 1, line: 2, part: 0, identity: randomUUID(), content: randomUUID() })}`;
}

const days = async () =>
  (
    await rig.owner<{ said: string }[]>`select metric || ' ' || day || ' ' || trim_scale(value) as said from order_costs
      where ground = cost_ground(organisation_id, account_id) order by day, metric`
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

test("where nobody keeps costs, nothing is counted, and a batch asks one short question more", async () => {
  await bring(order("1"), line("a", "1"), variant("1.25", "2026-03-02T00:00:00Z"));
  rig.statements.length = 0;
  await bring(order("2"), line("b", "2"));
  expect(await days()).toEqual([]);
  expect(rig.statements.filter((text) => text.includes("insert into order_costs"))).toEqual([]);
  expect(rig.statements.filter((text) => text.includes("cost_ground"))).toHaveLength(2);
});
