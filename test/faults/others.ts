// A mailer, an advertiser and files of costs beside the shops whose stack is killed: kept at work meanwhile, met at it, and in
// the end each is as it is at its own source.
import { setTimeout as sleep } from "node:timers/promises";
import type { PartName } from "@headwater/server/start/parts.mjs";
import { expect } from "vitest";
import { holdReads } from "./at-work.ts";
import { connectCosts, type CostSource } from "./cost-source.ts";
import { repeating } from "./kill-loop.ts";
import { audited, synced } from "./moments.ts";
import { connectKlaviyo, connectMeta, rowOf, standStill, type Source } from "./platforms.ts";
import type { Product } from "./product.ts";
import { fieldsIn } from "./shops.ts";

/** Long enough to be met, short enough to come through between two kills. */
const HELD_MS = 2_000;
/** The advertiser's reports: none is ordered twice sooner than this. */
const GAP_MS = 60_000;

export interface Others {
  /** Reads that are held back, syncs that are asked for, files that come: from now until they came through. */
  atWork(): Promise<Fired>;
}

interface Fired {
  /** What was killed, and when. Answers how many kills met each, and how many rows of each were compared. */
  cameThrough(part: PartName, killedAtMs: readonly number[]): Promise<object>;
}

export async function connectOthers(product: Product): Promise<Others> {
  await product.caller.command("setPlan", { plan: "scale" });
  await standStill(product);
  const [mailer, advertiser] = [await connectKlaviyo(product), await connectMeta(product)];
  const costs = await connectCosts(product);
  const all = [mailer, advertiser, costs];
  return { atWork: () => underFire(product, all, costs) };
}

async function underFire(product: Product, all: readonly Source[], costs: CostSource): Promise<Fired> {
  const held = await holdReads(product, all, HELD_MS);
  const coming = costs.filesComing();
  const asking = repeating(async () => {
    await sleep(3_000);
    // Whatever is down is asked again.
    for (const { id } of all) await product.caller.command("syncNow", { datasource: id }).catch(() => null);
    return 1;
  });
  return {
    async cameThrough(part, killedAtMs) {
      const met = await held.metBy(part, killedAtMs);
      for (const { platform } of all) expect(met[platform], `kills met ${platform} at work`).toBeGreaterThan(0);
      await held.end();
      await asking.stop();
      await coming.stop();
      for (const { platform } of all) {
        const isIn = async (): Promise<boolean> => (await rowOf(product, platform))["backfill"] === "done";
        await product.until(`the history of ${platform} is in`, isIn);
      }
      await costs.taken();
      await synced({ product, all, costs }, 1);
      const rows = await audited({ product, all, costs });
      for (const [platform, count] of Object.entries(rows)) expect(count, platform).toBeGreaterThan(100);
      return { met, rows, reports: await reportsOrdered(product) };
    },
  };
}

/**
 * A report that was ordered is waited for, whoever dies meanwhile: one that may be on its way is not ordered beside itself. The
 * newest days are read anew by every sync.
 */
async function reportsOrdered(product: Product): Promise<number> {
  const response = await fetch(`${product.stack.sandboxUrl}/_desk/requests?limit=100000`);
  const orders = fieldsIn(await response.json()).flatMap(({ operation, atMs, tookMs }) => {
    const [, range, until] = /^report (\S+ \S+ to (\S+))$/u.exec(String(operation)) ?? [];
    return range === undefined || until === undefined ? [] : [{ range, until, at: Number(atMs) - Number(tookMs) }];
  });
  // When it was ordered: in the account's zone midnight may pass meanwhile.
  const isNewest = ({ at, until }: (typeof orders)[number]): boolean =>
    orders.every((other) => other.at > at || other.until <= until);
  const ofHistory = orders.filter((order) => !isNewest(order));
  expect(ofHistory.length).toBeGreaterThan(0);
  for (const [range, times] of Map.groupBy(ofHistory, (order) => order.range)) {
    const at = times.map((order) => order.at).toSorted((a, b) => a - b);
    const soonest = Math.min(...at.slice(1).map((one, n) => one - (at[n] ?? 0)));
    expect(soonest, range).toBeGreaterThanOrEqual(GAP_MS - 1_000);
  }
  return ofHistory.length;
}
