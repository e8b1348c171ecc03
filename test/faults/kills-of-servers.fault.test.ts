// R3, R4: kill -9 of Postgres and of Temporal at random moments of a 10,000-order backfill with edits running; then
// Temporal's whole file is lost. Lost 0, doubled 0, stale over new 0, money equal to the cent, one workflow a datasource.
import { rmSync } from "node:fs";
import { Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scaled } from "../setup/config.ts";
import { hasSyncedSince, killLoop, settled } from "./kill-loop.ts";
import { openProduct, type Product } from "./product.ts";

let product: Product;
beforeAll(async () => {
  product = await openProduct();
  await product.desk("settings", { bulkRunningMs: 700 });
});
afterAll(() => product?.close());

const kills = scaled({ usual: 20, long: 300 });

test.each([["postgres"], ["temporal"]] as const)(`${kills} kills of %s`, async (part) => {
  const plan = { name: part, parts: [part], kills, orders: 10_000, livesMs: [300, 2_000] } as const;
  const report = await killLoop(product, plan);
  console.log(`kills of ${part}, seed ${product.seed}:`, JSON.stringify(report));
  expect(report.kills).toBe(kills);
  expect(report.records).toBeGreaterThan(10_000);
});

/** The workflows that run for a datasource, by Temporal's own word. */
async function runningFor(datasource: string): Promise<number> {
  const connection = await Connection.connect({ address: product.stack.temporalAddress });
  try {
    const client = new Client({ connection, namespace: product.stack.settings.lifecycle.TEMPORAL_NAMESPACE });
    let count = 0;
    const query = `ExecutionStatus = "Running" and WorkflowId = "ds:${datasource}"`;
    for await (const _ of client.workflow.list({ query })) count += 1;
    return count;
  } finally {
    await connection.close();
  }
}

test("Temporal's file is lost in the middle of a backfill: everything goes on, once", async () => {
  const domain = "lost-file.myshopify.com";
  await product.addShop({ domain, orders: 3_000, spanDays: 700 });
  const id = await product.connect(domain);
  const isUnderWay = async (): Promise<boolean> => (await product.datasource(domain))["phase"] === "LIVE";
  await product.until("the newest window is in", isUnderWay, 60_000);
  await product.stack.hold("temporal", { hard: true });
  rmSync(product.stack.temporalFile, { recursive: true, force: true });
  const lostAt = Date.now();
  await product.stack.release("temporal");
  await product.stack.ready("temporal");
  await settled(product, domain, id);
  expect(await hasSyncedSince(product, domain, lostAt)).toBe(true);
  await product.audited(domain, { basis: "truth" });
  const row = await product.datasource(domain);
  expect(await runningFor(String(row["id"]))).toBe(1);
});
