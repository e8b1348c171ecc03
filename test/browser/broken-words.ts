// Short words and amounts that end on another line than they began, for want of room. What is no word, as an address or a token, may break anywhere.
import type { Page } from "playwright-core";

const broken = `(() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!text.parentElement.checkVisibility() || text.parentElement.closest(".mono, code, .vh")) continue;
    for (const { 0: word, index } of text.data.matchAll(/(?:[₹$€£]?\\p{N}+(?:[.,:]\\p{N}+)*%?|[\\p{L}\\p{M}_\\u200c\\u200d]+)/gu)) {
      if (word.length > 16) continue;
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const rects = [...range.getClientRects()].filter(({ width }) => width > 0.5);
      const isBroken = Math.max(...rects.map(({ top }) => top)) > Math.min(...rects.map(({ bottom }) => bottom)) - 1;
      if (isBroken) found.push("breaks a word: " + word);
    }
  }
  return found.slice(0, 3);
})()`;

export const brokenWords = (page: Page): Promise<string[]> => page.evaluate<string[]>(broken);
