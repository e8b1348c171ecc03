import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import type { Sql } from "postgres";
import { makeRig, type Rig } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { bucketOf } from "./rate-lease.ts";
import { openSource } from "./session.ts";
import { readStanding } from "./standing.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]) }));
});
afterAll(() => rig.close());

const available = async (key: string) =>
  Number((await rig.owner`select available from rate_buckets where bucket_key = ${key}`)[0]?.["available"]);

test("calls of a bucket that holds one are kept apart, counted from the call before and not from when it was due", async () => {
  const bucket = bucketOf("shopify", randomUUID(), { maximum: 1, restorePerSecond: 2 });
  // Our own clock stands, so that what the statements take is not counted.
  const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
  try {
    expect(await bucket.take(rig.deps.sql, 1)).toBeLessThanOrEqual(1);
    bucket.spent();
    const waitMs = await bucket.take(rig.deps.sql, 1);
    expect(waitMs).toBeGreaterThan(500);
    expect(waitMs).toBeLessThanOrEqual(520);
  } finally {
    clock.mockRestore();
  }
});

test("the first call of a process counts from its answer: how late it came there over a new connection nobody knows", async () => {
  const bucket = bucketOf("shopify", randomUUID(), { maximum: 1, restorePerSecond: 2 });
  const began = Date.now();
  const clock = vi.spyOn(Date, "now").mockReturnValue(began);
  try {
    await bucket.take(rig.deps.sql, 1);
    bucket.spent();
    clock.mockReturnValue(began + 80);
    bucket.answered();
    expect(await bucket.take(rig.deps.sql, 1)).toBeGreaterThanOrEqual(500);
  } finally {
    clock.mockRestore();
  }
});

test("what a statement takes on its way to the database is no time in which the bucket refills", async () => {
  const bucket = bucketOf("shopify", randomUUID(), { maximum: 20, restorePerSecond: 10 });
  const late = new Proxy(rig.deps.sql, {
    get: (sql, name) =>
      name === "unsafe"
        ? async (...asked: Parameters<Sql["unsafe"]>) => {
            await rig.owner`select pg_sleep(0.3)`;
            return sql.unsafe(...asked);
          }
        : Reflect.get(sql, name),
  });
  const began = Date.now();
  await bucket.take(rig.deps.sql, 20);
  const waitMs = await bucket.take(late, 10);
  // The database's clock has parts of a millisecond, ours has none.
  expect(Date.now() + waitMs - began).toBeGreaterThan(998);
});

test.each([
  { available: 0, maximum: 0, restorePerSecond: 0 },
  { available: 5, maximum: 2_000, restorePerSecond: 0 },
  { available: -5, maximum: -1, restorePerSecond: 100 },
  { available: -1e308, maximum: 1e308, restorePerSecond: 1e-300 },
])("a reading that no bucket can have changes nothing: %j", async (reading) => {
  const key = randomUUID();
  // A point in a hundred seconds: what lies between two statements is nothing beside it.
  const bucket = bucketOf("shopify", key, { maximum: 20, restorePerSecond: 0.01 });
  await bucket.take(rig.deps.sql, 20);
  bucket.measured(reading);
  const waitMs = await bucket.take(rig.deps.sql, 10);
  expect(waitMs).toBeGreaterThan(500_000);
  expect(waitMs).toBeLessThanOrEqual(1_000_000);
  expect(await available(key)).toBeGreaterThan(-20);
});

test("points are taken in blocks: a quiet sync's calls need one statement", async () => {
  const key = randomUUID();
  const bucket = bucketOf("shopify", key, { maximum: 2_000, restorePerSecond: 100 });
  rig.statements.length = 0;
  // Our own clock stands: a block that nobody takes from for ten seconds is given back.
  const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
  try {
    for (let call = 0; call < 4; call += 1) expect(await bucket.take(rig.deps.sql, 10)).toBeLessThanOrEqual(1);
  } finally {
    clock.mockRestore();
  }
  expect(rig.statements.filter((text) => text.includes("rate_buckets"))).toHaveLength(1);
  expect(await available(key)).toBe(1_920);
});

