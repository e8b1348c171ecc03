// Kills parts again and again at random moments of a backfill, while orders are edited under it; then lets the product
// finish, and audits. Several kills fall into one backfill: a new shop is connected only when the last one is in.
import { setTimeout as sleep } from "node:timers/promises";
import type { PartName } from "@headwater/server/start/parts.mjs";
import { seededRandom, type Random } from "../sandbox/random.ts";
import { eventKinds, type EventKind } from "../sandbox/shopify/seed/order-head.ts";
import { followDeletes } from "./deletes.ts";
import { standing, type Product } from "./product.ts";
import { secondOver } from "./stillness.ts";
import { hasSynced, syncedFromNow } from "./syncs.ts";
import { oneWorkflowEach } from "./workflows.ts";

export interface KillPlan {
  readonly name: string;
  /** Each in its turn, in an order drawn by the seed; a list dies at one moment. */
  readonly parts: readonly (PartName | readonly PartName[])[];
  readonly kills: number;
  /** What happens to orders at the source meanwhile. */
  readonly happens: readonly EventKind[];
  /** Killed at its own pace meanwhile; the backfill needs it only at its beginning and end. */
  readonly alongside?: PartName;
  readonly orders: number;
  /** The shortest and the longest time a part may live before it is killed. */
  readonly livesMs: readonly [number, number];
}

export interface KillReport {
  readonly kills: number;
  /** Of each turn the moments at which it died. */
  readonly died: Readonly<Record<string, readonly number[]>>;
  readonly killsAlongside: number;
  readonly backfills: number;
  readonly edits: number;
  /** Orders that were deleted at the source meanwhile. */
  readonly deleted: number;
  readonly records: number;
  /** Of the bulk files, by the provider's ledger: the most records that one download sent again, and how many did. */
  readonly mostAgain: number;
  readonly downloadsAgain: number;
  readonly slowestReturnMs: number;
  /** From the part being back to the next thing that moved. */
  readonly slowestProgressMs: number;
  readonly tookMs: number;
}

export const edits = eventKinds.filter((kind) => kind !== "remove");
export const editsAndDeletes = eventKinds;

