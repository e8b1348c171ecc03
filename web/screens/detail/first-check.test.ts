import { expect, test } from "vitest";
import { ago, datasourceFixture } from "../../gallery/fixtures.ts";
import { firstCheck } from "./first-check.ts";

const read = datasourceFixture();
const platform = read.platform;

test("the first check comes with the next sync, after a history that is still being read, and never for files", () => {
  const done = { ...read.backfill, state: "DONE" } as const;
  expect(firstCheck({ platform, backfill: done, firstNumbersAt: ago(10) })).toBe("withNextSync");
  expect(firstCheck({ platform, backfill: { ...done, state: "RUNNING" }, firstNumbersAt: ago(10) })).toBe(
    "afterHistory",
  );
  expect(firstCheck({ platform, backfill: done, firstNumbersAt: null })).toBe("afterHistory");
  const files = { ...platform, method: "FILE_UPLOAD" } as const;
  expect(firstCheck({ platform: files, backfill: done, firstNumbersAt: ago(10) })).toBeNull();
});
