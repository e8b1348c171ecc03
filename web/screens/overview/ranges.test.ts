import { describe, expect, it } from "vitest";
import { rangeFrom, rangeTo } from "./ranges.ts";

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
});
