// Every scene in words that no language has: long, accented, marked at both ends. What is not from the catalog stays plain, and
// what has no room for four words in ten more is cut or scrolls sideways.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "@headwater/server/start/places.mjs";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { brokenWords } from "./broken-words.ts";
import { cutWords, signs } from "./cut-words.ts";
import { textsOf, withoutNames } from "./left-over-english.ts";
import { ownGallery } from "./own-gallery.ts";

const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

const gallery = join(checkout, "web", "gallery");
/** What the server says in the story. */
const data = readdirSync(gallery)
  .map((name) => readFileSync(join(gallery, name), "utf8"))
  .join("\n");

/** They come from `web/format`, which has them of the browser. */
const ofTime =
  /\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun|[Tt]oday|[Yy]esterday|[Tt]omorrow|just now|hourly|daily|every|ago|min|hours?|minutes?|days?|months?)\b/gu;

/** Each piece of a text that is no word of the catalog, no data, no name and no time. */
const foreign = (text: string): string[] =>
  withoutNames(text.replaceAll(new RegExp(`[${signs}]+`, "gu"), "\n"))
    .replaceAll(ofTime, "\n")
    .split(/[^\p{L}’'\s-]+|\b(?:and|or)\b|\n/u)
    .map((piece) => piece.trim())
    .filter((piece) => /[A-Za-z]{2}/u.test(piece) && !data.includes(piece));

const { inEveryScene } = ownGallery("pseudo");

async function look(page: Page): Promise<string[]> {
  const texts = (await textsOf(page)).filter((text) => foreign(text).length > 0);
  const ofNoCatalog = texts.map((text) => `not from the catalog: ${foreign(text).join(" … ")} (${text})`);
  return [...(await brokenWords(page)), ...(await cutWords(page)), ...ofNoCatalog];
}

test.each([
  { name: "wide", options: wide },
  { name: "on a phone", options: phone },
])("all words come from the catalog and have room: $name", async ({ options }) => {
  expect(await inEveryScene(options, look)).toEqual([]);
});
