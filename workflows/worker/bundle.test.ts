import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { buildBundle, bundleKey } from "./bundle.ts";

/** Kilobytes of code, the source map aside. It grows only with a reason in the commit that grows it. */
const MOST_KILOBYTES = 700;
const OURS = [
  "lifecycle/due.ts",
  "lifecycle/facts.ts",
  "lifecycle/names.ts",
  "lifecycle/phases.ts",
  "lifecycle/quiet.ts",
  "lifecycle/spread.ts",
  "temporal/backfill.ts",
  "temporal/calls.ts",
  "temporal/children.ts",
  "temporal/csv-import.ts",
  "temporal/datasource.ts",
  "temporal/failure-converter.ts",
  "temporal/input.ts",
  "temporal/life.ts",
  "temporal/messages.ts",
  "temporal/purge.ts",
  "temporal/runs.ts",
  "temporal/sweeps.ts",
  "temporal/workflows.ts",
];
const THEIRS = ["@temporalio/common", "@temporalio/workflow", "long", "ms", "nexus-rpc"];

let code = "";
beforeAll(async () => {
  ({ code } = await buildBundle());
});

const modules = (): string[] => [...code.matchAll(/^\/\*\*\*\/ "([^"]+)":?/gm)].map((match) => match[1] ?? "");

describe("the workflow bundle", () => {
  test("holds our workflow rooms and the SDK, and nothing that parses, stores or calls", () => {
    const ours = modules().filter((name) => name.startsWith("./workflows/") && !name.includes("node_modules"));
    expect(ours.map((name) => name.replace("./workflows/", "")).toSorted()).toEqual(OURS);
    const packages = modules().flatMap((name) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1] ?? []);
    expect([...new Set(packages)].toSorted()).toEqual(THEIRS);
  });

  test("stays small: every cached workflow pays for it", () => {
    const withoutMap = code.slice(0, code.lastIndexOf("//# sourceMappingURL"));
    expect(withoutMap.length / 1024).toBeLessThan(MOST_KILOBYTES);
  });

  test("keeps no state at module level that two workflows could share", () => {
    const stateful = /^(?:export )?(?:let|var) /m;
    for (const name of OURS) expect(stateful.test(sourceOf(name)), name).toBe(false);
  });
});

test("its key is the same until a source changes", () => {
  expect(bundleKey()).toBe(bundleKey());
  expect(bundleKey()).toMatch(/^[0-9a-f]{16}$/);
});

const sourceOf = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
