// The figures of a ledger against days that were counted by hand, and ledgers that go on changing as days pass.
import { expect, test } from "vitest";
import { figuresByDay } from "./figures.ts";
import { amountOf, costsOn, dayNumber, ledgerSeeds, type Cost } from "./ledger-seed.ts";

const cost = (more: Partial<Cost>): Cost => ({
  id: "c",
  name: "Rent",
  type: "fixed",
  currency: "INR",
  minor: 10_000,
  first: dayNumber("2026-02-27"),
  last: null,
  recurrence: "none",
  isAdSpend: false,
  isGone: false,
  ...more,
});
const on = (more: Partial<Cost>, until: string, metric = "cost_fixed") =>
  figuresByDay([cost(more)], dayNumber(until)).map((day) => `${day["day"]} ${day[metric]}`);

test("a cost stands on its day, a span evenly on each of its days and with the rest on the last", () => {
  expect(on({}, "2026-03-31")).toEqual(["2026-02-27 100.00"]);
  const days = { last: dayNumber("2026-03-01") };
  expect(on(days, "2026-03-31")).toEqual(["2026-02-27 33.33", "2026-02-28 33.33", "2026-03-01 33.34"]);
  expect(on({ ...days, minor: -10_000 }, "2026-02-27"), "a credit").toEqual(["2026-02-27 -33.33"]);
  expect(on({ ...days, currency: "JPY", minor: 100 }, "2026-03-01").at(-1)).toBe("2026-03-01 34");
  for (const currency of ["KWD", "BHD"])
    expect(on({ ...days, currency, minor: 100 }, "2026-03-01").at(-1)).toBe("2026-03-01 0.034");
  expect(on({ ...days, currency: "CLF", minor: 100 }, "2026-03-01").at(-1)).toBe("2026-03-01 0.0034");
});

test("what recurs comes each day, or is spread over its week, its month and its year", () => {
  expect(on({ recurrence: "daily" }, "2026-03-01")).toHaveLength(3);
  expect(on({ recurrence: "weekly" }, "2026-03-05")).toEqual([
    ...["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"].map(
      (day) => `${day} 14.28`,
    ),
    "2026-03-05 14.32",
  ]);
  expect(on({ recurrence: "monthly" }, "2026-03-01")).toEqual([
    "2026-02-27 3.57",
    "2026-02-28 3.61",
    "2026-03-01 3.22",
  ]);
  expect(on({ recurrence: "yearly", first: dayNumber("2024-12-31") }, "2025-01-01")).toEqual([
    "2024-12-31 1.45",
    "2025-01-01 0.27",
  ]);
  expect(on({ recurrence: "daily", last: dayNumber("2026-02-28") }, "2026-03-31")).toHaveLength(2);
});

test("ad spend counts twice: as marketing and as ad spend", () => {
  const ads = { type: "marketing", isAdSpend: true } as const;
  expect(on(ads, "2026-03-01", "cost_marketing")).toEqual(on(ads, "2026-03-01", "cost_ad_spend"));
  expect(on({ type: "marketing" }, "2026-03-01", "cost_ad_spend")).toEqual(["2026-02-27 undefined"]);
});

test.each(ledgerSeeds)("$name changes as days pass: costs come late, are put right and are taken back", (seed) => {
  const born = dayNumber("2024-11-21");
  const [friday, before, after] = ["2026-11-13", "2026-11-20", "2026-11-27"].map(dayNumber);
  const at = (day = 0) => new Map([...costsOn(seed, born, day)].map((each) => [each.id, each]));
  const [then, now] = [at(before), at(after)];
  const kept = [...then.values()].map((was) => ({ was, is: now.get(was.id) ?? cost({ id: "lost" }) }));
  expect(kept.filter(({ is }) => is.id === "lost")).toEqual([]);
  expect(kept.some(({ was, is }) => amountOf(is) !== amountOf(was))).toBe(true);
  expect(kept.some(({ was, is }) => is.first !== was.first)).toBe(true);
  expect(kept.some(({ was, is }) => is.isGone && !was.isGone)).toBe(true);
  const dayIn = (id: string) => Number(id.split("-")[1]);
  const late = Array.from({ length: 10 }, (_, n) => (before ?? 0) - n).flatMap((day) => {
    const known = at(day);
    return [...now.keys()].filter((id) => dayIn(id) <= day && !known.has(id));
  });
  expect(late.length).toBeGreaterThan(0);
  expect([...at(friday).keys()].every((id) => then.has(id))).toBe(true);
});
