import { expect, test } from "vitest";
import { ago, datasourceFixture } from "../../gallery/fixtures.ts";
import { isCheckedNext } from "./first-check.ts";

const read = datasourceFixture();
const platform = read.platform;

test("the first check comes with the next sync, not before the history is in, and never for files", () => {
  const done = { ...read.backfill, state: "DONE" } as const;
  expect(isCheckedNext({ platform, backfill: done, firstNumbersAt: ago(10) })).toBe(true);
  expect(isCheckedNext({ platform, backfill: { ...done, state: "RUNNING" }, firstNumbersAt: ago(10) })).toBe(false);
  expect(isCheckedNext({ platform, backfill: done, firstNumbersAt: null })).toBe(false);
  const files = { ...platform, method: "FILE_UPLOAD" } as const;
  expect(isCheckedNext({ platform: files, backfill: done, firstNumbersAt: ago(10) })).toBe(false);
});
