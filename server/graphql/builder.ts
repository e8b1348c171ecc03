/** The schema builder, and the rule that every type and field of it must name. */
import SchemaBuilder from "@pothos/core";
import type { Permission } from "../access/permissions.ts";
import type { Context } from "./context.ts";

export interface SchemaShape {
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    Date: { Input: string; Output: string };
    Decimal: { Input: string; Output: string };
    BigInt: { Input: string; Output: string | number };
    CurrencyCode: { Input: string; Output: string };
  };
}

export const builder = new SchemaBuilder<SchemaShape>({ defaultFieldNullability: false });

/** A field without a rule of its own takes its type's; one that has neither stops the start (`rules.ts`). */
export const rule = (permission: Permission) => ({ extensions: { rule: permission } });

/** A field of this list counts as so many when the cost of a question is reckoned. */
export const costing = (permission: Permission, listSize: number) => ({ extensions: { rule: permission, listSize } });
