// The root fields that the stand-in serves.
import { GraphQLError } from "graphql";
import { runShopifyql } from "../shopifyql.ts";
import {
  cancelBulkOperation,
  bulkOperationById,
  bulkOperationPage,
  startBulkOperation,
  type BulkServices,
} from "../bulk/operations.ts";
import { uninstall, installOf, type Install } from "../oauth/installs.ts";
import { createSubscription, deleteSubscription, subscriptionPage } from "../webhooks/subscriptions.ts";
import { gid, readGid, visibleFrom, type AdminContext } from "./context.ts";
import { FulfilmentNode, LineItemNode, RefundNode, TransactionNode } from "./order-part-nodes.ts";
import type { RootField } from "./root-field.ts";
import { customerNode } from "./customer-node.ts";
import { countOf, customerList, orderList, pageOf, productList } from "./lists.ts";
import { pageMax } from "./paging.ts";
import { productNode, variantNode } from "./product-nodes.ts";

const versions = ["2026-01", "2026-04", "2026-07", "2026-10"];

const scopeWords = (scope: string): object => ({ handle: scope, description: scope.replaceAll("_", " ") });

function shopNode(context: AdminContext): object {
  const { seed } = context.shop;
  return {
    __typename: "Shop",
    id: gid("Shop", seed.shopId),
    name: seed.name,
    email: seed.email,
    contactEmail: seed.email,
    myshopifyDomain: seed.domain,
    url: `https://${seed.domain}`,
    currencyCode: seed.currency,
    ianaTimezone: seed.zone,
    taxesIncluded: seed.taxesIncluded,
    taxShipping: false,
    createdAt: new Date((context.shop.anchor - seed.spanDays * 86_400) * 1000).toISOString(),
    shopOwnerName: `Owner of ${seed.name}`,
    enabledPresentmentCurrencies: [seed.currency, ...(seed.presentment ? [seed.presentment.currency] : [])],
    weightUnit: "KILOGRAMS",
    unitSystem: "METRIC_SYSTEM",
    primaryDomain: {
      __typename: "Domain",
      id: gid("Domain", seed.shopId),
      host: seed.domain,
      url: `https://${seed.domain}`,
      sslEnabled: true,
    },
    plan: {
      displayName: seed.plan,
      publicDisplayName: seed.plan === "plus" ? "Shopify Plus" : "Basic",
      partnerDevelopment: false,
      shopifyPlus: seed.plan === "plus",
    },
  };
}

const appNode = (context: AdminContext): object => ({
  __typename: "App",
  id: gid("App", "4001"),
  title: "Headwater",
  handle: "headwater",
  apiKey: context.client.clientId,
});

function installNode(context: AdminContext): object {
  const install: Install | null = installOf(context, context.shop.id);
  return {
    __typename: "AppInstallation",
    id: gid("AppInstallation", "4101"),
    app: appNode(context),
    accessScopes: (install?.scopes ?? []).map(scopeWords),
  };
}

function orderById(context: AdminContext, id: bigint): object | null {
  const n = Number(id - context.shop.numericId(0));
  const row = n >= 0 ? context.shop.rowOf(n) : undefined;
  if (!row || row["deleted"] !== null || Number(row["created"]) < visibleFrom(context)) return null;
  return orderList.node(context, row);
}

/** The part of an order that an id of its own leads to: its number holds the order's. */
function partById(context: AdminContext, type: string, id: bigint): object | null {
  const place = id - context.shop.numericId(0);
  const row = place >= 0n ? context.shop.rowOf(Number(place / 1000n)) : undefined;
  if (!row || row["deleted"] !== null || Number(row["created"]) < visibleFrom(context)) return null;
  const state = context.shop.order(row);
  const k = Number(place % 1000n);
  const refund = state.refunds[k];
  const line = state.lines[k];
  const transaction = state.transactions[k];
  const fulfilment = state.fulfilments[k];
  if (type === "Refund" && refund) return new RefundNode(refund, state, context);
  if (type === "LineItem" && line) return new LineItemNode(line, state, context);
  if (type === "OrderTransaction" && transaction) return new TransactionNode(transaction, state, context);
  if (type === "Fulfillment" && fulfilment) return new FulfilmentNode(fulfilment, state, context);
  return null;
}

const knownParts = ["Refund", "LineItem", "OrderTransaction", "Fulfillment"];

