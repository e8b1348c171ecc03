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
import { gid, readGid, type AdminContext } from "./context.ts";
import { customerNode } from "./customer-node.ts";
import { countOf, customerList, orderList, pageOf, productList, type ListArguments } from "./lists.ts";
import { productNode, variantNode } from "./product-nodes.ts";

type RootField = (args: never, context: AdminContext) => unknown;

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
  if (!row || row["deleted"] !== null) return null;
  return orderList.node(context, row);
}

function nodeById(context: AdminContext, text: string): object | null {
  const parsed = readGid(text);
  if (!parsed)
    throw new GraphQLError(`Invalid global id '${text}'`, { extensions: { code: "argumentLiteralsIncompatible" } });
  const n = Number(parsed.id - context.shop.numericId(0));
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
    default:
      return null;
  }
}

function typed(context: AdminContext, id: string, type: string): object | null {
  const parsed = readGid(id);
  if (!parsed || parsed.type !== type)
    throw new GraphQLError(`Invalid id: ${id}`, { extensions: { code: "argumentLiteralsIncompatible" } });
  return nodeById(context, id);
}

export function rootFields(services: BulkServices): Readonly<Record<string, RootField>> {
  return {
    shop: (_: object, context) => shopNode(context),
    currentAppInstallation: (_: object, context) => installNode(context),
    appInstallation: (_: object, context) => installNode(context),
    app: (_: object, context) => appNode(context),
    publicApiVersions: () =>
      ["2026-01", "2026-04", "2026-07", "2026-10"].map((handle) => ({ handle, displayName: handle, supported: true })),
    orders: (args: ListArguments, context) => pageOf(orderList, context, args),
    customers: (args: ListArguments, context) => pageOf(customerList, context, args),
    products: (args: ListArguments, context) => pageOf(productList, context, args),
    order: (args: { id: string }, context) => typed(context, args.id, "Order"),
    customer: (args: { id: string }, context) => typed(context, args.id, "Customer"),
    product: (args: { id: string }, context) => typed(context, args.id, "Product"),
    node: (args: { id: string }, context) => nodeById(context, args.id),
    nodes: (args: { ids: readonly string[] }, context) => {
      if (args.ids.length > 250)
        throw new GraphQLError("The input array size of ids is greater than the maximum allowed of 250.", {
          extensions: { code: "MAX_INPUT_SIZE_EXCEEDED" },
        });
      return args.ids.map((id) => nodeById(context, id));
    },
    ordersCount: (args: { query?: string; limit?: number }, context) => countOf(orderList, context, args),
    customersCount: (args: { query?: string; limit?: number }, context) => countOf(customerList, context, args),
    productsCount: (args: { query?: string; limit?: number }, context) => countOf(productList, context, args),
    bulkOperation: (args: { id: string }, context) => typed(context, args.id, "BulkOperation"),
    bulkOperations: (args: ListArguments, context) => bulkOperationPage(context, args),
    currentBulkOperation: (_: object, context) =>
      bulkOperationPage(context, { first: 1, reverse: true, sortKey: "CREATED_AT" }).nodes[0] ?? null,
    shopifyqlQuery: (args: { query: string }, context) => runShopifyql(context, args.query),
    webhookSubscriptions: (args: ListArguments, context) => subscriptionPage(context, args),
    bulkOperationRunQuery: (args: { query: string; groupObjects: boolean }, context) =>
      startBulkOperation(services, context, args),
    bulkOperationCancel: (args: { id: string }, context) => cancelBulkOperation(context, args.id),
    webhookSubscriptionCreate: (args: Parameters<typeof createSubscription>[1], context) =>
      createSubscription(context, args),
    webhookSubscriptionDelete: (args: { id: string }, context) => deleteSubscription(context, args.id),
    appUninstall: (_: object, context) => {
      uninstall(services, context.shop, services.clock.nowSeconds());
      return { app: appNode(context), userErrors: [] };
    },
  };
}
