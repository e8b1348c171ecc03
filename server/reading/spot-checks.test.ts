import { expect, test } from "vitest";
import { stateOfCheck } from "./spot-checks.ts";

test.each([
  ["27", "27", "EQUAL"],
  ["3914.540000", "3914.540001", "EQUAL"], // what is below every currency's least coin is rounding of the source's
  ["3914.541", "3914.540", "DIFFERENT"], // of a currency with a thousandth
  ["3914.55", "3914.54", "DIFFERENT"],
  [null, "3914.54", "NO_FIGURE"],
])("%s beside %s is %s", (ours, theirs, state) => {
  expect(stateOfCheck({ ours, theirs, settled: true, explained: "0" })).toBe(state);
});

test("a difference of a day that the source still changes is none yet", () => {
  expect(stateOfCheck({ ours: "1", theirs: "2", settled: false, explained: "0" })).toBe("NOT_SETTLED");
});

test.each([
  ["-1", true, "EXPLAINED"],
  ["-1", false, "EXPLAINED"],
  ["-1.0004", true, "EXPLAINED"],
  ["-0.99", true, "DIFFERENT"],
  ["-2", true, "DIFFERENT"],
  ["-0.99", false, "NOT_SETTLED"],
])("of a gap of -1, %s known, settled %s, it is %s", (explained, settled, state) => {
  expect(stateOfCheck({ ours: "1", theirs: "2", settled, explained })).toBe(state);
});
