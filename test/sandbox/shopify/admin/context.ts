// What a resolver may know: the shop, who asks, and where to note what was served.
import type { Clock } from "../../clock.ts";
import type { Client } from "../../config.ts";
import type { Store } from "../../store.ts";
import type { OrderState } from "../seed/order-state.ts";
import type { Shop } from "../seed/shop.ts";
import type { Grant } from "./access.ts";
import type { Warning } from "./search.ts";

export type ServedKind = "order" | "customer" | "product";

export interface Services {
  readonly store: Store;
  readonly clock: Clock;
  readonly client: Client;
}

export interface AdminContext extends Services {
  readonly shop: Shop;
  readonly grant: Grant;
  /** Connections give everything, as in a bulk operation. */
  readonly isBulk: boolean;
  readonly now: number;
  /** Handed in, so that the parts of an order can lead back to it. */
  orderNode(state: OrderState): object;
  note(kind: ServedKind, n: number, version: number): void;
  warn(field: string, query: string, warnings: readonly Warning[]): void;
}

export const gid = (type: string, id: bigint | string): string => `gid://shopify/${type}/${id}`;

export function readGid(text: string): { type: string; id: bigint } | null {
  const match = /^gid:\/\/shopify\/([A-Za-z]+)\/(\d{1,19})(\?.*)?$/.exec(text);
  return match?.[1] && match[2] ? { type: match[1], id: BigInt(match[2]) } : null;
}

/** Without `read_all_orders` an app sees the orders of the last sixty days. */
export const visibleFrom = (context: AdminContext): number =>
  context.grant.scopes.has("read_all_orders") ? 0 : context.now - 60 * 86_400;
