import type { MetricName } from "./overview.documents.ts";

/** Every brand has these; they are what a page that loads has room for. */
export const ofOrders: readonly MetricName[] = [
  "NET_SALES",
  "ORDERS",
  "AVERAGE_ORDER_VALUE",
  "TOTAL_SALES",
  "GROSS_SALES",
  "DISCOUNTS",
  "RETURNS",
];

export const order: readonly MetricName[] = [...ofOrders, "COSTS", "AD_SPEND", "EMAIL_REVENUE"];
