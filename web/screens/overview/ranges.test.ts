import { describe, expect, it } from "vitest";
import { ownDays, rangeFrom, rangeTo } from "./ranges.ts";

describe("ranges", () => {
  it("a custom range comes back as it was", () => {
    const choice = { range: "custom", from: "2026-10-01", to: "2026-10-15" } as const;
    expect(rangeFrom(rangeTo(choice))).toEqual(choice);
  });
  it.each([
    "?range=custom&from=2026-10-15&to=2026-10-01",
    "?range=custom&from=yesterday",
    "?range=forever",
    "",
    "?range=custom&from=2026-02-31&to=x",
  ])("%s means yesterday", (search) => expect(rangeFrom(search)).toEqual({ range: "yesterday" }));
  it.each([
    { counted: {}, days: 7 },
    { counted: { countsUntil: "2026-11-19" }, days: 6 },
    { counted: { countsFrom: "2026-11-19" }, days: 1 },
    { counted: { countsFrom: "2026-11-14", countsUntil: "2026-11-16" }, days: 2 },
    { counted: { countsFrom: "2026-11-01", countsUntil: "2027-01-01" }, days: 7 },
    { counted: { countsFrom: "2026-11-20" }, days: 0 },
    { counted: { countsFrom: "2026-11-25" }, days: 0 },
    { counted: { countsUntil: "2026-11-02" }, days: 0 },
  ])("of seven days a source that counts $counted has $days", ({ counted, days }) => {
    const range = { from: "2026-11-13", to: "2026-11-19" };
    expect(ownDays(range, { countsFrom: null, countsUntil: null, ...counted })).toBe(days);
  });
});
