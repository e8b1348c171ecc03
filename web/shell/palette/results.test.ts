// What stands in the list before anything is typed, and what is found then; never more than can be read.
import { expect, test } from "vitest";
import { wordsOf } from "./matching.ts";
import { type Kind, type Option, resultsFor, shownMost } from "./results.ts";

const option = (
  kind: Kind,
  id: string,
  label: string,
  { about = "", datasource = null }: { about?: string; datasource?: string | null } = {},
): Option => ({
  id,
  kind,
  label,
  about,
  mark: null,
  href: "/",
  datasource,
  ask: kind === "ask" ? "stop" : null,
  words: { called: wordsOf(label), about: wordsOf(about) },
});
const datasource = (id: string, label: string, about = ""): Option =>
  option("datasource", id, label, { about, datasource: id });
const screens = [option("screen", "home", "Brand Overview"), option("screen", "plan", "Plan and usage")];
const datasources = [
  datasource("s", "Shopify", "moss.myshopify.com"),
  datasource("k", "Klaviyo", "moss"),
  datasource("m", "Meta Ads", "act_1"),
];
const asksOf = (id: string): Option[] =>
  datasources
    .filter((each) => each.id === id)
    .map(({ label }) => option("ask", `stop ${id}`, `Stop ${label}…`, { datasource: id }));
const streams = [
  option("stream", "s/orders", "Orders", { about: "Shopify", datasource: "s" }),
  option("stream", "m/orders", "Orders", { about: "Meta Ads", datasource: "m" }),
  option("stream", "s/customers", "Customers", { about: "Shopify", datasource: "s" }),
];
const sources: Parameters<typeof resultsFor>[1] = { screens, datasources, streams, here: null, recent: [], asksOf };
const told = (typed: string, more: Partial<Parameters<typeof resultsFor>[1]> = {}): string[] =>
  resultsFor(typed, { ...sources, ...more }).groups.map(
    ({ kind, options }) => `${kind}: ${options.map(({ label }) => label).join(", ")}`,
  );

test("before anything is typed: what was chosen last, what is on screen, and every place, each once", () => {
  expect(told("", { here: "k", recent: ["m", "gone", "stop k", "plan"] })).toEqual([
    "recent: Meta Ads, Stop Klaviyo…, Plan and usage",
    "screen: Brand Overview",
    "datasource: Shopify, Klaviyo",
  ]);
  expect(told("", { here: "k" })[0]).toBe("here: Stop Klaviyo…");
});

test("the nearest comes first, and what may be asked of a datasource is found by what it does and its name", () => {
  expect(told("klav")).toEqual(["datasource: Klaviyo", "ask: Stop Klaviyo…"]);
  expect(told("stop klav")).toEqual(["ask: Stop Klaviyo…"]);
  expect(told("stop", { here: "s" })).toEqual(["ask: Stop Shopify…"]);
  expect(told("moss")).toEqual(["datasource: Shopify, Klaviyo"]);
  expect(told("plan")).toEqual(["screen: Plan and usage"]);
  expect(told("nothing of that")).toEqual([]);
});

test("a stream is found by what it is called, and by whose it is only beside that", () => {
  expect(told("orders")).toEqual(["stream: Orders, Orders"]);
  expect(told("meta orders")).toEqual(["stream: Orders"]);
  expect(told("shopify")).toEqual(["datasource: Shopify", "ask: Stop Shopify…"]);
  expect(told("", { recent: ["s/customers"] })[0]).toBe("recent: Customers");
});

test("of a thousand the first are shown, and all are counted", () => {
  const many = Array.from({ length: 1_000 }, (_, n) => datasource(`d${n}`, `Ads ${n}`));
  for (const typed of ["", "ads"]) {
    const { groups, count } = resultsFor(typed, { ...sources, datasources: many });
    expect(groups.reduce((sum, { options }) => sum + options.length, 0)).toBe(shownMost);
    expect(count).toBe(typed === "" ? 1_002 : 1_000);
  }
  expect(told("999", { datasources: many })).toEqual(["datasource: Ads 999"]);
});
