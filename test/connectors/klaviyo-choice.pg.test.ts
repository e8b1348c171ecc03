/** Another metric is chosen to count: the old numbers stand until each window has been read anew, then the chosen one's do, to the cent. */
import type { RunKind } from "@headwater/db/schema/values.ts";
import type { Connector } from "@headwater/connectors/contract.ts";
import { connector } from "@headwater/connectors/klaviyo/index.ts";
import { credentialId, publicKeyOf, runId, seal } from "@headwater/db";
import { planRun } from "@headwater/workflows/load/plan-run.ts";
import { makeRig, options, type Rig } from "@headwater/workflows/load/testing/rig.ts";
import { syncOnce } from "@headwater/workflows/load/sync-once.ts";
import { workOnSlice } from "@headwater/workflows/load/work-on-slice.ts";
import { addDays, planSlices, rangeWindows } from "@headwater/workflows/lifecycle/windows.ts";
import { platformRules } from "@headwater/workflows/worker/deps.ts";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { accounts, openKlaviyo, type Klaviyo } from "./klaviyo.ts";

const ZONE = "US/Eastern";
const DAYS = 24;
/** With room for every call: how it keeps to an allowance is not what is looked at here. */
const hasty: Connector = {
  ...connector,
  rate: { ...connector.rate, initial: { maximum: 10_000, restorePerSecond: 10_000 }, allowances: {} },
};
let klaviyo: Klaviyo;
let rig: Rig;

beforeAll(async () => {
  klaviyo = await openKlaviyo();
  rig = await makeRig(inject("postgresUrl"), hasty, { outbound: klaviyo.outbound, zone: ZONE, currency: "USD" });
  const [credential] = await rig.owner<[{ id: string }]>`select credential_id as id from grants`;
  const { organisationId } = rig.ref;
  const ids = { organisationId, grantId: rig.grantId, credentialId: credentialId(credential.id) };
  const key = { apiKey: await klaviyo.key(accounts.large) };
  const { sealed, wrappedKey, keyId } = seal(publicKeyOf(rig.deps.vaultPrivateKey), ids, key);
  await rig.owner`update credentials set sealed = ${sealed}, wrapped_key = ${wrappedKey}, key_id = ${keyId}`;
  await rig.owner`update grants set login_key = ${accounts.large}, scopes = '{accounts:read,metrics:read}'`;
  await rig.owner`update accounts set external_id = ${accounts.large}`;
});
afterAll(async () => {
  await rig.close();
  await klaviyo.close();
});

const dayIn = (back: number): string =>
  addDays(new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(klaviyo.now()), -back);
const run = (kind: RunKind, n = 1) => ({ ...rig.ref, kind, n, runId: runId(rig.ref.datasourceId, kind, n) });

/** In two windows, the newer one first; `between` looks when only that one is in. */
async function readAll(kind: RunKind, between: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  const { streams } = platformRules("klaviyo");
  const days = streams.filter(({ name }) => name === "messagesByDay");
  const windows = rangeWindows(dayIn(DAYS), dayIn(-1), DAYS / 2 + 1);
  const [newer, older, ...more] = await planRun(rig.deps, run(kind), planSlices(days, windows));
  if (newer === undefined || older === undefined || more.length > 0) throw new Error("two windows were to be planned");
  const read = async ({ sliceId }: typeof newer) =>
    expect(await workOnSlice(rig.deps, { ...run(kind), sliceId }, options())).toMatchObject({ kind: "done" });
  await read(newer);
  await between();
  await read(older);
}

/** Each day's orders and their value in cents, as we count them. */
const held = async () =>
  rig.owner<{ day: string; orders: number; cents: string }[]>`
    select day::text, sum(value) filter (where metric = 'tracked_orders')::int as orders,
      (sum(value) filter (where metric = 'tracked_revenue') * 100)::bigint::text as cents
    from rollups where metric in ('tracked_orders', 'tracked_revenue') group by day order by day`;

async function toldOf(metric: string) {
  const days = new Map<string, { orders: number; cents: number }>();
  for (const row of await klaviyo.rows(accounts.large)) {
    if (row.metric !== metric || row.day < dayIn(DAYS)) continue;
    const so = days.get(row.day) ?? { orders: 0, cents: 0 };
    const cents = Math.round(Number(row.revenue ?? "0") * 100);
    days.set(row.day, { orders: so.orders + row.count, cents: so.cents + cents });
  }
  return [...days]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, { orders, cents }]) => ({ day, orders, cents: String(cents) }));
}

interface Settled {
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}
const settled = async (): Promise<Settled> =>
  (await rig.owner<[{ choice: Settled }]>`select choices->'conversionMetric' as choice from accounts`)[0].choice;

test("the numbers of each window change as it is read anew, and not before; the next sync goes on with the choice", async () => {
  await readAll("backfill");
  const { value, options: offered } = await settled();
  expect(offered.map(({ label }) => label)).toEqual(["Shopify", "WooCommerce", "API"]);
  expect(value).toBe(offered[0]?.value);
  const before = await toldOf(value);
  // A day may have no order.
  expect(before.length).toBeGreaterThan(DAYS / 2);
  expect([...(await held())]).toEqual(before);

  const custom = offered[2]?.value ?? "";
  await rig.owner`
    update accounts set choices = jsonb_set(choices, '{conversionMetric,value}', to_jsonb(${custom}::text))`;
  const after = await toldOf(custom);
  expect([...(await held())]).toEqual(before);
  await readAll("resync", async () => {
    const changed = dayIn(DAYS / 2);
    const half = [...before.filter(({ day }) => day < changed), ...after.filter(({ day }) => day >= changed)];
    expect([...(await held())]).toEqual(half);
  });
  expect([...(await held())]).toEqual(after);
  expect(await syncOnce(rig.deps, run("sync"), options({}))).toMatchObject({ kind: "done" });
  expect([...(await held())]).toEqual(after);
  expect(await settled()).toMatchObject({ value: custom, options: offered });
});

test("a revision that is retired stops the reading with its name, and takes nothing of what was held", async () => {
  const before = [...(await held())];
  await klaviyo.fault({ kind: "providerError", text: "410 gone", match: "metric-aggregates", count: null });
  const outcome = await syncOnce(rig.deps, run("sync", 2), options());
  expect(outcome.failedStreams).toMatchObject([
    { stream: "messagesByDay", failure: { class: "invalid_request", code: "klaviyo.revisionRetired" } },
  ]);
  expect(outcome.completeThrough).toBeNull();
  expect([...(await held())]).toEqual(before);
  await klaviyo.sandbox.desk("end-faults", {});
  expect(await syncOnce(rig.deps, run("sync", 3), options())).toMatchObject({ kind: "done", failedStreams: [] });
  expect([...(await held())]).toEqual(before);
});
