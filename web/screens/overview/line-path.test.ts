import { expect, it } from "vitest";
import { linePath, stretches } from "./line-path.ts";

const dots = [{ x: 0, y: 5 }, { x: 10, y: 6 }, null, { x: 30, y: 7 }, { x: 40, y: 8 }, { x: 50, y: 9 }];

it("lifts the pen over a missing day", () => {
  expect(linePath(dots)).toBe("M0.0 5.0L10.0 6.0M30.0 7.0L40.0 8.0L50.0 9.0");
});

it("draws the ways that are sure and the others apart, each once", () => {
  const isSure = (n: number): boolean => n < 5;
  expect(stretches(dots, isSure)).toBe("M0.0 5.0L10.0 6.0M30.0 7.0L40.0 8.0");
  expect(stretches(dots, (n) => !isSure(n))).toBe("M40.0 8.0L50.0 9.0");
});
