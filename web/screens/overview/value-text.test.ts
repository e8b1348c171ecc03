import { expect, test } from "vitest";
import { changeOf, isNamed } from "./value-text.ts";
import { shownCurrencies } from "./shown-currencies.ts";

const money = (amount: string) => ({ amount, currency: "INR" });

test("a currency beside the screen's first goes by its code on every tile", () => {
  const named = shownCurrencies({
    currency: "INR",
    tiles: [
      { value: money("2281"), apart: [{ amount: "59360", currency: "USD" }] },
      { value: { amount: "149436", currency: "USD" }, apart: [] },
    ],
  }).slice(1);
  expect(isNamed({ amount: "149436", currency: "USD" }, named)).toBe(true);
  expect(isNamed(money("2281"), named)).toBe(false);
  expect(isNamed({ amount: "3", currency: null }, named)).toBe(false);
});

test("a change is told where there is one: from nothing to something it is new, and between equals it is none", () => {
  expect(changeOf({ change: "12.5", value: money("9"), comparison: money("8") })).toBe("12.5");
  expect(changeOf({ change: "-100.0", value: money("0"), comparison: money("8") })).toBe("-100.0");
  expect(changeOf({ change: "0.0", value: money("37"), comparison: money("37") })).toBe("none");
  expect(changeOf({ change: null, value: money("5"), comparison: money("0") })).toBe("new");
  expect(changeOf({ change: null, value: money("0"), comparison: money("0") })).toBe("none");
});
