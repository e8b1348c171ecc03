import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const web = join(import.meta.dirname, "..");
const ours = (path: string): boolean => !/node_modules|dist\/|gallery\/|\.test\./u.test(path);
export const texts: ReadonlyMap<string, string> = new Map(
  globSync("**/*.{ts,tsx}", { cwd: web })
    .filter(ours)
    .toSorted()
    .map((path) => [path, readFileSync(join(web, path), "utf8")]),
);
const named = (from: string, to: string): string => relative(web, join(web, dirname(from), to));

interface Part {
  readonly path: string;
  /** Of the words that it comes with: null where those of whoever asks for it have its own among them. */
  readonly kind: string | null;
}

function partsOf(path: string): Part[] {
  const text = texts.get(path) ?? "";
  const lines = text.matchAll(/^(?:import|export) (?!type )[^;]*?"(\.[^"]+)";/gmu);
  const late = text.matchAll(/(withLateWords\(\s*)?\(\) => import\("(\.[^"]+\.tsx?)"\)(?:,\s*"(\w+)")?/gu);
  return [
    ...lines.map(([, to = ""]) => ({ path: named(path, to), kind: null })),
    ...late.map(([, wrap, to = "", kind = "late"]) => ({
      path: named(path, to),
      kind: wrap === undefined ? null : kind,
    })),
  ].filter((part) => texts.has(part.path));
}

function wordedWith(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const part of partsOf(path)) if (part.kind === null) wordedWith(part.path, seen);
  return seen;
}

export const isWorded = (path: string): boolean => /"@lingui\/\w+\/macro"/u.test(texts.get(path) ?? "");
const worded = (paths: Iterable<string>): string[] => [...new Set(paths)].filter(isWorded).toSorted();

/** What is there before anybody has opened a page. */
export const firstWorded = worded(wordedWith("main.tsx"));

const asked = [...texts.keys()].flatMap(partsOf).filter((part) => part.kind !== null);
const withKind = (kind: string): string[] =>
  asked.filter((part) => part.kind === kind).flatMap(({ path }) => [...wordedWith(path)]);

/** By the kind that a part is asked for with: the files whose words come with it, but for those that are there already. */
export const wordedByKind: ReadonlyMap<string, readonly string[]> = new Map(
  [...new Set(asked.map(({ kind }) => kind ?? ""))]
    .toSorted()
    .map((kind) => [kind, worded(withKind(kind)).filter((path) => !firstWorded.includes(path))]),
);
