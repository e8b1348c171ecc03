import { expect, test } from "vitest";
import { knownZones } from "./places.ts";

test("each zone is offered once, by the name that is used today", () => {
  const zones = knownZones();
  expect(zones).toContain("Asia/Kolkata");
  expect(zones).not.toContain("Asia/Calcutta");
  expect(new Set(zones).size).toBe(zones.length);
  for (const zone of zones) expect(() => new Intl.DateTimeFormat("en", { timeZone: zone })).not.toThrow();
});
