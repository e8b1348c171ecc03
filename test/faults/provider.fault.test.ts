// A provider that dies, lies, dawdles and drifts under a running product: R6, R7, R9, R10, R13 to R17, R22, R30, R31.
// One stack, shops of their own; after each fault the tables must be the shop as it stands.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { at, isFields, type Fields } from "./caller.ts";
import { hasSyncedSince, killNow, settled } from "./kill-loop.ts";
import { openProduct, type Product } from "./product.ts";
import { secondOver, watched } from "./stillness.ts";

let product: Product;
beforeAll(async () => {
  product = await openProduct();
  // More shops than the demo's plan has slots for.
  await product.caller.command("setPlan", { plan: "scale" });
});
afterEach(() => product.desk("end-faults", {}));
afterAll(() => product?.close());

interface Connected {
  readonly domain: string;
  readonly id: string;
}

async function connected(name: string, orders = 300, products = 20): Promise<Connected> {
  const domain = `${name}.myshopify.com`;
  await product.addShop({ domain, orders, products, spanDays: 300, currency: "INR", zone: "Asia/Kolkata" });
  const id = await product.connect(domain);
  await settled(product, domain, id);
  return { domain, id };
}

const edit = (domain: string) => product.desk(`shops/${domain}`, { action: "happen", kind: "edit", count: 8 });
const breakWith = (domain: string, rule: object) =>
  product.desk("faults", { surface: "graphql", shop: domain, ...rule });
const syncNow = (id: string) => product.caller.command("syncNow", { datasource: id });

async function requestsSince(domain: string, sinceMs: number): Promise<Fields[]> {
  const response = await fetch(`${product.stack.sandboxUrl}/_desk/requests?shop=${domain}&limit=100000`);
  const rows: unknown = await response.json();
  return Array.isArray(rows)
    ? rows.filter((row): row is Fields => isFields(row) && Number(row["atMs"]) >= sinceMs)
    : [];
}

const tokenCalls = (requests: readonly Fields[]) =>
  requests.filter((each) => String(each["operation"]).startsWith("token"));

/** When a fault met its first request, by the sandbox's ledger; null while it waits. */
async function metAt(domain: string, sinceMs: number): Promise<number | null> {
  const met = (await requestsSince(domain, sinceMs)).find((each) => each["fault"] !== null);
  return met === undefined ? null : Number(met["atMs"]);
}

/** Edits, a fault on the next sync, and then the same numbers as the shop has. A sync that was under way before the fault does not count. */
async function survives(shop: Connected, rule: object, withinMs = 90_000): Promise<void> {
  await edit(shop.domain);
  await secondOver(product);
  const since = Date.now();
  await breakWith(shop.domain, rule);
  await syncNow(shop.id);
  const what = `${shop.domain} syncs after ${JSON.stringify(rule)}`;
  await product.until(`the fault is met: ${what}`, async () => (await metAt(shop.domain, since)) !== null, 30_000);
  const met = (await metAt(shop.domain, since)) ?? since;
  await product.until(what, () => hasSyncedSince(product, shop.domain, met), withinMs);
  await product.audited(shop.domain, { basis: "truth" });
  expect((await product.datasource(shop.domain))["auth"]).toBe("ok");
}

