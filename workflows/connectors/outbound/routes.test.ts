import { describe, expect, test } from "vitest";
import { browserAddress, ownAddress, readProviderRoutes, routeFor } from "./routes.ts";
import { saidBy } from "./redact.ts";

const routes = readProviderRoutes(
  '{"*.myshopify.com":"http://127.0.0.1:4001","tea.myshopify.com":"http://127.0.0.1:5000","*.tea.myshopify.com":"http://127.0.0.1:6000"}',
);

describe("PROVIDER_ROUTES", () => {
  test.each([
    ["coffee.myshopify.com", "http://127.0.0.1:4001"],
    ["COFFEE.myshopify.com.", "http://127.0.0.1:4001"],
    ["tea.myshopify.com", "http://127.0.0.1:5000"],
    ["a.tea.myshopify.com", "http://127.0.0.1:6000"],
    ["myshopify.com", undefined],
    ["evilmyshopify.com", undefined],
    ["myshopify.com.evil.org", undefined],
  ])("sends %s to %s", (host, origin) => {
    expect(routeFor(routes, host)?.origin).toBe(origin);
  });

  test("keeps path, query and fragment of an address that a browser opens", () => {
    const address = new URL("https://coffee.myshopify.com/admin/oauth/authorize?client_id=a%2Fb&state=x#y");
    expect(browserAddress(routes, address)).toBe(
      "http://127.0.0.1:4001/~/coffee.myshopify.com/admin/oauth/authorize?client_id=a%2Fb&state=x#y",
    );
    expect(browserAddress(routes, new URL("https://a.klaviyo.com/x"))).toBe("https://a.klaviyo.com/x");
  });

  test.each([
    ["http://127.0.0.1:4001/bulk/1?x=y", ["storage.example", "coffee.myshopify.com"], true],
    ["http://127.0.0.1:4001/bulk/1", ["*.myshopify.com"], true],
    ["http://127.0.0.1:4001/bulk/1", ["a.klaviyo.com"], false],
    ["http://127.0.0.1:4001/bulk/1", ["127.0.0.1"], false],
    ["http://127.0.0.1:4002/bulk/1", ["coffee.myshopify.com"], false],
    ["https://coffee.myshopify.com/", ["coffee.myshopify.com"], false],
    ["/bulk/1", ["coffee.myshopify.com"], false],
  ])("takes %s for %j as the stand-in's own address: %s", (address, hosts, isOwn) => {
    expect(ownAddress(routes, address, hosts)?.href ?? null).toBe(isOwn ? address : null);
  });

  test("names every wrong entry at once", () => {
    expect(() =>
      readProviderRoutes('{"*":"http://a","good.com":"ftp://x","ok.com":"http://127.0.0.1:1/path"}'),
    ).toThrow(/\*.*good\.com.*ok\.com/s);
    expect(() => readProviderRoutes("{")).toThrow(/PROVIDER_ROUTES/);
    expect(readProviderRoutes(undefined).size).toBe(0);
    expect(readProviderRoutes("  ").size).toBe(0);
  });
});

test.each([
  ['{"access_token":"shpat_a1b2c3d4e5f60718","x":1}', /a1b2c3/],
  ["Authorization: Bearer abcdef.ghijkl", /abcdef/],
  ["key=pk_live_1234567890abcdef", /1234567890/],
  ["https://x.test/?signature=0123456789abcdef0123456789abcdef", /0123456789abcdef/],
  ["write to ananya@monsoonandmoss.in", /ananya/],
  ["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9abc123", /eyJhbGci/],
])("the words %j lose what is secret", (said, secret) => {
  expect(saidBy(said)).not.toMatch(secret);
});

test("words are cut between letters, never within one: half a letter cannot be written down", () => {
  for (const lead of ["", "x"]) expect(saidBy(lead + "\u{1f375}".repeat(500)).isWellFormed()).toBe(true);
});
