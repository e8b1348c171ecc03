/** One cost as a file says it: what a record, or a filled cell of one, comes to. */
import type { Basis, CostType, Dimension, Recurrence } from "./vocabulary.ts";

export interface CostRow {
  readonly line: number;
  /** Which of the line's costs, from 0: a sheet of days has several. */
  readonly part: number;
  /** 32 hex digits: the merchant's own key, or all that makes it this cost and no other. */
  readonly identity: string;
  /** 32 hex digits of everything it says: equal means unchanged. */
  readonly content: string;
  readonly costType: CostType;
  readonly basis: Basis;
  readonly amount: string;
  readonly currency: string;
  readonly startDay: string;
  /** Null: open-ended. */
  readonly endDay: string | null;
  readonly recurrence: Recurrence;
  readonly costId: string | null;
  readonly sku: string | null;
  readonly variantId: string | null;
  readonly productId: string | null;
  readonly orderId: string | null;
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
  readonly isAdSpend: boolean;
  readonly appliesTo: "revenue" | "ad_spend";
  readonly extra: Readonly<Record<string, string>> | null;
  readonly action: "upsert" | "delete";
}
