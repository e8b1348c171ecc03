// Customers (no more than an id and figures), products and their variants.
import {
  childOrNull,
  documentOf,
  instantOf,
  mapped,
  textOf,
  textOrNull,
  wholeNumberOf,
  type Fields,
} from "../../read-fields.ts";
import type { CustomerRecord, ProductRecord, RejectedRecord, SourceRecord, VariantRecord } from "../../records.ts";
import { amountIn } from "./money.ts";
import type { Mapped } from "./mapped.ts";

const NOT_ITS_OWN = new Set(["variants", "__typename", "__parentId"]);

export function mapCustomer(customer: Fields): Mapped {
  const result = mapped("customer", customer, customerRecord);
  return "rejected" in result
    ? { records: [], rejected: [result.rejected] }
    : { records: [result.record], rejected: [] };
}

function customerRecord(customer: Fields): CustomerRecord {
  const spent = childOrNull(customer, "amountSpent");
  const amount = spent === null ? null : amountIn(spent);
  return {
    kind: "customer",
    id: textOf(customer, "id"),
    versionAt: instantOf(customer, "updatedAt"),
    document: documentOf(customer, NOT_ITS_OWN),
    registeredAt: instantOf(customer, "createdAt"),
    orderCount: wholeNumberOf(customer, "numberOfOrders"),
    spent: amount?.amount ?? null,
    currency: amount?.currency ?? null,
  };
}

export type ProductGroup = {
  readonly product: Fields;
  readonly variants: readonly Fields[];
  readonly isWhole: boolean;
};

export function mapProduct({ product, variants, isWhole }: ProductGroup): Mapped {
  const own = mapped("product", product, productRecord);
  if ("rejected" in own) return { records: [], rejected: [own.rejected] };
  const records: SourceRecord[] = [];
  const rejected: RejectedRecord[] = [];
  for (const variant of variants) {
    const result = mapped("variant", variant, (fields) =>
      variantRecord(fields, { productId: own.record.id, versionAt: own.record.versionAt }),
    );
    if ("rejected" in result) rejected.push(result.rejected);
    else records.push(result.record);
  }
  // A variant that could not be mapped lives at the source all the same.
  const complete: Pick<ProductRecord, "childrenComplete"> =
    isWhole && rejected.length === 0 ? { childrenComplete: ["variant"] } : {};
  return { records: [{ ...own.record, ...complete }, ...records], rejected };
}

function productRecord(product: Fields): ProductRecord {
  return {
    kind: "product",
    id: textOf(product, "id"),
    versionAt: instantOf(product, "updatedAt"),
    document: documentOf(product, NOT_ITS_OWN),
    title: textOf(product, "title"),
    status: textOrNull(product, "status")?.toLowerCase() ?? null,
  };
}

export function variantRecord(
  variant: Fields,
  { productId, versionAt }: { productId: string; versionAt: string },
): VariantRecord {
  const cost = childOrNull(childOrNull(variant, "inventoryItem") ?? {}, "unitCost");
  const unitCost = cost === null ? null : amountIn(cost);
  return {
    kind: "variant",
    id: textOf(variant, "id"),
    // A variant changes without its product (a new cost): the later of the two is its version.
    versionAt: typeof variant["updatedAt"] === "string" ? later(instantOf(variant, "updatedAt"), versionAt) : versionAt,
    document: documentOf(variant, NOT_ITS_OWN),
    productId,
    sku: textOrNull(variant, "sku"),
    unitCost: unitCost?.amount ?? null,
    currency: unitCost?.currency ?? null,
  };
}

function later(a: string, b: string): string {
  return Date.parse(a) > Date.parse(b) ? a : b;
}
