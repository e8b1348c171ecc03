import { expect, test } from "vitest";
import { costChunks } from "./reading.ts";
import { surveyFile } from "./survey.ts";
import { BRAND, fileOf, importAll, UNBOUNDED } from "./testing/files.ts";

test("between two sips of a file everybody else in the process has a turn", async () => {
  const rows = Array.from({ length: 2_000 }, (_, n) => `2026-01-05,fixed,${n}.25,USD,Row ${n}`);
  const text = ["date,cost_type,amount,currency,name", ...rows].join("\n");
  const file = fileOf(text, text.length); // all of it is in memory at once: nothing of it is waited for
  const survey = await surveyFile({ file, limits: UNBOUNDED, ground: BRAND, saved: {} });
  const ground = { survey, brand: BRAND, answers: {}, corrections: [], limits: UNBOUNDED };
  let turns = 0;
  let next: NodeJS.Immediate;
  const count = () => {
    turns += 1;
    next = setImmediate(count);
  };
  next = setImmediate(count);
  let sips = 0;
  for await (const _ of costChunks(file, ground, survey.firstRow, 100)) sips += 1;
  clearImmediate(next);
  expect(sips).toBeGreaterThan(19);
  expect(turns).toBeGreaterThanOrEqual(sips - 1);
});

test("what leaves the file open is told where it is met first, with what stands there", async () => {
  const text = 'date,cost_type,amount\n2026-11-18,fixed,7\n2026-11-18,fixed,"€ 2,345"\n2026-11-18,fixed,"1,000"\n';
  const { findings, survey } = await importAll(fileOf(text));
  expect(findings).toMatchObject([{ line: 3, column: "amount", code: "W_NUMBER_AMBIGUOUS" }]);
  expect(survey.questions).toEqual([{ kind: "decimal", column: "amount", guess: ".", sample: "€ 2,345" }]);
});

test("a day that cannot be is told of the column that the file has", async () => {
  const { findings } = await importAll(fileOf("date,cost_type,amount\n1999-12-31,fixed,5\n"));
  expect(findings).toMatchObject([{ line: 2, column: "date", code: "E_DATE_RANGE" }]);
});