test("points that were booked in debt are kept as long as they are waited for, and then as long as any", async () => {
  const key = randomUUID();
  // A point in a thousand seconds, so that what the statements take is nothing beside it.
  const slow = { maximum: 80, restorePerSecond: 0.001 };
  const bucket = bucketOf("shopify", key, slow);
  await bucket.take(rig.deps.sql, 1);
  await rig.owner`update rate_buckets set available = 0 where bucket_key = ${key}`;
  const began = Date.now();
  const clock = vi.spyOn(Date, "now").mockReturnValue(began + 20_000);
  try {
    const waitMs = await bucket.take(rig.deps.sql, 1);
    const booked = await available(key);
    clock.mockReturnValue(began + 20_000 + waitMs);
    await bucket.take(rig.deps.sql, 1);
    expect(await available(key)).toBe(booked);
    clock.mockReturnValue(began + 20_000 + waitMs + 10_001);
    await bucket.take(rig.deps.sql, 1);
    expect(await available(key)).toBeLessThan(booked);
  } finally {
    clock.mockRestore();
  }
});

test.each([
  ["taken in blocks", 300],
  ["that holds one call at a time", 1],
])("whoever will not wait so long leaves the points to whoever asks next: of a bucket %s", async (_, maximum) => {
  const key = randomUUID();
  // A point in a thousand seconds, so that what the statements take is nothing beside it.
  const bucket = bucketOf("shopify", key, { maximum, restorePerSecond: 0.001 });
  await bucket.take(rig.deps.sql, maximum);
  const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
  try {
    const first = await bucket.take(rig.deps.sql, 1, 60_000);
    const booked = await available(key);
    for (let n = 0; n < 20; n += 1) expect(await bucket.take(rig.deps.sql, 1, 60_000)).toBe(first);
    clock.mockReturnValue(Date.now() + first);
    expect(await bucket.take(rig.deps.sql, 1, 60_000)).toBe(0);
    expect(await available(key)).toBe(booked);
  } finally {
    clock.mockRestore();
  }
});

/** Five calls a minute. */
const hourly = { maximum: 300, restorePerSecond: 300 / 3600 };
const standingAt = async (points: number) => {
  const key = randomUUID();
  await rig.owner`
    insert into rate_buckets (platform, bucket_key, available, maximum, restore_per_second, measured_at)
    values ('shopify', ${key}, ${points}, ${hourly.maximum}, ${hourly.restorePerSecond}, now())`;
  return { key, bucket: bucketOf("shopify", key, hourly) };
};
/** Our clock stands between the steps; theirs moves by as much. */
const passing = (key: string) => {
  let now = Date.now();
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now);
  const pass = async (ms: number) => {
    now += ms;
    await rig.owner`
      update rate_buckets set measured_at = measured_at - ${ms} * interval '1 ms' where bucket_key = ${key}`;
  };
  return { pass, [Symbol.dispose]: () => clock.mockRestore() };
};

