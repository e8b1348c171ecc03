import { expect, test } from "vitest";
import { isStuck } from "./stuck.ts";

const now = Date.parse("2026-11-20T12:00:00Z");
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

test("after a quarter of an hour without a row it does not spin on", () => {
  expect(isStuck({ connectedAt: ago(16), rowsTotal: "0" }, now)).toBe(true);
  expect(isStuck({ connectedAt: ago(14), rowsTotal: "0" }, now)).toBe(false);
  expect(isStuck({ connectedAt: ago(60), rowsTotal: "1" }, now)).toBe(false);
  expect(isStuck({ connectedAt: null, rowsTotal: "0" }, now)).toBe(false);
});
