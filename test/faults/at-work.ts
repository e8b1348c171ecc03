// That a kill met somebody at work: the source's own ledger tells of every answer that nobody was left to take. Reads are held
// back meanwhile, so that there is work to be met on any machine, however fast it reads or slowly it kills.
import type { PartName } from "@headwater/server/start/parts.mjs";
import type { Fields } from "./caller.ts";
import { killNow } from "./kill-loop.ts";
import type { Source } from "./platforms.ts";
import type { Product } from "./product.ts";
import { fieldsIn } from "./shops.ts";

/** Below every patience of a reader. */
const HELD_MS = 10_000;
const triesMost = 10;

export interface AtWork {
  /** How many reads of each died with their reader. Who was met by none of the kills so far is killed at a read of its own. */
  met(): Promise<Readonly<Record<string, number>>>;
  /** How many of these kills of a part fell into a read of each, which may have lived through it; again none is left out. */
  metBy(part: PartName, killedAtMs: readonly number[]): Promise<Readonly<Record<string, number>>>;
  end(): Promise<void>;
}

interface Held {
  readonly source: Source;
  readonly fault: number;
}

export async function holdReads(product: Product, sources: readonly Source[], ms = HELD_MS): Promise<AtWork> {
  const held: Held[] = [];
  for (const source of sources) {
    const rule = { kind: "delay", ms, count: null, shop: source.host, match: source.reads };
    held.push({ source, fault: Number((await product.desk("faults", rule))["id"]) });
  }

  /** A read is written down once its answer has gone out, or would have. */
  async function writtenOf({ fault }: Held): Promise<Fields[]> {
    const response = await fetch(`${product.stack.sandboxUrl}/_desk/requests?limit=100000`);
    return fieldsIn(await response.json()).filter((each) => each["fault"] === `delay#${fault}`);
  }

  const diedOf = async (one: Held): Promise<number> => (await writtenOf(one)).filter(({ whole }) => whole === 0).length;

  async function hitsOf({ fault }: Held): Promise<number> {
    const found = fieldsIn((await product.desk("state"))["faults"]).find(({ id }) => id === fault);
    return Number(found?.["hits"]);
  }

  /** The next read is on its way: its answer is held until long after the kill. */
  async function killAtRead(one: Held, part: PartName = "load"): Promise<number> {
    const { id, platform } = one.source;
    const hits = await hitsOf(one);
    // Refused while nothing of it has landed yet, which a kill may have put off: then it is asked for again.
    const isAsked = async () =>
      (await product.caller.command("syncNow", { datasource: id })).outcome === "SyncNowSuccess";
    await product.until(`a sync of ${platform} may be asked for`, isAsked);
    await product.until(`a read of ${platform} is held`, async () => (await hitsOf(one)) > hits);
    const begun = await hitsOf(one);
    const killedAtMs = Date.now();
    await killNow(product, part);
    await product.until("what was held is written down", async () => (await writtenOf(one)).length >= begun);
    return killedAtMs;
  }

  /** Written down at its end, with how long it took. */
  async function fellInto(one: Held, killedAtMs: readonly number[]): Promise<number> {
    const reads = (await writtenOf(one)).map(
      ({ atMs, tookMs }) => [Number(atMs) - Number(tookMs), Number(atMs)] as const,
    );
    return killedAtMs.filter((at) => reads.some(([begun, ended]) => begun <= at && at <= ended)).length;
  }

  return {
    async met() {
      const died: Record<string, number> = {};
      for (const one of held) {
        for (let tries = 0; tries < triesMost && (await diedOf(one)) === 0; tries += 1) await killAtRead(one);
        died[one.source.platform] = await diedOf(one);
      }
      return died;
    },
    async metBy(part, killedAtMs) {
      const met: Record<string, number> = {};
      for (const one of held) {
        const kills = [...killedAtMs];
        for (let tries = 0; tries < triesMost && (await fellInto(one, kills)) === 0; tries += 1)
          kills.push(await killAtRead(one, part));
        met[one.source.platform] = await fellInto(one, kills);
      }
      return met;
    },
    async end() {
      for (const { fault } of held) await product.desk("end-faults", { id: fault });
    },
  };
}
