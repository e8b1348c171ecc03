// What can be done to a shop, its app and its orders: one name each, for the page and for programs alike.
import { installOf, setScopes, uninstall } from "../shopify/oauth/installs.ts";
import { eventKinds } from "../shopify/seed/order-head.ts";
import { shopConditions, type Shop } from "../shopify/seed/shop.ts";
import type { Rooms } from "../rooms.ts";

export type Given = Readonly<Record<string, unknown>>;
type Outcome = Readonly<Record<string, unknown>>;

export class DeskRefusal extends Error {}

const text = (given: Given, name: string): string => {
  const value = given[name];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
};

const count = (given: Given, name: string, otherwise: number): number => {
  const value = Number(given[name] ?? otherwise);
  if (!Number.isFinite(value) || value < 0 || value > 100_000)
    throw new DeskRefusal(`${name} is not a sensible number`);
  return Math.floor(value);
};

function endAccess(rooms: Rooms, shop: Shop): Outcome {
  const now = rooms.clock.nowSeconds();
  const sql = "update access_tokens set expires_at = ? where shop = ? and ended_at is null and expires_at > ?";
  return { ended: rooms.store.run(sql, now - 1, shop.id, now - 1) };
}

function endRefresh(rooms: Rooms, shop: Shop): Outcome {
  const sql = "update refresh_tokens set ended_at = ? where shop = ? and ended_at is null";
  return { ended: rooms.store.run(sql, rooms.clock.nowSeconds(), shop.id) };
}

function revoke(rooms: Rooms, shop: Shop): Outcome {
  const now = rooms.clock.nowSeconds();
  const sql = "update access_tokens set ended_at = ? where shop = ? and ended_at is null";
  return { access: rooms.store.run(sql, now, shop.id), ...endRefresh(rooms, shop) };
}

function changeScopes(rooms: Rooms, shop: Shop, scopes: readonly string[]): Outcome {
  setScopes(rooms.shopify.services, shop.id, scopes);
  return { scopes };
}

function deleteOrder(rooms: Rooms, shop: Shop, n: number): boolean {
  const isGone = shop.happen(n, "remove");
  if (isGone) rooms.shopify.deliveries.announce(shop, "orders/delete", { id: String(shop.numericId(n)) });
  return isGone;
}

/** The orders to act on: those named by number (`#1001` is 0), or the newest living ones, spread out. */
function chosen(rooms: Rooms, shop: Shop, given: Given): number[] {
  if (given["n"] !== undefined && given["n"] !== "") return [count(given, "n", 0)];
  const wanted = count(given, "count", 1);
  const rows = rooms.store.all(
    "select n from orders where shop = ? and deleted is null order by random() limit ?",
    shop.id,
    wanted,
  );
  return rows.map((row) => Number(row["n"]));
}

function happen(rooms: Rooms, shop: Shop, given: Given): Outcome {
  const kind = eventKinds.find((each) => each === given["kind"]);
  if (!kind) throw new DeskRefusal(`An order can ${eventKinds.join(", ")}`);
  const orders = chosen(rooms, shop, given);
  const done = orders.filter((n) => (kind === "remove" ? deleteOrder(rooms, shop, n) : shop.happen(n, kind)));
  return { orders: done.map((n) => String(shop.numericId(n))) };
}

function webhook(rooms: Rooms, shop: Shop, given: Given): Outcome {
  const topic = text(given, "topic");
  if (!/^[a-z_]+\/[a-z_]+$/.test(topic)) throw new DeskRefusal("A topic looks like customers/redact");
  const payload = given["payload"];
  const facts = { shop_id: Number(shop.seed.shopId), shop_domain: shop.seed.domain };
  const more = typeof payload === "object" && payload !== null ? payload : {};
  rooms.shopify.deliveries.announce(shop, topic, { ...facts, ...more });
  return { topic };
}

/** As when a merchant gives a store up and somebody else takes its name: nothing of the old one is left under it. */
function becomeAnother(rooms: Rooms, shop: Shop, given: Given): Outcome {
  const { world } = rooms.shopify;
  const shopId = String(Math.max(...world.shops().map((each) => each.id)) + 1);
  const orders = count(given, "orders", 50);
  const idBase = String(BigInt(shop.seed.idBase) + 1_000_000_000n);
  const seed = { ...shop.seed, shopId, orders, idBase, seed: shop.seed.seed + 1, name: `${shop.seed.name} (another)` };
  return { shopId: world.replaceShop(shop, seed).seed.shopId };
}

const actions: Readonly<Record<string, (rooms: Rooms, shop: Shop, given: Given) => Outcome>> = {
  revoke,
  expireAccess: endAccess,
  killRefresh: endRefresh,
  drain: (rooms, shop) => {
    rooms.shopify.bucketOf(shop).drain();
    return {};
  },
  dropScope: (rooms, shop, given) => {
    const scopes = installOf(rooms.shopify.services, shop.id)?.scopes ?? [];
    return changeScopes(
      rooms,
      shop,
      scopes.filter((scope) => scope !== text(given, "scope")),
    );
  },
  addScope: (rooms, shop, given) => {
    const scopes = installOf(rooms.shopify.services, shop.id)?.scopes ?? [];
    return changeScopes(rooms, shop, [...new Set([...scopes, text(given, "scope")])]);
  },
  condition: (_, shop, given) => {
    const condition = shopConditions.find((each) => each === given["to"]);
    if (!condition) throw new DeskRefusal(`A shop can be ${shopConditions.join(", ")}`);
    shop.condition = condition;
    return { condition };
  },
  uninstall: (rooms, shop) => ({ uninstalled: uninstall(rooms.shopify.services, shop, rooms.clock.nowSeconds()) }),
  live: (_, shop, given) => {
    shop.isLive = given["on"] === true || given["on"] === "yes";
    return { live: shop.isLive };
  },
  placeOrders: (_, shop, given) => ({
    orders: shop.placeOrders(count(given, "count", 1)).map((n) => String(shop.numericId(n))),
  }),
  happen,
  webhook,
  becomeAnother,
};

const shopActionNames = Object.keys(actions);

export async function actOnShop(rooms: Rooms, domain: string, given: Given): Promise<Outcome> {
  const shop = rooms.shopify.world.byDomain(domain);
  if (!shop) throw new DeskRefusal(`There is no shop ${domain}`);
  const action = actions[text(given, "action")];
  if (!action) throw new DeskRefusal(`A shop knows ${shopActionNames.join(", ")}`);
  await shop.ready();
  shop.catchUp();
  return action(rooms, shop, given);
}