/** Does something every moment until told to stop; answers how often. */
export function repeating(work: () => Promise<number>): { stop: () => Promise<number> } {
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

/** Something happens to a few orders of a shop every moment. */
export function editing(product: Product, domain: string, random: Random, happens: readonly EventKind[] = edits) {
  let deleted = 0;
  const going = repeating(async () => {
    await sleep(random.whole(50, 250));
    const kind = random.pick(happens);
    const done = await product.desk(`shops/${domain}`, { action: "happen", kind, count: 3 });
    const count = Array.isArray(done["orders"]) ? done["orders"].length : 0;
    if (kind === "remove") deleted += count;
    return count;
  });
  return { ...going, deleted: () => deleted };
}

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
export async function settled(product: Product, domain: string, id: string): Promise<void> {
  await product
    .until(`the backfill of ${domain} is done`, () => isBackfilled(product, domain))
    .catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await standing(product.sql, domain)}`, { cause: error });
    });
  await secondOver(product);
  await syncedFromNow(product, id, domain);
}

/** Begun since then, not only ended. */
export async function hasSyncedSince(product: Product, domain: string, sinceMs: number, endedMs = sinceMs) {
  const { id } = await product.datasource(domain);
  return typeof id === "string" && hasSynced(product, id, { begunMs: sinceMs, endedMs });
}

/** kill -9 of all of them at one moment, and up again at once, in no order: the starter's back-off would only make the test longer. */
export async function killNow(product: Product, ...parts: readonly PartName[]): Promise<number> {
  const killedAt = Date.now();
  await Promise.all(parts.map((part) => product.stack.hold(part, { hard: true })));
  await Promise.all(
    parts.map(async (part) => {
      // Backends orphaned by a killed postmaster hold its shared memory for a moment; until then it refuses to start.
      const isUp = () => product.stack.release(part).then(() => true);
      await product.until(`${part} starts again`, isUp);
      await product.stack.ready(part);
    }),
  );
  return Date.now() - killedAt;
}

type Tally = { -readonly [Key in Exclude<keyof KillReport, "died">]: KillReport[Key] } & {
  readonly died: Record<string, number[]>;
};
type Turn = KillPlan["parts"][number];

/** One after another, in an order drawn anew each round. */
function turnsOf(parts: readonly Turn[], random: Random): () => readonly PartName[] {
  let left: Turn[] = [];
  return () => {
    if (left.length === 0) left = [...parts];
    const turn = random.pick(left);
    left.splice(left.indexOf(turn), 1);
    return [turn].flat();
  };
}

interface Fire {
  readonly plan: KillPlan;
  readonly random: Random;
  readonly nextTurn: () => readonly PartName[];
}

async function killOnce(
  product: Product,
  { plan, random, nextTurn, domain }: Fire & { readonly domain: string },
  tally: Tally,
): Promise<void> {
  await sleep(random.whole(...plan.livesMs));
  const victims = nextTurn();
  const before = await progressOf(product, domain);
  (tally.died[victims.join("+")] ??= []).push(Date.now());
  tally.slowestReturnMs = Math.max(tally.slowestReturnMs, await killNow(product, ...victims));
  tally.kills += 1;
  const backAt = Date.now();
  const moves = async (): Promise<boolean> =>
    (await progressOf(product, domain)) !== before || (await isBackfilled(product, domain));
  const what = `${domain} goes on after ${victims.join(", ")} was killed, the ${tally.kills}th time`;
  await product.until(what, moves).catch(async (error: unknown) => {
    throw new Error(`${String(error)}\n${await standing(product.sql, domain)}`, { cause: error });
  });
  tally.slowestProgressMs = Math.max(tally.slowestProgressMs, Date.now() - backAt);
  if (victims.includes("temporal")) await oneWorkflowEach(product);
}

/** Kills in turn, in an order drawn anew each round, so that each has its turn; answers who died. */
export async function killInTurn(
  product: Product,
  random: Random,
  plan: Pick<KillPlan, "kills" | "livesMs"> & { readonly turns: readonly (readonly PartName[])[] },
): Promise<string[]> {
  const died: string[] = [];
  const nextTurn = turnsOf(plan.turns, random);
  while (died.length < plan.kills) {
    await sleep(random.whole(...plan.livesMs));
    const parts = nextTurn();
    await killNow(product, ...parts);
    died.push(parts.join("+"));
  }
  return died;
}

/** What the ledger says was sent twice of one file: the price of a kill. An order counts with all that comes inside it. */
async function countAgain(product: Product, domain: string, partsOfOrder: number, tally: Tally): Promise<void> {
  const response = await fetch(`${product.stack.sandboxUrl}/_desk/again/${domain}`);
  const rows: { id: number; kind: string; again: number }[] = JSON.parse(await response.text());
  for (const sent of Map.groupBy(rows, ({ id }) => id).values()) {
    const again = sent.reduce((sum, row) => sum + row.again * (row.kind === "order" ? partsOfOrder : 1), 0);
    if (again > 0) tally.downloadsAgain += 1;
    tally.mostAgain = Math.max(tally.mostAgain, Math.round(again));
  }
}

function alsoKilling(product: Product, { alongside }: KillPlan, random: Random) {
  if (alongside === undefined) return null;
  return repeating(async () => {
    await sleep(random.whole(200, 2_000));
    await killNow(product, alongside);
    return 1;
  });
}

async function backfillUnderFire(product: Product, fire: Fire, tally: Tally): Promise<void> {
  const { plan, random } = fire;
  tally.backfills += 1;
  const domain = `${plan.name}-${tally.backfills}.myshopify.com`;
  await product.addShop({ domain, orders: plan.orders, spanDays: 720, currency: "USD", zone: "America/New_York" });
  const id = await product.connect(domain);
  await product.until(`${domain} is verified`, async () => "id" in (await product.datasource(domain)));
  const happening = editing(product, domain, random, plan.happens);
  const others = alsoKilling(product, plan, random);
  try {
    while (tally.kills < plan.kills && !(await isBackfilled(product, domain))) {
      await killOnce(product, { ...fire, domain }, tally);
    }
  } finally {
    tally.edits += await happening.stop();
    tally.deleted += happening.deleted();
    tally.killsAlongside += (await others?.stop()) ?? 0;
  }
  await settled(product, domain, id);
  await oneWorkflowEach(product);
  const mustFollowDeletes = plan.happens.includes("remove");
  if (mustFollowDeletes) await followDeletes(product, domain, id, () => killNow(product, "load"));
  const { held } = await product.audited(domain, { basis: "truth", mustFollowDeletes });
  await countAgain(product, domain, held / plan.orders, tally);
  tally.records += held;
  await product.caller.command("disconnectDatasource", { datasource: id, deleteData: false, confirmName: domain });
}

export async function killLoop(product: Product, plan: KillPlan): Promise<KillReport> {
  const random = seededRandom("kills", plan.name, product.seed);
  const fire = { plan, random, nextTurn: turnsOf(plan.parts, random) };
  const begunAt = Date.now();
  const tally: Tally = {
    kills: 0,
    died: {},
    killsAlongside: 0,
    backfills: 0,
    edits: 0,
    deleted: 0,
    records: 0,
    mostAgain: 0,
    downloadsAgain: 0,
    slowestReturnMs: 0,
    slowestProgressMs: 0,
    tookMs: 0,
  };
  while (tally.kills < plan.kills) await backfillUnderFire(product, fire, tally);
  return { ...tally, tookMs: Date.now() - begunAt };
}
