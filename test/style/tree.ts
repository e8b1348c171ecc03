// The files of the repository, read once for all house rules.
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { checkout } from "@headwater/server/start/places.mjs";

export interface SourceFile {
  /** From the top of the checkout. */
  path: string;
  text: string;
}

const notOurs = new Set(["node_modules", "dist", "dist-gallery", ".git", ".data", ".vite", ".claude"]);
const codeEndings = new Set([".ts", ".tsx", ".mjs"]);

const pathsUnder = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !notOurs.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? pathsUnder(path) : [path];
    })
    .toSorted();

export const allPaths = pathsUnder(checkout).map((path) => relative(checkout, path));

export const read = (path: string) => readFileSync(join(checkout, path), "utf8");

const isGenerated = (path: string) => /(^|\/)(generated|samples)\/|\.gen\.|\.d\.ts$/u.test(path);

export const codeFiles: SourceFile[] = allPaths
  .filter((path) => codeEndings.has(extname(path)) && !isGenerated(path))
  .map((path) => ({ path, text: read(path) }));

export const isTest = (path: string) => /\.test\.tsx?$|\/testing\//u.test(path) || path.startsWith("test/");

/** Every line of the files that breaks a rule, as `path:line: text`, so that a failure is a list to work through. */
export const linesWith = (files: readonly SourceFile[], breaks: (line: string, path: string) => boolean): string[] =>
  files.flatMap(({ path, text }) =>
    text
      .split("\n")
      .flatMap((line, n) => (breaks(line, path) ? [`${path}:${n + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
