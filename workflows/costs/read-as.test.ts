// A word of the file that is not ours, and what the file does not say of an amount: told with the lines, and as the rows are read.
import { expect, test } from "vitest";
import type { Halfway } from "./survey.ts";
import { surveyFile } from "./survey.ts";
import { LIMITS } from "./limits.ts";
import { BRAND, fileOf, importAll } from "./testing/files.ts";

const told = async (text: string) => {
  const { survey, rows } = await importAll(fileOf(text));
  for (const { costType, basis, word } of survey.readAs ?? [])
    expect(rows.some((row) => row.costType === costType && (basis === null || row.basis === basis), word)).toBe(true);
  return (survey.readAs ?? []).map(({ word, costType, basis, lines }) => `${word}: ${costType} ${basis} ${lines}`);
};
const sheet = (header: string, ...rows: string[]) => `${[header, ...rows].join("\n")}\n`;

test("another kind than the file's word for it, and an amount of which it does not say for what it is", async () => {
  const rows = ["Packaging,0.45", "packaging,0.5", "-PACKAGING!,1", "Handling,1", "Rent,900", "fixed costs,3"];
  rows.push("marketing,4", "ads,5");
  expect(await told(sheet("date,type,amount", ...rows.map((row) => `2026-11-18,${row}`)))).toEqual([
    "Packaging: handling total 3",
    "Handling: handling total 1",
    "Rent: fixed null 1",
    "ads: marketing null 1",
  ]);
});

test("without a day a fee is one of each order", async () => {
  const rows = ["2026-11-18,Handling,0.45,", "2026-11-18,Handling,90,2026-11-30", "2026-11-18,payment fees,2.9%,"];
  expect(await told(sheet("start_date,type,amount,end_date", ...rows))).toEqual([
    "Handling: handling per_order 1",
    "Handling: handling total 1",
  ]);
});

test("nothing where the file says it, where it names the order or the product, and where there is no amount", async () => {
  const rows = [
    "Shipping,5,per order,,",
    "Shipping,5,,#1001,",
    "cogs,5,,,TEE",
    "Cost of goods,6,total,,",
    "Postage,,,,",
  ];
  expect(await told(sheet("date,type,amount,basis,order,sku", ...rows.map((row) => `2026-11-18,${row}`)))).toEqual([]);
});

test("lines that were counted before a first pass was cut off are counted once", async () => {
  const file = fileOf(sheet("date,type,amount", ...Array.from({ length: 500 }, () => "2026-11-18,Packaging,0.45")));
  const places: Halfway[] = [];
  const ask = { file, limits: { ...LIMITS, notedBytes: 1_000 }, ground: BRAND, saved: {} };
  await surveyFile({ ...ask, note: (halfway) => Promise.resolve(void places.push(halfway)) });
  expect(places.length).toBeGreaterThan(1);
  for (const from of places)
    expect((await surveyFile({ ...ask, from })).readAs).toMatchObject([{ word: "Packaging", lines: 500 }]);
});
