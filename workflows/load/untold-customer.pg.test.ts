import { expect, test } from "vitest";
import { syncOnce } from "./sync-once.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { order, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const rig = ownRig();
const LATER = { versionAt: "2026-03-02T10:00:00Z" };

async function come(n: number, ...records: ReturnType<typeof order>[]): Promise<void> {
  rig.use(scriptedConnector({ pages: scripted(records) }));
  expect(await syncOnce(rig.deps, rig.run("sync", n), options())).toMatchObject({ kind: "done" });
}
/** Whose customer the source would not tell. */
function untold(id: string, more: Parameters<typeof order>[1] = {}): ReturnType<typeof order> {
  const { customerId: _, ...rest } = order(id, more);
  return rest;
}
const customers = async () =>
  Object.fromEntries(
    (await rig.owner`select id, customer_id from orders order by id`).map(({ id, customer_id: of }) => [id, of]),
  );
const newCustomers = async () => {
  const rows =
    await rig.owner`select day::text, value::text from rollups where metric = 'new_customers' and value <> 0`;
  return rows.map(({ day, value }) => [day, value]);
};

test("an order read again without being told its customer keeps the one that was known, and the customer stays new", async () => {
  await come(1, order("1", { customerId: "c1" }));
  const before = await newCustomers();
  expect(before).toHaveLength(1);
  await come(2, untold("1", { ...LATER, total: "115.00" }), untold("2"));
  expect(await customers()).toEqual({ 1: "c1", 2: null });
  expect(await rig.owner`select total::text from orders where id = '1'`).toMatchObject([{ total: "115.00" }]);
  expect(await newCustomers()).toEqual(before);
});

test("so it does of the same version, and in a window that is read aside", async () => {
  await come(1, order("1", { customerId: "c1" }));
  await come(2, untold("1"));
  expect(await customers()).toEqual({ 1: "c1" });
  rig.use(scriptedConnector({ pages: scripted([untold("1", LATER)]) }));
  expect(await workOnSlice(rig.deps, await rig.slice("resync"), options())).toMatchObject({ kind: "done" });
  expect(await customers()).toEqual({ 1: "c1" });
});

test("one that the source says has none has none", async () => {
  await come(1, order("1", { customerId: "c1" }));
  await come(2, order("1", { ...LATER, customerId: null }));
  expect(await customers()).toEqual({ 1: null });
});

test("one whose customer is erased while it is read again does not bring that back", async () => {
  await come(1, order("1", { customerId: "c1" }));
  const held = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const erasing = rig.owner.begin(async (tx) => {
    await tx`update orders set customer_id = null where id = '1'`;
    held.resolve();
    await goOn.promise;
  });
  await held.promise;
  const reading = come(2, untold("1", LATER));
  await expect
    .poll(
      () =>
        rig.owner`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%merged as%'`,
    )
    .toHaveLength(1);
  goOn.resolve();
  await Promise.all([erasing, reading]);
  expect(await customers()).toEqual({ 1: null });
});
