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

const isOfLateScreen = (path: string): boolean => late.some((screen) => path.startsWith(`screens/${screen}/`));
const isLateWorded = (path: string): boolean =>
  isOfLateScreen(path) && (textByPath.get(path) ?? "").includes("@lingui/");
const needsLateWords = (path: string): boolean => [...withIt(path)].some(isLateWorded);

const parts = [...textByPath].flatMap(([from, text]) =>
  [...text.matchAll(/(withLateWords\()?\(\) => import\("(\.[^"]+\.tsx?)"\)/gu)].map(([, wrap, to = ""]) => ({
    from,
    part: resolved(from, to),
    isWrapped: wrap !== undefined,
  })),
);

it("a first visit comes without what needs the late words", () => {
  expect(withIt("main.tsx").size).toBeGreaterThan(20);
  expect([...withIt("main.tsx")].filter(isLateWorded)).toEqual([]);
});

it("a part comes with the late words where it needs them, and only there", () => {
  expect(late.filter((screen) => !existsSync(join(here, "screens", screen)))).toEqual([]);
  expect(parts.length).toBeGreaterThan(20);
  const wrong = parts.filter(
    ({ from, part, isWrapped }) => isOfTheApp(part) && isWrapped !== (needsLateWords(part) && !isOfLateScreen(from)),
  );
  expect(wrong).toEqual([]);
});
