import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as v from "valibot";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildInto } from "./build/run.ts";

const limits = { script: 170_000, style: 30_000, all: 350_000 };
const folder = mkdtempSync(join(tmpdir(), "headwater-size-"));

const Chunk = v.object({
  file: v.string(),
  imports: v.optional(v.array(v.string()), []),
  dynamicImports: v.optional(v.array(v.string()), []),
  css: v.optional(v.array(v.string()), []),
});
const Manifest = v.record(v.string(), Chunk);
let manifest: v.InferOutput<typeof Manifest> = {};

beforeAll(async () => {
  await buildInto(folder, { manifest: true });
  manifest = v.parse(Manifest, JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a first visit loads: the entry, the page's own chunk, one language, and all they import. */
function loaded(...entries: string[]): { scripts: Set<string>; styles: Set<string> } {
  const scripts = new Set<string>();
  const styles = new Set<string>();
  const visit = (name: string): void => {
    const chunk = manifest[name];
    if (!chunk) throw new Error(`${name} is not in the build; the chunks are ${Object.keys(manifest).join(", ")}`);
    if (scripts.has(chunk.file)) return;
    scripts.add(chunk.file);
    for (const style of chunk.css) styles.add(style);
    for (const next of chunk.imports) visit(next);
  };
  for (const entry of entries) visit(entry);
  return { scripts, styles };
}

function weight(files: Iterable<string>): number {
  let sum = 0;
  for (const file of files) sum += gzipSync(readFileSync(join(folder, file))).length;
  return sum;
}

/** By the kind of their words. The list behind the drawer comes once that stands, and so does what follows its first step. */
const pages = {
  overview: "screens/overview/overview-page.tsx",
  datasources: "screens/datasources/datasources-page.tsx",
  detail: "screens/detail/detail-page.tsx",
  welcome: "screens/welcome/welcome-page.tsx",
  entry: "screens/entry/sign-in.tsx",
  connect: "screens/connect/connect-drawer.tsx",
};
const visits = ["en", "hi", "as"].flatMap((language) =>
  Object.entries(pages).map(([kind, page]) => [page, language, kind] as const),
);

it.each(visits)("a first visit that opens %s in %s stays within the budget", (page, language, kind) => {
  const words = [`locales/${language}.po`, `locales/${kind}/${language}.po`];
  const { scripts, styles } = loaded("index.html", ...words, page);
  expect(weight(scripts)).toBeLessThanOrEqual(limits.script);
  expect(weight(styles)).toBeLessThanOrEqual(limits.style);
  expect(weight([...scripts, ...styles])).toBeLessThanOrEqual(limits.all);
});

it("a link into connecting comes without the list", () => {
  expect([...loaded("index.html", pages.connect).scripts].some((file) => file.includes("datasources-page"))).toBe(
    false,
  );
});

it("the build carries no gallery, no inline script and no inline style", () => {
  const html = readFileSync(join(folder, "index.html"), "utf8");
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/u);
  expect(Object.keys(manifest).filter((name) => name.includes("gallery"))).toEqual([]);
});
