// The kills of the spine over every kind of source at once: a shop's bulk files, days that are restated and replaced
// whole, reports that are ordered and waited for. What dies is drawn by the seed; each source ends as it is at its own.
import type { PartName } from "@headwater/server/start/parts.mjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seededRandom } from "../sandbox/random.ts";
import { scaled } from "../setup/config.ts";
import { editing, isBackfilled, killInTurn, settled } from "./kill-loop.ts";
import { connectKlaviyo, connectMeta, rowOf, type Source } from "./platforms.ts";
import { openProduct, type Product } from "./product.ts";
import { syncedFromNow } from "./syncs.ts";
import { oneWorkflowEach } from "./workflows.ts";

let product: Product;
beforeAll(async () => {
  product = await openProduct();
  await product.desk("settings", { bulkRunningMs: 700, bulkBytesPerSecond: 2_000_000 });
  await product.caller.command("setPlan", { plan: "scale" });
});
afterAll(() => product?.close());

const kills = scaled({ usual: 8, long: 100 });
const domain = "beside-others.myshopify.com";
const everything: readonly PartName[] = ["postgres", "temporal", "lifecycle", "load", "api"];
const turns: readonly (readonly PartName[])[] = [
  ["load"],
  ["load"],
  ["lifecycle"],
  ["postgres"],
  ["temporal"],
  ["load", "lifecycle"],
  everything,
];

async function shop(): Promise<Source> {
  await product.addShop({ domain, orders: 6_000, spanDays: 720, currency: "USD", zone: "America/New_York" });
  const id = await product.connect(domain);
  const audited = async () => (await product.audited(domain, { basis: "truth" })).held;
  return { platform: "shopify", id, audited };
}

const isIn = async ({ platform }: Source): Promise<boolean> =>
  platform === "shopify" ? isBackfilled(product, domain) : (await rowOf(product, platform))["backfill"] === "done";

test(`${kills} kills while a shop, a mailer and an advertiser are read`, async () => {
  const random = seededRandom("platforms", product.seed);
  const sources = [await shop(), await connectKlaviyo(product), await connectMeta(product)];
  await product.until(`${domain} is verified`, async () => "id" in (await product.datasource(domain)));
  const happening = editing(product, domain, random);
  const died = await killInTurn(product, random, { kills, livesMs: [300, 8_000], turns });
  await happening.stop();
  for (const source of sources)
    await product.until(`the history of ${source.platform} is in`, () => isIn(source), 300_000);
  await settled(product, domain, sources[0]?.id ?? "");
  for (const { id, platform } of sources.slice(1)) await syncedFromNow(product, id, platform);
  await oneWorkflowEach(product);
  const rows = new Map<string, number>();
  for (const source of sources) rows.set(source.platform, await source.audited());
  console.log(`kills over all platforms, seed ${product.seed}:`, died.join(" "), JSON.stringify([...rows]));
  for (const [platform, count] of rows) expect(count, platform).toBeGreaterThan(100);
});
