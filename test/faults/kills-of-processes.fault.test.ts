// R1, R2: kill -9 of the workers and of the API at random moments of a 10,000-order backfill with edits running, a source of
// every other kind at work beside it. Lost 0, doubled 0, stale over new 0, money equal to the cent.
import { BATCH } from "@headwater/workflows/load/batch.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scaled } from "../setup/config.ts";
import { edits, killLoop } from "./kill-loop.ts";
import { connectOthers, type Others } from "./others.ts";
import { openProduct, type Product } from "./product.ts";

let product: Product;
let others: Others;
beforeAll(async () => {
  product = await openProduct();
  // Long enough that several kills fall into one backfill, and many of them into the middle of a file.
  await product.desk("settings", { bulkRunningMs: 300, bulkBytesPerSecond: 2_000_000 });
  others = await connectOthers(product);
});
afterAll(() => product?.close());

const kills = scaled({ usual: 20, long: 300 });

test(`${kills} kills of each worker, with the API dying alongside`, async () => {
  const fired = await others.atWork();
  const report = await killLoop(product, {
    name: "workers",
    parts: ["load", "lifecycle"],
    alongside: "api",
    kills: 2 * kills,
    happens: edits,
    orders: 10_000,
    livesMs: [200, 1_200],
  });
  console.log(`kills of processes, seed ${product.seed}:`, JSON.stringify({ ...report, died: undefined }));
  expect([report.died["load"]?.length, report.died["lifecycle"]?.length]).toEqual([kills, kills]);
  expect(report.killsAlongside).toBeGreaterThanOrEqual(kills);
  expect(report.records).toBeGreaterThan(10_000);
  expect(report.downloadsAgain, "some fell into the middle of a file").toBeGreaterThan(0);
  // What left the provider and lay unread between the two counts as fetched: at two megabytes a second as much as a batch
  // within a second and a half, and more where the machine is busy. A file that was begun anew by each of them would be far more.
  const busy = Math.max(1, report.slowestReturnMs / 3_000);
  expect(report.mostAgain, "R1: fetched again, a batch and what lay unread").toBeLessThanOrEqual(
    2 * BATCH.records * busy,
  );
  // A dead worker's call is begun anew after ten seconds; the rest is a start and a first batch, as long as a busy machine takes.
  const bar = Math.max(15_000, 10_000 + 6 * report.slowestReturnMs);
  expect(report.slowestProgressMs, "R1: at work again within 15 s of the restart").toBeLessThanOrEqual(bar);
  console.log("beside them:", JSON.stringify(await fired.cameThrough("load", report.died["load"] ?? [])));
});
