// Pages that lie, run out, move or hold nothing readable, under the whole product: R21, R22, R30. Ninety changed orders are
// four pages of 25: under the 150 from which a shop is read by bulk, so that every one of these syncs walks pages.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { at, type Fields } from "./caller.ts";
import { paused } from "./deletes.ts";
import { editing, hasSyncedSince, settled } from "./kill-loop.ts";
import { openProduct, type Product } from "./product.ts";
import { secondOver } from "./stillness.ts";
import { fieldsIn, secondPage, shopsOf, survivedSync, type Connected, type Shops } from "./shops.ts";
import { seededRandom } from "../sandbox/random.ts";

const CHANGED = 90;
let product: Product;
let shops: Shops;
beforeAll(async () => {
  product = await openProduct();
  shops = shopsOf(product);
  // More shops than the demo's plan has slots for.
  await product.caller.command("setPlan", { plan: "scale" });
});
afterEach(() => product.desk("end-faults", {}));
afterAll(() => product?.close());

const named = (requests: readonly Fields[], name: string): Fields[] =>
  requests.filter((each) => String(each["operation"]).includes(name));

test("R21: a page cursor that has run out costs its place in the window: no bulk, no second history, no gap", async () => {
  const { domain, id } = await shops.connected("stale-cursor");
  await shops.edit(domain, CHANGED);
  const since = Date.now();
  await survivedSync(product, shops, { domain, id }, { kind: "staleCursor", match: secondPage, skip: 1 });
  const asked = await shops.requestsSince(domain, since);
  const walked = named(asked, "Walk").concat(named(asked, "orders"));
  expect(asked.filter((each) => each["fault"] !== null)).toHaveLength(1);
  expect(named(asked, "bulk")).toEqual([]);
  // Four pages, the one refused, and what the restart read twice: the second of its last row.
  expect(walked.length, JSON.stringify(asked)).toBeLessThanOrEqual(8);
  const runs = await product.sql`select kind, state from runs r join datasources d on d.id = r.datasource_id
    join accounts a on a.id = d.account_id where a.domain = ${domain} and r.started_at > ${new Date(since)} and r.kind in ('sync', 'backfill')`;
  expect([...runs]).toEqual([{ kind: "sync", state: "succeeded" }]);
});

describe("pages that lie once (R22)", () => {
  // Changes add up within the overlap of five minutes: two shops keep each under the number from which it is bulk.
  const both: Connected[] = [];
  let turn = 0;
  beforeAll(async () => {
    for (const name of ["lying", "lying-too"]) both.push(await shops.connected(name));
  });

  test.each([
    ["the page before comes again under the next cursor", { kind: "duplicatePage", match: secondPage }],
    ["a page without records, with a next link", { kind: "emptyPage", match: secondPage }],
    ["the same, at the end", { kind: "emptyPage", match: secondPage, skip: 1 }],
    ["records in any order, on every page", { kind: "unordered", match: "lineItems", count: 4 }],
    ["records twice on a page, on every page", { kind: "repeatRecords", match: "lineItems", count: 4 }],
    ["a page that leads to itself, once", { kind: "lastPageForever", match: secondPage }],
  ])("%s: nothing is lost and nothing twice", async (_, rule) => {
    turn += 1;
    const shop = both[turn % both.length] ?? { domain: "", id: "" };
    await shops.edit(shop.domain, CHANGED / 2);
    await survivedSync(product, shops, shop, rule);
  });
});

describe("pages that lie for ever (R22)", () => {
  test.each([
    ["the last page, again and again", "lastPageForever"],
    ["the page before, again and again", "duplicatePage"],
    ["empty pages with a next link", "emptyPage"],
  ])("%s: found within three repeats, told, and read whole once it is mended", async (_, kind) => {
    const { domain, id } = await shops.connected(`endless-${kind.toLowerCase()}`);
    await shops.edit(domain, CHANGED);
    const since = Date.now();
    const fault = await shops.breakWith(domain, { kind, match: secondPage, count: "all" });
    await shops.syncNow(id);
    const isTold = async () => (await shops.entriesOf(id, /^notice\.sourceDown\.standing$/)).length === 1;
    await product.until("it is told", isTold);
    expect(await shops.hitsOf(fault)).toBeLessThanOrEqual(3);
    expect(await hasSyncedSince(product, domain, since)).toBe(false);
    await product.desk("end-faults", {});
    await settled(product, domain, id);
    await product.audited(domain, { basis: "truth" });
    await shops.isOver(id, "sourceDown");
  });
});

