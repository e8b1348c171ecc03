import type { Cursor, Page } from "@headwater/connectors/contract.ts";
import { afterEach, expect, test, vi } from "vitest";
import { smoothedRate } from "./smoothed-rate.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { order, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const rig = ownRig();
afterEach(() => void vi.restoreAllMocks());

const expression = smoothedRate({
  before: "$1::float8",
  gap: "$2::float8",
  read: "$3::float8",
  calledFor: "$4::float8",
  readBefore: "$5::float8",
  isWaiting: "$6::boolean",
});
interface Step {
  gap: number;
  read: number;
  calledFor: number;
  readBefore?: number;
  isWaiting?: boolean;
}
const beat = async (
  before: number | null,
  { gap, read, calledFor, readBefore = 0, isWaiting = false }: Step,
): Promise<number | null> => {
  const values = [before, gap, read, calledFor, readBefore, isWaiting];
  const [row] = await rig.owner.unsafe<[{ rate: number | null }]>(`select (${expression})::float8 as rate`, values);
  return row.rate;
};
/** Every `gap` seconds, so many rows a second each time, for as long. */
async function beats(
  from: number | null,
  { gap, perSecond, lasting }: Record<"gap" | "perSecond" | "lasting", number>,
) {
  let rate = from;
  for (let at = gap; at <= lasting; at += gap)
    rate = await beat(rate, { gap, read: gap * perSecond, calledFor: 1_000 + at });
  return rate;
}

test("what comes steadily is told as it is, and a change is in by 1 - 1/e of it after 60 s, however it is cut", async () => {
  expect(await beats(600, { gap: 5, perSecond: 10, lasting: 60 })).toBeCloseTo(600, 0);
  for (const gap of [0.5, 5, 20, 60])
    expect(await beats(600, { gap, perSecond: 20, lasting: 60 }), String(gap)).toBeCloseTo(
      600 + 600 * (1 - 1 / Math.E),
      0,
    );
  expect(await beats(600, { gap: 5, perSecond: 0, lasting: 60 })).toBeCloseTo(600 / Math.E, 0);
});

test("what two calls bring at once adds up", async () => {
  let rate: number | null = 600;
  for (let n = 0; n < 120; n += 1) {
    rate = await beat(rate, { gap: 5, read: 50, calledFor: 100 });
    rate = await beat(rate, { gap: 0, read: 50, calledFor: 100 });
  }
  // Between two beats it fades by up to a twelfth.
  expect(rate).toBeGreaterThan(1_199);
  expect(rate).toBeLessThan(1_301);
});

test("after a long standstill it is the rate of the call that goes on, and a first one is not told by less than a second", async () => {
  expect(await beat(6_000, { gap: 50_000, read: 100, calledFor: 10 })).toBeCloseTo(600, 0);
  expect(await beat(6_000, { gap: 9e9, read: 100, calledFor: 0.01 })).toBeCloseTo(6_000, 0);
  expect(await beat(null, { gap: 600, read: 100, calledFor: 0.5 })).toBeNull();
  expect(await beat(null, { gap: 600, read: 0, calledFor: 10 }), "nothing came yet").toBeNull();
  expect(await beat(null, { gap: 600, read: 100, calledFor: 10 })).toBe(600);
});

test("a first rate is of all that its call has brought, not of the last of it alone", async () => {
  expect(await beat(null, { gap: 0.9, read: 2_500, calledFor: 1.8, readBefore: 2_500 })).toBeCloseTo(166_667, 0);
});

test("a source with reports is as fast after ten polls, or an empty report, as it was before them", async () => {
  let rate: number | null = 6_000;
  for (let poll = 0; poll < 10; poll += 1)
    rate = await beat(rate, { gap: 60, read: 0, calledFor: 40, isWaiting: true });
  expect(rate).toBe(6_000);
  const empty = await beat(rate, { gap: 600, read: 0, calledFor: 3 });
  expect(empty).toBeCloseTo(6_000 * Math.exp(-3 / 60), 0);
  expect(await beat(rate, { gap: 60, read: 500, calledFor: 5 })).toBeCloseTo(6_000, 0);
});

