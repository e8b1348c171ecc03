import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource, makeHistory } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

test("days that were given up are in once they have been read whole since: half of them is not enough", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  await makeHistory(api, owner.organisationId, made);
  const { sql } = api.owner;
  const failedDays = async (): Promise<number> => {
    const { data } = await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { backfill { daysTotal map { ranges { from to state } } } } }`,
      { id: made.gid },
    );
    const months: { ranges: { from: string; to: string; state: string }[] }[] = data.datasource.backfill.map;
    return months
      .flatMap(({ ranges }) => ranges)
      .filter(({ state }) => state === "FAILED")
      .reduce((sum, { from, to }) => sum + (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1, 0);
  };
  /** A resync of that stream, over this share of its oldest window. */
  const reread = async (n: number, stream: string, [from, to]: readonly [number, number]) => {
    const run = `${made.id}:resync:${n}`;
    await sql`
      insert into runs (organisation_id, id, datasource_id, kind, n, state)
      values (${owner.organisationId}, ${run}, ${made.id}, 'resync', ${n}, 'succeeded')`;
    await sql`
      insert into slices (organisation_id, run_id, datasource_id, stream, position, state, from_at, to_at, finished_at)
      select organisation_id, ${run}, datasource_id, ${stream}, 0, 'done', from_at + (to_at - from_at) * ${from}::float8,
        from_at + (to_at - from_at) * ${to}::float8, now() from slices
      where datasource_id = ${made.id} and stream = 'orders' and position = 4`;
    return failedDays();
  };
  await sql`update slices set state = 'failed' where datasource_id = ${made.id} and stream = 'orders' and position = 4`;
  await sql`update slices set finished_at = null where datasource_id = ${made.id} and state = 'failed'`;
  await sql`update runs set finished_at = now() where datasource_id = ${made.id}`;
  const hole = await failedDays();
  expect(hole).toBeGreaterThanOrEqual(10);
  expect(await reread(1, "customers", [0, 1])).toBe(hole);
  expect(await reread(2, "orders", [0, 0.5])).toBe(hole);
  expect(await reread(3, "orders", [0.5, 1])).toBe(0);
});

test("days that an extension adds stand beside those of before, and its pace and percent are its own", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { zone: "UTC" });
  await makeHistory(api, owner.organisationId, made);
  const { sql } = api.owner;
  const run = `${made.id}:backfill:2`;
  const backfill = async () => {
    const { data } = await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { backfill { percent daysTotal daysReady startedAt } } }`,
      { id: made.gid },
    );
    return data.datasource.backfill;
  };
  const { daysTotal: before } = await backfill();
  await sql`
    insert into runs (organisation_id, id, datasource_id, kind, n)
    values (${owner.organisationId}, ${run}, ${made.id}, 'backfill', 2)`;
  await sql`
    insert into slices (organisation_id, run_id, datasource_id, stream, position, from_at, to_at)
    select organisation_id, ${run}, datasource_id, stream, 0,
      date_trunc('day', min(from_at), 'UTC') - interval '30 days', date_trunc('day', min(from_at), 'UTC')
    from slices where datasource_id = ${made.id} group by organisation_id, datasource_id, stream`;
  await sql`update datasources set backfill = 'running' where id = ${made.id}`;
  expect(await backfill()).toEqual({ percent: 0, daysTotal: before + 30, daysReady: before, startedAt: null });
  await sql`update slices set state = 'done', started_at = now(), finished_at = now() where run_id = ${run}`;
  await sql`update datasources set backfill = 'done' where id = ${made.id}`;
  expect(await backfill()).toMatchObject({ percent: 100, daysTotal: before + 30, daysReady: before + 30 });
});

