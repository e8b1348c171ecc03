// Writes a shop's index rows, a slice at a time, so that 100,000 orders never hold the event loop.
import { setImmediate as nextTurn } from "node:timers/promises";
import { seededRandom } from "../../random.ts";
import type { Store } from "../../store.ts";
import { orderedAt, orderHead, statusesOf, type OrderHead } from "./order-head.ts";
import type { ShopSeed } from "./shop-seeds.ts";

export interface ShopRow {
  readonly id: number;
  readonly seed: ShopSeed;
  readonly anchor: number;
}

const insertOrder = `insert or ignore into orders (shop, n, created, updated, processed, customer, test, financial, fulfillment, closed, cancelled, next_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** One order's index row, with all that was planned up to `through` already done. */
export function insertOrderRow(store: Store, shop: ShopRow, head: OrderHead, through: number): void {
  const past = head.planned.filter((event) => event.at <= through);
  const next = head.planned.find((event) => event.at > through);
  const cancelled = past.find((event) => event.kind === "cancel")?.at ?? null;
  const statuses = statusesOf(
    head.payment,
    past.map((event) => event.kind),
  );
  const updated = past.at(-1)?.at ?? head.createdAt;
  store.run(
    insertOrder,
    shop.id,
    head.n,
    head.createdAt,
    updated,
    head.processedAt,
    head.customer,
    head.isTest ? 1 : 0,
    statuses.financial,
    statuses.fulfillment,
    cancelled,
    cancelled,
    next?.at ?? null,
  );
  const removal = past.find((event) => event.kind === "remove");
  if (removal) store.run("update orders set deleted = ? where shop = ? and n = ?", removal.at, shop.id, head.n);
  if (head.customer === null) return;
  store.run(
    `insert into customers (shop, n, created, updated) values (?, ?, ?, ?)
     on conflict (shop, n) do update set updated = max(updated, excluded.updated)`,
    shop.id,
    head.customer,
    head.createdAt - 90,
    head.createdAt,
  );
}

function insertProducts(store: Store, shop: ShopRow): void {
  for (let p = 0; p < shop.seed.products; p += 1) {
    const random = seededRandom(shop.seed.seed, shop.seed.domain, "product times", p);
    const created = shop.anchor - shop.seed.spanDays * 86_400 - random.whole(1, 90) * 86_400;
    store.run(
      "insert or ignore into products (shop, n, created, updated) values (?, ?, ?, ?)",
      shop.id,
      p,
      created,
      random.whole(created, shop.anchor),
    );
  }
}

export async function seedShop(store: Store, shop: ShopRow): Promise<void> {
  const slice = 2_000;
  for (let from = 0; from < shop.seed.orders; from += slice) {
    const to = Math.min(from + slice, shop.seed.orders);
    store.transaction(() => {
      for (let n = from; n < to; n += 1) {
        insertOrderRow(store, shop, orderHead(shop.seed, n, orderedAt(shop.seed, shop.anchor, n)), shop.anchor);
      }
    });
    await nextTurn();
  }
  store.transaction(() => {
    insertProducts(store, shop);
    store.run("update shops set seeded = 1, made = ? where shop = ?", shop.seed.orders, shop.id);
  });
}
