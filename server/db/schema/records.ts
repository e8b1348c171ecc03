// Record kinds: one table each, shared by all platforms. Typed columns that metrics need, plus the source document.
// Keyed by account, so that connecting a kept account again goes on with its rows.
import { boolean, char, date, index, integer, jsonb, primaryKey, snakeCase, text } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";
import { amount, createdInstant, idOf, instant, tenant } from "./columns.ts";
import type { AccountId } from "./ids.ts";
import type { JsonObject } from "./values.ts";

/** The columns of every kind. */
export const record = () => ({
  organisationId: tenant(),
  accountId: idOf<AccountId>().notNull(),
  /** The source's own id. */
  id: text().notNull(),
  /** The guard of every merge: an older version never overwrites a newer one. */
  versionAt: instant().notNull(),
  readAt: createdInstant(),
  deletedAt: instant(),
  /** Lossless; null for children exploded out of a parent's document. */
  document: jsonb().$type<JsonObject>(),
});
const currency = () => char({ length: 3 }).notNull();
/** In the account's own zone. */
const day = () => date({ mode: "string" });

export const orders = snakeCase.table(
  "orders",
  {
    ...record(),
    name: text().notNull(),
    orderedAt: instant().notNull(),
    sourceCreatedAt: instant(),
    day: day().notNull(),
    cancelledAt: instant(),
    isTest: boolean().notNull().default(false),
    currency: currency(),
    gross: amount().notNull(),
    discounts: amount().notNull(),
    shipping: amount().notNull(),
    tax: amount().notNull(),
    duties: amount().notNull(),
    tips: amount().notNull(),
    total: amount().notNull(),
    taxesIncluded: boolean().notNull().default(false),
    customerId: text(),
    /** Where it was placed, as its source says it. */
    channel: text(),
    lineCount: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId, t.id] }),
    index("orders_by_day").on(t.organisationId, t.accountId, t.day),
    index("orders_of_customer")
      .on(t.organisationId, t.accountId, t.customerId, t.orderedAt)
      .where(sql`customer_id is not null`),
    index("orders_made_apart")
      .on(t.organisationId, t.accountId, t.sourceCreatedAt)
      .where(sql`source_created_at <> ordered_at`),
    index("orders_test")
      .on(t.organisationId, t.accountId, t.id)
      .where(sql`is_test`),
  ],
);

export const orderLines = snakeCase.table(
  "order_lines",
  {
    ...record(),
    orderId: text().notNull(),
    sku: text(),
    title: text(),
    productId: text(),
    variantId: text(),
    quantity: integer().notNull(),
    gross: amount().notNull(),
    discount: amount().notNull(),
    tax: amount().notNull(),
    isGiftCard: boolean().notNull().default(false),
    currency: currency(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId, t.id] }),
    index("order_lines_of_order").on(t.organisationId, t.accountId, t.orderId),
  ],
);

export const refunds = snakeCase.table(
  "refunds",
  {
    ...record(),
    orderId: text().notNull(),
    refundedAt: instant().notNull(),
    day: day().notNull(),
    amount: amount().notNull(),
    /** The line subtotals that came back. */
    returned: amount().notNull(),
    returnedTax: amount().notNull(),
    adjustments: amount().notNull(),
    currency: currency(),
    /** Units that came back, by line. Null where the source does not say. */
    returnedLines: jsonb().$type<{ line: string; units: number }[]>(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId, t.id] }),
    index("refunds_by_day").on(t.organisationId, t.accountId, t.day),
    index("refunds_of_order").on(t.organisationId, t.accountId, t.orderId),
  ],
);

export const transactions = snakeCase.table(
  "transactions",
  {
    ...record(),
    orderId: text().notNull(),
    kind: text().notNull(),
    status: text().notNull(),
    gateway: text(),
    amount: amount().notNull(),
    fee: amount(),
    currency: currency(),
    processedAt: instant().notNull(),
    day: day().notNull(),
    isTest: boolean().notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId, t.id] }),
    index("transactions_by_day").on(t.organisationId, t.accountId, t.day),
    index("transactions_of_order").on(t.organisationId, t.accountId, t.orderId),
  ],
);

export const fulfilments = snakeCase.table(
  "fulfilments",
  {
    ...record(),
    orderId: text().notNull(),
    status: text().notNull(),
    shippedAt: instant(),
    deliveredAt: instant(),
    day: day(),
    carrier: text(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId, t.id] }),
    index("fulfilments_by_day").on(t.organisationId, t.accountId, t.day),
    index("fulfilments_of_order").on(t.organisationId, t.accountId, t.orderId),
  ],
);

export const customers = snakeCase.table(
  "customers",
  {
    ...record(),
    registeredAt: instant(),
    orderCount: integer(),
    spent: amount(),
    currency: char({ length: 3 }),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.accountId, t.id] })],
);

export const products = snakeCase.table("products", { ...record(), title: text().notNull(), status: text() }, (t) => [
  primaryKey({ columns: [t.organisationId, t.accountId, t.id] }),
]);

export const variants = snakeCase.table(
  "variants",
  {
    ...record(),
    productId: text().notNull(),
    sku: text(),
    unitCost: amount(),
    currency: char({ length: 3 }),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId, t.id] }),
    index("variants_of_product").on(t.organisationId, t.accountId, t.productId),
  ],
);

/** What a platform or a gateway keeps for itself. */
export const fees = snakeCase.table(
  "fees",
  {
    ...record(),
    orderId: text(),
    kind: text().notNull(),
    chargedAt: instant().notNull(),
    day: day().notNull(),
    amount: amount().notNull(),
    currency: currency(),
  },
  (t) => [
    primaryKey({ columns: [t.organisationId, t.accountId, t.id] }),
    index("fees_by_day").on(t.organisationId, t.accountId, t.day),
  ],
);
