import { expect, test } from "vitest";
import { measured } from "./metrics.ts";

const namesOf = (...names: string[]) =>
  measured(names.map((name) => ({ name, integration: "Klaviyo" }))).map(({ name }) => name);

test("a metric is read by either of its names, and once where an account has both", () => {
  expect(namesOf("Unsubscribed", "Opened Email")).toEqual(["Unsubscribed", "Opened Email"]);
  const newer = "Unsubscribed from Email Marketing";
  expect(namesOf(newer, "Viewed Product")).toEqual([newer]);
  expect(namesOf("Unsubscribed", newer, "Unsubscribed from SMS Marketing")).toEqual([
    newer,
    "Unsubscribed from SMS Marketing",
  ]);
});

test("only Klaviyo's own messages are its messages, and orders come from every store", () => {
  const from = (integration: string, ...names: string[]) => names.map((name) => ({ name, integration }));
  const own = from("Klaviyo", "Received Email", "Unsubscribed");
  const orders = [...from("Shopify", "Placed Order"), ...from("API", "Placed Order")];
  const others = from("Mailchimp", "Received Email", "Opened Email", "Unsubscribed from Email Marketing");
  expect(measured([...others, ...own, ...orders])).toEqual([...own, ...orders]);
  const untold = from("", "Received Email");
  expect(measured([...others, ...own, ...untold]), "one that does not say whose it is").toEqual([...own, ...untold]);
  expect(measured(untold)).toEqual(untold);
});
