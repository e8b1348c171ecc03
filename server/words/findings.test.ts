import { expect, test } from "vitest";
import { LOCALES } from "./catalog.ts";
import { wordsOfPlatform } from "./platform-words.ts";

test.each(LOCALES)(
  "what was found in a file of costs is said without a code and without an order to invent: %s",
  (locale) => {
    const words = wordsOfPlatform("custom-costs", locale);
    expect(words.say("finding.W_DATE_AMBIGUOUS", { value: "DMY" })).not.toContain("DMY");
    const suchAs = { en: "such as", hi: "जैसे", as: "যেনে" }[locale];
    expect(words.say("finding.E_DATE.hint", { value: "18.19.2026" })).toContain(`${suchAs} 2026-11-18`);
    expect(words.say("finding.E_NUMBER.hint", { value: "abc" })).toContain(`${suchAs} 1234.50`);
    for (const word of ["cogs", "yearly", "delete", "ad_spend", "yes", "IN"])
      expect(words.say("finding.E_TYPE.hint"), "what each column takes").toContain(word);
    for (const most of ["100", "255", "1,000", "4,096"]) expect(words.say("finding.E_TEXT.hint")).toContain(most);
  },
);
