// The kills of the spine over every kind of source at once: a shop's bulk files, days that are restated and replaced whole,
// reports that are ordered and waited for, files that are imported. What dies is drawn by the seed. Each source ends as it is
// at its own, and stays so through what befalls it afterwards.
import type { PartName } from "@headwater/server/start/parts.mjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seededRandom } from "../sandbox/random.ts";
import { scaled } from "../setup/config.ts";
import { holdReads, type AtWork } from "./at-work.ts";
import { connectCosts } from "./cost-source.ts";
import { openFeed, pairsOf, untrueIn, type Feed } from "./feed.ts";
import { editing, isBackfilled, killInTurn, settled } from "./kill-loop.ts";
import { accessLostAndGiven, audited, daysPass, pausedMeanwhile, readAgain, synced, type Sources } from "./moments.ts";
import { connectKlaviyo, connectMeta, connectShop, rowOf, standStill } from "./platforms.ts";
import { openProduct, type Product } from "./product.ts";
import { oneWorkflowEach } from "./workflows.ts";

let product: Product;
let sources: Sources;
let atWork: AtWork;
/** A page that stays open through all of it. */
let feed: Feed;
beforeAll(async () => {
  product = await openProduct();
  feed = openFeed(product);
  await product.desk("settings", { bulkRunningMs: 700, bulkBytesPerSecond: 2_000_000 });
  await product.caller.command("setPlan", { plan: "scale" });
  await standStill(product);
  const all = [await connectShop(product, domain), await connectKlaviyo(product), await connectMeta(product)];
  const costs = await connectCosts(product);
  sources = { product, domain, all: [...all, costs], costs };
  atWork = await holdReads(product, sources.all);
});
afterAll(async () => {
  await feed?.close();
  await product?.close();
});

const kills = scaled({ usual: 7, long: 100 });
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

const isIn = async (platform: string): Promise<boolean> =>
  platform === "shopify" ? isBackfilled(product, domain) : (await rowOf(product, platform))["backfill"] === "done";

test(`${kills} kills while a shop, a mailer and an advertiser are read and files of costs come in`, async () => {
  const random = seededRandom("platforms", product.seed);
  await product.until(`${domain} is verified`, async () => "id" in (await product.datasource(domain)));
  const [happening, coming] = [editing(product, domain, random), sources.costs.filesComing()];
  const died = await killInTurn(product, random, { kills, livesMs: [300, 8_000], turns });
  const met = await atWork.met();
  for (const { platform } of sources.all) expect(met[platform], `kills met ${platform} at work`).toBeGreaterThan(0);
  await atWork.end();
  await happening.stop();
  // A busy machine may have been down most of the time.
  await coming.came(2);
  const { looks, files } = await coming.stop();
  for (const { platform } of sources.all) await product.until(`the history of ${platform} is in`, () => isIn(platform));
  await settled(product, domain, sources.all[0]?.id ?? "");
  await sources.costs.taken();
  await synced(sources, 1);
  await oneWorkflowEach(product);
  const rows = await audited(sources);
  const told = JSON.stringify({ ...rows, looks, files, met });
  console.log(`kills over all platforms, seed ${product.seed}:`, died.join(" "), told);
  for (const [platform, count] of Object.entries(rows)) expect(count, platform).toBeGreaterThan(100);
});

// Before the source's clock is moved: a consent that is days old, or days ahead, is none.
test("access lost at all of them, and given again: every day is each source's own", async () => {
  // A page is told a few times a second how it stands then: what was lost and given in between it need not hear of.
  await accessLostAndGiven(sources, (id) => pairsOf(feed.messages, id).at(-1) === "REAUTHORIZE INACTIVE");
  await synced(sources, 1);
  await audited(sources);
});

test("a week of edits, refunds and restatements, its last day in a pause: every day is each source's own", async () => {
  await daysPass(sources, 6);
  await synced(sources);
  await pausedMeanwhile(sources, () => daysPass(sources, 1));
  await synced(sources, 1);
  await audited(sources);
});

test("rows that were lost come back with a resync, and every day is each source's own", async () => {
  expect(await readAgain(sources)).toBeGreaterThan(5);
  await synced(sources, 1);
  await audited(sources);
});

test("what a page was told of them all the while is true each time, and a path of what befell them", async () => {
  const { messages } = feed;
  expect(untrueIn(messages)).toEqual([]);
  // Begun anew when the API was killed.
  expect(messages.filter(({ type }) => type === "Snapshot").length).toBeGreaterThan(1);
  for (const { id, platform } of sources.all) {
    const told = pairsOf(messages, id);
    expect(told.slice(told.indexOf("CONNECTED ACTIVE")), platform).toEqual([
      "CONNECTED ACTIVE",
      "REAUTHORIZE INACTIVE",
      "CONNECTED ACTIVE",
      "CONNECTED INACTIVE",
      "CONNECTED ACTIVE",
    ]);
  }
});