test("R30: pages on which every record is poison are kept aside with their reasons, the sync goes on, and all of it comes in later", async () => {
  const { domain, id } = await shops.connected("all-poison");
  await shops.edit(domain, CHANGED);
  const [rows, since] = [await shops.rowsOf(domain), Date.now()];
  const completeNow = async () => (await product.datasource(domain))["complete_through"];
  const throughNow = async () => {
    const [row] = await product.sql`select c.through from checkpoints c join datasources d on d.id = c.datasource_id
      join accounts a on a.id = d.account_id where a.domain = ${domain} and c.stream = 'orders'`;
    return row?.["through"];
  };
  const [complete, before] = [await completeNow(), await throughNow()];
  const rule = { kind: "poison", to: "all", count: "all", field: "processedAt", text: "yesterday", match: "lineItems" };
  await shops.breakWith(domain, rule);
  await shops.syncNow(id);
  await product.until("the sync goes on", () => hasSyncedSince(product, domain, since));
  const [kept] = await product.sql`
    select count(*)::int as n, count(distinct source_id)::int as orders, bool_and(length(document) > 100) as whole
    from quarantine q join accounts a on a.id = q.account_id where a.domain = ${domain} and reason = 'notInstant'`;
  expect(Number(kept?.["orders"])).toBeGreaterThanOrEqual(CHANGED);
  expect(kept?.["whole"]).toBe(true);
  expect(await shops.rowsOf(domain)).toBe(rows);
  const { rejectedRecords, dataSync } = await shops.told(id);
  const refused = expect.objectContaining({ reason: "notInstant", stream: "orders" });
  expect(fieldsIn(at(rejectedRecords, "nodes"))).toContainEqual(refused);
  expect(dataSync).toMatchObject({ status: "ACTIVE" });
  expect(await throughNow(), "the checkpoint moves on").not.toEqual(before);
  expect(await completeNow(), "nothing is said to be whole that is not").toEqual(complete);
  await product.desk("end-faults", {});
  await product.desk(`shops/${domain}`, { action: "happen", kind: "touch", count: 300 });
  await settled(product, domain, id);
  await product.audited(domain, { basis: "truth" });
});

// Last: they move the provider's clock, and leave it there.
describe("a provider's clock", () => {
  const walked: Connected[] = [];
  beforeAll(async () => {
    for (const name of ["moving", "skewed"]) walked.push(await shops.connected(name, 400));
  });
  test("R22: rows that move between pages while these are walked are neither lost nor doubled", async () => {
    const [{ domain, id } = { domain: "", id: "" }] = walked;
    await paused(product, domain, id);
    await shops.edit(domain, CHANGED);
    // Beyond the overlap, and the verify before the sync hears of it: no later sync could mend what this one lost.
    await product.desk("clock", { bySeconds: 900 });
    const since = Date.now();
    // So long that rows move meanwhile on any machine.
    const fault = await shops.breakWith(domain, { kind: "delay", ms: 5_000, match: "lineItems", count: "all" });
    await product.caller.command("resumeDatasource", { datasource: id });
    await product.until("the walk has begun", async () => ((await shops.hitsOf(fault)) ?? 0) > 0);
    const moving = editing(product, domain, seededRandom("moving", product.seed));
    await product.until("it has been walked", () => hasSyncedSince(product, domain, since));
    expect(await moving.stop()).toBeGreaterThan(10);
    await product.desk("end-faults", {});
    const [reached] =
      await product.sql`select max(c.through) as through from checkpoints c join datasources d on d.id = c.datasource_id
      join accounts a on a.id = d.account_id where a.domain = ${domain} and c.stream = 'orders'`;
    expect(reached?.["through"]).toSatisfy((through: Date) => through.getTime() > since + 600_000);
    await settled(product, domain, id);
    await product.audited(domain, { basis: "truth" });
  });

  test("R18: ten minutes ahead, ten behind, back by an hour: no change is lost, and no window with it", async () => {
    const [, shop = { domain: "", id: "" }] = walked;
    for (const [step, bySeconds] of [600, -1_200, 600, -3_600].entries()) {
      await product.desk("clock", { bySeconds });
      // Each order once: one that was changed in what is now the future is shown when the source's clock gets there again.
      for (let n = step * 12; n < (step + 1) * 12; n += 1)
        await product.desk(`shops/${shop.domain}`, { action: "happen", kind: "edit", n });
      await secondOver(product);
      // The first sync may still ask by the time that it knew; what it hears puts the next one right.
      await settled(product, shop.domain, shop.id);
      await settled(product, shop.domain, shop.id);
      await product.audited(shop.domain, { basis: "truth" });
    }
  });
});
