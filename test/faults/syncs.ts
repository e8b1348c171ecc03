// When a sync is one: what was changed at the source is in it only if it began after the change. One that was under way
// ends later too, and has read some of its streams as they were before.
import type { Product } from "./product.ts";

export interface Times {
  readonly begunMs: number;
  /** Beside it: ended no sooner than this, as after a fault that it met. */
  readonly endedMs?: number;
}

/** How many of a datasource, by its own row's id. */
async function syncsOf(product: Product, row: string, { begunMs, endedMs = begunMs }: Times): Promise<number> {
  const [found] = await product.sql`
    select count(*)::int as n from runs where datasource_id = ${row} and kind = 'sync' and state = 'succeeded'
      and started_at >= ${new Date(begunMs)} and finished_at >= ${new Date(endedMs)}`;
  return Number(found?.["n"]);
}

export const hasSynced = async (product: Product, row: string, times: Times): Promise<boolean> =>
  (await syncsOf(product, row, times)) > 0;

/** Thirty seconds, which R6 gives; a machine on which a plain sync takes long gets as many times longer. Measured by one. */
export async function thirtySecondsHere(product: Product, id: string, what: string): Promise<number> {
  const begunMs = Date.now();
  await syncedFromNow(product, id, what);
  return Math.max(30_000, 10 * (Date.now() - begunMs));
}

/** The id that commands take says which row it is. */
export const rowIdOf = (id: string): string => Buffer.from(id, "base64url").toString().split(":")[1] ?? "";

/**
 * Asks for a sync and waits for one that began after the asking, and for one more where a window had been left half way:
 * the first only ends that one. A command that is answered by the end of older work is given again.
 */
export async function syncedFromNow(product: Product, id: string, what: string): Promise<void> {
  const [row, begunMs] = [rowIdOf(id), Date.now()];
  const half = await product.sql`select 1 from checkpoints where datasource_id = ${row} and cursor is not null`;
  const wanted = half.length > 0 ? 2 : 1;
  const ask = async (): Promise<void> => {
    const asked = await product.caller.command("syncNow", { datasource: id });
    if (asked.outcome !== "SyncNowSuccess") throw new Error(`syncNow of ${what}: ${JSON.stringify(asked)}`);
  };
  await ask();
  const isThere = async (): Promise<boolean> => {
    const [last] = await product.sql`
      select state from commands where datasource_id = ${row} and kind = 'syncNow' order by created_at desc, id desc limit 1`;
    // Open still, it has a sync of its own to come, beside whatever follows here.
    if (last?.["state"] === "accepted") return false;
    if ((await syncsOf(product, row, { begunMs })) >= wanted) return true;
    if (last?.["state"] === "done") await ask();
    return false;
  };
  await product.until(`${what} syncs from its beginning to its end`, isThere);
}