describe("what comes is broken (R14, R15, R16, R17, R22)", () => {
  let shop: Connected;
  beforeAll(async () => {
    shop = await connected("broken");
  });
  // The walk of the orders, not of customers or products.
  const pages = { match: "lineItems" };

  test.each([
    ["R14: half a JSON", { kind: "truncatedJson", ...pages }],
    ["R14: half a gzip", { kind: "truncatedGzip", ...pages }],
    ["R14: less than the length promised", { kind: "wrongLength", ...pages }],
    ["R14: the connection ends in mid-body", { kind: "cut", bytes: 700, ...pages }],
    ["R15: a page of HTML with 200", { kind: "html", ...pages }],
    ["R15: 204", { kind: "empty", ...pages }],
    ["R15: an XML error", { kind: "xml", ...pages }],
    ["R15: a byte order mark", { kind: "byteOrderMark", ...pages }],
    ["R16: a 200 with an error inside", { kind: "internalError", ...pages }],
    ["R17: a 503", { kind: "serverError", ...pages }],
    ["R17: a reset", { kind: "reset", ...pages }],
    ["R17: a throttled call", { kind: "throttled", ...pages }],
    ["R22: records in any order", { kind: "unordered", ...pages }],
    ["R22: records twice on a page", { kind: "repeatRecords", ...pages }],
  ])("%s", async (_, rule) => {
    await survives(shop, rule);
  });

  test("R22: a page that leads to itself for ever is found within three repeats", async () => {
    await edit(shop.domain);
    await secondOver(product);
    const since = Date.now();
    await breakWith(shop.domain, { kind: "lastPageForever", count: "all", ...pages });
    await syncNow(shop.id);
    const asked = async (): Promise<number> => (await requestsSince(shop.domain, since)).length;
    await product.until("the sync has begun", async () => (await asked()) > 0);
    expect((await watched(asked, 4_000)).at(-1)).toBeLessThan(60);
    await product.desk("end-faults", {});
    await syncNow(shop.id);
    await product.until("a sync once the page ends again", () => hasSyncedSince(product, shop.domain, since), 120_000);
    await product.audited(shop.domain, { basis: "truth" });
  });
});

describe("one record that nobody can read (R30), and text that no table takes (R31)", () => {
  test("R30: it waits in quarantine with its reason, the rest goes on, and it comes in when it can be read", async () => {
    const { domain, id } = await connected("poisoned");
    await edit(domain);
    await secondOver(product);
    const since = Date.now();
    await breakWith(domain, { kind: "poison", field: "processedAt", text: "yesterday", match: "lineItems" });
    await syncNow(id);
    await product.until("the sync goes on", () => hasSyncedSince(product, domain, since), 60_000);
    const kept = await product.sql`select reason, source_id from quarantine q join accounts a on a.id = q.account_id
      where a.domain = ${domain} and q.reason <> 'textReplaced'`;
    expect(kept.length).toBeGreaterThanOrEqual(1);
    expect(kept[0]?.["reason"]).toBe("notInstant");
    await product.desk(`shops/${domain}`, { action: "happen", kind: "touch", count: 300 });
    await settled(product, domain, id);
    await product.audited(domain, { basis: "truth" });
  });

  test("R31: NUL and half a surrogate pair become U+FFFD, the row is kept and counted", async () => {
    const { domain } = await connected("odd-texts", 600, 60);
    const replaced =
      await product.sql`select count(*)::int as n from quarantine q join accounts a on a.id = q.account_id
      where a.domain = ${domain} and q.reason = 'textReplaced'`;
    expect(Number(replaced[0]?.["n"])).toBeGreaterThan(0);
    const titles = await product.sql`select count(*)::int as n from order_lines l join accounts a on a.id = l.account_id
      where a.domain = ${domain} and l.title like ${"%\uFFFD%"}`;
    expect(Number(titles[0]?.["n"])).toBeGreaterThan(0);
    await product.audited(domain, { basis: "truth" });
  });
});

describe("a provider that dawdles (R13)", () => {
  test("stores hang, drip bytes and never end their headers: cut off, read again, and a neighbour never notices", async () => {
    const kinds = ["hang", "slow", "slowHeaders"];
    const slow = await Promise.all(kinds.map((kind) => connected(`dawdling-${kind.toLowerCase()}`)));
    const neighbour = await connected("next-door");
    const since = Date.now();
    for (const [i, { domain, id }] of slow.entries()) {
      await edit(domain);
      await secondOver(product);
      await breakWith(domain, { kind: kinds[i] ?? "hang", match: "lineItems", ms: 1_000 });
      await syncNow(id);
    }
    await product.until("every store dawdles", async () => (await hitsOf(...kinds)) === kinds.length, 30_000);
    await edit(neighbour.domain);
    await secondOver(product);
    const asked = Date.now();
    await syncNow(neighbour.id);
    await product.until(
      "the neighbour syncs meanwhile",
      () => hasSyncedSince(product, neighbour.domain, asked),
      20_000,
    );
    await product.audited(neighbour.domain, { basis: "truth" });
    for (const { domain } of slow) {
      await product.until(`${domain} is read in the end`, () => hasSyncedSince(product, domain, since), 240_000);
      await product.audited(domain, { basis: "truth" });
      const late = (await requestsSince(domain, since)).filter((each) => each["fault"] !== null);
      expect(late).toHaveLength(1);
      expect(Number(late[0]?.["tookMs"]), "cut within the total timeout").toBeLessThan(150_000);
    }
  }, 400_000);
});