function nodeById(context: AdminContext, text: string): object | null {
  const parsed = readGid(text);
  if (!parsed) {
    throw new GraphQLError(`Invalid global id '${text}'`, { extensions: { code: "argumentLiteralsIncompatible" } });
  }
  const n = Number(parsed.id - context.shop.numericId(0));
  if (knownParts.includes(parsed.type)) return partById(context, parsed.type, parsed.id);
  switch (parsed.type) {
    case "Order":
      return orderById(context, parsed.id);
    case "Customer":
      return n >= 0 && n < context.shop.seed.customers ? customerNode(context, n) : null;
    case "Product":
      return n >= 0 && n < context.shop.seed.products ? productNode(context, n) : null;
    case "ProductVariant":
      return n >= 0 ? variantNode(context, n) : null;
    case "BulkOperation":
      return bulkOperationById(context, parsed.id);
    case "Shop":
      return shopNode(context);
    default: {
      const said = `The stand-in finds no ${parsed.type} by its id.`;
      throw new GraphQLError(said, { extensions: { code: "NOT_SERVED_BY_STAND_IN" } });
    }
  }
}

function nodesById(context: AdminContext, ids: readonly string[]): (object | null)[] {
  if (ids.length > pageMax) {
    const said = `The input array size of ids is greater than the maximum allowed of ${pageMax}.`;
    throw new GraphQLError(said, { extensions: { code: "MAX_INPUT_SIZE_EXCEEDED" } });
  }
  return ids.map((id) => nodeById(context, id));
}

function typed(context: AdminContext, id: string, type: string): object | null {
  const parsed = readGid(id);
  if (!parsed || parsed.type !== type)
    throw new GraphQLError(`Invalid id: ${id}`, { extensions: { code: "argumentLiteralsIncompatible" } });
  return nodeById(context, id);
}

const lists = {
  orders: (args, context) => pageOf(orderList, context, args),
  customers: (args, context) => pageOf(customerList, context, args),
  products: (args, context) => pageOf(productList, context, args),
  ordersCount: (args, context) => countOf(orderList, context, args),
  customersCount: (args, context) => countOf(customerList, context, args),
  productsCount: (args, context) => countOf(productList, context, args),
  bulkOperations: (args, context) => bulkOperationPage(context, args),
  webhookSubscriptions: (args, context) => subscriptionPage(context, args),
} satisfies Record<string, RootField>;

const singles = {
  shop: (_, context) => shopNode(context),
  currentAppInstallation: (_, context) => installNode(context),
  appInstallation: (_, context) => installNode(context),
  app: (_, context) => appNode(context),
  publicApiVersions: () => versions.map((handle) => ({ handle, displayName: handle, supported: true })),
  order: (args, context) => typed(context, args.id ?? "", "Order"),
  customer: (args, context) => typed(context, args.id ?? "", "Customer"),
  product: (args, context) => typed(context, args.id ?? "", "Product"),
  refund: (args, context) => typed(context, args.id ?? "", "Refund"),
  fulfillment: (args, context) => typed(context, args.id ?? "", "Fulfillment"),
  bulkOperation: (args, context) => typed(context, args.id ?? "", "BulkOperation"),
  node: (args, context) => nodeById(context, args.id ?? ""),
  nodes: (args, context) => nodesById(context, args.ids ?? []),
  currentBulkOperation: (_, context) => bulkOperationPage(context, { first: 1, reverse: true }).nodes[0] ?? null,
  shopifyqlQuery: (args, context) => runShopifyql(context, args.query ?? ""),
} satisfies Record<string, RootField>;

const mutations = (services: BulkServices) =>
  ({
    bulkOperationRunQuery: (args, context) =>
      startBulkOperation(services, context, { query: args.query ?? "", groupObjects: args.groupObjects ?? false }),
    bulkOperationCancel: (args, context) => cancelBulkOperation(context, args.id ?? ""),
    webhookSubscriptionCreate: (args, context) => createSubscription(context, args),
    webhookSubscriptionDelete: (args, context) => deleteSubscription(context, args.id ?? ""),
    appUninstall: (_, context) => {
      uninstall(services, context.shop, services.clock.nowSeconds());
      return { app: appNode(context), userErrors: [] };
    },
  }) satisfies Record<string, RootField>;

export const rootFields = (services: BulkServices): Readonly<Record<string, RootField>> => ({
  ...lists,
  ...singles,
  ...mutations(services),
});
