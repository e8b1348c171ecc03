import { describe, expect, it } from "vitest";
import { chosenFrom, datasourcesPlace, safeNext, tabsOf, to, withChosen } from "./routes.ts";

describe("addresses", () => {
  it("a datasource id of any shape survives its address", () => {
    const id = "RGF0YXNvdXJjZTo/+=";
    const path = to.datasource("moss", id, "runs");
    expect(datasourcesPlace(path.split("/datasources/")[1])).toEqual({ kind: "detail", id, tab: "runs" });
  });
  it("an unknown tab is the overview", () =>
    expect(datasourcesPlace("abc/nonsense")).toEqual({ kind: "detail", id: "abc", tab: "overview" }));
  it("the connect drawer is an address of its own", () =>
    expect(datasourcesPlace("connect/shopify")).toEqual({ kind: "connect", platform: "shopify" }));
});

describe("the tabs of a datasource", () => {
  it.each([
    ["OAUTH", "overview runs timeline access numbers settings"],
    ["FILE_UPLOAD", "overview files runs timeline settings"],
    ["NONE", "overview runs timeline numbers settings"],
  ])("by %s are %s", (method, tabs) => expect(tabsOf(method).join(" ")).toBe(tabs));
});

describe("what is chosen on a screen", () => {
  const values = ["ALL", "EMAIL_SMS"] as const;
  it.each([
    ["", "ALL"],
    ["category=email_sms", "EMAIL_SMS"],
    ["?category=email_sms&q=x", "EMAIL_SMS"],
    ["category=nonsense", "ALL"],
    ["category=", "ALL"],
    ["kind=email_sms", "ALL"],
  ] as const)("'%s' means %s", (search, chosen) => expect(chosenFrom(search, "category", values)).toBe(chosen));
  it("leaves what else stands in the address, and takes out what is chosen no more", () => {
    expect(withChosen("show=paused&category=ads", { category: "email_sms" })).toBe("?show=paused&category=email_sms");
    expect(withChosen("show=paused&category=ads&q=a%26b", { category: null })).toBe("?show=paused&q=a%26b");
    expect(withChosen("category=ads&q=x", { category: null, q: null })).toBe("");
    expect(new URLSearchParams(withChosen("", { q: "ক্লাভিয়ো & co" })).get("q")).toBe("ক্লাভিয়ো & co");
  });
});

describe("after signing in", () => {
  it.each([
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/.//evil.example",
    "\\evil.example",
    "\\\\evil.example",
    "///evil.example",
    "/\\/evil.example",
    "/..//evil.example",
    "/moss/../..//evil.example",
    "%2F%2Fevil.example",
    "%5C%5Cevil.example",
    " //evil.example",
    "\u00a0//evil.example",
    "moss.evil.example",
    "@evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "",
  ])("%s is not followed", (next) => expect(safeNext(`?next=${encodeURIComponent(next)}`)).toBeNull());
  it.each([
    "/%2F/evil.example",
    "/%5Cevil.example",
    "/moss?next=//evil.example",
    "/:443//evil.example",
    "/@evil.example",
  ])("%s stays with us", (next) => {
    const followed = safeNext(`?next=${encodeURIComponent(next)}`);
    expect(new URL(followed ?? "", "https://app.example").origin).toBe("https://app.example");
    expect(followed).toBe(next);
  });
  it("what is asked for twice, or encoded twice, is read once", () => {
    expect(safeNext("?next=%2Fmoss&next=%2F%2Fevil.example")).toBe("/moss");
    expect(safeNext("?next=%252F%252Fevil.example")).toBeNull();
  });
  it("a path of ours is", () => expect(safeNext("?next=%2Fmoss%2Foverview")).toBe("/moss/overview"));
});
