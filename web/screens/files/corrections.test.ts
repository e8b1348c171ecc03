// Which findings are put right in place, and for which cells that holds.
import { expect, test } from "vitest";
import { beyond, cellOf, type Finding, notYetIn, takenIn, toBeginFrom, withCorrection } from "./corrections.ts";

const finding = (more: Partial<Finding>): Finding => ({
  line: "41",
  column: "Artikel",
  code: "W_SKU_UNKNOWN",
  severity: "WARNING",
  value: "MM-204",
  nearest: null,
  message: "",
  hint: "",
  ...more,
});
const headers = ["Artikel", "Betrag"];

test.each([
  ["an unknown SKU stands for all its lines", {}, { column: "Artikel", line: null, was: "MM-204" }],
  [
    "a word that is no kind of cost too",
    { code: "E_TYPE", severity: "ERROR", value: "Warehouse" },
    { column: "Artikel", line: null, was: "Warehouse" },
  ],
  [
    "one that is not told in full, for its line",
    { value: "M".repeat(80) },
    { column: "Artikel", line: "41", was: null },
  ],
  [
    "a wrong cell stands for itself",
    { code: "E_NUMBER", severity: "ERROR", column: "Betrag" },
    { column: "Betrag", line: "41", was: null },
  ],
  ["a warning that loses nothing is left", { code: "W_YEAR", column: "Betrag" }, null],
  ["a question about a column is answered above", { code: "E_DATE_AMBIGUOUS", severity: "ERROR", value: "DMY" }, null],
  ["a row as a whole has no cell", { code: "E_DUP_CONFLICT", severity: "ERROR", column: null }, null],
  ["a column that the file does not have neither", { code: "E_REQUIRED", severity: "ERROR", column: "currency" }, null],
] as const)("%s", (_, more, cell) => {
  expect(cellOf(finding(more), headers)).toEqual(cell);
});

test("the last word for a cell counts, and an empty one takes it back", () => {
  const cell = { column: "Artikel", line: null, was: "MM-204" };
  const first = withCorrection([], { ...cell, value: "MM-024" });
  const other = withCorrection(first, { ...cell, was: "MM-9", value: "MM-09" });
  expect(withCorrection(other, { ...cell, value: "MM-025" }).map(({ value }) => value)).toEqual(["MM-09", "MM-025"]);
  expect(withCorrection(first, { ...cell, value: " " })).toEqual([]);
});

test("what the file is read with already waits for nobody; another word for the same cell does", () => {
  const read = { column: "Betrag", line: "3", was: null, value: "12" };
  expect(notYetIn([read], [read])).toEqual([]);
  expect(notYetIn([read], [{ ...read, value: "13" }])).toEqual([{ ...read, value: "13" }]);
});

test("a cell is put right from what stands there, and from nothing where only its beginning was told", () => {
  expect(toBeginFrom("MM-204")).toBe("MM-204");
  expect(toBeginFrom("x".repeat(80))).toBe("");
});

test("a kind of cost is one of those that there are, whatever its column is called; anything else is typed", () => {
  const column = (header: string, target: string) => ({ header, target, isGuessed: false, samples: [] });
  const mapping = { columns: [column("Art", "cost_type"), column("Betrag", "amount")], costTypes: ["cogs", "other"] };
  expect(takenIn("Art", mapping)).toEqual(["cogs", "other"]);
  expect(takenIn("Betrag", mapping)).toBeNull();
});

test("what was put right on a finding that is not loaded is listed, what stands beside its own is not", () => {
  const line = (n: string) => ({ column: "Betrag", line: n, was: null, value: "12" });
  const loaded = [
    finding({ code: "E_NUMBER", severity: "ERROR", column: "Betrag", line: "3" }),
    finding({ column: null }),
  ];
  expect(beyond(loaded, headers, [line("3"), line("900"), { ...line("901"), value: null }])).toEqual([line("900")]);
});
