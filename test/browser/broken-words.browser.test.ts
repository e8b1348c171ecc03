import { expect, test } from "vitest";
import { brokenWords } from "./broken-words.ts";
import { launchChromium } from "./chromium.ts";

test("a word or an amount is whole or broken, also one of letters that signs without width hold together or apart", async () => {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const narrow = (text: string) => page.setContent(`<p style="width: 2ch; overflow-wrap: anywhere">${text}</p>`);
    for (const word of ["ConnectNow", "अनु\u200dमति", "শক্তি\u200cশালী", "₹2,10,400", "41%"]) {
      await narrow(word);
      expect(await brokenWords(page)).toEqual([`breaks a word: ${word}`]);
    }
    await narrow("on in 41");
    expect(await brokenWords(page)).toEqual([]);
  } finally {
    await browser.close();
  }
});
