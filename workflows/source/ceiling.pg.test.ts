// A merchant's ceiling: a datasource takes no more than its share of what the source allows, and nobody else is held by it.
import { randomUUID } from "node:crypto";
import { datasourceId } from "@headwater/db";
import type { RateModel } from "@headwater/connectors/contract.ts";
import { afterEach, describe, expect, test, vi } from "vitest";
import { syncOnce } from "../load/sync-once.ts";
import { ownRig } from "../load/testing/own-rig.ts";
import { options } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { bucketOf } from "./rate-lease.ts";
import { workOnSlice } from "../load/work-on-slice.ts";
import { openSource } from "./session.ts";
import { readStanding } from "./standing.ts";

const rig = ownRig();
afterEach(() => vi.restoreAllMocks());

/** Five calls a minute. */
const hourly = { maximum: 300, restorePerSecond: 300 / 3600 };
const HOUR = 3_600_000;

const rows = () => rig.owner<{ key: string; available: number; restore: number }[]>`
  select bucket_key as key, available::float8 as available, restore_per_second::float8 as restore from rate_buckets
  order by length(bucket_key)`;
const setCeiling = (percent: number | null) => rig.owner`
  update datasources set quota_ceiling = ${percent}::smallint, quota_ceiling_since = case when ${percent}::int is null then null else now() end,
    quota_ceiling_by = case when ${percent}::int is null then null else '{"kind":"system","name":"test"}'::jsonb end`;

/** Our clock stands between the steps; theirs moves by as much. */
function passing() {
  let now = Date.now();
  vi.spyOn(Date, "now").mockImplementation(() => now);
  return async (ms: number) => {
    now += ms;
    if (ms > 0) await rig.owner`update rate_buckets set measured_at = measured_at - ${ms} * interval '1 ms'`;
  };
}

describe("of a long busy stretch", () => {
  test.each([25, 50, 75])("no more than %i percent of the refill is used, and one bucket", async (percent) => {
    const key = randomUUID();
    const source = bucketOf("shopify", key, hourly);
    const began = performance.now();
    const pass = passing();
    const until = Date.now() + 8 * HOUR;
    let calls = 0;
    for (;;) {
      await pass(await source.ceilingOf({ datasourceId: "one", percent }).take(rig.deps.sql, 1));
      if (Date.now() > until) break;
      calls += 1;
    }
    const refill = (ms: number) => ((ms / HOUR) * 300 * percent) / 100;
    // The database's own clock runs on meanwhile.
    expect(calls).toBeLessThanOrEqual(300 + refill(8 * HOUR + performance.now() - began));
    // The last block of eight is waited for whole.
    expect(calls).toBeGreaterThan(300 + refill(8 * HOUR) - 9);
  });

  test("what the source says of its size moves the ceiling, and how full it is for all does not", async () => {
    const key = randomUUID();
    const source = bucketOf("shopify", key, hourly);
    const one = { datasourceId: "one", percent: 25 };
    await source.ceilingOf(one).take(rig.deps.sql, 1);
    source.measured({ available: 0, maximum: 400, restorePerSecond: 4 });
    expect(await source.ceilingOf(one).take(rig.deps.sql, 100)).toBeLessThanOrEqual(1);
    expect(await rows()).toMatchObject([{ key: `${key} one ceiling`, restore: 1 }]);
  });

  test("a process that begins anew goes on where the others are", async () => {
    const key = randomUUID();
    const one = { datasourceId: "one", percent: 25 };
    await bucketOf("shopify", key, hourly).ceilingOf(one).take(rig.deps.sql, 300);
    vi.resetModules();
    const anew = await import("./rate-lease.ts");
    const waitMs = await anew.bucketOf("shopify", key, hourly).ceilingOf(one).take(rig.deps.sql, 1);
    // Eight calls are booked, one in 48 seconds.
    expect(waitMs).toBeGreaterThan(40_000);
  });
});

