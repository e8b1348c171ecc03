// Where a shop's own admin shows an order.
import type { Connector } from "../contract.ts";
import { isShop } from "./shop-name.ts";

const ORDER = /^gid:\/\/shopify\/Order\/(\d+)$/;

export const orderPage: NonNullable<Connector["orderPage"]> = ({ domain }, orderId) => {
  const number = ORDER.exec(orderId)?.[1];
  return number === undefined || domain === null || !isShop(domain) ? null : `https://${domain}/admin/orders/${number}`;
};
