import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { wordedByKind } from "./build/word-kinds.ts";

interface Entry {
  id: string;
  text: string;
}

const here = import.meta.dirname;

/** The plain subset of PO that lingui writes. */
function entries(language: string): Entry[] {
  const blocks = ["", ...wordedByKind.keys()].flatMap((kind) =>
    readFileSync(`${here}/locales/${kind}/${language}.po`, "utf8").split("\n\n").slice(1),
  );
  return blocks
    .filter((block) => !block.includes("#~"))
    .map((block) => ({ id: field(block, "msgid"), text: field(block, "msgstr") }))
    .filter(({ id }) => id !== "");
}

function field(block: string, name: string): string {
  const found = new RegExp(`^${name} ((?:"(?:[^"\\\\]|\\\\.)*"\\n?)+)`, "mu").exec(block)?.[1] ?? "";
  return [...found.matchAll(/"((?:[^"\\]|\\.)*)"/gu)].map(([, part]) => part).join("");
}

/** Names in braces and tags must survive a translation. */
const slots = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)(?=[,}])|<\/?(\d+)>/gu)].map(([slot]) => slot))].toSorted();

describe.each(["hi", "as"])("%s", (language) => {
  const translated = entries(language);
  it("has every message of the app", () => {
    expect(translated.map(({ id }) => id).toSorted()).toEqual(
      entries("en")
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(translated.filter(({ text }) => text === "")).toEqual([]);
  });
  it("keeps every slot and tag", () =>
    expect(translated.filter(({ id, text }) => slots(id).join() !== slots(text).join())).toEqual([]));
  it("leaves no English sentence behind", () => {
    const own = language === "hi" ? /\p{Script=Devanagari}/u : /\p{Script=Bengali}/u;
    const latin = new Set(["DATA", "Headwater", "SKU"]);
    const wordless = /^[^\p{L}]*$/u;
    expect(
      translated
        .filter(({ text }) => !own.test(text) && !latin.has(text) && !wordless.test(text.replaceAll(/\{\w+\}/gu, "")))
        .map(({ text }) => text),
    ).toEqual([]);
  });
});

it("the catalogs hold what the source says", { timeout: 120_000 }, async () => {
  const lingui = createRequire(import.meta.url)
    .resolve("@lingui/cli")
    .replace(/index\.js$/u, "lingui.js");
  const { stdout } = await promisify(execFile)(process.execPath, [lingui, "check", "sync"], {
    cwd: here,
    env: { ...process.env, NODE_ENV: "production" }, // else it takes itself for its own tests
  });
  expect(stdout).toContain("in sync");
});
