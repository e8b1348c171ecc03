import { expect, test } from "vitest";
import { daysLost } from "./days-lost.ts";

const lost = (id: string, countsFrom: string | null) => ({
  id,
  name: id,
  countsFrom,
  dataDeletedAt: "2026-11-22T10:00:00Z",
  deletesDataAt: null,
  deletesDataBy: null,
});
const taker = { countsFrom: "2026-11-20" };
const told = (of: Parameters<typeof daysLost>[1], from: string, to: string) =>
  daysLost(taker, of, { from, to }).map(({ source, first, last }) => `${source.id} ${first}..${last}`);

test("days before a switch counted from what was replaced", () => {
  expect(told([lost("old", null)], "2026-11-16", "2026-11-22")).toEqual(["old 2026-11-16..2026-11-19"]);
  expect(told([lost("old", null)], "2026-11-16", "2026-11-17")).toEqual(["old 2026-11-16..2026-11-17"]);
  expect(told([lost("old", null)], "2026-11-20", "2026-11-22")).toEqual([]);
  expect(told([], "2026-11-16", "2026-11-22")).toEqual([]);
});

test("of two replacements each is told of the days that were its own", () => {
  const chain = [lost("second", "2026-11-18"), lost("first", null)];
  expect(told(chain, "2026-11-16", "2026-11-22")).toEqual([
    "first 2026-11-16..2026-11-17",
    "second 2026-11-18..2026-11-19",
  ]);
  expect(told(chain, "2026-11-19", "2026-11-22")).toEqual(["second 2026-11-19..2026-11-19"]);
  expect(told(chain, "2026-11-16", "2026-11-17")).toEqual(["first 2026-11-16..2026-11-17"]);
  expect(told([lost("second", "2026-11-18")], "2026-11-16", "2026-11-17"), "the first is kept").toEqual([]);
  expect(told([lost("at once", "2026-11-20"), lost("first", null)], "2026-11-16", "2026-11-22")).toEqual([
    "first 2026-11-16..2026-11-19",
  ]);
});
