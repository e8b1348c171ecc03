import { expect, test } from "vitest";
import { sortGiven } from "./given-files.ts";

const small = (name: string) => ({ name, size: 10 });
const large = { name: "all-years.csv", size: 1024 * 1024 + 1 };
const room = { busy: false, megabytes: 1 };

test("the first that may be taken goes, and of each other one it is told why not", () => {
  const files = [large, small("costs.csv"), small("rates.csv")];
  expect(sortGiven(files, room)).toEqual({
    taken: files[1],
    left: [
      { filename: "all-years.csv", because: "tooLarge" },
      { filename: "rates.csv", because: "oneAtATime" },
    ],
  });
});

test("while one is on its way none goes", () => {
  const { taken, left } = sortGiven([small("costs.csv"), large], { ...room, busy: true });
  expect(taken).toBeNull();
  expect(left.map(({ because }) => because)).toEqual(["oneAtATime", "tooLarge"]);
});
