import { expect, test } from "vitest";
import { mostly } from "./undisturbed.ts";

const good = { isSo: true, stoodMs: 0 };
const bad = { isSo: false, stoodMs: 0 };
const spoilt = { isSo: false, stoodMs: 3_000 };

test.each([
  ["two good ones", [good, good], true],
  ["one bad one of three", [good, bad, good], true],
  ["two bad ones of three", [bad, good, bad], false],
  ["what the machine spoilt, tried again", [spoilt, good, spoilt, good], true],
  ["bad ones among what it spoilt", [spoilt, bad, spoilt, bad], false],
  ["nothing but what it spoilt", Array.from({ length: 10 }, () => spoilt), false],
])("%s", async (_what, tries, expected) => {
  const left = [...tries];
  expect(await mostly(() => Promise.resolve(left.shift() ?? expect.unreachable("no try is left")))).toBe(expected);
  expect(left).toEqual([]);
});
