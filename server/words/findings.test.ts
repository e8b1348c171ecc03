import { expect, test } from "vitest";
import { LOCALES } from "./catalog.ts";
import { readDate } from "@headwater/workflows/costs/dates.ts";
import { readNumber } from "@headwater/workflows/costs/numbers.ts";
import { basisOf, costTypeOf, recurrenceOf, truthOf } from "@headwater/workflows/costs/vocabulary.ts";
import { csvLine } from "../costs/templates.ts";
import { hintInWords } from "../costs/finding-words.ts";
import { wordsOfPlatform } from "./platform-words.ts";

test.each(LOCALES)(
  "what was found in a file of costs is said without a code and without an order to invent: %s",
  (locale) => {
    const words = wordsOfPlatform("custom-costs", locale);
    expect(words.say("finding.W_DATE_AMBIGUOUS", { value: "DMY" })).not.toContain("DMY");
    for (const most of ["100", "255", "1,000", "4,096"]) expect(words.say("finding.E_TEXT.hint")).toContain(most);
  },
);

test.each(LOCALES)(
  "what a date and an amount are to look like is read so, and what stood there is said: %s",
  (locale) => {
    const words = wordsOfPlatform("custom-costs", locale);
    for (const code of ["E_DATE", "E_NUMBER"])
      expect(words.say(`finding.${code}`, { value: "31.19.26" })).toContain("31.19.26");
    const days = words.say("finding.E_DATE.hint").match(/\d+(?:[-/]\d+)+|\d+ [A-Z][a-z]+ \d+/gu) ?? [];
    expect(days).toHaveLength(5);
    const isDay = (text: string) => (["DMY", "MDY"] as const).some((order) => "day" in readDate(text, order, "UTC"));
    expect(days.filter((day) => !isDay(day))).toEqual([]);
    const amounts = words.say("finding.E_NUMBER.hint").match(/[-(]?\d[\d.,]*\d\)?|[-(]\d\)?/gu) ?? [];
    expect(amounts).toHaveLength(5);
    const isAmount = (text: string) => ([".", ","] as const).some((mark) => "amount" in readNumber(text, mark, "INR"));
    expect(amounts.filter((amount) => !isAmount(amount))).toEqual([]);
  },
);

test.each(LOCALES)("no hint is taken for a formula in the file of what was wrong: %s", (locale) => {
  const words = wordsOfPlatform("custom-costs", locale);
  const hints = words.codes("finding").filter((code) => code.endsWith(".hint"));
  expect(hints.length).toBeGreaterThan(30);
  expect(hints.filter((code) => csvLine([words.say(`finding.${code}`)]).startsWith(`"'`))).toEqual([]);
});

/** A file of two columns, called as nobody else calls them. */
const survey = (target: string) => ({ survey: { headers: ["Was", "Art"], mapping: { targets: ["amount", target] } } });
const isDecided = (answer: string | boolean | null): boolean => answer !== null;

test.each([
  ["E_TYPE", "cost_type", costTypeOf, 7],
  ["E_TYPE", "recurrence", recurrenceOf, 5],
  ["E_BASIS", "basis", basisOf, 4],
  ["E_TYPE", "is_ad_spend", truthOf, 2],
] as const)("%s in a column of %s names the words that it takes, and no others", (code, target, read, many) => {
  const told = (locale: (typeof LOCALES)[number]) =>
    hintInWords(wordsOfPlatform("custom-costs", locale), survey(target), { code, columnName: "Art", value: "Kram" });
  const english = told("en");
  const [, list = english.replace("Write ", "")] = english.split(": ");
  const named = list.replace(/\.$/u, "").split(/, | or /u);
  expect(named).toHaveLength(many);
  expect(named.filter((word) => !isDecided(read(word)))).toEqual([]);
  for (const locale of LOCALES) for (const word of named) expect(told(locale), locale).toContain(word);
  expect(english).not.toMatch(/_|cogs/u);
});

test("a word of a column that a file does not have, or that says nothing, is asked for as a kind of cost", () => {
  const words = wordsOfPlatform("custom-costs", "en");
  const hint = (columnName: string | null) =>
    hintInWords(words, { survey: null }, { code: "E_TYPE", columnName, value: "" });
  expect(hint("country")).toContain("two letters");
  expect([hint("amount"), hint(null)]).toEqual([words.say("finding.E_TYPE.hint"), words.say("finding.E_TYPE.hint")]);
});
