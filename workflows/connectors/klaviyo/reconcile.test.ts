// Klaviyo's own figures of a day, from answers that are odd: none is better than a wrong zero.
import { expect, test } from "vitest";
import { makeScriptedSession } from "../testing/scripted.ts";
import { klaviyoReconcile } from "./reconcile.ts";

const metric = { type: "metric", id: "RESQ6t", attributes: { name: "Placed Order" } };
const figuresFrom = async (rows: readonly object[]): Promise<readonly string[]> => {
  const attributes = { dates: ["2026-11-19T00:00:00+00:00"], data: rows };
  const session = makeScriptedSession(({ url }) => ({
    body: JSON.stringify({ data: url.endsWith("/metrics") ? [metric] : { attributes } }),
  }));
  const choices = { settle: () => Promise.resolve("RESQ6t") };
  const figures = await klaviyoReconcile.aggregates({ ...session, choices }, "2026-11-19");
  return figures.map(({ metric: name, value }) => `${name} ${value}`);
};
const measurements = { count: [3], unique: [3], sum_value: [30.5] };

test.each([
  ["without dimensions", { measurements }],
  ["with none", { dimensions: [], measurements }],
  ["with one of which nobody asked", { dimensions: [""], measurements }],
])("a row %s is the day's", async (_what, row) => {
  expect(await figuresFrom([row])).toEqual(["tracked_orders 3", "tracked_revenue 30.5"]);
});

test("no row is a day of nothing", async () => {
  expect(await figuresFrom([])).toEqual(["tracked_orders 0", "tracked_revenue 0"]);
});

test("a row that cannot be read is no day of nothing", async () => {
  expect(await figuresFrom([{ measurements: { ...measurements, count: [] } }])).toEqual([]);
});
