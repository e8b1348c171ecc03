// The connectors' word catalogs, as far as a test must read them: which codes have words.
import { readFileSync } from "node:fs";

export const LANGUAGES = ["en", "hi", "as"] as const;
export type Language = (typeof LANGUAGES)[number];

const ENTRY = /^msgid ("(?:[^"\\]|\\.)*")\nmsgstr ("(?:[^"\\]|\\.)*")$/gm;

/** `folder` is a platform's, or null for the words that all share. */
export function wordsIn(folder: string | null, language: Language): Map<string, string> {
  const place = `../${folder === null ? "" : `${folder}/`}locales/${language}.po`;
  const text = readFileSync(new URL(place, import.meta.url), "utf8");
  const entries = [...text.matchAll(ENTRY)].map(([, code = '""', words = '""']): [string, string] => [
    String(JSON.parse(code)),
    String(JSON.parse(words)),
  ]);
  return new Map(entries.filter(([code]) => code !== ""));
}

export function placeholdersIn(words: string): string[] {
  return (words.match(/\{\w+\}/g) ?? []).toSorted();
}