test("the days that a history was stopped are no part of how long it takes, and stopped it promises no time", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { zone: "UTC", facts: { backfill: "running" } });
  await makeHistory(api, owner.organisationId, made);
  const { sql } = api.owner;
  await sql`update slices set state = 'queued', started_at = null, finished_at = null where datasource_id = ${made.id} and position > 1`;
  await sql`
    update slices set started_at = now() - interval '3 days 12 min', finished_at = now() - interval '3 days 6 min'
    where datasource_id = ${made.id} and position <= 1`;
  const moved = (ago: string, before: string, after: string) => sql`
    insert into audit_log
    select organisation_id, -nextval('audit_unsealed'), now() - ${ago}::interval, '{}', 'phaseChanged', 'datasource', id::text, id,
      jsonb_build_object('phase', ${before}::text), jsonb_build_object('phase', ${after}::text), null, '', ''
    from datasources where id = ${made.id}`;
  const asked = async () => {
    const { data } = await owner.ask(
      `query ($id: ID!, $from: Date!, $to: Date!) { datasource(id: $id) {
        backfill { eta { maxSeconds } } forwardRehearsal(from: $from, to: $to) { maxSeconds: readyMaxSeconds } } }`,
      { id: made.gid, from: "2020-01-01", to: "2099-01-01" },
    );
    return [data.datasource.backfill.eta?.maxSeconds ?? null, data.datasource.forwardRehearsal?.maxSeconds ?? null];
  };
  for (const seconds of await asked()) expect(seconds).toBeGreaterThan(86_400);
  await moved("3 days 6 min", "BACKFILLING", "PAUSED");
  await moved("1 day", "PAUSED", "REAUTHORIZE");
  await moved("1 min", "REAUTHORIZE", "BACKFILLING");
  for (const seconds of await asked()) expect(seconds).toBeLessThan(3600);
  await sql`update datasources set user_paused_at = now(), user_paused_by = '{}', phase = 'PAUSED' where id = ${made.id}`;
  expect(await asked()).toEqual([null, null]);
});

