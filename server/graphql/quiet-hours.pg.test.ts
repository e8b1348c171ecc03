// Quiet hours: who may set them, what is refused, and what the page of a datasource says while they last.
import { beforeAll, describe, expect, test } from "vitest";
import { connectCosts, give, key } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource, makeHistory } from "../testing/rows.ts";
import type { MakeOptions } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
let zone: string;
beforeAll(async () => {
  owner = await signUp(api);
  zone = (await owner.ask("{ organisation { zone } }")).data.organisation.zone;
});

const HOUR = 3_600_000;
/** By the clock of the organisation, so many hours from now, on the hour: whenever this runs, it lies where the test wants it. */
const clockIn = (hours: number): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" })
    .format(Date.now() + hours * HOUR)
    .replace(/\d\d$/u, "00");
const lasting = () => ({ from: clockIn(-3), to: clockIn(4) });

const SEEN = `query ($id: ID!) { datasource(id: $id) {
  nextRunAt isStale
  quietHours { from to zone until holdsNextRun since by { name } }
  freshness { nextRunAt isLate slowedBy { code message by { name } } }
  timeline(first: 5) { nodes { verb message } }
} }`;
const seen = async (gid: string) => (await owner.ask(SEEN, { id: gid })).data.datasource;
const made = (facts: NonNullable<MakeOptions["facts"]> = {}) =>
  makeDatasource(api, owner.organisationId, { facts: { nextRunAt: new Date(Date.now() + HOUR / 2), ...facts } });

describe("what is set", () => {
  test("stands with who set it, and the next run comes when it is over", async () => {
    const { gid } = await made();
    const hours = lasting();
    expect(await give(owner, "setQuietHours", gid, hours)).toMatchObject({ is: "SetQuietHoursSuccess" });
    const { quietHours, nextRunAt, freshness } = await seen(gid);
    const { name } = (await owner.ask("{ me { name } }")).data.me;
    expect(quietHours).toMatchObject({ ...hours, zone, holdsNextRun: true, by: { name } });
    const late = Date.parse(nextRunAt) - Date.parse(quietHours.until);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(600_000);
    expect(freshness.nextRunAt).toBe(nextRunAt);
    expect(freshness.slowedBy).toMatchObject([{ code: "quietHours", by: { name } }]);
    expect(freshness.slowedBy[0].message).toContain(`${hours.to}, set by ${name}.`);
  });

  test("is told in words on the timeline, and so is that it was taken away", async () => {
    const { gid } = await made();
    await give(owner, "setQuietHours", gid, { from: "22:00", to: "06:00" });
    await give(owner, "setQuietHours", gid, { from: null, to: null });
    const { quietHours, timeline } = await seen(gid);
    const { name } = (await owner.ask("{ me { name } }")).data.me;
    expect(quietHours).toBeNull();
    expect(timeline.nodes.map((entry: { message: string }) => entry.message)).toEqual([
      `${name} took the quiet hours away.`,
      `${name} set quiet hours from 22:00 to 06:00.`,
    ]);
  });

  test("under the same key is set once", async () => {
    const { gid } = await made();
    const idempotencyKey = key();
    const hours = { from: "22:00", to: "06:00", idempotencyKey };
    const first = await give(owner, "setQuietHours", gid, hours);
    await give(owner, "setQuietHours", gid, { from: null, to: null });
    const again = await give(owner, "setQuietHours", gid, hours);
    expect(again.command.id).toBe(first.command.id);
    expect((await seen(gid)).quietHours).toBeNull();
  });

  test("and taken away, the next run is the next point again", async () => {
    const { gid } = await made();
    await give(owner, "setQuietHours", gid, lasting());
    await give(owner, "setQuietHours", gid, { from: null, to: null });
    const { nextRunAt } = await seen(gid);
    expect(Date.parse(nextRunAt) - Date.now()).toBeLessThanOrEqual(HOUR);
  });

  test("a next run that was missed before they began is not told as one of the past", async () => {
    const { gid } = await made({ nextRunAt: new Date(Date.now() - 5 * HOUR) });
    await give(owner, "setQuietHours", gid, lasting());
    await api.owner.sql`update datasources set next_run_at = now() - interval '5 hours'
      where organisation_id = ${owner.organisationId} and quiet_from is not null`;
    const { quietHours, nextRunAt, freshness } = await seen(gid);
    expect(Date.parse(nextRunAt)).toBeGreaterThanOrEqual(Date.parse(quietHours.until));
    expect(quietHours.holdsNextRun).toBe(true);
    expect(freshness.nextRunAt).toBe(nextRunAt);
  });

  test("holds when the cadence is changed in them", async () => {
    const { gid } = await made();
    await give(owner, "setQuietHours", gid, lasting());
    await give(owner, "setCadence", gid, { cadenceSeconds: 900 });
    const { quietHours, nextRunAt } = await seen(gid);
    expect(Date.parse(nextRunAt)).toBeGreaterThanOrEqual(Date.parse(quietHours.until));
  });
});

