// Which files a pattern takes, and that no name makes it slow.
import { expect, test } from "vitest";
import { isNamed, readFilePattern } from "./file-pattern.ts";

test.each([
  ["*.csv", "a.csv", true],
  ["*.csv", "a.csv.part", false],
  ["*.csv", ".hidden.csv", false],
  [".*.csv", ".hidden.csv", true],
  ["costs-????.csv", "costs-2026.csv", true],
  ["costs-????.csv", "costs-26.csv", false],
  ["costs*", "costs", true],
  ["*", "anything", true],
  ["a*b*c", "a-b-b-c", true],
  ["a*b*c", "a-c-b", false],
  ["[ab].csv", "a.csv", false],
  ["a.csv", "a+csv", false],
  ["*.csv", "", false],
])("%s and %s: %s", (pattern, name, isOne) => {
  expect(isNamed(pattern, name)).toBe(isOne);
});

test("stars in a row against a long name end at all", () => {
  expect(isNamed(`${"*a".repeat(200)}b`, "a".repeat(255))).toBe(false);
});

test.each([
  ["out/*.csv", { folder: "out", name: "*.csv" }],
  ["/out/day/*.csv", { folder: "/out/day", name: "*.csv" }],
  ["/costs.csv", { folder: "/", name: "costs.csv" }],
  ["costs.csv", { folder: ".", name: "costs.csv" }],
  ["*/costs.csv", null],
  ["out/", null],
  ["out/..", null],
])("%s is cut into folder and name", (text, cut) => {
  expect(readFilePattern(text)).toEqual(cut);
});
