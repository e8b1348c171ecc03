import { need, option, planned } from "./planned.ts";

const sales = ["orders", "sales", "discounts", "returns", "newCustomers"];
const orderKinds = ["order", "orderLine", "refund", "customer", "product"];

export const plannedCommerce = [
  planned({
    platform: "bigcommerce",
    name: "BigCommerce",
    category: "ecommerce",
    methods: ["oauth", "key"],
    scopes: [
      need("store_v2_orders_read_only", "orders"),
      need("store_v2_information_read_only", "accountProfile"),
      option("store_v2_transactions_read_only", "transactions"),
      option("store_v2_customers_read_only", "newCustomers"),
      option("store_v2_products_read_only", "products"),
    ],
    prerequisites: ["storeOwner"],
    powers: [...sales, "productCosts"],
    yields: orderKinds,
    settings: ["BIGCOMMERCE_CLIENT_ID", "BIGCOMMERCE_CLIENT_SECRET"],
  }),
  planned({
    platform: "woocommerce",
    name: "WooCommerce",
    category: "ecommerce",
    methods: ["oauth", "key"],
    scopes: [need("read", "orders")],
    prerequisites: ["storeAdmin", "storeAddress", "readOnlyKey"],
    powers: sales,
    yields: orderKinds,
  }),
  planned({
    platform: "amazon-seller",
    name: "Amazon Seller",
    category: "ecommerce",
    methods: ["oauth"],
    scopes: [
      need("Inventory and Order Tracking", "orders"),
      option("Pricing", "reports"),
      option("Finance and Accounting", "settlements"),
      option("Brand Analytics", "reports"),
    ],
    prerequisites: ["primarySeller", "marketplaceRegion"],
    powers: ["orders", "sales", "returns", "settlements"],
    yields: ["order", "orderLine", "refund", "payout"],
    historyDays: 730,
    restatedDays: 30,
    warnDaysBeforeEnd: 30,
    settings: ["AMAZON_SELLER_CLIENT_ID", "AMAZON_SELLER_CLIENT_SECRET", "AMAZON_SELLER_APPLICATION_ID"],
  }),
];
