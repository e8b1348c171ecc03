// One shop of the stand-in: its orders at any version, and what happens to them as the clock moves.
import type { Clock } from "../../clock.ts";
import type { Row, Store } from "../../store.ts";
import {
  eventKinds,
  gapBefore,
  orderHead,
  statusesOf,
  type EventKind,
  type OrderEvent,
  type OrderHead,
} from "./order-head.ts";
import { orderState, type OrderState } from "./order-state.ts";
import { insertOrderRow, seedShop, type ShopRow } from "./seeding.ts";
import type { ShopSeed } from "./shop-seeds.ts";

export const shopConditions = ["open", "frozen", "locked", "closed", "fraudulent"] as const;
export type ShopCondition = (typeof shopConditions)[number];

export const orderColumns = "n, created, updated, processed, version, deleted";

/** More than this in one look would hold everybody up; the rest comes at the next. */
const liveOrdersMax = 2_000;

export class Shop implements ShopRow {
  readonly id: number;
  readonly seed: ShopSeed;
  readonly anchor: number;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #base: bigint;
  #seeding: Promise<void> | null = null;

  constructor(store: Store, clock: Clock, row: ShopRow) {
    this.id = row.id;
    this.seed = row.seed;
    this.anchor = row.anchor;
    this.#store = store;
    this.#clock = clock;
    this.#base = BigInt(row.seed.idBase);
  }

  #column(name: "state" | "live" | "made" | "seeded") {
    return this.#store.first(`select ${name} from shops where shop = ?`, this.id)?.[name];
  }

  #head(n: number, created: number, processed: number): OrderHead {
    return { ...orderHead(this.seed, n, created), processedAt: processed };
  }

  #past(head: OrderHead): OrderEvent[] {
    return head.planned.filter((event) => event.at <= this.anchor);
  }

  /** Events of one order that came after seeding, oldest first. */
  #later(n: number, version: number): OrderEvent[] {
    if (version === 0) return [];
    const rows = this.#store.all(
      "select at, kind from events where shop = ? and n = ? and seq <= ? order by seq",
      this.id,
      n,
      version,
    );
    return rows.flatMap((row) => {
      const kind = eventKinds.find((each) => each === row["kind"]);
      return kind ? [{ at: Number(row["at"]), kind }] : [];
    });
  }

  get condition(): ShopCondition {
    return shopConditions.find((each) => each === this.#column("state")) ?? "open";
  }

  set condition(condition: ShopCondition) {
    this.#store.run("update shops set state = ? where shop = ?", condition, this.id);
  }

  get isLive(): boolean {
    return Number(this.#column("live")) === 1;
  }

  set isLive(isLive: boolean) {
    this.#store.run("update shops set live = ? where shop = ?", isLive ? 1 : 0, this.id);
  }

  get isSeeded(): boolean {
    return Number(this.#column("seeded")) === 1;
  }

  /** Seeds the shop the first time that somebody looks. */
  async ready(): Promise<void> {
    if (this.isSeeded) return;
    this.#seeding ??= seedShop(this.#store, this).finally(() => (this.#seeding = null));
    await this.#seeding;
  }

  /** Lets everything happen that was due by now. */
  catchUp(): void {
    const now = this.#clock.nowSeconds();
    this.#store.transaction(() => {
      if (this.isLive) this.#sell(now);
      this.#carryOutPlans(now);
    });
  }

  #sell(now: number): void {
    const last = this.#store.first("select max(created) as last from orders where shop = ?", this.id)?.["last"];
    let at = Number(last ?? this.anchor);
    for (let made = 0; made < liveOrdersMax; made += 1) {
      at += gapBefore(this.seed, Number(this.#column("made")));
      if (at > now) return;
      this.#place(at);
    }
  }

  #place(at: number): number {
    const n = Number(this.#column("made"));
    insertOrderRow(this.#store, this, { ...orderHead(this.seed, n, at), processedAt: at }, at);
    this.#store.run("update shops set made = made + 1 where shop = ?", this.id);
    return n;
  }

  #carryOutPlans(now: number): void {
    for (;;) {
      const due = this.#store.all(
        "select n, created, processed, next_at from orders where next_at <= ? and shop = ? order by next_at limit 500",
        now,
        this.id,
      );
      if (due.length === 0) return;
      for (const row of due) this.#carryOut(row);
    }
  }

  #carryOut(row: Row): void {
    const n = Number(row["n"]);
    const at = Number(row["next_at"]);
    const head = this.#head(n, Number(row["created"]), Number(row["processed"]));
    const next = head.planned.find((event) => event.at > at)?.at ?? null;
    for (const event of head.planned) if (event.at === at) this.#happen(n, event);
    this.#store.run("update orders set next_at = ? where shop = ? and n = ?", next, this.id, n);
  }

  #happen(n: number, event: OrderEvent): boolean {
    const row = this.#store.first(
      "select created, processed, version, deleted from orders where shop = ? and n = ?",
      this.id,
      n,
    );
    if (!row || row["deleted"] !== null) return false;
    const version = Number(row["version"]) + 1;
    const head = this.#head(n, Number(row["created"]), Number(row["processed"]));
    this.#store.run(
      "insert into events (shop, n, seq, at, kind) values (?, ?, ?, ?, ?)",
      this.id,
      n,
      version,
      event.at,
      event.kind,
    );
    const kinds = [...this.#past(head), ...this.#later(n, version)].map((each) => each.kind);
    const statuses = statusesOf(head.payment, kinds);
    const cancelled = event.kind === "cancel" ? event.at : null;
    this.#store.run(
      `update orders set version = ?, updated = max(updated, ?), financial = ?, fulfillment = ?,
         cancelled = coalesce(cancelled, ?), closed = coalesce(closed, ?), deleted = ? where shop = ? and n = ?`,
      version,
      event.at,
      statuses.financial,
      statuses.fulfillment,
      cancelled,
      cancelled,
      event.kind === "remove" ? event.at : null,
      this.id,
      n,
    );
    return true;
  }

  /** The order behind an index row, or at an earlier version of it. */
  order(row: Row, version = Number(row["version"])): OrderState {
    const n = Number(row["n"]);
    const head = this.#head(n, Number(row["created"]), Number(row["processed"]));
    return orderState(this.seed, head, this.#past(head), this.#later(n, version));
  }

  rowOf(n: number): Row | undefined {
    return this.#store.first(`select ${orderColumns} from orders where shop = ? and n = ?`, this.id, n);
  }

  /** Something happens to an order now; false when it is gone. */
  happen(n: number, kind: EventKind): boolean {
    return this.#store.transaction(() => this.#happen(n, { kind, at: this.#clock.nowSeconds() }));
  }

  placeOrders(count: number): number[] {
    const now = this.#clock.nowSeconds();
    return this.#store.transaction(() => Array.from({ length: count }, () => this.#place(now)));
  }

  numericId(n: number): bigint {
    return this.#base + BigInt(n);
  }

  /** Parts of an order are numbered by it: a thousand each. */
  childId(n: number, k: number): bigint {
    return this.#base + BigInt(n) * 1000n + BigInt(k);
  }
}