/** Of these kinds, how many have hit: a fault that hits once is then known no more. */
async function hitsOf(...kinds: readonly string[]): Promise<number> {
  const faults = (await product.desk("state"))["faults"];
  const waiting = Array.isArray(faults) ? faults.map((each) => String(at(each, "rule", "kind"))) : [];
  return kinds.filter((kind) => !waiting.includes(kind)).length;
}

describe("tokens (R6, R7, R9, R10)", () => {
  test("R7: a 401 that is a blip costs one refresh and one repeat", async () => {
    const shop = await connected("blip");
    const since = Date.now();
    await survives(shop, { kind: "unauthorized", match: "lineItems" });
    expect(tokenCalls(await requestsSince(shop.domain, since))).toHaveLength(1);
  });

  test("R9, R10: the answer of a refresh is lost: the old token is tried again, nobody is asked to sign in", async () => {
    const shop = await connected("lost-answer");
    await product.desk(`shops/${shop.domain}`, { action: "expireAccess" });
    const since = Date.now();
    await survives(shop, { kind: "lostAnswer", surface: "token" });
    expect(tokenCalls(await requestsSince(shop.domain, since)).length).toBeLessThanOrEqual(3);
  });

  test("R10: the worker that holds the refresh dies in the middle of it: others go on", async () => {
    const shop = await connected("dead-holder");
    await product.desk(`shops/${shop.domain}`, { action: "expireAccess" });
    await edit(shop.domain);
    await secondOver(product);
    const since = Date.now();
    await breakWith(shop.domain, { kind: "slow", surface: "token", ms: 200 });
    await syncNow(shop.id);
    await product.until("the refresh is under way", async () => (await hitsOf("slow")) > 0, 20_000);
    await killNow(product, "load");
    await product.until("the sync goes on", () => hasSyncedSince(product, shop.domain, since), 60_000);
    await product.audited(shop.domain, { basis: "truth" });
  });

  test("R6: a revoked token asks for reauthorization within 30 s and three calls, keeps the data, and goes on after it", async () => {
    const shop = await connected("revoked");
    const [before] =
      await product.sql`select count(*)::int as n from orders o join accounts a on a.id = o.account_id where a.domain = ${shop.domain}`;
    await edit(shop.domain);
    await product.desk(`shops/${shop.domain}`, { action: "revoke" });
    const since = Date.now();
    await syncNow(shop.id);
    await product.until(
      "it asks to sign in again",
      async () => (await product.datasource(shop.domain))["auth"] === "revoked",
      30_000,
    );
    const calls = await watched(async () => (await requestsSince(shop.domain, since)).length, 2_000);
    expect(calls.at(-1)).toBeLessThanOrEqual(3);
    const [after] =
      await product.sql`select count(*)::int as n from orders o join accounts a on a.id = o.account_id where a.domain = ${shop.domain}`;
    expect(after).toEqual(before);
    const begun = await product.caller.command("reauthorizeDatasource", { datasource: shop.id }, "authorizeUrl");
    await product.caller.consent(String(begun["authorizeUrl"]));
    await product.until(
      "it is connected again",
      async () => (await product.datasource(shop.domain))["auth"] === "ok",
      30_000,
    );
    await settled(product, shop.domain, shop.id);
    await product.audited(shop.domain, { basis: "truth" });
  });
});
