// Which scopes a grant really gives. Shopify does not repeat `read_x` when `write_x` is granted.
import type { Scope } from "../catalog-entry.ts";

export function readScopeList(list: string): Scope[] {
  const named = list.split(/[\s,]+/).filter((scope) => scope !== "");
  return withImplied(named);
}

export function withImplied(named: readonly Scope[]): Scope[] {
  const implied = named.filter((scope) => scope.startsWith("write_")).map((scope) => scope.replace("write_", "read_"));
  return [...new Set([...named, ...implied])].toSorted();
}
