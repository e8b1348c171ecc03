// What is left in English on a page of another language: every text and label that a person meets, less the names that are
// the same in every language.
import { catalog } from "@headwater/connectors/catalog.ts";
import type { Page } from "playwright-core";

/** Names: of people, brands, protocols, keys. The brand's own spelling stands in every language. */
const names = [
  "Headwater",
  "Monsoon & Moss",
  "Monsoon",
  "Ananya Das",
  "Ananya",
  "English",
  "DATA",
  "API",
  "AI",
  "GraphQL",
  "OAuth",
  "CSV",
  "SFTP",
  "HTTPS",
  "URL",
  "SKU",
  "SMS",
  "WhatsApp",
  "Esc",
  "Ctrl",
  "Enter",
  "Shift",
  "Google Search",
  "Google",
  "Meta",
  "Facebook",
  "Instagram",
  "Amazon",
  "WordPress",
  "YouTube",
  "Bing",
  "Microsoft",
  "Pinterest",
  "TikTok",
  "Shopify Payments",
  ...catalog.map(({ name }) => name),
].toSorted((a, b) => b.length - a.length);

/** Not words: addresses, zones, scopes, currencies, identifiers of the sources, single letters. */
const noWords = [
  // Where to click at a source whose own pages are in English.
  /\bSettings → [A-Z]\w+/gu,
  /\b\d[\d.,]* (kB|MB|GB)\b/gu,
  /[\w.+-]+@[\w-]+(\.[\w-]+)+/gu,
  /\bhttps?:\/\/\S+/gu,
  /\b[\w-]+(\.[\w-]+)*\.(com|in|example)\b[\w./-]*/gu,
  /\b[A-Z][A-Za-z]+\/[A-Z][A-Za-z_]+\b/gu,
  /\b\w*_\w+\b/gu,
  /\b[A-Z]{3}\b/gu,
  /\/[\w./-]+/gu,
  /\bhw_\w*/gu,
];

/** Runs in the page: the visible texts and the labels, each with where it stands. */
const collect = `(() => {
  const skip = (element) => element.closest('[translate="no"], code, kbd, .mono, script, style, [hidden]') !== null;
  const seen = (element) => element.checkVisibility?.() ?? true;
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (parent && !skip(parent) && seen(parent)) texts.push(node.data);
  }
  for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt], [aria-valuetext]')) {
    if (skip(element) || !seen(element)) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext']) {
      const value = element.getAttribute(name);
      if (value) texts.push(value);
    }
  }
  texts.push(document.title);
  return texts;
})()`;

/** A line break where one stood. */
export function withoutNames(text: string): string {
  let rest = text;
  for (const pattern of noWords) rest = rest.replaceAll(pattern, "\n");
  for (const name of names) rest = rest.replaceAll(name, "\n");
  return rest;
}

/** Latin words of a text that are no names. */
export const wordsLeft = (text: string): string[] => withoutNames(text).match(/[A-Za-z]{2,}/gu) ?? [];

/** What stands on a page and in its labels, each once. */
export async function textsOf(page: Page): Promise<string[]> {
  const texts = await page.evaluate<string[]>(collect);
  return [...new Set(texts.map((text) => text.replaceAll(/\s+/gu, " ").trim()))];
}

export const leftOverEnglish = async (page: Page): Promise<string[]> =>
  (await textsOf(page)).filter((text) => wordsLeft(text).length > 0);
