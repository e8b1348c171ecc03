// What happens to sources of every kind over a merchant's weeks: days pass with their edits and restatements, a pause, a
// reauthorize, a resync. After each of them every day is to be the source's own.
import { dayAgo } from "@headwater/workflows/load/testing/days.ts";
import { eventKinds } from "../sandbox/shopify/seed/order-head.ts";
import type { CostSource } from "./cost-source.ts";
import { rowOf, standStill, type Source } from "./platforms.ts";
import type { Product } from "./product.ts";
import { secondOver } from "./stillness.ts";
import { rowIdOf, syncedFromNow } from "./syncs.ts";

export interface Sources {
  readonly product: Product;
  readonly domain: string;
  readonly all: readonly Source[];
  readonly costs: CostSource;
}

/** What their days are read and compared by. */
type Readable = Omit<Sources, "domain">;

const each = ({ all }: Readable, work: (source: Source) => Promise<unknown>) => Promise.all(all.map(work));

/** Orders are placed, edited, refunded, cancelled and deleted; messages and ads are credited anew; costs are put right. */
export async function daysPass({ product, domain }: Sources, days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    await product.desk("clock", { byDays: 1 });
    await product.desk(`shops/${domain}`, { action: "placeOrders", count: 8 });
    for (const kind of eventKinds) await product.desk(`shops/${domain}`, { action: "happen", kind, count: 5 });
  }
  await standStill(product);
  await secondOver(product);
}

/** Twice where the clock was moved: the first sync may still ask by the time that it knew. */
export async function synced(sources: Readable, times: 1 | 2 = 2): Promise<void> {
  for (let n = 0; n < times; n += 1)
    await each(sources, ({ id, platform }) => syncedFromNow(sources.product, id, platform));
  await sources.costs.taken();
}

/** Every day and every row of every source, to the cent; answers how many rows were compared. */
export async function audited({ all }: Readable): Promise<Readonly<Record<string, number>>> {
  const rows: Record<string, number> = {};
  for (const source of all) rows[source.platform] = await source.audited();
  return rows;
}

async function given({ product }: Sources, name: string, id: string, more: object = {}): Promise<void> {
  const answer = await product.caller.command(name, { datasource: id, ...more });
  if (!answer.outcome.endsWith("Success")) throw new Error(`${name}: ${JSON.stringify(answer)}`);
}

/** Paused, and resumed when that is over. First numbers are aged, so that what is done nightly is done then. */
export async function pausedMeanwhile(sources: Sources, meanwhile: () => Promise<void>): Promise<void> {
  const { product } = sources;
  const ids = sources.all.map(({ id }) => rowIdOf(id));
  await product.sql`update datasources set first_numbers_at = now() - interval '2 days' where id in ${product.sql(ids)}`;
  await each(sources, ({ id }) => given(sources, "pauseDatasource", id));
  const isPaused = async (): Promise<boolean> => {
    const left = await product.sql`select 1 from datasources where id in ${product.sql(ids)} and phase <> 'PAUSED'`;
    return left.length === 0;
  };
  await product.until("all are paused", isPaused);
  await meanwhile();
  const [at] = await product.sql<[{ now: Date }]>`select now() as now`;
  await each(sources, ({ id }) => given(sources, "resumeDatasource", id));
  for (const [platform, kind] of [
    ["shopify", "sweep"],
    ["klaviyo", "refresh"],
    ["meta-ads", "refresh"],
  ] as const) {
    const { id } = await rowOf(product, platform);
    const isDone = async (): Promise<boolean> => {
      const done = await product.sql`
        select 1 from runs where datasource_id = ${String(id)} and kind = ${kind} and state = 'succeeded' and started_at >= ${at.now}`;
      return done.length > 0;
    };
    await product.until(`the ${kind} of ${platform} after its pause`, isDone);
  }
}

/** All four lose their access while they are looked at, and get it back from a person once whoever looks was told. */
export async function accessLostAndGiven(sources: Sources, isTold: (id: string) => boolean): Promise<void> {
  const { product } = sources;
  await each(sources, (source) => source.loseAccess());
  await each(sources, async ({ id, platform }) => {
    await product.caller.command("syncNow", { datasource: id });
    const isLost = async (): Promise<boolean> => (await rowOf(product, platform))["auth"] === "revoked";
    await product.until(`${platform} asks for access`, isLost);
    await product.until(`a page is told that ${platform} does`, () => Promise.resolve(isTold(id)));
  });
  await each(sources, async (source) => {
    await source.giveAccess();
    const isGiven = async (): Promise<boolean> => {
      const { auth, phase } = await rowOf(product, source.platform);
      return auth === "ok" && phase === "LIVE";
    };
    await product.until(`${source.platform} has access again`, isGiven);
  });
}

/** Rows of the last weeks are lost here, which no sync can know of. */
async function loseRows({ product }: Sources): Promise<number> {
  const lost = await Promise.all([
    product.sql`delete from orders where ctid in (select ctid from orders where deleted_at is null and day between current_date - 30 and current_date - 10 limit 20)`,
    product.sql`delete from message_days where ctid in (select ctid from message_days where deleted_at is null and day between current_date - 30 and current_date - 10 limit 20)`,
    product.sql`delete from ad_days where ctid in (select ctid from ad_days where deleted_at is null and day between current_date - 30 and current_date - 10 limit 20)`,
  ]);
  return Math.min(...lost.map(({ count }) => count));
}

/** Six weeks of each are read again, and what was lost of them is there. Costs come in files: the same one changes nothing. */
export async function readAgain(sources: Sources): Promise<number> {
  const { product, costs } = sources;
  const lost = await loseRows(sources);
  const from = dayAgo("UTC", 42);
  const read = sources.all.filter(({ platform }) => platform !== costs.platform);
  for (const { id } of read) await given(sources, "resyncDatasource", id, { from });
  for (const { id, platform } of read) {
    const isDone = async (): Promise<boolean> => {
      const [last] = await product.sql`
        select state, outcome->>'code' as code from commands where datasource_id = ${rowIdOf(id)} and kind = 'resync' order by created_at desc limit 1`;
      if (last?.["state"] === "failed") throw new Error(`the resync of ${platform}: ${JSON.stringify(last)}`);
      return last?.["state"] === "done";
    };
    await product.until(`six weeks of ${platform} are read again`, isDone);
  }
  const again = await product.caller.command("resyncDatasource", { datasource: costs.id, from });
  if (again.outcome !== "NotPossibleNow") throw new Error(`resync of costs: ${JSON.stringify(again)}`);
  return lost;
}