describe("a block that has lapsed", () => {
  test("serves whoever was refused and comes back too late for it: its points are still there", async () => {
    const { key, bucket } = await standingAt(0);
    using time = passing(key);
    const refusedFor = await bucket.take(rig.deps.sql, 1, 60_000);
    expect(refusedFor).toBeGreaterThan(60_000);
    await time.pass(refusedFor + 61_000);
    expect(await bucket.take(rig.deps.sql, 1, 60_000)).toBeLessThanOrEqual(1);
    // Eight points were booked, of which one is spent; what has come in since is there as well.
    expect(await available(key)).toBeGreaterThan(0);
  });

  test("waits a minute for whoever was refused, as others may book meanwhile: he is not behind them", async () => {
    const { key, bucket } = await standingAt(0);
    using time = passing(key);
    const refusedFor = await bucket.take(rig.deps.sql, 1, 60_000);
    await rig.owner`update rate_buckets set available = available - 30 where bucket_key = ${key}`;
    await time.pass(refusedFor + 59_000);
    for (let n = 0; n < 8; n += 1) expect(await bucket.take(rig.deps.sql, 1, 60_000)).toBeLessThanOrEqual(1);
    expect(await bucket.take(rig.deps.sql, 1, 60_000)).toBeGreaterThan(60_000);
  });

  test("gives nothing back that a full bucket could not have held, whoever has emptied it since", async () => {
    const { key, bucket } = await standingAt(300);
    using time = passing(key);
    await bucket.take(rig.deps.sql, 1);
    await time.pass(600_000);
    await rig.owner`update rate_buckets set available = 0, measured_at = now() where bucket_key = ${key}`;
    await bucket.take(rig.deps.sql, 1);
    // Eight more are booked; given back would be seven of the eight before them.
    expect(await available(key)).toBeLessThan(-5);
  });

  test("lets nobody come before a time that the source has named to another process", async () => {
    const { key, bucket } = await standingAt(150);
    using time = passing(key);
    await bucket.take(rig.deps.sql, 10);
    await time.pass(11_000);
    await rig.owner`update rate_buckets set available = -50, measured_at = now() where bucket_key = ${key}`;
    await bucket.take(rig.deps.sql, 1);
    expect(await available(key)).toBeLessThan(-49.9);
  });
});

describe("a block that is held", () => {
  test("is gone where the source refuses what was thought to be there: by the time it names there is nothing", async () => {
    const { key, bucket } = await standingAt(150);
    using time = passing(key);
    await bucket.take(rig.deps.sql, 1);
    await bucket.closed(rig.deps.sql, Date.now() + 5_000);
    await time.pass(5_000);
    // Of eight points none is there: all eight are waited for.
    expect(await bucket.take(rig.deps.sql, 1)).toBeGreaterThan(90_000);
  });

  test("stays where the source refuses before it, and has come in by the time it names", async () => {
    const { key, bucket } = await standingAt(-10);
    using time = passing(key);
    const waitMs = await bucket.take(rig.deps.sql, 1);
    const booked = await available(key);
    await bucket.closed(rig.deps.sql, Date.now() + 5_000);
    await time.pass(5_000);
    expect(await bucket.take(rig.deps.sql, 1)).toBeLessThanOrEqual(waitMs);
    // A block booked anew would be eight points away; the database's own clock runs on meanwhile.
    expect(Math.abs((await available(key)) - booked)).toBeLessThan(1);
  });
});

describe("points that were taken for a call that is not made", () => {
  const slow = { maximum: 300, restorePerSecond: 0.001 };
  const open = async (allowances: Record<string, { maximum: number; restorePerSecond: number }[]>, maximum = 300) => {
    const connector = scriptedConnector({ pages: scripted([]) });
    const key = randomUUID();
    const rate = { ...connector.rate, bucketKey: () => key, initial: { ...slow, maximum }, allowances };
    const standing = await readStanding(rig.deps.sql, rig.ref);
    if (standing === undefined) throw new Error("the datasource is not there");
    const deps = { ...rig.deps, connectorOf: () => ({ ...connector, rate }) };
    const { session } = openSource(deps, rig.ref, standing, { signal: AbortSignal.timeout(300_000) });
    const call = (allowance: string) =>
      session.http.call(
        { method: "GET", url: "https://source.test/", credential: "attached", cost: 1, allowance, purpose: "rows" },
        () => Promise.resolve(),
      );
    return { key, call, bucket: bucketOf("shopify", key, rate.initial) };
  };
  const refused = { failure: { class: "rate_limit", code: "bucket.empty" } };

  test("are there for the next, where one of its other allowances refuses it", async () => {
    const { call, key } = await open({ days: [{ maximum: 1, restorePerSecond: 0.001 }] }, 2);
    await bucketOf("shopify", `${key} days 0`, { maximum: 1, restorePerSecond: 0.001 }).take(rig.deps.sql, 1);
    for (let n = 0; n < 4; n += 1) await expect(call("days")).rejects.toMatchObject(refused);
    expect(await available(key)).toBeGreaterThan(0.9);
    await expect(call("lists")).rejects.toThrow("this rig has no network");
  });

  test("are gone, where the source has named a far time meanwhile: by then there is nothing", async () => {
    const { call, key, bucket } = await open({});
    await rig.owner`
      insert into rate_buckets (platform, bucket_key, available, maximum, restore_per_second, measured_at)
      values ('shopify', ${key}, 50, ${slow.maximum}, ${slow.restorePerSecond}, now())`;
    const take = bucket.take.bind(bucket);
    vi.spyOn(bucket, "take").mockImplementationOnce(async (...asked) => {
      const waitMs = await take(...asked);
      await bucket.closed(rig.deps.sql, Date.now() + 600_000);
      return waitMs;
    });
    await expect(call("rows")).rejects.toMatchObject(refused);
    const before = await available(key);
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 601_000);
    try {
      await bucket.take(rig.deps.sql, 1);
    } finally {
      clock.mockRestore();
    }
    expect(await available(key)).toBeCloseTo(before - 8, 1);
  });
});

