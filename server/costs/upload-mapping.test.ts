import { expect, test } from "vitest";
import { InvalidInput } from "../words/problems.ts";
import { wordsIn } from "../words/words.ts";
import { mappingAfter, type CorrectionInput } from "./upload-mapping.ts";

const upload = { mapping: {}, survey: { headers: ["Artikel"] } };

function refusalOf(correction: Omit<CorrectionInput, "column">): InvalidInput["fields"] | null {
  try {
    mappingAfter({ words: wordsIn("en") }, upload, {
      mapping: {},
      corrections: [{ column: "Artikel", ...correction }],
    });
    return null;
  } catch (error) {
    if (error instanceof InvalidInput) return error.fields;
    throw error;
  }
}

test("a cell that is put right may say so much before and after, and beyond that it is told how much", () => {
  const [most, long] = ["x".repeat(255), "x".repeat(256)];
  expect(refusalOf({ was: most, value: most })).toBeNull();
  const told = [{ path: "corrections", message: expect.stringContaining("at most 255 characters") }];
  expect(refusalOf({ was: long, value: "7" })).toEqual(told);
  expect(refusalOf({ was: long, value: null })).toEqual(told);
  expect(refusalOf({ line: "4", value: long })).toEqual(told);
  expect(refusalOf({ value: "7" })?.[0]?.message).toContain("Name a column");
});
