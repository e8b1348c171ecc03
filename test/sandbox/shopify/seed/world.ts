// All shops of the stand-in: the seeded ones, and those that a test or a person adds at the desk.
import type { Clock } from "../../clock.ts";
import type { Row, Store } from "../../store.ts";
import { Shop } from "./shop.ts";
import { shopSeeds, type ShopSeed } from "./shop-seeds.ts";

export interface World {
  shops(): readonly Shop[];
  byDomain(domain: string): Shop | undefined;
  addShop(seed: ShopSeed): Shop;
  /** The shop is gone, and another one stands under its name: another id, orders of its own, nobody's tokens. */
  replaceShop(gone: Shop, seed: ShopSeed): Shop;
}

export interface WorldOptions {
  readonly live: "seeds" | "on" | "off";
  readonly seed: number;
}

export function openWorld(store: Store, clock: Clock, options: WorldOptions): World {
  const byDomain = new Map<string, Shop>();

  function open(row: Row): Shop {
    // The column holds what addShop wrote.
    const seed: ShopSeed = JSON.parse(String(row["definition"]));
    const shop = new Shop(store, clock, { id: Number(row["shop"]), seed, anchor: Number(row["anchor"]) });
    byDomain.set(seed.domain, shop);
    return shop;
  }

  function addShop(seed: ShopSeed): Shop {
    const known = byDomain.get(seed.domain);
    if (known) return known;
    const isLive = options.live === "on" || (options.live === "seeds" && seed.isLive);
    store.run(
      "insert into shops (shop, domain, definition, anchor, live) values (?, ?, ?, ?, ?)",
      Number(seed.shopId),
      seed.domain,
      JSON.stringify(seed),
      clock.nowSeconds(),
      isLive ? 1 : 0,
    );
    const row = store.first("select shop, definition, anchor from shops where shop = ?", Number(seed.shopId));
    if (!row) throw new Error(`${seed.domain} was not written`);
    return open(row);
  }

  function replaceShop(gone: Shop, seed: ShopSeed): Shop {
    const was = { ...gone.seed, domain: `was-${gone.id}.${gone.seed.domain}` };
    const sql = "update shops set domain = ?, definition = ?, state = 'closed', live = 0 where shop = ?";
    store.run(sql, was.domain, JSON.stringify(was), gone.id);
    byDomain.delete(gone.seed.domain);
    const row = store.first("select shop, definition, anchor from shops where shop = ?", gone.id);
    if (row) open(row);
    return addShop(seed);
  }

  for (const row of store.all("select shop, definition, anchor from shops order by shop")) open(row);
  for (const seed of shopSeeds) addShop({ ...seed, seed: seed.seed + options.seed });
  return { shops: () => [...byDomain.values()], byDomain: (domain) => byDomain.get(domain), addShop, replaceShop };
}
