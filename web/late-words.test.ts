import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";
import { late } from "./lingui.config.ts";

const here = import.meta.dirname;
const isOfTheApp = (path: string): boolean => !/node_modules|dist\/|gallery\/|\.test\./u.test(path);
const textByPath = new Map(
  globSync("**/*.{ts,tsx}", { cwd: here })
    .filter(isOfTheApp)
    .map((path) => [path, readFileSync(join(here, path), "utf8")]),
);
const resolved = (from: string, to: string): string => relative(here, join(here, dirname(from), to));

/** What comes with it at once. */
function withIt(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path) || !textByPath.has(path)) return seen;
  seen.add(path);
  for (const [, name = ""] of (textByPath.get(path) ?? "").matchAll(
    /^(?:import|export) (?!type )[^;]*?"(\.[^"]+)";/gmu,
  ))
    withIt(resolved(path, name), seen);
  return seen;
}

/** Of which late words a file is, if of any. */
const kindOf = (path: string): string | null =>
  Object.entries(late).find(([, screens]) => screens.some((one) => path.startsWith(`screens/${one}/`)))?.[0] ?? null;
const isWorded = (path: string): boolean => (textByPath.get(path) ?? "").includes("@lingui/");
const isLateWorded = (path: string): boolean => kindOf(path) !== null && isWorded(path);
const kindsOf = (path: string): Set<string | null> => new Set([...withIt(path)].filter(isLateWorded).map(kindOf));

const parts = [...textByPath].flatMap(([from, text]) =>
  [...text.matchAll(/(withLateWords\()?\(\) => import\("(\.[^"]+\.tsx?)"\)(?:, "(\w+)")?/gu)].map(
    ([, wrap, to = "", kind = "late"]) => ({
      from,
      part: resolved(from, to),
      comesWith: wrap === undefined ? [] : [kind],
    }),
  ),
);

it("a first visit comes without what needs the late words", () => {
  expect(withIt("main.tsx").size).toBeGreaterThan(20);
  expect([...withIt("main.tsx")].filter(isLateWorded)).toEqual([]);
});

it("a part comes with the late words where it needs them, and only there", () => {
  const screens: readonly string[] = Object.values(late).flat();
  expect(screens.filter((screen) => !existsSync(join(here, "screens", screen)))).toEqual([]);
  expect(parts.length).toBeGreaterThan(20);
  const wrong = parts.filter(
    ({ from, part, comesWith }) =>
      isOfTheApp(part) && [...kindsOf(part)].filter((kind) => kind !== kindOf(from)).join() !== comesWith.join(),
  );
  expect(wrong).toEqual([]);
});
