/** By what a later file finds a cost again, and by what it sees that nothing of it has changed. */
import { hash } from "node:crypto";
import type { CostRow } from "./cost-row.ts";

export type Said = Omit<CostRow, "line" | "part" | "identity" | "content">;

const digest = (value: unknown): string => hash("sha256", JSON.stringify(value), "hex").slice(0, 32);

/** The merchant's own key, or all that makes it this cost: SKUs without regard to case, everything else as it stands. */
export function identityOf(said: Said): string {
  if (said.costId !== null) return digest(["id", said.costId]);
  const { channel, country, payment_gateway: gateway, campaign, vendor, category, name } = said.dimensions;
  return digest([
    said.costType,
    said.basis,
    said.startDay,
    said.endDay,
    said.recurrence,
    said.sku?.toLowerCase() ?? null,
    said.variantId?.toLowerCase() ?? null,
    said.productId?.toLowerCase() ?? null,
    said.orderId?.toLowerCase() ?? null,
    channel ?? null,
    country ?? null,
    gateway ?? null,
    campaign ?? null,
    vendor ?? null,
    category ?? null,
    name ?? null,
    said.currency,
  ]);
}

export const contentOf = (said: Said): string => digest(said);
