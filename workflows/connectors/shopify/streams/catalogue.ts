// Customers and products: no days of their own, so their history is one reading of all there is.
import type { Stream } from "../../contract.ts";
import { mapped, type Fields } from "../../read-fields.ts";
import type { SourceSession } from "../../session.ts";
import { idOf } from "../connection.ts";
import { drained } from "../drain.ts";
import { customerFields, productFields, variantFields } from "../fields.ts";
import { mapCustomer, mapProduct, variantRecord } from "../mapping/catalogue.ts";
import type { Mapped } from "../mapping/mapped.ts";
import type { Group, Subject } from "../subject.ts";
import { countAll, idsOf, streamPages, window } from "./reading.ts";

const together = (parts: readonly Mapped[]): Mapped => ({
  records: parts.flatMap((part) => part.records),
  rejected: parts.flatMap((part) => part.rejected),
});

export const customersSubject: Subject = {
  root: "customers",
  one: "customer",
  rootType: "Customer",
  fields: customerFields,
  nested: null,
  pageSize: 250,
  isSnapshot: true,
  historyField: "updated_at",
  finish: async (_session, groups) => together(groups.map((group) => mapCustomer(group.root))),
  mapStraggler: () => ({ records: [], rejected: [] }), // customers have no children
};

export const productsSubject: Subject = {
  root: "products",
  one: "product",
  rootType: "Product",
  fields: productFields,
  nested: { name: "variants", fields: variantFields },
  pageSize: 50,
  isSnapshot: true,
  historyField: "updated_at",
  finish: async (session, groups, way) => {
    const products: Mapped[] = [];
    for (const group of groups) {
      const variants = [...group.children, ...(await restOfVariants(session, group))];
      products.push(mapProduct({ product: group.root, variants, isWhole: way === "paged" }));
    }
    return together(products);
  },
  mapStraggler: ({ child, rootId, versionAt }) => {
    const result = mapped("variant", child, (fields) => variantRecord(fields, { productId: rootId, versionAt }));
    return "rejected" in result
      ? { records: [], rejected: [result.rejected] }
      : { records: [result.record], rejected: [] };
  },
};

async function restOfVariants(session: SourceSession, { root, childrenAfter }: Group): Promise<Fields[]> {
  if (childrenAfter === null) return [];
  return drained(session, {
    id: idOf(root),
    type: "Product",
    connection: "variants",
    fields: variantFields,
    after: childrenAfter,
  });
}

type SnapshotOf = Pick<Stream, "kinds" | "needs"> & { readonly name: "customers" | "products" };
const snapshot = (subject: Subject, more: SnapshotOf): Stream => ({
  ...more,
  optional: true,
  window: window("snapshot"),
  pages: (session, slice, from) => streamPages(session, subject, { slice, from, count: null }),
  count: (session) => countAll(session, more.name),
  ids: (session, range) => idsOf(session, subject, range),
});

export const catalogueStreams: readonly Stream[] = [
  snapshot(customersSubject, { name: "customers", kinds: ["customer"], needs: ["read_customers"] }),
  snapshot(productsSubject, { name: "products", kinds: ["product"], needs: ["read_products"] }),
  {
    name: "variants",
    kinds: ["variant"],
    carriedBy: "products",
    needs: ["read_products"],
    optional: true,
    window: window("snapshot"),
  },
];
