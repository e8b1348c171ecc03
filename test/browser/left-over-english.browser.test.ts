import { expect, test } from "vitest";
import { wordsLeft } from "./left-over-english.ts";

test("a sentence and a single word are found, in the midst of another language too", () => {
  expect(wordsLeft("Sync now")).toEqual(["Sync", "now"]);
  expect(wordsLeft("रन sync पूरा")).toEqual(["sync"]);
  expect(wordsLeft("Datasources")).toEqual(["Datasources"]);
});

test("names, addresses, zones, currencies and scopes are the same in every language", () => {
  for (const text of [
    "Shopify · monsoon-and-moss.myshopify.com · INR, Asia/Kolkata",
    "Ananya Das (ananya@monsoonandmoss.in)",
    "read_all_orders",
    "Google Analytics 4, Klaviyo, WATI (WhatsApp)",
    "POST /admin/api/2026-10/graphql.json".replace("POST", ""),
    "DATA – Headwater",
  ])
    expect(wordsLeft(text), text).toEqual([]);
});