const rateOf = async (): Promise<number | null> =>
  (await rig.owner`select rate_per_minute::float8 as rate from progress where stream = 'orders'`)[0]?.["rate"];
/** Our clock stands, but for what the test moves it on by. */
const ourClock = () => {
  const began = Date.now();
  const clock = vi.spyOn(Date, "now").mockReturnValue(began);
  return { at: (seconds: number) => clock.mockReturnValue(began + seconds * 1000) };
};
const pagesOf = (pages: () => AsyncIterable<Page>) => rig.use(scriptedConnector({ pages }));
const records = (id: string, { next, done }: { next: number; done: boolean }, document = "{}"): Page => {
  const cursor: Cursor = { next };
  return { kind: "records", records: [order(id, { document })], rejected: [], cursor, done };
};
/** Fills a batch by itself. */
const LONG = JSON.stringify({ note: "x".repeat(2_500_000) });
const waiting = (forMs: number): Page => ({
  kind: "waiting",
  until: new Date(Date.now() + forMs),
  because: { code: "report" },
  cursor: { report: "1" },
});

test("a slice moves its stream's rate from where it stood", async () => {
  rig.use(scriptedConnector({ pages: scripted([order("1"), order("2")]) }));
  const slice = await rig.slice();
  await rig.owner`update progress set rate_per_minute = 6000, moved_at = now() - interval '60 s'`;
  await workOnSlice(rig.deps, slice, options());
  expect(await rateOf()).toBeGreaterThan(0);
  expect(await rateOf()).toBeLessThan(6_000 / Math.E + 120);
});

test("a slice that lands after one that began later leaves the moment of that: what it took is not counted twice", async () => {
  rig.use(scriptedConnector({ pages: scripted([order("1")]) }));
  const slice = await rig.slice();
  await rig.owner`update progress set rate_per_minute = 6000, moved_at = now() + interval '1 hour'`;
  await workOnSlice(rig.deps, slice, options());
  expect(await rig.owner`select moved_at > now() as stands from progress where stream = 'orders'`).toEqual([
    { stands: true },
  ]);
  expect(await rateOf()).toBe(6_001);
});

test("a slice that asks whether a report is ready leaves the rate as it is", async () => {
  pagesOf(async function* pages() {
    yield waiting(3_600_000);
  });
  const slice = await rig.slice();
  await rig.owner`update progress set rate_per_minute = 6000, moved_at = now() - interval '10 min'`;
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "throttled" });
  expect(await rateOf()).toBe(6_000);
});

test("a slice that waited for a report in place counts its rows from when that was ready", async () => {
  const clock = ourClock();
  pagesOf(async function* pages() {
    setTimeout(() => clock.at(20), 1); // fires before what is waited for 300 ms
    yield waiting(300);
    clock.at(22);
    yield records("1", { next: 1, done: true });
  });
  await workOnSlice(rig.deps, await rig.slice(), options());
  expect(await rateOf()).toBe(30);
});

test("a slice whose first batch lands within a second has a first rate of both", async () => {
  const clock = ourClock();
  pagesOf(async function* pages() {
    clock.at(0.9);
    yield records("1", { next: 1, done: false }, LONG);
    await vi.waitFor(async () => expect(await rig.owner`select 1 from slices where pages = 1`).toHaveLength(1), {
      timeout: 200_000,
    });
    expect(await rateOf()).toBeNull();
    clock.at(1.8);
    yield records("2", { next: 2, done: true });
  });
  expect(await workOnSlice(rig.deps, await rig.slice(), options())).toMatchObject({ kind: "done" });
  expect(await rateOf()).toBeCloseTo(120 / 1.8, 2);
});
