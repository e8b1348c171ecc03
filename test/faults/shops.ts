// What every test of a misbehaving provider does: a shop of its own, edits, a fault at the desk, a look into the sandbox's
// ledger and into what people are told.
import { expect } from "vitest";
import { at, isFields, type Fields } from "./caller.ts";
import { hasSyncedSince, settled } from "./kill-loop.ts";
import type { Product } from "./product.ts";
import { secondOver } from "./stillness.ts";
import { rowIdOf } from "./syncs.ts";

export interface Connected {
  readonly domain: string;
  readonly id: string;
}

/** Words of a walk through pages of orders, from its second page on. */
export const secondPage = '"variables":{"after":"';

const told = `query ($id: ID!) { datasource(id: $id) {
  connection { status reason { code message meaning } } dataSync { status reason { code message meaning } }
  timeline(first: 60) { nodes { id verb message } } rejectedRecords(first: 60) { nodes { reason sourceId stream } } } }`;

export const fieldsIn = (list: unknown): Fields[] => (Array.isArray(list) ? list.filter(isFields) : []);

export interface Shops {
  connected(name: string, orders?: number, products?: number): Promise<Connected>;
  edit(domain: string, count?: number): Promise<void>;
  breakWith(domain: string, rule: object): Promise<number>;
  syncNow(id: string): Promise<Fields>;
  /** Of the ledger, oldest first. */
  requestsSince(domain: string, sinceMs: number): Promise<Fields[]>;
  /** When a fault met its first request; null while it waits. */
  metAt(domain: string, sinceMs: number): Promise<number | null>;
  /** How often a fault without an end has hit; null for one that is over. */
  hitsOf(fault: number): Promise<number | null>;
  /** Edits, a fault on the next sync, and then the same numbers as the shop has. */
  survives(shop: Connected, rule: object): Promise<void>;
  /** What a person sees of it. */
  told(id: string): Promise<Fields>;
  entriesOf(id: string, verb: RegExp): Promise<Fields[]>;
  /** What was told of a trouble, once it is told to be over: one entry of the whole of it. */
  isOver(id: string, notice: string): Promise<Fields>;
  rowsOf(domain: string): Promise<number>;
}

export function shopsOf(product: Product): Shops {
  const shops: Shops = {
    async connected(name, orders = 300, products = 20) {
      const domain = `${name}.myshopify.com`;
      await product.addShop({ domain, orders, products, spanDays: 300, currency: "INR", zone: "Asia/Kolkata" });
      const id = await product.connect(domain);
      await settled(product, domain, id);
      // Its first check comes by itself once the history is in: no call of it meets a fault, or is counted, later on.
      const isChecked = async (): Promise<boolean> => {
        const checks = await product.sql`
          select 1 from runs where datasource_id = ${rowIdOf(id)} and kind = 'spotCheck' and finished_at is not null`;
        return checks.length > 0;
      };
      await product.until(`${domain} is checked`, isChecked);
      return { domain, id };
    },
    async edit(domain, count = 8) {
      await product.desk(`shops/${domain}`, { action: "happen", kind: "edit", count });
      await secondOver(product);
    },
    async breakWith(domain, rule) {
      return Number((await product.desk("faults", { surface: "graphql", shop: domain, ...rule }))["id"]);
    },
    syncNow: (id) => product.caller.command("syncNow", { datasource: id }),
    async requestsSince(domain, sinceMs) {
      const response = await fetch(`${product.stack.sandboxUrl}/_desk/requests?shop=${domain}&limit=100000`);
      return fieldsIn(await response.json()).filter((row) => Number(row["atMs"]) >= sinceMs);
    },
    async metAt(domain, sinceMs) {
      const met = (await shops.requestsSince(domain, sinceMs)).find((each) => each["fault"] !== null);
      return met === undefined ? null : Number(met["atMs"]);
    },
    async hitsOf(fault) {
      const found = fieldsIn((await product.desk("state"))["faults"]).find((each) => each["id"] === fault);
      return found === undefined ? null : Number(found["hits"]);
    },
    async survives(shop, rule) {
      await shops.edit(shop.domain);
      await survivedSync(product, shops, shop, rule);
    },
    async told(id) {
      const found = at(await product.caller.graphql(told, { id }), "datasource");
      if (!isFields(found)) throw new Error(`There is no datasource ${id}`);
      return found;
    },
    async entriesOf(id, verb) {
      return fieldsIn(at(await shops.told(id), "timeline", "nodes")).filter((each) => verb.test(String(each["verb"])));
    },
    async isOver(id, notice) {
      const entries = () => shops.entriesOf(id, new RegExp(`^notice\\.${notice}\\.`, "u"));
      const isTold = async () => (await entries()).some(({ verb }) => verb === `notice.${notice}.over`);
      await product.until(`it is told that ${notice} is over`, isTold);
      const [only, ...others] = await entries();
      expect(others).toEqual([]);
      return only ?? {};
    },
    async rowsOf(domain) {
      const [row] =
        await product.sql`select count(*)::int as n from orders o join accounts a on a.id = o.account_id where a.domain = ${domain}`;
      return Number(row?.["n"]);
    },
  };
  return shops;
}

/** A sync that was under way before the fault does not count, nor one that ended before it was met. */
export async function survivedSync(
  product: Product,
  shops: Shops,
  { domain, id }: Connected,
  rule: object,
): Promise<void> {
  const since = Date.now();
  await shops.breakWith(domain, rule);
  await shops.syncNow(id);
  const what = `${domain} syncs after ${JSON.stringify(rule)}`;
  await product.until(`the fault is met: ${what}`, async () => (await shops.metAt(domain, since)) !== null);
  const met = (await shops.metAt(domain, since)) ?? since;
  await product.until(what, () => hasSyncedSince(product, domain, since, met));
  await product.audited(domain, { basis: "truth" });
  expect((await product.datasource(domain))["auth"]).toBe("ok");
}
