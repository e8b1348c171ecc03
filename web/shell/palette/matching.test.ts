// What somebody types finds what is called so, in whatever script either of them is written.
import { expect, test } from "vitest";
import { nearness, wordsOf } from "./matching.ts";

const near = (typed: string, called: string, about = ""): number | null =>
  nearness({ called: wordsOf(called), about: wordsOf(about) }, wordsOf(typed));

test.each([
  ["shop", "Shopify"],
  ["ŠHOP", "Shopify"],
  ["pay razor", "Razor pay"],
  ["shpfy", "Shopify"],
  ["शॉपिफ़ाई", "Shopify"],
  ["शॉपि", "Shopify"],
  ["শ্বপিফাই", "Shopify"],
  ["क्लावियो", "Klaviyo"],
  ["ক্লেভিয়'", "Klaviyo"],
  ["अमेज़न", "Amazon Seller"],
  ["এমাজন", "Amazon Seller"],
  ["गूगल", "Google Ads"],
  ["মেটা", "Meta Ads"],
  ["रेज़रपे", "Razorpay"],
  ["ৰেজৰপে", "Razorpay"],
  ["वूकॉमर्स", "WooCommerce"],
  ["पिंटरेस्ट", "Pinterest Ads"],
  ["टिकटॉक", "TikTok Ads"],
  ["plan", "प्लान और उपयोग"],
  ["sync", "সিংক কৰক"],
  ["প্লেন", "प्लान"],
  ["डेटा", "डेटा स्रोत"],
  ["উৎস", "তথ্যৰ উৎসবোৰ"],
  ["ডাটাৰ", "ডাটার"],
])("%s finds %s", (typed, called) => {
  expect(near(typed, called)).not.toBeNull();
});

test.each([
  ["soap", "Shopify"],
  ["klaviyo stop", "Klaviyo"],
  ["x", "Shopify"],
  ["फ", "Meta Ads"],
  ["গুগল", "Shopify"],
])("%s does not find %s", (typed, called) => {
  expect(near(typed, called)).toBeNull();
});

test("the nearer comes first: the word itself, its beginning, its middle, what else is known of it, its sound", () => {
  const order = [
    near("meta", "Meta Ads"),
    near("meta", "Metafield"),
    near("meta", "Ads", "meta"),
    near("meta", "Ads", "metafield"),
    near("meta", "Ametal"),
    near("meta", "मेटा"),
    near("meta", "Magenta"),
  ];
  const known = order.filter((each) => each !== null);
  expect(known).toHaveLength(order.length);
  expect(known).toEqual(known.toSorted((one, other) => one - other));
});
