// What is read: orders with their lines, customers, products with their variants. Both ways of reading take a subject
// and give groups; what a group becomes is the subject's own business.
import type { Fields } from "../read-fields.ts";
import type { SourceSession } from "../session.ts";
import type { Mapped } from "./mapping/mapped.ts";
import type { TimeField } from "./search.ts";
import type { Field } from "./selection.ts";

/** One root object with the nodes of its nested connection. */
export type Group = {
  readonly root: Fields;
  readonly children: readonly Fields[];
  /** Where the connection goes on, when a page did not hold all of it. */
  readonly childrenAfter: string | null;
  /** Of a page on which customers were withheld. */
  readonly isCustomerDenied?: boolean;
};
/** A child whose root was on an earlier page of the same file. */
export type Straggler = { readonly child: Fields; readonly rootId: string; readonly versionAt: string };

export interface Subject {
  readonly root: "orders" | "customers" | "products";
  readonly one: "order" | "customer" | "product";
  /** `gid://shopify/<type>/`: how a line of a bulk file is known as a root. */
  readonly rootType: "Order" | "Customer" | "Product";
  readonly fields: readonly Field[];
  /** The nested connection's name and what is read of its nodes; null where there is none. */
  readonly nested: { readonly name: string; readonly fields: readonly Field[] } | null;
  readonly pageSize: number;
  /** Has no days of its own: its history is read whole. */
  readonly isSnapshot: boolean;
  /** What a window of history means: when an order was made; when a customer or product last changed. */
  readonly historyField: TimeField;
  /** Completes the groups by ordinary queries where the reading could not, and maps them. */
  finish(session: SourceSession, groups: readonly Group[], way: "paged" | "bulk"): Promise<Mapped>;
  mapStraggler(straggler: Straggler): Mapped;
}
