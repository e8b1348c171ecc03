// R3, R4: kill -9 of Postgres and of Temporal at random moments of a 10,000-order backfill with edits running, a source of
// every other kind at work beside it; then Temporal's whole file is lost. Lost 0, doubled 0, stale over new 0, money equal to the cent, one workflow a datasource.
import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scaled } from "../setup/config.ts";
import { editsAndDeletes, hasSyncedSince, killLoop, settled } from "./kill-loop.ts";
import { connectOthers, type Others } from "./others.ts";
import { openProduct, type Product } from "./product.ts";
import { oneWorkflowEach } from "./workflows.ts";

let product: Product;
let others: Others;
beforeAll(async () => {
  product = await openProduct();
  await product.desk("settings", { bulkRunningMs: 700 });
  others = await connectOthers(product);
});
afterAll(() => product?.close());

const kills = scaled({ usual: 20, long: 300 });

test.each([["postgres"], ["temporal"]] as const)(`${kills} kills of %s`, async (part) => {
  const plan = {
    name: part,
    parts: [part],
    kills,
    happens: editsAndDeletes,
    orders: 10_000,
    livesMs: [300, 2_000],
  } as const;
  const fired = await others.atWork();
  const report = await killLoop(product, plan);
  console.log(`kills of ${part}, seed ${product.seed}:`, JSON.stringify({ ...report, died: undefined }));
  expect(report.kills).toBe(kills);
  expect(report.records).toBeGreaterThan(10_000);
  expect(report.deleted).toBeGreaterThan(0);
  console.log("beside them:", JSON.stringify(await fired.cameThrough(part, report.died[part] ?? [])));
});

test("Temporal's file is lost in the middle of a backfill: everything goes on, once", async () => {
  const domain = "lost-file.myshopify.com";
  await product.addShop({ domain, orders: 3_000, spanDays: 700 });
  const id = await product.connect(domain);
  const isUnderWay = async (): Promise<boolean> => (await product.datasource(domain))["phase"] === "LIVE";
  await product.until("the newest window is in", isUnderWay);
  await product.stack.hold("temporal", { hard: true });
  rmSync(product.stack.temporalFile, { recursive: true, force: true });
  const lostAt = Date.now();
  await product.stack.release("temporal");
  await product.stack.ready("temporal");
  await settled(product, domain, id);
  expect(await hasSyncedSince(product, domain, lostAt)).toBe(true);
  await product.audited(domain, { basis: "truth" });
  await oneWorkflowEach(product);
});