test.each([
  [{ from: "22:00", to: null }, "to", "A time of day, such as 22:00."],
  [{ from: "25:00", to: "06:00" }, "from", "A time of day, such as 22:00."],
  [{ from: "22:00", to: "22:00" }, "to", "At most 20 hours long, and not nothing."],
  [{ from: "06:00", to: "02:01" }, "to", "At most 20 hours long, and not nothing."],
])("%o is refused", async (hours, path, message) => {
  const { gid } = await made();
  expect(await give(owner, "setQuietHours", gid, hours)).toMatchObject({
    is: "InvalidInput",
    fields: [{ path, message }],
  });
});

test("twenty hours are not", async () => {
  const { gid } = await made();
  expect(await give(owner, "setQuietHours", gid, { from: "06:00", to: "02:00" })).toMatchObject({
    is: "SetQuietHoursSuccess",
  });
});

test("what rests in them is neither stale nor late; without them it is both", async () => {
  const facts = { lastSuccessAt: new Date(Date.now() - 3.2 * HOUR), cadenceMs: HOUR };
  const { gid } = await made(facts);
  expect(await seen(gid)).toMatchObject({ isStale: true, freshness: { isLate: true } });
  await give(owner, "setQuietHours", gid, { from: clockIn(-4), to: clockIn(4) });
  expect(await seen(gid)).toMatchObject({ isStale: false, freshness: { isLate: false } });
});

test("a history that rests in them is done later by what is left of them, and stands still for no other reason", async () => {
  const one = await made({ backfill: "running" });
  await makeHistory(api, owner.organisationId, one);
  const { sql } = api.owner;
  await sql`update slices set state = 'queued', started_at = null, finished_at = null where datasource_id = ${one.id} and position > 1`;
  await sql`update slices set started_at = now() - interval '12 min', finished_at = now() - interval '6 min'
    where datasource_id = ${one.id} and position <= 1`;
  await sql`update progress set moved_at = now() - interval '6 min' where datasource_id = ${one.id}`;
  const eta = async () => {
    const { data } = await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { quietHours { until } backfill { eta { minSeconds maxSeconds isLate reason { code } } } } }`,
      { id: one.gid },
    );
    const until = data.datasource.quietHours?.until;
    return {
      ...data.datasource.backfill.eta,
      restsSeconds: until == null ? 0 : (Date.parse(until) - Date.now()) / 1000,
    };
  };
  const before = await eta();
  expect(before).toMatchObject({ isLate: true, reason: { code: "pace" } });
  await give(owner, "setQuietHours", one.gid, lasting());
  const resting = await eta();
  expect(resting).toMatchObject({ isLate: false, reason: { code: "quietHours" } });
  expect(resting.minSeconds).toBeGreaterThan(resting.restsSeconds);
  expect(resting.maxSeconds - before.maxSeconds).toBeGreaterThan(resting.restsSeconds - 120);
});

test("a history that was told to go on in them is not said to rest", async () => {
  const one = await made({ backfill: "running" });
  await makeHistory(api, owner.organisationId, one);
  const { sql } = api.owner;
  await sql`update slices set state = 'queued', started_at = null, finished_at = null where datasource_id = ${one.id} and position > 1`;
  await sql`update slices set started_at = now() - interval '12 min', finished_at = now() - interval '6 min'
    where datasource_id = ${one.id} and position <= 1`;
  await give(owner, "setQuietHours", one.gid, lasting());
  const etaWhenMoved = async (ago: string) => {
    await sql`update progress set moved_at = now() - ${ago}::text::interval where datasource_id = ${one.id}`;
    const { data } = await owner.ask(
      "query ($id: ID!) { datasource(id: $id) { backfill { eta { minSeconds reason { code } } } } }",
      { id: one.gid },
    );
    return data.datasource.backfill.eta;
  };
  const resting = await etaWhenMoved("6 min");
  expect(resting.reason.code).toBe("quietHours");
  const moving = await etaWhenMoved("3 s");
  expect(moving.reason.code).toBe("pace");
  expect(moving.minSeconds, "three hours of them are left").toBeLessThan(resting.minSeconds - 2 * 3600);
  await sql`update datasources set quiet_since = now() - interval '1 hour' where id = ${one.id}`;
  const begunInThem = await etaWhenMoved("3 s");
  expect(begunInThem.minSeconds, "what began in them is work, not rest").toBeGreaterThan(300);
  expect(begunInThem.minSeconds).toBeLessThan(2 * 3600);
});

test("outside of them nothing is said of them", async () => {
  const { gid } = await made();
  await give(owner, "setQuietHours", gid, { from: clockIn(3), to: clockIn(8) });
  expect(await seen(gid)).toMatchObject({ quietHours: { until: null }, freshness: { slowedBy: [] } });
});

test("files that nobody fetches have none", async () => {
  const files = await signUp(api);
  const gid = await connectCosts(api, files);
  expect(await give(files, "setQuietHours", gid, { from: "22:00", to: "06:00" })).toMatchObject({
    is: "NotPossibleNow",
    reason: { code: "nothingToFetch" },
  });
});
