// The letters of Hindi and Assamese under the names that the app's styles ask for. Their widths are the same on every machine
// then, on one that has no such letters too.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { BrowserContext } from "playwright-core";

const letters = [
  { family: "Noto Sans Devanagari", name: "devanagari", unicodeRange: "U+0900-097F, U+200C-200D" },
  { family: "Noto Sans Bengali", name: "bengali", unicodeRange: "U+0964-0965, U+0980-09FF, U+200C-200D" },
];

const faces = letters.map(async ({ family, name, unicodeRange }) => {
  const file = `@fontsource-variable/noto-sans-${name}/files/noto-sans-${name}-${name}-wght-normal.woff2`;
  const data = await readFile(fileURLToPath(import.meta.resolve(file)), "base64");
  return `document.fonts.add(new FontFace(${JSON.stringify(family)}, Uint8Array.fromBase64("${data}"),
    { weight: "100 900", unicodeRange: "${unicodeRange}" }));`;
});

/** On every page of it, before anything is shown; by no request, which the page's policy would refuse. */
export const bringLetters = async (context: BrowserContext) =>
  context.addInitScript((await Promise.all(faces)).join("\n"));
