import { readCatalog } from "@headwater/connectors/po.ts";
import { expect, test } from "vitest";
import { compose, MAIL_KINDS } from "./compose.ts";

const locales = ["en", "hi", "as"] as const;
const catalogs = locales.map(
  (locale) => [locale, readCatalog(new URL(`../locales/${locale}.po`, import.meta.url))] as const,
);
const slots = (sentence = "") =>
  [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").toSorted((a, b) => a.localeCompare(b));
const own = { en: /[a-z]/i, hi: /\p{Script=Devanagari}/u, as: /\p{Script=Bengali}/u };

const details = {
  name: "Mira",
  organisation: "Tea House",
  source: "Meta Ads",
  account: "tea-house",
  accounts: ["tea-house", "Tea,\ntwo"],
  streams: ["refunds", "fees"],
  count: 2,
  holder: "Priya",
  days: 7,
  allowance: 3,
  used: 5,
  askedBy: "Ananya",
  to: "priya@example.com",
  endsAt: "2026-11-26T10:00:00.000Z",
  dueAt: "2026-12-01T10:00:00.000Z",
  expiresAt: "2026-11-24T10:00:00.000Z",
};

test.each(catalogs)("%s words every mail, with the same values and in its own script", (locale, catalog) => {
  const english = catalogs[0]?.[1];
  expect([...catalog.keys()]).toEqual([...(english?.keys() ?? [])]);
  for (const [key, sentence] of catalog) {
    expect(slots(sentence), key).toEqual(slots(english?.get(key)));
    expect(sentence, key).toMatch(own[locale]);
  }
  for (const kind of MAIL_KINDS) {
    const letter = compose({ kind, locale, details, link: null });
    expect(`${letter.subject} ${letter.body}`, kind).not.toMatch(/\{\w+\}|mail\./);
  }
});

test("an instant is told as its day, and the link stands on a line of its own", () => {
  const { subject, body } = compose({ kind: "grantEnding", locale: "en", details, link: "https://app.example/x#y" });
  expect(subject).toBe("Access to Meta Ads ends in 7 days: tea-house");
  expect(body).toContain("26 November 2026");
  expect(body.split("\n")).toContain("https://app.example/x#y");
});

test("a day is the organisation's own, written as there, and one day is one", () => {
  const told = (locale: string, more: object) =>
    compose({ kind: "grantEnding", locale, details: { ...details, ...more }, link: null });
  const late = { endsAt: "2026-11-25T20:00:00.000Z", zone: "Asia/Kolkata", region: "IN" };
  expect(told("en", late).body).toContain("on 26 November 2026");
  expect(told("en", { ...late, zone: "America/New_York", region: "US" }).body).toContain("on November 25, 2026");
  expect(told("hi", late).body).toContain("26 नवंबर 2026");
  expect(told("en", { days: 1 }).subject).toBe("Access to Meta Ads ends in 1 day: tea-house");
  expect(told("hi", { days: 1 }).subject).toContain("1 दिन में");
  expect(told("as", { days: 8 }).subject).toContain("8 দিনত");
});

test("until when a link works is told to the minute, in the organisation's zone and with its name", () => {
  const told = (locale: string, place: object) =>
    compose({ kind: "reauthorizeLink", locale, details: { ...details, ...place }, link: null }).body;
  const here = { zone: "Asia/Kolkata", region: "IN" };
  expect(told("en", here)).toContain("works once, until 24 November 2026, 15:30 (India Standard Time).");
  expect(told("hi", here)).toContain("24 नवंबर 2026, 15:30 (भारतीय मानक समय) तक");
  expect(told("as", here)).toMatch(/24 \S+ 2026, 15:30 \(ভাৰতীয় মান সময়\)/u);
  expect(told("en", { zone: "America/New_York", region: "US" })).toContain(
    "November 24, 2026, 5:00\u00A0AM (Eastern Standard Time)",
  );
  expect(told("en", {})).toContain("24 November 2026, 10:00 (Coordinated Universal Time)");
});

test("a number is grouped as where the organisation is", () => {
  const told = (region: string) =>
    compose({ kind: "loginEnded", locale: "en", details: { ...details, count: 152918, region }, link: null }).subject;
  expect(told("IN")).toContain("1,52,918 datasources");
  expect(told("US")).toContain("152,918 datasources");
});

test("of several that one login reached, each stands on a line of its own", () => {
  const { subject, body } = compose({ kind: "loginEnded", locale: "en", details, link: null });
  expect(subject).toBe("A sign-in at Meta Ads has ended: 2 datasources");
  expect(body.split("\n")).toEqual(expect.arrayContaining(["tea-house", "Tea, two"]));
});

test.each(locales)("in %s a source with a key is asked for its key, and one with a consent for a sign-in", (locale) => {
  const [key, signIn] = [
    { en: /\bkey\b/u, hi: /कुंजी/u, as: /চাবি/u }[locale],
    { en: /sign(?:s)? in/iu, hi: /साइन इन/u, as: /ছাইন ইন/u }[locale],
  ];
  for (const kind of ["disconnectUndone", "grantEnded"]) {
    const told = (login: string) => {
      const { subject, body } = compose({ kind, locale, details: { ...details, login }, link: null });
      return `${subject} ${body}`;
    };
    expect(told("key")).toMatch(key);
    expect(told("key")).not.toMatch(signIn);
    expect(told("oauth")).toMatch(signIn);
    expect(told("oauth")).not.toMatch(key);
    expect(told("key")).not.toMatch(/\{\w+\}|mail\./u);
  }
});

test.each([
  ["en", "a quarter of an hour"],
  ["hi", "पंद्रह मिनट"],
  ["as", "পোন্ধৰ মিনিট"],
])("a mail that something works again says for how long it was waited: %s", (locale, long) => {
  for (const kind of ["recovered", "loginRecovered"] as const)
    expect(compose({ kind, locale, details, link: null }).body).toContain(long);
});

test("a line break in a name makes no second header", () => {
  const letter = compose({
    kind: "grantEnding",
    locale: "en",
    details: { ...details, account: "a\r\nBcc: b" },
    link: null,
  });
  expect(letter.subject).not.toMatch(/[\r\n]/);
});

test("a language that is not spoken is answered in English", () => {
  expect(compose({ kind: "addressTaken", locale: "fr", details: {}, link: null }).subject).toBe(
    "You already have an account",
  );
});
