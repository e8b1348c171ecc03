import { expect, test } from "vitest";
import { smoothedRate } from "./smoothed-rate.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { order, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const rig = ownRig();

const expression = smoothedRate({
  before: "$1::float8",
  gap: "$2::float8",
  read: "$3::float8",
  calledFor: "$4::float8",
});
const beat = async (before: number | null, gap: number, read: number, calledFor: number): Promise<number | null> => {
  const [row] = await rig.owner.unsafe<[{ rate: number | null }]>(`select (${expression})::float8 as rate`, [
    before,
    gap,
    read,
    calledFor,
  ]);
  return row.rate;
};
/** Every `gap` seconds, so many rows a second each time, for as long. */
async function beats(
  from: number | null,
  { gap, perSecond, lasting }: Record<"gap" | "perSecond" | "lasting", number>,
) {
  let rate = from;
  for (let at = gap; at <= lasting; at += gap) rate = await beat(rate, gap, gap * perSecond, 1_000 + at);
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
    rate = await beat(rate, 5, 50, 100);
    rate = await beat(rate, 0, 50, 100);
  }
  // Between two beats it fades by up to a twelfth.
  expect(rate).toBeGreaterThan(1_199);
  expect(rate).toBeLessThan(1_301);
});

test("after a long standstill it is the rate of the call that goes on, and a first one is not told by less than a second", async () => {
  expect(await beat(6_000, 50_000, 100, 10)).toBeCloseTo(600, 0);
  expect(await beat(6_000, 9e9, 100, 0.01)).toBeCloseTo(6_000, 0);
  expect(await beat(null, 600, 100, 0.5)).toBeNull();
  expect(await beat(null, 600, 0, 10), "nothing came yet").toBeNull();
  expect(await beat(null, 600, 100, 10)).toBe(600);
});

test("a slice moves its stream's rate from where it stood", async () => {
  rig.use(scriptedConnector({ pages: scripted([order("1"), order("2")]) }));
  const slice = await rig.slice();
  const rateOf = async () =>
    (await rig.owner`select rate_per_minute::float8 as rate from progress where stream = 'orders'`)[0]?.["rate"];
  await rig.owner`update progress set rate_per_minute = 6000, moved_at = now() - interval '60 s'`;
  await workOnSlice(rig.deps, slice, options());
  expect(await rateOf()).toBeGreaterThan(0);
  expect(await rateOf()).toBeLessThan(6_000 / Math.E + 120);
});
