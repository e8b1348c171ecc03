import { expect, test } from "vitest";
import { datasourceFixture } from "../../gallery/fixtures.ts";
import { stepsOf } from "./steps.ts";

const [many, one] = [{ reachesManyAccounts: true }, { reachesManyAccounts: false }];
const { account } = datasourceFixture();

test("accounts are chosen where a login reaches several, but not by whoever signs in again to the one that is known", () => {
  const all = ["prepare", "sign-in", "choose", "first-data"];
  const without = ["prepare", "sign-in", "first-data"];
  expect(stepsOf(many, { kind: "connect" }, null)).toEqual(all);
  expect(stepsOf(many, { kind: "continue" }, account), "of those that were chosen").toEqual(all);
  expect(stepsOf(many, { kind: "reauthorize" }, null), "none was ever chosen").toEqual(all);
  expect(stepsOf(many, { kind: "reauthorize" }, account)).toEqual(without);
  expect(stepsOf(one, { kind: "connect" }, null)).toEqual(without);
});
