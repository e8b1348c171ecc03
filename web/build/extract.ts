// node build/extract.ts: the catalogs as the source has them. A message that came into another catalog keeps its translation.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

const web = join(import.meta.dirname, "..");
const lingui = createRequire(import.meta.url)
  .resolve("@lingui/cli")
  .replace(/index\.js$/u, "lingui.js");
/** The plain subset of PO that lingui writes: what it is told by, and what it says. */
const message = /^((?:msgctxt .*\n)?msgid (?:.*\n)(?:".*\n)*)msgstr (.*\n(?:".*\n)*)/gmu;

const paths = (): string[] => globSync("locales/**/*.po", { cwd: web }).map((path) => join(web, path));
const said = new Map<string, string>();
for (const path of paths())
  for (const [, id = "", text = ""] of readFileSync(path, "utf8").matchAll(message))
    if (text !== '""\n') said.set(basename(path) + id, text);

execFileSync(process.execPath, [lingui, "extract", "--clean"], { cwd: web, stdio: "inherit" });

for (const path of paths()) {
  const fill = (whole: string, id: string, text: string): string =>
    text === '""\n' ? `${id}msgstr ${said.get(basename(path) + id) ?? text}` : whole;
  writeFileSync(path, readFileSync(path, "utf8").replaceAll(message, fill));
}
