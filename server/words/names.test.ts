import { describe, expect, test } from "vitest";
import { LOCALES } from "./catalog.ts";
import { tidied, wrongWithName } from "./names.ts";
import { wordsIn } from "./words.ts";

const words = wordsIn("en");
const wrong = (name: string) => wrongWithName(tidied(name), 120, words);

describe("a name", () => {
  test.each(["Monsoon & Moss", "मौचूमी", "মৌচুমী", "क्\u200Dष", "حبر", "👩\u200D🌾", "—", "a\u200Bb"])(
    "may be %j",
    (name) => {
      expect(wrong(name)).toBeNull();
      expect(tidied(name)).toBe(name);
    },
  );

  test.each([
    ["", "input.empty"],
    [" \u00A0\t", "input.empty"],
    ["\u202E\u2066", "input.empty"],
    ["\u200B", "input.unseen"],
    ["\u200D \u2060\u00AD", "input.unseen"],
    ["\u3164\u115F\u2800\uFE0F", "input.unseen"],
    ["\u{E0041}\u{E007F}", "input.unseen"],
    ["\u200E\u061C", "input.unseen"],
    ["a\u0000b", "input.text"],
    ["a\nb", "input.text"],
    ["a\u2028b", "input.text"],
    ["a\uD800", "input.text"],
    ["a".repeat(121), "input.text"],
  ])("may not be %j", (name, code) => {
    expect(wrong(name)).toBe(words.say(code, { longest: 120 }));
  });

  test("is told to be wrong in the language of whoever typed it", () => {
    expect(new Set(LOCALES.map((locale) => wrongWithName("\u200B", 120, wordsIn(locale)))).size).toBe(LOCALES.length);
  });

  test("leaves what would turn the text around it out", () => {
    expect(tidied(" \u202Emoss\u202C \u2067tea\u2069 ")).toBe("moss tea");
  });
});
