import { commandKinds } from "@headwater/db/schema/values.ts";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ERROR_CODES } from "./problems.ts";
import { METRICS } from "../reading/metrics.ts";
import { TOLD_NOTICES, TOLD_RUNS } from "../reading/timeline.ts";
import { fill, LOCALES, localeFrom, parsePo, readCatalog } from "./catalog.ts";
import { wordsOfPlatform } from "./platform-words.ts";
import { uploadOutcomeInWords } from "./reasons.ts";
import { wordsIn } from "./words.ts";

const catalogs = LOCALES.map(
  (locale) => [locale, readCatalog(new URL(`../locales/${locale}.po`, import.meta.url))] as const,
);
const english = catalogs[0]?.[1] ?? new Map<string, string>();
/** What people and tools do to the organisation itself stands in its audit log alone. */
const OF_THE_ORGANISATION =
  /^(access|accessReview|apiToken|calendarAddress|organisation|session|signIn|password|member|plan|vault|mail)\b/;

/** The verbs of audit rows as they stand in the code. */
function verbsInCode(): string[] {
  const rooms = [new URL("../", import.meta.url), new URL("../../workflows/", import.meta.url)];
  const files = rooms.flatMap((room) =>
    readdirSync(room, { recursive: true, withFileTypes: true })
      .filter(
        (file) => file.isFile() && /(?<!\.test)\.ts$/.test(file.name) && !file.parentPath.includes("node_modules"),
      )
      .map((file) => readFileSync(join(file.parentPath, file.name), "utf8")),
  );
  const written = /(?:\bverb: |\baudit\(tx, |\bsay\(tx, ref, )"([A-Za-z]+(?:\.[A-Za-z]+)?)"/g;
  const verbs = files.flatMap((text) => [...text.matchAll(written)].map(([, verb]) => verb ?? ""));
  return [...new Set(verbs)].filter((verb) => !OF_THE_ORGANISATION.test(verb) && verb !== "historyRead");
}

const slots = (sentence: string) =>
  [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").toSorted((a, b) => a.localeCompare(b));

test("every number that is counted day by day has its name, in a check and among the changes to past days", () => {
  const text = ["rollups", "source-day-metrics"]
    .map((name) => readFileSync(new URL(`../../workflows/load/${name}.ts`, import.meta.url), "utf8"))
    .join("\n");
  const made = [
    ...text.matchAll(/\('([a-z_]+)', -?[or]\.|\["([a-z_]+)", "[act]\.|select d\.day, [^,]+, '([a-z_]+)',/gu),
  ].map(([, ofOrders, ofSource, alone]) => ofOrders ?? ofSource ?? alone ?? "");
  const measures = new Set(["sends", "opens", "clicks", "unsubscribes", "orders", "revenue"]);
  const ofChannels = ["email", "sms", "push"].flatMap((channel) => [...measures].map((name) => `${channel}_${name}`));
  const metrics = new Set([
    ...made.filter((name) => !measures.has(name)),
    "orders",
    "revenue",
    "new_customers",
    ...ofChannels,
  ]);
  expect([...metrics]).toEqual(
    expect.arrayContaining(["shipping", "payment_fees", "shipments", "ad_spend", "flow_revenue"]),
  );
  const isNamed = (name: string) => english.has(`rollup.${name}`) || english.has(`metric.${name.toUpperCase()}.title`);
  expect([...metrics].filter((name) => !isNamed(name))).toEqual([]);
});

describe("every sentence in every language", () => {
  test.each(catalogs)("%s has them all, with the same values", (_locale, catalog) => {
    expect([...catalog.keys()]).toEqual([...english.keys()]);
    for (const [key, sentence] of catalog) {
      expect(sentence.trim(), key).not.toBe("");
      expect(slots(sentence), key).toEqual(slots(english.get(key) ?? ""));
    }
  });

  test("Hindi and Assamese are written in their own scripts", () => {
    const own = { en: /[a-z]/i, hi: /\p{Script=Devanagari}/u, as: /\p{Script=Bengali}/u };
    for (const [locale, catalog] of catalogs)
      for (const [key, sentence] of catalog)
        if (!/^(actor\.system|timeline\.other)$/.test(key)) expect(sentence, `${locale} ${key}`).toMatch(own[locale]);
  });

  test("every code that the server tells has words, and what it means beside it", () => {
    const words = wordsIn("en");
    for (const code of ERROR_CODES)
      for (const key of [`problem.${code}`, `problem.${code}.meaning`]) expect(words.has(key), key).toBe(true);
    for (const metric of METRICS)
      for (const part of ["title", "sentence", "formula", "anchor", "leavesOut"])
        expect(words.has(`metric.${metric}.${part}`)).toBe(true);
  });

  test("every command, every run that the timeline tells and every act of ours on a datasource has its words", () => {
    const has = (verb: string): boolean =>
      [...english.keys()].some((key) => key === `timeline.${verb}` || key.startsWith(`timeline.${verb}.`));
    const runs = Object.entries(TOLD_RUNS).flatMap(([kind, states]) => states.map((state) => `run.${kind}.${state}`));
    const notices = TOLD_NOTICES.flatMap((kind) => [`notice.${kind}.standing`, `notice.${kind}.over`]);
    notices.push("notice.disconnected");
    const told = [...runs, ...notices, ...commandKinds.map((kind) => `datasource.${kind}`), ...verbsInCode()];
    expect(told.filter((verb) => !has(verb))).toEqual([]);
  });

  test("what became of the access at the source is never told as its end, but where it ended", () => {
    const kinds = ["revoked", "kept", "failed", "notRevocable", "erased"];
    expect(kinds.filter((kind) => !english.has(`timeline.grantRevoked.${kind}`))).toEqual([]);
  });

  test("whatever comes of a command has its words, and no code is shown for one", () => {
    const room = new URL("../../workflows/activities/", import.meta.url);
    const text = readdirSync(room)
      .filter((name) => /(?<!\.test)\.ts$/u.test(name))
      .map((name) => readFileSync(new URL(name, room), "utf8"))
      .join("\n");
    const written =
      /(?:outcome: \{ code: |outcome = \{ code: isForbidden \? whyForbidden\(facts\) : |outcome = '\{"code":|\{ code: |jsonb_build_object\('code', '|settleAsked\(tx, asked, (?:outcome\.answer \?\? )?)"?(\w+)["']/gu;
    const settled = [...text.matchAll(written)].map(([, code]) => code ?? "");
    const classes = ["reauthorize", "permission", "rate_limit", "transient", "invalid_request", "gone", "bug"];
    const found = [...new Set([...settled, ...classes, "credentialsDoNotWork", "paused", "failed", "noFile"])];
    expect(found).toEqual(
      expect.arrayContaining(["synced", "replaced", "notFinished", "nothingToFetch", "streamsFailed"]),
    );
    const elsewhere = ["accountGone"];
    expect(found.filter((code) => !english.has(`command.${code}`) && !elsewhere.includes(code))).toEqual([]);
  });

  test("a thing is called as the screens call it, in every language", () => {
    const other = { en: /\bdata source\b/i, hi: /डेटासोर्स|धारा|इतिहास/u, as: /ডাটা|ধাৰা|ইতিহাস|ঘূৰাই অন/u };
    for (const [locale, catalog] of catalogs)
      for (const [key, sentence] of catalog) expect(sentence, `${locale} ${key}`).not.toMatch(other[locale]);
  });

  test("a figure that returns lower says that they count on the day of the refund", () => {
    const refund = { en: /day of the refund/, hi: /रिफ़ंड के दिन/u, as: /ৰিফাণ্ডৰ দিনত/u };
    for (const [locale, catalog] of catalogs)
      for (const metric of ["RETURNS", "NET_SALES", "TOTAL_SALES"])
        expect(catalog.get(`metric.${metric}.anchor`), `${locale} ${metric}`).toMatch(refund[locale]);
  });

  test("no sentence asks for pardon or shouts", () => {
    for (const [key, sentence] of english)
      expect(sentence, key).not.toMatch(/!|\b(please|sorry|oops|simply|successfully)\b/i);
  });
});

test("a catalog is read with its continued lines, and unknown codes stand for themselves", () => {
  expect([
    ...parsePo(
      'msgid ""\nmsgstr ""\n"Language: en\\n"\n\nmsgid "a"\nmsgstr "one "\n"two"\n\n# note\nmsgid "b"\nmsgstr "{n} \\"x\\""\n',
    ),
  ]).toEqual([
    ["a", "one two"],
    ["b", '{n} "x"'],
  ]);
  expect(fill("{n} of {m}", { n: 1 })).toBe("1 of {m}");
  expect(wordsIn("hi").say("no.such.code")).toBe("no.such.code");
});

test("the language that is asked for, else English", () => {
  expect(["hi-IN,hi;q=0.9", "as", "fr, hi;q=0.5", "AS-in", "", "xx", null, "de-DE,en;q=0.3"].map(localeFrom)).toEqual([
    "hi",
    "as",
    "hi",
    "as",
    "en",
    "en",
    "en",
    "en",
  ]);
  expect(["as;q=0.1, en;q=0.9", "en;q=0, hi", "fr, as;q=0.3, hi;q=0.4", "hi_IN"].map(localeFrom)).toEqual([
    "en",
    "hi",
    "hi",
    "hi",
  ]);
});

test("whatever comes of a file has its words, in every language, and never a code", () => {
  const waits = ["ready", "questions", "badRows", "replaceAll", "replaceAllShrinks", "totalDiffers"];
  const ends = ["dryRun", "nothing", "fileLost", "E_QUOTE", "E_TOO_LARGE", "E_HEADER_MISSING"];
  for (const locale of LOCALES)
    for (const code of [...waits, ...ends, "committed", "discarded", "undone", "unchanged", "trouble", "notNow"]) {
      const own = wordsOfPlatform("custom-costs", locale);
      const told = uploadOutcomeInWords(wordsIn(locale), own, { code })?.message ?? code;
      expect(told, `${locale} ${code}`).not.toMatch(/^upload\.|[{}()]|E_[A-Z]/u);
      expect(told.length, `${locale} ${code}`).toBeGreaterThan(code.length);
    }
});
