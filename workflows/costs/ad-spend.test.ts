// What of a file counts as ad spend where it does not say so: marketing does, an agency's fee does not.
import { expect, test } from "vitest";
import { costChunks } from "./reading.ts";
import { LIMITS } from "./limits.ts";
import type { SavedMapping } from "./mapping.ts";
import { BRAND, fileOf, importAll } from "./testing/files.ts";

const adSpendOf = async (text: string, saved: SavedMapping = {}) =>
  (await importAll(fileOf(text), { saved })).rows.map(
    ({ costType, amount, isAdSpend }) => `${costType} ${amount}${isAdSpend ? " ad spend" : ""}`,
  );

test("of an agency only what the file calls ad spend is that; of all other marketing what it does not except", async () => {
  const rows = [
    "Agency,1,",
    "agency,2,no",
    "AGENCY,3,yes",
    "influencer,4,",
    "Ads,5,",
    "marketing,6,",
    "marketing,7,no",
  ];
  const text = ["date,type,amount,is_ad_spend", ...rows.map((row) => `2026-11-18,${row}`), ""].join("\n");
  expect(await adSpendOf(text)).toEqual([
    "marketing 1",
    "marketing 2",
    "marketing 3 ad spend",
    "marketing 4 ad spend",
    "marketing 5 ad spend",
    "marketing 6 ad spend",
    "marketing 7",
  ]);
});

test.each([
  ["as its category", '22/11/2026,Agency,"1,300.40",USD,Retainer\n', "Date,Category,Cost,Currency,Description\n", {}],
  ["above a sheet of days", "2026-11-18,1300.40\n", "date,Agency\n", {}],
  [
    "in a name that a person said is marketing",
    "2026-11-18,1300.40\n",
    "date,Agency fees\n",
    { "Agency fees": "marketing" },
  ],
] as const)("a file says agency %s", async (_where, row, header, targets) => {
  expect(await adSpendOf(header + row, { targets })).toEqual(["marketing 1300.4"]);
});

test("a file that was read before fees stood apart reads as it did, so that it is still found equal", async () => {
  const file = fileOf("date,type,amount\n2026-11-18,agency,1\n");
  const { feesApart, ...survey } = (await importAll(file)).survey;
  expect(feesApart).toBe(true);
  const ground = { survey, brand: BRAND, answers: {}, corrections: [], limits: LIMITS };
  const chunks = await Array.fromAsync(costChunks(file, ground, survey.firstRow, 7));
  const lines = chunks.flatMap((chunk) => chunk.lines);
  expect(lines.flatMap(({ rows }) => rows.map(({ isAdSpend }) => isAdSpend))).toEqual([true]);
});
