import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";

const here = import.meta.dirname;
const files = readdirSync(here, { recursive: true, encoding: "utf8" }).filter(
  (path) => !/(^|\/)(node_modules|dist|gallery)\//u.test(path),
);
const read = (path: string): string => readFileSync(join(here, path), "utf8");

/** Classes that a sheet gives a look by themselves: one that only counts beside another is that other's matter. */
function classesIn(css: string): Set<string> {
  const selectors = css.replaceAll(/\/\*[\s\S]*?\*\//gu, "").match(/[^{};]+(?=\{)/gu) ?? [];
  const alone = selectors
    .flatMap((selector) => selector.split(","))
    .map((selector) => selector.match(/(?<=\.)[a-z][\w-]*/gu) ?? [])
    .filter((classes) => classes.length === 1);
  return new Set(alone.flat());
}

/** Literal class names of a component. */
const classesOf = (source: string): string[] =>
  [...source.matchAll(/className="([^"]+)"/gu)].flatMap(([, names]) => (names ?? "").split(/\s+/u));

/** The sheets that come with a component: those that it or what it imports, fetched at once, brings. */
function sheetsOf(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return new Set();
  seen.add(path);
  const sheets = new Set<string>();
  for (const [, to] of read(path).matchAll(/^import (?:[^;]*? from )?"(\.[^"]+)";/gmsu)) {
    const target = relative(here, join(here, dirname(path), to ?? ""));
    if (target.endsWith(".css")) sheets.add(target);
    else if (/\.tsx?$/u.test(target) && files.includes(target))
      for (const sheet of sheetsOf(target, seen)) sheets.add(sheet);
  }
  return sheets;
}

const shared = files.filter((path) => path.startsWith("styles/") && path.endsWith(".css"));
const own = files.filter((path) => path.startsWith("screens/") && path.endsWith(".css"));
const inShared = new Set(shared.flatMap((path) => [...classesIn(read(path))]));
const placeOf = new Map<string, string[]>();
for (const sheet of own)
  for (const name of classesIn(read(sheet))) placeOf.set(name, [...(placeOf.get(name) ?? []), sheet]);

/** Pages and drawers that are fetched on their own: what they look like must come with them. */
const entries = files.filter((path) => /^screens\/.*-(page|drawer)\.tsx$/u.test(path));

function componentsOf(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, to] of read(path).matchAll(/(?:from |import\()"(\.[^"]+\.tsx)"/gu)) {
    const target = relative(here, join(here, dirname(path), to ?? ""));
    if (files.includes(target) && !entries.includes(target)) componentsOf(target, seen);
  }
  return seen;
}

it.each(entries)("%s brings every look that its parts use", (entry) => {
  const parts = [...componentsOf(entry)];
  const sheets = new Set(parts.flatMap((path) => [...sheetsOf(path)]));
  const missing = parts.flatMap((path) =>
    classesOf(read(path))
      .filter((name) => !inShared.has(name) && placeOf.has(name))
      .filter((name) => !placeOf.get(name)?.some((sheet) => sheets.has(sheet)))
      .map((name) => `${path}: .${name} is only in ${placeOf.get(name)?.join(", ")}`),
  );
  expect([...new Set(missing)]).toEqual([]);
});
