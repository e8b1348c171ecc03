import { existsSync } from "node:fs";
import { checkout } from "@headwater/server/start/places.mjs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { longest } from "./longest-first.ts";

test("every file that is to begin first is there, and named once", () => {
  expect(longest.filter((path) => !existsSync(join(checkout, path)))).toEqual([]);
  expect(new Set(longest).size).toBe(longest.length);
});
