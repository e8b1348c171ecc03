// One shop of the stand-in: its orders at any version, and what happens to them as the clock moves.
import type { Clock } from "../../clock.ts";
import type { Row, Store } from "../../store.ts";
import { gapBefore, orderHead, statusesOf, type EventKind, type OrderEvent, type OrderHead } from "./order-head.ts";
import { orderState, type OrderState } from "./order-state.ts";
import { insertOrderRow, seedShop, type ShopRow } from "./seeding.ts";
import type { ShopSeed } from "./shop-seeds.ts";

export type ShopCondition = "open" | "frozen" | "locked" | "closed" | "fraudulent";

export interface Shop extends ShopRow {
  readonly seed: ShopSeed;
  condition(): ShopCondition;
  setCondition(condition: ShopCondition): void;
  isLive(): boolean;
  setLive(isLive: boolean): void;
  /** Seeds the shop the first time that somebody looks. */
  ready(): Promise<void>;
  /** Lets everything happen that was due by now. */
  catchUp(): void;
  /** The order behind an index row, or at an earlier version of it. */
  order(row: Row, version?: number): OrderState;
  rowOf(n: number): Row | undefined;
  happen(n: number, kind: EventKind): boolean;
  placeOrders(count: number): number[];
  numericId(n: number): bigint;
  childId(n: number, k: number): bigint;
}

export const orderColumns = "n, created, updated, processed, version, deleted";

/** Events of one order that came after seeding, oldest first. */
function laterEvents(store: Store, shop: number, n: number, version: number): OrderEvent[] {
  if (version === 0) return [];
  const rows = store.all(
    "select at, kind from events where shop = ? and n = ? and seq <= ? order by seq",
    shop,
    n,
    version,
  );
  // The kind column is only ever written by `happenAt` below.
  return rows.map((row) => ({ at: Number(row["at"]), kind: String(row["kind"]) as EventKind }));
}

export function openShop(store: Store, clock: Clock, row: ShopRow): Shop {
  const { id, seed, anchor } = row;
  const base = BigInt(seed.idBase);
  let seeding: Promise<void> | null = null;
  const column = (name: string): unknown => store.first(`select ${name} from shops where shop = ?`, id)?.[name];
  const headOf = (n: number, created: number, processed: number): OrderHead => ({
    ...orderHead(seed, n, created),
    processedAt: processed,
  });
  const past = (head: OrderHead): OrderEvent[] => head.planned.filter((event) => event.at <= anchor);

  function happenAt(n: number, event: OrderEvent, nextAt: number | null | undefined): boolean {
    const order = store.first(
      "select created, processed, version, deleted from orders where shop = ? and n = ?",
      id,
      n,
    );
    if (!order || order["deleted"] !== null) return false;
    const version = Number(order["version"]) + 1;
    const head = headOf(n, Number(order["created"]), Number(order["processed"]));
    store.run(
      "insert into events (shop, n, seq, at, kind, parameters) values (?, ?, ?, ?, ?, ?)",
      id,
      n,
      version,
      event.at,
      event.kind,
      "{}",
    );
    const kinds = [...past(head), ...laterEvents(store, id, n, version)].map((each) => each.kind);
    const statuses = statusesOf(head.payment, kinds);
    store.run(
      `update orders set version = ?, updated = max(updated, ?), financial = ?, fulfillment = ?,
         cancelled = coalesce(cancelled, ?), closed = coalesce(closed, ?), deleted = ? where shop = ? and n = ?`,
      version,
      event.at,
      statuses.financial,
      statuses.fulfillment,
      event.kind === "cancel" ? event.at : null,
      event.kind === "cancel" ? event.at : null,
      event.kind === "remove" ? event.at : null,
      id,
      n,
    );
    if (nextAt !== undefined) store.run("update orders set next_at = ? where shop = ? and n = ?", nextAt, id, n);
    return true;
  }

  function carryOutPlans(now: number): void {
    for (;;) {
      const due = store.all(
        "select n, created, processed, next_at from orders where next_at <= ? and shop = ? order by next_at limit 500",
        now,
        id,
      );
      if (due.length === 0) return;
      for (const each of due) {
        const n = Number(each["n"]);
        const at = Number(each["next_at"]);
        const head = headOf(n, Number(each["created"]), Number(each["processed"]));
        const next = head.planned.find((event) => event.at > at)?.at ?? null;
        for (const event of head.planned) if (event.at === at) happenAt(n, event, next);
        store.run("update orders set next_at = ? where shop = ? and n = ? and next_at = ?", next, id, n, at);
      }
    }
  }

  function place(at: number): number {
    const n = Number(column("made"));
    insertOrderRow(store, row, { ...orderHead(seed, n, at), processedAt: at }, at);
    store.run("update shops set made = made + 1 where shop = ?", id);
    return n;
  }

  function sellLive(now: number): void {
    if (Number(column("live")) === 0) return;
    for (let made = 0; made < 2_000; made += 1) {
      const n = Number(column("made"));
      const last = Number(
        store.first("select max(created) as last from orders where shop = ?", id)?.["last"] ?? anchor,
      );
      const at = last + gapBefore(seed, n);
      if (at > now) return;
      place(at);
    }
  }

  return {
    id,
    seed,
    anchor,
    // Only setCondition below writes the column.
    condition: () => String(column("state")) as ShopCondition,
    setCondition: (condition) => void store.run("update shops set state = ? where shop = ?", condition, id),
    isLive: () => Number(column("live")) === 1,
    setLive: (isLive) => void store.run("update shops set live = ? where shop = ?", isLive ? 1 : 0, id),
    ready() {
      if (Number(column("seeded")) === 1) return Promise.resolve();
      seeding ??= seedShop(store, row).finally(() => (seeding = null));
      return seeding;
    },
    catchUp: () => {
      const now = clock.nowSeconds();
      store.transaction(() => {
        sellLive(now);
        carryOutPlans(now);
      });
    },
    order(index, version) {
      const n = Number(index["n"]);
      const head = headOf(n, Number(index["created"]), Number(index["processed"]));
      return orderState(seed, head, past(head), laterEvents(store, id, n, version ?? Number(index["version"])));
    },
    rowOf: (n) => store.first(`select ${orderColumns} from orders where shop = ? and n = ?`, id, n),
    happen: (n, kind) => store.transaction(() => happenAt(n, { kind, at: clock.nowSeconds() }, undefined)),
    placeOrders: (count) => store.transaction(() => Array.from({ length: count }, () => place(clock.nowSeconds()))),
    numericId: (n) => base + BigInt(n),
    childId: (n, k) => base + BigInt(n) * 1000n + BigInt(k),
  };
}
