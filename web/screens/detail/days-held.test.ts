import { expect, test } from "vitest";
import { daysHeld } from "./days-held.ts";

test("from the first day to the last that any stream has, though none has both", () => {
  const orders = { firstDay: "2025-03-01", lastDay: "2026-11-18" };
  const traffic = { firstDay: "2024-12-01", lastDay: "2026-11-20" };
  expect(daysHeld([orders, traffic])).toEqual({ from: "2024-12-01", to: "2026-11-20" });
  expect(daysHeld([traffic, { firstDay: null, lastDay: null }])).toEqual({ from: "2024-12-01", to: "2026-11-20" });
  expect(daysHeld([{ firstDay: null, lastDay: null }])).toBeNull();
  expect(daysHeld([])).toBeNull();
});