test("what the source says of its bucket replaces our sum, and whoever finds it empty waits its turn", async () => {
  const bucket = bucketOf("shopify", randomUUID(), { maximum: 2_000, restorePerSecond: 100 });
  // A point in two seconds, so that what the statements take is nothing beside it.
  bucket.measured({ available: 0, maximum: 1_000, restorePerSecond: 0.5 });
  const [first, second] = await Promise.all([bucket.take(rig.deps.sql, 500), bucket.take(rig.deps.sql, 500)]);
  expect(first).toBeGreaterThan(700_000);
  expect(second - first).toBeGreaterThan(700_000);
});

describe("what the source says is left of a fixed window", () => {
  const small = { maximum: 2, restorePerSecond: 1 };

  test("that others use too is all that is taken of it, whichever process asks", async () => {
    const key = randomUUID();
    const bucket = bucketOf("shopify", key, small);
    await bucket.take(rig.deps.sql, 1);
    // Our own clock stands, so that what the statements take is not counted.
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
    try {
      // Alone we would take 30 more until then.
      bucket.left({ calls: 4, endsInMs: 30_000 });
      const waitMs = await bucket.take(rig.deps.sql, 1);
      // By then as many seconds are left of the window as calls.
      expect(waitMs).toBeGreaterThan(26_900);
      expect(waitMs).toBeLessThanOrEqual(27_100);
    } finally {
      clock.mockRestore();
    }
    expect(await available(key)).toBeLessThan(-20);
  });

  test("hurries nobody: a full window leaves our own sum as it is, one that is over as well", async () => {
    // A point in a thousand seconds, so that what the statements take is nothing beside it.
    const bucket = bucketOf("shopify", randomUUID(), { maximum: 2, restorePerSecond: 0.001 });
    for (const window of [
      { calls: 60, endsInMs: 60_000 },
      { calls: 0, endsInMs: 0 },
    ]) {
      await bucket.take(rig.deps.sql, 2);
      bucket.left(window);
      const waitMs = await bucket.take(rig.deps.sql, 1);
      expect(waitMs).toBeGreaterThan(500_000);
      expect(waitMs).toBeLessThan(4_100_000);
    }
  });

  test("is heard by the allowance that it was said of, through a session", async () => {
    const standing = await readStanding(rig.deps.sql, rig.ref);
    if (standing === undefined) throw new Error("the datasource is not there");
    const connector = scriptedConnector({ pages: scripted([]) });
    const deps = {
      ...rig.deps,
      connectorOf: () => ({ ...connector, rate: { ...connector.rate, allowances: { lists: [small], days: [small] } } }),
    };
    const { session } = openSource(deps, rig.ref, standing, { signal: AbortSignal.timeout(300_000) });
    session.left("days", { calls: 0, endsInMs: 120_000 });
    const call = (allowance: string) =>
      session.http.call(
        { method: "GET", url: "https://source.test/", credential: "attached", cost: 1, allowance, purpose: "rows" },
        () => Promise.resolve(),
      );
    await expect(call("days")).rejects.toMatchObject({ failure: { class: "rate_limit", code: "bucket.empty" } });
    await expect(call("lists")).rejects.toThrow("this rig has no network");
  });
});
