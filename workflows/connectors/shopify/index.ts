// Shopify: cost-bucket GraphQL, bulk operations for history, orders as the truth about revenue.
import type { Connector } from "../contract.ts";
import { SourceFailure, isSourceFailure } from "../failure.ts";
import type { SourceSession } from "../session.ts";
import { shopifyAccount } from "./account.ts";
import { saidBy } from "../outbound/redact.ts";
import { callShop, part } from "./api.ts";
import { shopifyAuthorization } from "./authorization.ts";
import { STORAGE_HOST } from "./bulk/read-by-bulk.ts";
import { shopifyCatalog } from "./catalog.ts";
import { asList } from "./graphql-answer.ts";
import { orderPage } from "./order-page.ts";
import { shopifyReconcile } from "./reconcile.ts";
import { catalogueStreams } from "./streams/catalogue.ts";
import { orderStreams } from "./streams/orders.ts";
import { shopifyWebhooks } from "./webhooks.ts";

const listing = ["read_orders", "read_all_orders"];
/** Each order names its customer and its products. */
const reading = [...listing, "read_customers", "read_products"];
const ofProducts = ["read_products", "read_inventory"];

export const connector: Connector = {
  catalog: shopifyCatalog,
  authorization: shopifyAuthorization,
  hosts: (login) => ({ credential: [login.key], open: [STORAGE_HOST] }),
  sign: ({ url, headers }, credential) => ({
    url,
    headers: { ...headers, "x-shopify-access-token": credential["accessToken"] ?? "" },
  }),
  account: shopifyAccount,
  streams: [...orderStreams, ...catalogueStreams],
  uses: {
    account: ["read_orders"],
    orders: reading,
    "orders.bulk": reading,
    "orders.": listing,
    "drain.lineItems": reading,
    refunds: listing,
    customers: ["read_customers"],
    "customers.": ["read_customers"],
    products: ofProducts,
    "products.bulk": ofProducts,
    "products.": ["read_products"],
    "drain.variants": ofProducts,
    report: ["read_reports"],
    "bulk.": [],
    "webhooks.": [],
    uninstall: [],
  },
  // One bucket for our app at one shop. The smallest plan's, until an answer says better.
  rate: {
    bucketKey: (login) => login.key,
    initial: { maximum: 2000, restorePerSecond: 100 },
    concurrency: 2,
  },
  revoke,
  webhooks: shopifyWebhooks,
  reconcile: shopifyReconcile,
  orderPage,
};

export const uninstallText = `mutation Uninstall { appUninstall { app { id } userErrors { code field message } } }`;
const UNINSTALL_COST = 10;

/** Ends the install for everyone who reads this shop with our app: the caller knows that nobody else does. */
async function revoke(session: SourceSession): Promise<void> {
  try {
    const result = await callShop(session, {
      query: uninstallText,
      cost: UNINSTALL_COST,
      purpose: "uninstall",
      once: true,
    });
    const refused = asList(part(result, "appUninstall")["userErrors"]);
    if (refused.length > 0)
      throw new SourceFailure({ class: "transient", code: "shopify.trouble", said: saidBy(JSON.stringify(refused)) });
  } catch (error) {
    // A dead token is a dead install.
    const isOver = isSourceFailure(error) && ["reauthorize", "gone"].includes(error.failure.class);
    if (!isOver) throw error;
  }
}
