// Kills parts again and again at random moments of a backfill, while orders are edited under it; then lets the product
// finish, and audits. Several kills fall into one backfill: a new shop is connected only when the last one is in.
import { setTimeout as sleep } from "node:timers/promises";
import type { PartName } from "@headwater/server/start/parts.mjs";
import { seededRandom, type Random } from "../sandbox/random.ts";
import { eventKinds } from "../sandbox/shopify/seed/order-head.ts";
import { standing, type Product } from "./product.ts";
import { secondOver } from "./stillness.ts";

export interface KillPlan {
  readonly name: string;
  /** One of these each time, drawn by the seed. */
  readonly parts: readonly PartName[];
  readonly kills: number;
  /** Killed at its own pace meanwhile; the backfill needs it only at its beginning and end. */
  readonly alongside?: PartName;
  readonly orders: number;
  /** The shortest and the longest time a part may live before it is killed. */
  readonly livesMs: readonly [number, number];
}

export interface KillReport {
  readonly kills: number;
  readonly killsAlongside: number;
  readonly backfills: number;
  readonly edits: number;
  readonly records: number;
  readonly slowestReturnMs: number;
  /** From the part being back to the next thing that moved. */
  readonly slowestProgressMs: number;
}

const editable = eventKinds.filter((kind) => kind !== "remove");

/** Does something every moment until told to stop; answers how often. */
function repeating(work: () => Promise<number>): { stop: () => Promise<number> } {
  const over = new AbortController();
  const go = async (): Promise<number> => {
    let count = 0;
    while (!over.signal.aborted) count += await work();
    return count;
  };
  const going = go();
  return {
    stop() {
      over.abort();
      return going;
    },
  };
}

/** Edits a few orders of a shop every moment. */
export const editing = (product: Product, domain: string, random: Random) =>
  repeating(async () => {
    await sleep(random.whole(50, 250));
    const done = await product.desk(`shops/${domain}`, { action: "happen", kind: random.pick(editable), count: 3 });
    return Array.isArray(done["orders"]) ? done["orders"].length : 0;
  });

/** Everything that says how far a datasource is: it moves as long as the product works. */
async function progressOf(product: Product, domain: string): Promise<string> {
  const rows = await product.sql`
    select d.backfill, d.last_success_at, (select coalesce(sum(s.rows), 0)::text from slices s where s.datasource_id = d.id) as rows,
      (select count(*)::int from slices s where s.datasource_id = d.id and s.state = 'done') as done
    from datasources d join accounts a on a.id = d.account_id and a.organisation_id = d.organisation_id where a.domain = ${domain}`;
  return JSON.stringify(rows);
}

export async function isBackfilled(product: Product, domain: string): Promise<boolean> {
  return (await product.datasource(domain))["backfill"] === "done";
}

/** Nothing moves at the source any more: one more sync, and the tables must be the shop as it stands. */
export async function settled(product: Product, domain: string, id: string, withinMs = 180_000): Promise<void> {
  await product
    .until(`the backfill of ${domain} is done`, () => isBackfilled(product, domain), withinMs)
    .catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await standing(product.sql, domain)}`, { cause: error });
    });
  await secondOver(product);
  const since = Date.now();
  const asked = await product.caller.command("syncNow", { datasource: id });
  if (asked.outcome !== "SyncNowSuccess") throw new Error(`syncNow: ${JSON.stringify(asked)}`);
  await product.until(`a sync of ${domain} after the last edit`, () => hasSyncedSince(product, domain, since), 60_000);
}

export async function hasSyncedSince(product: Product, domain: string, sinceMs: number): Promise<boolean> {
  const at = (await product.datasource(domain))["last_success_at"];
  return at instanceof Date && at.getTime() > sinceMs;
}

/** kill -9, and up again at once: the starter's own back-off would only make the test longer. */
export async function killNow(product: Product, part: PartName): Promise<number> {
  const killedAt = Date.now();
  await product.stack.hold(part, { hard: true });
  // Backends orphaned by a killed postmaster hold its shared memory for a moment; until then it refuses to start.
  const isUp = async (): Promise<boolean> => {
    await product.stack.release(part);
    return true;
  };
  await product.until(`${part} starts again`, isUp, 30_000);
  await product.stack.ready(part);
  return Date.now() - killedAt;
}

type Tally = { -readonly [Key in keyof KillReport]: KillReport[Key] };

async function killOnce(product: Product, plan: KillPlan, random: Random, domain: string, tally: Tally): Promise<void> {
  await sleep(random.whole(...plan.livesMs));
  const part = random.pick(plan.parts);
  const before = await progressOf(product, domain);
  tally.slowestReturnMs = Math.max(tally.slowestReturnMs, await killNow(product, part));
  tally.kills += 1;
  const backAt = Date.now();
  const moves = async (): Promise<boolean> =>
    (await progressOf(product, domain)) !== before || (await isBackfilled(product, domain));
  await product.until(`${domain} goes on after ${part} was killed`, moves, 60_000);
  tally.slowestProgressMs = Math.max(tally.slowestProgressMs, Date.now() - backAt);
}

async function backfillUnderFire(product: Product, plan: KillPlan, random: Random, tally: Tally): Promise<void> {
  tally.backfills += 1;
  const domain = `${plan.name}-${tally.backfills}.myshopify.com`;
  await product.addShop({ domain, orders: plan.orders, spanDays: 720, currency: "USD", zone: "America/New_York" });
  const id = await product.connect(domain);
  await product.until(`${domain} is verified`, async () => "id" in (await product.datasource(domain)));
  const { alongside } = plan;
  const edits = editing(product, domain, random);
  const others =
    alongside === undefined
      ? null
      : repeating(async () => {
          await sleep(random.whole(200, 2_000));
          await killNow(product, alongside);
          return 1;
        });
  try {
    while (tally.kills < plan.kills && !(await isBackfilled(product, domain))) {
      await killOnce(product, plan, random, domain, tally);
    }
  } finally {
    tally.edits += await edits.stop();
    tally.killsAlongside += (await others?.stop()) ?? 0;
  }
  await settled(product, domain, id);
  tally.records += (await product.audited(domain, { basis: "truth" })).held;
  await product.caller.command("disconnectDatasource", { datasource: id, deleteData: false, confirmName: domain });
}

export async function killLoop(product: Product, plan: KillPlan): Promise<KillReport> {
  const random = seededRandom("kills", plan.name, product.seed);
  const tally: Tally = {
    kills: 0,
    killsAlongside: 0,
    backfills: 0,
    edits: 0,
    records: 0,
    slowestReturnMs: 0,
    slowestProgressMs: 0,
  };
  while (tally.kills < plan.kills) await backfillUnderFire(product, plan, random, tally);
  return tally;
}
