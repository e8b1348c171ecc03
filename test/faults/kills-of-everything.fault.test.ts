// R5: everything of ours dies at one moment, again and again, while orders change and vanish at the source. Only the
// provider lives on. Lost 0, doubled 0, stale over new 0, what is deleted is gone, money equal to the cent.
import { afterAll, beforeAll, expect, test } from "vitest";
import { scaled } from "../setup/config.ts";
import { editsAndDeletes, killLoop } from "./kill-loop.ts";
import { openProduct, type Product } from "./product.ts";

let product: Product;
beforeAll(async () => {
  product = await openProduct();
  await product.desk("settings", { bulkRunningMs: 700 });
});
afterAll(() => product?.close());

const kills = scaled({ usual: 5, long: 20 });

test(`R5: ${kills} times everything dies at once`, async () => {
  const report = await killLoop(product, {
    name: "everything",
    parts: [["postgres", "temporal", "lifecycle", "load", "api"]],
    kills,
    happens: editsAndDeletes,
    orders: 10_000,
    livesMs: [300, 3_000],
  });
  console.log(`kills of everything, seed ${product.seed}:`, JSON.stringify({ ...report, died: undefined }));
  expect(report.kills).toBe(kills);
  expect(report.records).toBeGreaterThan(10_000);
  expect(report.deleted).toBeGreaterThan(0);
  // Twenty in ten minutes, or as many starts as this machine manages when it is busier than that.
  const each = Math.max(30_000, 4 * report.slowestReturnMs);
  expect(report.tookMs, "R5: twenty in ten minutes").toBeLessThanOrEqual(kills * each + 120_000);
});
