import { createHmac, randomInt } from "node:crypto";
import { ApiVersion, LogSeverity, shopifyApi } from "@shopify/shopify-api";
import { describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { readSignedQuery, signatureOf } from "./query-hmac.ts";

const secret = "hush";
const now = new Date("2026-11-20T12:00:00Z");
const at = String(now.getTime() / 1000);

function signed(values: Record<string, string>, key = secret): string {
  const pairs = Object.entries(values);
  const hmac = signatureOf(pairs, key);
  return [...pairs, ["hmac", hmac]].map(([name = "", value = ""]) => `${name}=${encodeURIComponent(value)}`).join("&");
}

const good = {
  code: "0907a61c0c8d55e99db179b68161bc00",
  host: "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvdGVh",
  shop: "tea.myshopify.com",
  state: "a b+c%/é☕",
  timestamp: at,
};

describe("a signed query", () => {
  test("is believed when it is whole and fresh", () => {
    const read = readSignedQuery(signed(good), secret, now);
    expect(read.ok && read.values.get("shop")).toBe("tea.myshopify.com");
  });

  test("agrees with the example of Shopify's own documents", () => {
    // shopify.dev, "verify a callback": the message that their secret signs, here with a secret of ours.
    const message =
      "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&state=0.6784241404160823&timestamp=1337178173";
    const pairs = [...new URLSearchParams(message)];
    expect(signatureOf(pairs, secret)).toBe(createHmac("sha256", secret).update(message).digest("hex"));
  });

  test.each([
    ["a flipped letter of the signature", (q: string) => q.replace(/.$/, (last) => (last === "0" ? "1" : "0"))],
    ["an upper-case signature", (q: string) => q.replace(/hmac=.*/, (all) => all.toUpperCase())],
    ["no signature", (q: string) => q.replace(/&hmac=.*/, "")],
    ["an empty signature", (q: string) => q.replace(/hmac=.*/, "hmac=")],
    ["another shop", (q: string) => q.replace("tea", "evil")],
    ["one value more", (q: string) => `x=1&${q}`],
    ["one value less", (q: string) => q.replace(/host=[^&]*&/, "")],
    ["another secret", () => signed(good, "other")],
  ])("is refused with %s", (_what, change) => {
    expect(readSignedQuery(change(signed(good)), secret, now)).toMatchObject({ ok: false, status: 401 });
  });

  test("is refused when a name comes twice, though the signature fits one of them", () => {
    expect(readSignedQuery(`shop=evil.myshopify.com&${signed(good)}`, secret, now)).toMatchObject({
      ok: false,
      status: 400,
    });
  });

  test.each([
    [-91, false],
    [-90, true],
    [0, true],
    [90, true],
    [91, false],
    [-86_400, false],
  ])("%i s from now is believed: %s", (seconds, isFresh) => {
    const timestamp = String(now.getTime() / 1000 + seconds);
    expect(readSignedQuery(signed({ ...good, timestamp }), secret, now).ok).toBe(isFresh);
  });

  test.each(["", "abc", "1e9", "-1", " 1", "9".repeat(40), `${at}.0`])("a timestamp %j is refused", (timestamp) => {
    expect(readSignedQuery(signed({ ...good, timestamp }), secret, now).ok).toBe(false);
  });

  test("agrees with Shopify's own validator on 10,000 mutated queries", async () => {
    const seed = inject("seed") ?? randomInt(2 ** 31);
    console.log(`mutated queries, seed ${seed}`);
    draw = seededDraw(seed);
    vi.useFakeTimers({ now, toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    let believed = 0;
    let stricter = 0;
    for (let round = 0; round < 10_000; round += 1) {
      const query = mutated(signed(randomValues()));
      const isGood = readSignedQuery(query, secret, now).ok;
      const isTheirs = await shopifyBelieves(query);
      if (isGood !== (isTheirs && !isOnlyTheirs(query))) expect.unreachable(`seed ${seed}, round ${round}: ${query}`);
      if (isGood) believed += 1;
      else if (isTheirs) stricter += 1;
    }
    console.log(`${believed} believed by both, ${stricter} by Shopify's alone`);
    expect(believed).toBeGreaterThan(1_000);
    expect(believed).toBeLessThan(9_000);
    expect(stricter).toBeLessThan(500);
  });
});

await import("@shopify/shopify-api/adapters/node");
const shopify = shopifyApi({
  apiKey: "key",
  apiSecretKey: secret,
  apiVersion: ApiVersion.October26,
  hostName: "headwater.example",
  isEmbeddedApp: false,
  logger: { level: LogSeverity.Error },
});

const shopifyBelieves = (query: string): Promise<boolean> =>
  shopify.utils.validateHmac(new URLSearchParams(query)).catch(() => false); // it throws at what it cannot read

/** What we refuse beyond it: a name that comes twice, and a time that only `Number()` takes for one. */
function isOnlyTheirs(query: string): boolean {
  const pairs = new URLSearchParams(query);
  return new Set(pairs.keys()).size < pairs.size || !/^\d+$/.test(pairs.get("timestamp") ?? "");
}

const letters = [
  "a",
  "Z",
  "0",
  " ",
  "+",
  "%",
  "&",
  "=",
  "/",
  "é",
  "☕",
  "~",
  "!",
  "'",
  "(",
  "*",
  "\u0000",
  "\n",
  "𝕏",
  "ß",
  ".",
  "-",
  "_",
];
// Mulberry32: small, and the same from the same seed, which a failure prints.
function seededDraw(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
let draw = seededDraw(1);
const pick = (from: readonly string[]): string => from[draw(from.length)] ?? "";

function randomText(): string {
  return Array.from({ length: draw(12) }, () => pick(letters)).join("");
}

function randomValues(): Record<string, string> {
  const extra = Array.from({ length: draw(3) }, () => [`k${draw(100)}${pick(["", "[]", ".x"])}`, randomText()]);
  return { ...good, state: randomText(), ...Object.fromEntries(extra) };
}

/** About a third stay as they are; of the others some changes leave the meaning alone and must be believed. */
function mutated(query: string): string {
  switch (draw(9)) {
    case 0:
      return query.split("&").toReversed().join("&");
    case 1:
      return query.replaceAll("%20", "+");
    case 2: {
      const place = draw(query.length);
      return query.slice(0, place) + pick([...letters, "%41", "&&"]) + query.slice(place + 1);
    }
    case 3:
      return query.replace(/%([0-9A-F]{2})/, (all) => all.toLowerCase());
    case 4:
      return `${query}&${pick(["x=1", "hmac=0", "signature=abc", "shop=a", "", "=", "%"])}`;
    case 5:
      return query.slice(0, draw(query.length));
    default:
      return query;
  }
}