const slow = { maximum: 300, restorePerSecond: 0.001 };
const one = { maximum: 2, restorePerSecond: 0.001 };
const open = async (allowances: NonNullable<RateModel["allowances"]> = {}) => {
  const connector = scriptedConnector({ pages: scripted([]) });
  const key = randomUUID();
  const rate = { ...connector.rate, bucketKey: () => key, initial: slow, allowances };
  const deps = { ...rig.deps, connectorOf: () => ({ ...connector, rate }) };
  /** Opens anew, as whoever goes on does. */
  const call = async (id = rig.ref.datasourceId, percent?: number | null) => {
    const standing = await readStanding(rig.deps.sql, rig.ref);
    if (standing === undefined) throw new Error("the datasource is not there");
    const seen = percent === undefined ? standing : { ...standing, quota_ceiling: percent };
    const of = { ...rig.ref, datasourceId: id };
    const { session } = openSource(deps, of, seen, { signal: AbortSignal.timeout(300_000) });
    const asked = {
      method: "GET",
      url: "https://source.test/",
      credential: "attached",
      cost: 1,
      purpose: "rows",
    } as const;
    return session.http.call({ ...asked, allowance: "days" }, () => Promise.resolve());
  };
  return { key, call, own: `${key} ${rig.ref.datasourceId} ceiling` };
};
const SENT = "this rig has no network";
const held = { failure: { class: "rate_limit", code: "bucket.ceiling" } };

describe("through a session", () => {
  test("without a ceiling nothing is booked besides the source's own", async () => {
    const { call, key } = await open();
    await expect(call()).rejects.toThrow(SENT);
    expect((await rows()).map((row) => row.key)).toEqual([key]);
  });

  test("with one both are taken of, and the source's refill stays what it is", async () => {
    await setCeiling(50);
    const { call, key, own } = await open();
    await expect(call()).rejects.toThrow(SENT);
    expect(await rows()).toMatchObject([
      { key, restore: 0.001 },
      { key: own, restore: 0.0005 },
    ]);
  });

  test("whoever has used up his share waits with nothing of the source in hand; another datasource does not wait", async () => {
    await setCeiling(25);
    const { call, key, own } = await open({ days: [one] });
    await rig.owner`insert into rate_buckets (platform, bucket_key, available, maximum, restore_per_second, measured_at)
      values ('shopify', ${own}, 0, 300, 0.00025, now())`;
    await expect(call()).rejects.toMatchObject(held);
    expect((await rows()).map((row) => row.key)).toEqual([own]);
    await expect(call(datasourceId(randomUUID()))).rejects.toThrow(SENT);
    expect((await rows()).map((row) => row.key)).toContain(key);
    await expect(call(rig.ref.datasourceId, null)).rejects.toThrow(SENT);
  });

  test("it holds for a narrow allowance as well, and what was taken for a call that waits is given back", async () => {
    await setCeiling(25);
    const { call, key, own } = await open({ days: [one] });
    const narrow = `${key} days 0 ${rig.ref.datasourceId} ceiling`;
    await rig.owner`insert into rate_buckets (platform, bucket_key, available, maximum, restore_per_second, measured_at)
      values ('shopify', ${narrow}, 0, 2, 0.00025, now())`;
    for (let n = 0; n < 3; n += 1) await expect(call()).rejects.toMatchObject(held);
    const [row] = (await rows()).filter((found) => found.key === own);
    // One block of eight, given back each time.
    expect(row?.available).toBeGreaterThanOrEqual(292 - 0.1);
    expect((await rows()).map((found) => found.key)).not.toContain(key);
  });
});

test("a sync and a window of the history that wait for it say so, and met no trouble", async () => {
  await setCeiling(25);
  const { key, own } = await open();
  const connector = scriptedConnector({
    pages: async function* (_slice, _from, session) {
      const asked = { method: "GET", url: "https://source.test/", credential: "attached", cost: 1 } as const;
      await session.http.call({ ...asked, purpose: "rows" }, () => Promise.resolve());
      yield* [];
    },
  });
  rig.use({ ...connector, rate: { ...connector.rate, bucketKey: () => key, initial: slow } });
  await rig.owner`insert into rate_buckets (platform, bucket_key, available, maximum, restore_per_second, measured_at)
    values ('shopify', ${own}, 0, 300, 0.00025, now())`;
  const waits = { kind: "throttled", because: "ceiling" };
  const synced = await syncOnce(rig.deps, rig.run("sync"), options());
  expect(synced).toMatchObject({ ...waits, troubles: [] });
  const slice = await rig.slice();
  const worked = await workOnSlice(rig.deps, slice, options());
  expect(worked).toMatchObject({ ...waits, troubles: [] });
  expect(await rig.owner`select failure from slices where id = ${slice.sliceId}`).toEqual([{ failure: null }]);
  expect(await rig.owner`select waiting_for from progress where stream = 'orders'`).toMatchObject([
    { waiting_for: waits },
  ]);
});
