import type { CatalogEntry } from "../catalog-entry.ts";

export const shopifyCatalog: CatalogEntry = {
  platform: "shopify",
  name: "Shopify",
  category: "ecommerce",
  methods: ["oauth"],
  state: "ready",
  takesSlot: true,
  scopes: [
    { scope: "read_orders", purpose: "orders", required: true },
    { scope: "read_all_orders", purpose: "wholeHistory", required: false },
    { scope: "read_customers", purpose: "newCustomers", required: false },
    { scope: "read_products", purpose: "products", required: false },
    { scope: "read_inventory", purpose: "unitCosts", required: false },
  ],
  prerequisites: ["shopOwnerOrStaff", "shopAddress"],
  requiresOneOf: [],
  excludes: [],
  powers: ["orders", "sales", "discounts", "returns", "newCustomers", "productCosts", "paymentFees", "shipments"],
  yields: ["order", "orderLine", "refund", "transaction", "fulfilment", "customer", "product", "variant", "fee"],
  cadenceMinutes: 60,
  historyDays: null,
  restatedDays: 0,
  deletesVisible: "byComparison",
  warnDaysBeforeEnd: 14,
  policyUrl: "https://www.shopify.com/legal/privacy/app-users",
  settings: ["SHOPIFY_CLIENT_ID", "SHOPIFY_CLIENT_SECRET"],
};
