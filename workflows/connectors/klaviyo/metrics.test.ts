import { expect, test } from "vitest";
import { measured } from "./metrics.ts";

const namesOf = (...names: string[]) => measured(names.map((name) => ({ name }))).map(({ name }) => name);

test("a metric is read by either of its names, and once where an account has both", () => {
  expect(namesOf("Unsubscribed", "Opened Email")).toEqual(["Unsubscribed", "Opened Email"]);
  const newer = "Unsubscribed from Email Marketing";
  expect(namesOf(newer, "Viewed Product")).toEqual([newer]);
  expect(namesOf("Unsubscribed", newer, "Unsubscribed from SMS Marketing")).toEqual([
    newer,
    "Unsubscribed from SMS Marketing",
  ]);
});
