import { dictionary } from "@zxcvbn-ts/language-common";
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { isCommonPassword } from "./common-passwords.ts";

test("all that was seen most often is refused, in any case, and what it is stretched to", () => {
  const list = dictionary["passwords-common"];
  expect(list.length).toBeGreaterThan(40_000);
  const passes = (change: (word: string) => string, words = list.filter((_, n) => n % 10 === 0)) =>
    words.filter((word) => !isCommonPassword(change(word)));
  expect(passes((word) => word, list)).toEqual([]);
  expect(passes((word) => word.toUpperCase())).toEqual([]);
  const long = (word: string) => word.length >= 4;
  expect(passes((word) => `${word}2026!`).filter(long)).toEqual([]);
  expect(passes((word) => word + word)).toEqual([]);
});

test.each([
  "password1234",
  "P@ssw0rd2026!",
  "passwordpassword",
  "qwertyuiopas",
  "abcdefghijkl",
  "1q2w3e4r5t6y",
  "letmeinletmein",
  "iloveyou1234",
  "!!dragon2024",
  "monkeydragon",
  "123456789012",
])("%s is tried first", (password) => expect(isCommonPassword(password)).toBe(true));

test.each(["a lamp in the rain at noon", "correct horse battery", "sunshine 48 over 7 tiles", "4829104728193057"])(
  "%s is not: length does the rest, whatever it is made of",
  (password) => expect(isCommonPassword(password)).toBe(false),
);

test("what a password manager makes passes, and no length takes long to look at", () => {
  for (let n = 0; n < 1000; n += 1) expect(isCommonPassword(randomBytes(12).toString("base64url"))).toBe(false);
  expect(isCommonPassword("ab".repeat(63) + "c")).toBe(false);
});