test("what one read brings shares its rate, whether it is new or held already: each stream its own, together no more than came", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { zone: "UTC", facts: { backfill: "running" } });
  await makeHistory(api, owner.organisationId, made);
  const { sql } = api.owner;
  await sql`
    update slices set state = 'queued', rows = 0, started_at = null, finished_at = null where datasource_id = ${made.id} and position > 1`;
  await sql`
    update slices set rows = 500, landed = case stream when 'orders' then 2000 else 500 end,
      started_at = now() - interval '2 min', finished_at = now()
    where datasource_id = ${made.id} and position <= 1`;
  await sql`delete from progress where datasource_id = ${made.id}`;
  const rows = { orders: 500, orderLines: 1500, refunds: 0, customers: 500 };
  for (const [stream, held] of Object.entries(rows))
    await sql`
      insert into progress (organisation_id, datasource_id, stream, state, rows, rate_per_minute)
      values (${owner.organisationId}, ${made.id}, ${stream}, 'running', ${held}, 1000)`;
  const shown = async () => {
    const { data } = await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { streams { name rowsPerMinute } backfill { rowsPerMinute eta { minSeconds maxSeconds } } } }`,
      { id: made.gid },
    );
    const { streams, backfill } = data.datasource;
    const rates: { name: string; rowsPerMinute: number | null }[] = streams;
    expect(backfill.rowsPerMinute).toBe(2000);
    // Of both windows two thirds are left: 2,000 rows of the streams that windows count, at 1,250 a minute.
    expect(backfill.eta.minSeconds).toBeGreaterThan(60);
    const moving = rates.filter(({ name }) => Object.hasOwn(rows, name)).map((one) => [one.name, one.rowsPerMinute]);
    return Object.fromEntries(moving);
  };
  expect(await shown()).toEqual({ orders: 250, orderLines: 750, refunds: 0, customers: 1000 });
  await sql`
    update progress set rows = case stream when 'orders' then 1 when 'refunds' then 5 else 0 end where datasource_id = ${made.id}`;
  expect(await shown(), "of an account that was held already").toEqual({
    orders: 250,
    orderLines: null,
    refunds: null,
    customers: 1000,
  });
});

test("a run that was under way is none while its datasource is paused, without access or disconnected", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { facts: { backfill: "running" } });
  await makeHistory(api, owner.organisationId, made);
  const { sql } = api.owner;
  await sql`
    update runs set state = 'running', finished_at = null where datasource_id = ${made.id} and kind = 'backfill'`;
  const current = async (): Promise<string | null> => {
    const { data } = await owner.ask(`query ($id: ID!) { datasource(id: $id) { currentRun { kind } } }`, {
      id: made.gid,
    });
    return data.datasource.currentRun?.kind ?? null;
  };
  expect(await current()).toBe("BACKFILL");
  await sql`update datasources set user_paused_at = now(), user_paused_by = '{}', phase = 'PAUSED' where id = ${made.id}`;
  expect(await current()).toBeNull();
  await sql`update datasources set user_paused_at = null, user_paused_by = null, phase = 'REAUTHORIZE', auth = 'revoked' where id = ${made.id}`;
  expect(await current()).toBeNull();
  await sql`update datasources set phase = 'BACKFILLING', auth = 'ok' where id = ${made.id}`;
  expect(await current()).toBe("BACKFILL");
  await sql`update datasources set disconnected_at = now() where id = ${made.id}`;
  expect(await current()).toBeNull();
});

test("a stream that is read again moves from nought on by the windows of that, not from where its history ended", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { facts: { backfill: "done" } });
  await makeHistory(api, owner.organisationId, made);
  const percent = async (): Promise<number> => {
    const { data } = await owner.ask(`query ($id: ID!) { datasource(id: $id) { streams { name percent } } }`, {
      id: made.gid,
    });
    const streams: { name: string; percent: number }[] = data.datasource.streams;
    return streams.find(({ name }) => name === "orders")?.percent ?? -1;
  };
  const { sql } = api.owner;
  const reads = (done: number) => sql`
    update progress set state = 'running', windows_done = ${done}, windows_total = 8
    where datasource_id = ${made.id} and stream = 'orders'`;
  expect(await percent()).toBe(100);
  await reads(0);
  expect(await percent()).toBe(0);
  await reads(2);
  expect(await percent()).toBe(25);
  await reads(8);
  expect(await percent(), "while a sync brings what came since").toBe(100);
  await reads(2);
  await sql`update datasources set backfill = 'failed' where id = ${made.id}`;
  expect(await percent(), "for the days that were given up").toBe(25);
});

test("what came of a history in which days were given up is weighted as it was while it ran, its resync by windows alone", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { facts: { backfill: "failed" } });
  await makeHistory(api, owner.organisationId, made);
  const { sql } = api.owner;
  await sql`
    update slices set state = 'failed', rows = 0, from_at = to_at - interval '1 day'
    where datasource_id = ${made.id} and stream = 'orders' and position = 4`;
  await sql`update progress set state = 'failed', windows_done = 2 where datasource_id = ${made.id} and stream = 'orders'`;
  const percent = async (): Promise<number> => {
    const { data } = await owner.ask(`query ($id: ID!) { datasource(id: $id) { streams { name percent } } }`, {
      id: made.gid,
    });
    const streams: { name: string; percent: number }[] = data.datasource.streams;
    return streams.find(({ name }) => name === "orders")?.percent ?? -1;
  };
  // Two windows of ten days, or a day more where they begin within one, are in; of one day there is nothing.
  expect(await percent()).toBeGreaterThan(85);
  for (const state of ["queued", "running", "waiting"]) {
    await sql`update progress set state = ${state}, windows_done = 1, windows_total = 4 where datasource_id = ${made.id} and stream = 'orders'`;
    expect(await percent(), state).toBe(25);
  }
});

test("what reading a history took is the work of all its runs, without the days between and what it stood still", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  await makeHistory(api, owner.organisationId, made);
  const { sql } = api.owner;
  const run = `${made.id}:backfill:2`;
  await sql`update slices set started_at = '2026-03-02T10:00:00Z', finished_at = '2026-03-02T18:12:00Z' where datasource_id = ${made.id}`;
  await sql`
    insert into runs (organisation_id, id, datasource_id, kind, n)
    values (${owner.organisationId}, ${run}, ${made.id}, 'backfill', 2)`;
  await sql`
    insert into slices (organisation_id, run_id, datasource_id, stream, position, state, from_at, to_at, started_at, finished_at)
    values (${owner.organisationId}, ${run}, ${made.id}, 'orders', 0, 'done', '2020-01-01', '2020-02-01',
      '2026-03-20T10:00:00Z', '2026-03-20T10:03:00Z')`;
  const { data } = await owner.ask(`query ($id: ID!) { datasource(id: $id) { backfill { runs workedSeconds } } }`, {
    id: made.gid,
  });
  expect(data.datasource.backfill).toEqual({ runs: 2, workedSeconds: (8 * 60 + 12 + 3) * 60 });
});

test("a stream says which others are read with it, whichever of them carries the rest, and none that was not granted", async () => {
  const owner = await signUp(api);
  const readWith = async (scopes?: string[]): Promise<Record<string, string[]>> => {
    const made = await makeDatasource(api, owner.organisationId, scopes === undefined ? {} : { scopes });
    const { data } = await owner.ask(`query ($id: ID!) { datasource(id: $id) { streams { name readWith } } }`, {
      id: made.gid,
    });
    const streams: { name: string; readWith: string[] }[] = data.datasource.streams;
    return Object.fromEntries(streams.map((stream) => [stream.name, stream.readWith]));
  };
  const pass = ["orders", "orderLines", "refunds", "transactions", "fulfilments", "fees"];
  const all = await readWith();
  for (const name of pass) expect(all[name], name).toEqual(pass.filter((other) => other !== name));
  expect(all["customers"]).toEqual([]);
  const some = await readWith(["read_products"]);
  for (const name of pass) expect(some[name], name).toEqual([]);
});

test("the map says whose records it counts: of what one pass reads the carrier, of what is read whole nobody's", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  await makeHistory(api, owner.organisationId, made);
  await api.owner.sql`update slices set from_at = null where datasource_id = ${made.id} and stream = 'customers'`;
  const counted = async (stream: string | null) => {
    const { data } = await owner.ask(
      `query ($id: ID!, $stream: String) { datasource(id: $id) { backfill { countedStreams(stream: $stream) map(stream: $stream) { rows } } } }`,
      { id: made.gid, stream },
    );
    const { countedStreams, map } = data.datasource.backfill;
    const months: { rows: string }[] = map;
    return [countedStreams, months.reduce((sum, { rows }) => sum + Number(rows), 0)];
  };
  for (const stream of [null, "orders", "refunds"])
    expect(await counted(stream), `${stream}`).toEqual([["orders"], 60]);
  for (const stream of ["customers", "nothing"]) expect(await counted(stream), stream).toEqual([[], 0]);
});

test("what reading a stream took is of its history, an extension included, and of no resync", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { zone: "UTC" });
  await makeHistory(api, owner.organisationId, made);
  const { sql } = api.owner;
  const worked = async (name: string): Promise<number | null> => {
    const ask = "query ($id: ID!) { datasource(id: $id) { streams { name workedSeconds } } }";
    const { data } = await owner.ask(ask, { id: made.gid });
    const streams: { name: string; workedSeconds: number | null }[] = data.datasource.streams;
    return streams.find((stream) => stream.name === name)?.workedSeconds ?? null;
  };
  // By one reading of the clock: half a second between two would be told.
  await sql`
    update slices set finished_at = now() - interval '1 hour',
      started_at = now() - case stream when 'customers' then interval '2 hours' else interval '3 hours' end
    where datasource_id = ${made.id}`;
  expect([await worked("orders"), await worked("customers")]).toEqual([7_200, 3_600]);
  const read = async (kind: string, n: number, minutes: number) => {
    const run = `${made.id}:${kind}:${n}`;
    await sql`insert into runs (organisation_id, id, datasource_id, kind, n) values (${owner.organisationId}, ${run}, ${made.id}, ${kind}, ${n})`;
    await sql`
      insert into slices (organisation_id, run_id, datasource_id, stream, position, state, from_at, to_at, started_at, finished_at)
      select organisation_id, ${run}, datasource_id, 'orders', 0, 'done', min(from_at) - interval '30 days', min(from_at),
        now() - ${minutes}::int * interval '1 min', now() from slices
      where datasource_id = ${made.id} and stream = 'orders' group by organisation_id, datasource_id`;
  };
  await read("resync", 1, 5);
  expect(await worked("orders")).toBe(7_200);
  await read("backfill", 2, 10);
  expect([await worked("orders"), await worked("customers")]).toEqual([7_800, 3_600]);
});

test("a history that is in tells about how many calls it took: those of its hours, and of no other", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { zone: "UTC" });
  await makeHistory(api, owner.organisationId, made);
  const { sql } = api.owner;
  const asked = async (): Promise<string | null> => {
    const ask = "query ($id: ID!) { datasource(id: $id) { backfill { calls } } }";
    return (await owner.ask(ask, { id: made.gid })).data.datasource.backfill.calls;
  };
  const [first, last] = ["2026-03-01T10:20:00Z", "2026-03-01T12:40:00Z"];
  await sql`update slices set started_at = ${first}, finished_at = ${last} where datasource_id = ${made.id}`;
  await sql`update datasources set backfill = 'done' where id = ${made.id}`;
  expect(await asked()).toBeNull();
  const hours = { "09": 1, "10": 10, "11": 100, "12": 1_000, "13": 10_000 };
  for (const [hour, count] of Object.entries(hours))
    await sql`
      insert into calls (organisation_id, datasource_id, hour, method, path, calls, failures, throttled, bytes)
      values (${owner.organisationId}, ${made.id}, ${`2026-03-01T${hour}:00:00Z`}, 'POST', 'orders', ${count}, 0, 0, 0)`;
  expect(await asked()).toBe("1110");
  await sql`update datasources set backfill = 'running' where id = ${made.id}`;
  expect(await asked()).toBeNull();
});
