import { globSync } from "node:fs";
import { expect, it } from "vitest";
import { firstWorded, isWorded, texts, wordedByKind } from "./build/word-kinds.ts";

it("each word of the app is in a catalog", () => {
  expect(firstWorded.length).toBeGreaterThan(10);
  const kept = new Set([...firstWorded, ...[...wordedByKind.values()].flat()]);
  expect([...texts.keys()].filter((path) => isWorded(path) && !kept.has(path))).toEqual([]);
});

it("there is a catalog of each kind in each language, and none that nobody asks for", () => {
  const folders = ["", ...[...wordedByKind.keys()].map((kind) => `${kind}/`)];
  expect(globSync("locales/**/*.po", { cwd: import.meta.dirname }).toSorted()).toEqual(
    folders.flatMap((folder) => ["as", "en", "hi"].map((language) => `locales/${folder}${language}.po`)).toSorted(),
  );
});

it("no kind is asked for whose words are all there already", () => {
  expect([...wordedByKind].filter(([, files]) => files.length === 0)).toEqual([]);
});
