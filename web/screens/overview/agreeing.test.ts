import { expect, test } from "vitest";
import { agreeing } from "./agreeing.ts";

const [before, yesterday] = ["2026-11-21", "2026-11-22"];
const range = { from: yesterday, to: yesterday };
const point = (day: string, value: string | null) => ({ day, value, isComplete: false, comparison: null });
const empty = { currency: "INR", points: [point(before, null), point(yesterday, null)] };
const values = (points: ReturnType<typeof agreeing>) => points.map(({ value }) => value);
const told = (day: string | null, currency = "INR") => ({
  value: { amount: "206536", currency },
  series: [point(before, "9"), point(yesterday, day)],
});

test.each([
  { what: "that is ahead of it fills it", tile: told("206536"), says: ["9", "206536"] },
  { what: "of one day fills that day, though it is not said to be in yet", tile: told(null), says: ["9", "206536"] },
  { what: "in another currency leaves it", tile: told("206536", "USD"), says: [null, null] },
  { what: "without a value leaves it", tile: { ...told(null), value: null }, says: [null, null] },
  { what: "that is not there leaves it", tile: undefined, says: [null, null] },
])("a tile $what", ({ tile, says }) => expect(values(agreeing(empty, tile, range))).toEqual(says));

test("a day that the chart alone tells stays, and a sum of several days is none of them", () => {
  const ahead = { currency: "INR", points: [point(before, "7"), point(yesterday, null)] };
  for (const series of [[], [point(before, null), point(yesterday, null)]])
    expect(values(agreeing(ahead, { ...told(null), series }, { from: before, to: yesterday }))).toEqual(["7", null]);
});

test("of its one day a tile is right against the chart, and of no other", () => {
  const ahead = { currency: "INR", points: [point(before, null), point(yesterday, "7")] };
  expect(values(agreeing(ahead, { ...told(null), series: [] }, range))).toEqual([null, "206536"]);
});
