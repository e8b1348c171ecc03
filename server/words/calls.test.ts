import { describe, expect, test } from "vitest";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { PLATFORMS } from "@headwater/connectors/platforms.ts";
import { LOCALES } from "./catalog.ts";
import { callInWords, wordsOfPlatform } from "./platform-words.ts";

const called = (platform: string): string[] => Object.keys(connectorFor(platform)?.uses ?? {});

describe.each(PLATFORMS.filter((platform) => called(platform).length > 0))("what a call to %s is for", (platform) => {
  test.each(LOCALES)("is said of each that is known by name: %s", (locale) => {
    const words = wordsOfPlatform(platform, locale);
    const names = called(platform).map((name) => (name.endsWith(".") ? `${name}rest` : name));
    expect(names.filter((name) => callInWords(words, name) === words.say("call.other"))).toEqual([]);
  });
});

test("a call is told by its own name, else by its beginning, and one of no such name as another", () => {
  const words = wordsOfPlatform("shopify", "en");
  expect(callInWords(words, "drain.refundLineItems")).toBe("What did not fit into one answer");
  expect(callInWords(words, "bulk.file")).not.toBe(callInWords(words, "bulk.running"));
  expect(callInWords(words, "GET /nothing")).toBe("Another call");
});

test("of two beginnings that are known the longer one tells a call", () => {
  const known = ["call.drain.", "call.drain.lines."];
  const words = { ...wordsOfPlatform("shopify", "en"), has: (code: string) => known.includes(code), say: String };
  expect(callInWords(words, "drain.lines.refunds")).toBe("call.drain.lines.");
});
