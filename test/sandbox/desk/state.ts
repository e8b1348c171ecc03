// What the desk knows, as data: for its page, for programs, for the auditor.
import { installOf } from "../shopify/oauth/installs.ts";
import { figuresByDay, ordersOf, type Basis } from "../shopify/figures.ts";
import { amountText } from "../shopify/admin/money.ts";
import type { Shop } from "../shopify/seed/shop.ts";
import { tellOrder } from "../shopify/told.ts";
import type { Rooms } from "../rooms.ts";

export function shopState(rooms: Rooms, shop: Shop) {
  const install = installOf(rooms.shopify.services, shop.id);
  const living = rooms.store.first("select count(*) as n from orders where shop = ? and deleted is null", shop.id);
  return {
    domain: shop.seed.domain,
    name: shop.seed.name,
    currency: shop.seed.currency,
    zone: shop.seed.zone,
    plan: shop.seed.plan,
    orders: shop.isSeeded ? Number(living?.["n"]) : shop.seed.orders,
    isSeeded: shop.isSeeded,
    condition: shop.condition,
    isLive: shop.isLive,
    install: install && { scopes: install.scopes, installedAt: install.installedAt },
    bucket: rooms.shopify.bucketOf(shop).status(),
  };
}

export function deskState(rooms: Rooms) {
  const { store, clock, faults, shopify } = rooms;
  return {
    now: new Date(clock.nowMs()).toISOString(),
    clockOffsetMs: clock.offsetMs(),
    shops: shopify.world.shops().map((shop) => shopState(rooms, shop)),
    platforms: [...rooms.twins.keys()],
    faults: faults.list(),
    settings: {
      reuseDetection: store.readSetting("reuseDetection") ?? "off",
      refreshRetry: store.readSetting("refreshRetry") ?? "on",
      customerLevel: shopify.customerLevel,
      bulkCreatedMs: shopify.tempo.createdMs,
      bulkRunningMs: shopify.tempo.runningMs,
      bulkBytesPerSecond: shopify.tempo.bytesPerSecond,
    },
    seen: {
      refreshReuses: Number(store.readSetting("refreshReuses") ?? 0),
      tokensLeaked: Number(store.readSetting("tokensLeaked") ?? 0),
    },
  };
}

export interface RequestFilter {
  readonly after: number;
  readonly limit: number;
  readonly shop: number | null;
}

export function requests(rooms: Rooms, { after, limit, shop }: RequestFilter) {
  return rooms.store.all(
    `select id, request_id as requestId, at_ms as atMs, surface, account, operation, status, bytes, took_ms as tookMs, fault, whole
     from requests where id > ? and (?2 is null or shop = ?2) order by id limit ?`,
    after,
    shop,
    limit,
  );
}

/** Of each download, by kind: how many records left, and how many of them an earlier one for the same query had sent already. */
export function sentAgain(rooms: Rooms, shop: Shop) {
  return rooms.store.all(
    `with sent as (
       select r.id, r.at_ms, r.operation, s.kind, s.n from served s join requests r on r.id = s.request
       where s.shop = ? and r.operation like 'download %')
     select sent.id, sent.at_ms as atMs, sent.operation, sent.kind, count(*) as records,
       sum(exists (select 1 from sent e where e.id < sent.id and e.operation = sent.operation and e.kind = sent.kind and e.n = sent.n)) as again
     from sent group by sent.id, sent.kind order by sent.id`,
    shop.id,
  );
}

export function deliveries(rooms: Rooms) {
  return rooms.store.all(
    "select id, shop, topic, uri, attempts, status, delivered_ms as deliveredMs, triggered_at as triggeredAt from webhook_deliveries order by triggered_at desc limit 100",
  );
}

/** One JSON line for every order of a shop, at the version the basis says. */
export async function* toldOrders(rooms: Rooms, shop: Shop, basis: Basis): AsyncGenerator<Buffer> {
  let lines: string[] = [];
  for (const { state, deletedAt } of ordersOf(rooms.store, shop, basis)) {
    lines.push(`${JSON.stringify(tellOrder(shop, state, deletedAt))}\n`);
    if (lines.length < 200) continue;
    yield Buffer.from(lines.join(""));
    lines = [];
    await new Promise(setImmediate);
  }
  yield Buffer.from(lines.join(""));
}

/** Figures of each day as exact decimals; counts as whole numbers. */
export function toldFigures(rooms: Rooms, shop: Shop, basis: Basis, without: readonly string[]) {
  const counted = new Set(["orders", "units", "shipments"]);
  const numbers = new Set(without.map((id) => Number(BigInt(id) - shop.numericId(0))));
  const days = [...figuresByDay(rooms.store, shop, basis, numbers)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return days.map(([day, figures]) => ({
    day,
    currency: shop.seed.currency,
    ...Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [
        name,
        counted.has(name) ? String(value) : amountText(Number(value), shop.seed.exponent),
      ]),
    ),
  }));
}
