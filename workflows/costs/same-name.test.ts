// Columns of one name: each can be said something else of, and what was said before they were told apart still holds.
import { expect, test } from "vitest";
import { headerMark, targetsOf } from "./mapping.ts";
import type { SavedMapping } from "./mapping.ts";
import { codesOf, fileOf, importAll } from "./testing/files.ts";
import { plainHeaders, toldApart } from "./vocabulary.ts";

const PRICES = "SKU,Cost,Cost\nTEE,6.80,9\n";
const refusalOf = (text: string, saved: SavedMapping = {}) =>
  importAll(fileOf(text), { saved }).then(
    () => null,
    ({ found, columns }: { found: { code: string; value: string }; columns: { headers: string[] } }) => ({
      code: found.code,
      value: found.value,
      headers: columns.headers,
    }),
  );

test("each is told as one of several and guessed by its own name; one of the two is chosen and the other left out", async () => {
  expect(await refusalOf(PRICES)).toEqual({
    code: "E_HEADER_DUP",
    value: "Cost (1/2), Cost (2/2)",
    headers: ["SKU", "Cost (1/2)", "Cost (2/2)"],
  });
  const saved = { targets: { "Cost (1/2)": "ignore", "Cost (2/2)": "cogs" } } as const;
  const { rows, survey } = await importAll(fileOf(PRICES), { saved });
  expect([survey.mapping.targets, rows.map(({ amount }) => amount)]).toEqual([["sku", "ignore", "cogs"], ["9"]]);
});

test("what was said of both by their one name holds for both, and the next file like it is found by it", async () => {
  const text = "SKU,Unit cost,Old,Old\nTEE,6.80,9,8\n";
  const { survey, findings } = await importAll(fileOf(text), { saved: { targets: { Old: "ignore" } } });
  expect([survey.mapping.targets, codesOf(findings)]).toEqual([["sku", "cogs", "ignore", "ignore"], []]);
  expect(headerMark(survey.headers)).toBe("old\nold\nsku\nunit_cost");
});

test("of columns that are kept beside the row none takes the place of another", async () => {
  const { rows } = await importAll(fileOf("SKU,Unit cost,Farbe,Farbe\nTEE,6.80,blau,rot\n"));
  expect(rows[0]?.extra).toEqual({ "Farbe (1/2)": "blau", "Farbe (2/2)": "rot" });
});

test("each of two columns without a name has a meaning of its own, and neither is told as one that nobody knows", async () => {
  const text = "SKU,,,Unit cost\nTEE,2026-11-01,blau,6.80\n";
  const saved = { targets: { "(1/2)": "start_date" } } as const;
  const { survey, rows, findings } = await importAll(fileOf(text), { saved });
  expect(survey.mapping.targets).toEqual(["sku", "start_date", "extra", "cogs"]);
  expect(rows).toMatchObject([{ startDay: "2026-11-01", extra: { "(2/2)": "blau" } }]);
  expect(codesOf(findings)).toEqual([]);
  expect(toldApart(["SKU", "", "Cost"]), "one alone needs no number").toEqual(["SKU", "", "Cost"]);
});

test("a cell of the second of them is put right in the second", async () => {
  const saved = { targets: { "Cost (1/2)": "ignore", "Cost (2/2)": "cogs" } } as const;
  const corrections = [{ column: "Cost (2/2)", line: 2, value: "7" }];
  const { rows } = await importAll(fileOf(PRICES), { saved, corrections });
  expect(rows.map(({ amount }) => amount)).toEqual(["7"]);
});

test("told apart, no two are the same, also where one is called so in the file; told apart again they stay so", () => {
  const told = toldApart(["Cost", "Cost (1/2)", "", "", "Cost", "Note (1/2)"]);
  expect(told).toEqual(["Cost (1/3)", "Cost (2/3)", "(1/2)", "(2/2)", "Cost (3/3)", "Note (1/2)"]);
  expect(toldApart(told)).toEqual(told);
  expect(targetsOf(told, {})).toEqual(["amount", "amount", "extra", "extra", "amount", "extra"]);
});

test("a name that ends in numbers of its own keeps them", () => {
  const headers = ["Split", "Split (50/50)", "Amount (30/60)", "Ratio (1/1)", "Half (1/2)"];
  expect(toldApart(headers)).toEqual(headers);
  expect(plainHeaders(headers)).toEqual(headers);
  expect(targetsOf(headers, {})).toEqual(headers.map(() => "extra"));
});

test("a report of wrong rows that was mended and sent back has its guards taken off, though it was a report before", async () => {
  const header = "date,cost_type,amount,name,error_codes,how_to_fix,error_codes,how_to_fix";
  const { rows, findings } = await importAll(fileOf(`${header}\n2026-11-18,fixed,'-5,'@home,E_NUMBER,mend,,\n`));
  expect([rows.map(({ amount }) => amount), codesOf(findings)]).toEqual([["-5"], ["2 W_FORMULA_TEXT"]]);
});
