// What was put right in a file: read so, whatever line it stands on, and said again only where it changes.
import { expect, test } from "vitest";
import { correcting, withCorrections } from "./corrections.ts";
import type { Correction } from "./corrections.ts";
import { codesOf, fileOf, importAll } from "./testing/files.ts";

const column = "sku";

test("the last word counts, also on what an earlier one had made of a cell; null is the file's own word", () => {
  const first = withCorrections([], [{ column, was: "MM-204", value: "MM-205" }]);
  const second = withCorrections(first, [{ column, was: "MM-205", value: "MM-024" }]);
  expect(second).toEqual([
    { column, was: "MM-204", value: "MM-024" },
    { column, was: "MM-205", value: "MM-024" },
  ]);
  expect(withCorrections(second, [{ column, was: "MM-205", value: null }])).toEqual([second[0]]);
  const line: Correction = { column: "amount", line: 3, value: "5" };
  expect(withCorrections([line], [{ ...line, value: "6" }])).toEqual([{ ...line, value: "6" }]);
  expect(withCorrections([line], [{ column: "amount", was: "5", value: "7" }])).toContainEqual({ ...line, value: "7" });
});

test("a cell of a line, a word wherever it stands in its column, and an empty cell beyond the end of a short row", () => {
  const right = correcting(
    [
      { column, was: "#MM-204", value: "MM-024" },
      { column: "amount", line: 3, value: "12.34" },
      { column: "gone", line: 3, value: "x" },
    ],
    ["name", column, "amount"],
  );
  const read = (line: number, ...cells: string[]) => right({ line, cells, next: { offset: 0, line: 0 } }).cells;
  expect(read(2, "MM-204", " MM-204\u200b", "1")).toEqual(["MM-204", "MM-024", "1"]);
  expect(read(3, "A")).toEqual(["A", "", "12.34"]);
  expect(read(4, "A", "MM-2041")).toEqual(["A", "MM-2041"]);
});

test("a sign alone is what it is, and nothing that cannot be seen stands for every empty cell", () => {
  const put = (was: string) => {
    const right = correcting([{ column, was, value: "7" }], [column]);
    return ["", "#", " "].map((cell) => right({ line: 2, cells: [cell], next: { offset: 0, line: 0 } }).cells[0]);
  };
  expect(put("#")).toEqual(["", "7", " "]);
  expect(put("\u200b")).toEqual(["", "#", " "]);
});

test("a file is read with them from any place, and what was wrong no longer is", async () => {
  const lines = Array.from({ length: 30 }, (_, n) => `2026-11-18,cogs,${n === 17 ? "12..4" : "1"},MM-${n % 2}`);
  const text = `date,cost_type,amount,sku\n${lines.join("\n")}\n`;
  expect(codesOf((await importAll(fileOf(text))).findings)).toEqual(["19 E_NUMBER"]);
  const corrections: Correction[] = [
    { column: "amount", line: 19, value: "12.34" },
    { column: "sku", was: "MM-1", value: "MM-0" },
  ];
  const { rows, findings } = await importAll(fileOf(text), { corrections });
  expect(findings).toEqual([]);
  expect(new Set(rows.map(({ sku }) => sku))).toEqual(new Set(["MM-0"]));
  expect(rows[17]?.amount).toBe("12.34");
});
