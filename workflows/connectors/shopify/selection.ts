// One field list, two query texts. Ordinary queries select `nodes` and page; bulk strings must select `edges { node }`
// with the id, and may not hold a connection inside a plain list. Both are printed from the same list, so they agree.
import type { Scope } from "../catalog-entry.ts";

export type Field = Scalar | Nested | Connection;
type Scalar = string;
type Nested = {
  readonly name: string;
  readonly args?: string;
  readonly of: readonly Field[];
  readonly needs?: Scope;
  /** A plain list: what it holds cannot be a connection in a bulk string. */
  readonly isList?: boolean;
};
type Connection = {
  readonly name: string;
  readonly nodes: readonly Field[];
  /** Asked for at once in an ordinary query; the rest is drained. */
  readonly first: number;
  readonly needs?: Scope;
};

export const object = (name: string, of: readonly Field[], more: { args?: string; needs?: Scope } = {}): Field => ({
  name,
  of,
  ...more,
});
export const list = (name: string, of: readonly Field[], args?: string): Field => ({
  name,
  of,
  isList: true,
  ...(args === undefined ? {} : { args }),
});
export const connection = (name: string, first: number, nodes: readonly Field[], needs?: Scope): Field => ({
  name,
  first,
  nodes,
  ...(needs === undefined ? {} : { needs }),
});
/** In the shop's own currency: what every figure of ours is in. */
export const money = (name: string, args?: string): Field =>
  object(name, [object("shopMoney", ["amount", "currencyCode"])], args === undefined ? {} : { args });

export type Granted = ReadonlySet<Scope>;

/** Leaves out what the grant may not read, which the source would answer with an error a row. */
export function granted(fields: readonly Field[], scopes: Granted): Field[] {
  return fields.filter((field) => isGranted(field, scopes)).map((field) => withGrantedInside(field, scopes));
}

function isGranted(field: Field, scopes: Granted): boolean {
  return typeof field === "string" || field.needs === undefined || scopes.has(field.needs);
}

function withGrantedInside(field: Field, scopes: Granted): Field {
  if (typeof field === "string") return field;
  return "nodes" in field
    ? { ...field, nodes: granted(field.nodes, scopes) }
    : { ...field, of: granted(field.of, scopes) };
}

export function pagedText(fields: readonly Field[]): string {
  return fields.map(pagedField).join(" ");
}

function pagedField(field: Field): string {
  if (typeof field === "string") return field;
  if ("nodes" in field)
    return `${field.name}(first: ${field.first}) { nodes { ${pagedText(field.nodes)} } pageInfo { hasNextPage endCursor } }`;
  return `${field.name}${field.args === undefined ? "" : `(${field.args})`} { ${pagedText(field.of)} }`;
}

/** For a bulk string: `first` is ignored there, and connections within lists are left for ordinary queries. */
export function bulkText(fields: readonly Field[], isInList = false): string {
  return fields
    .map((field) => bulkField(field, isInList))
    .filter((text) => text !== "")
    .join(" ");
}

function bulkField(field: Field, isInList: boolean): string {
  if (typeof field === "string") return field;
  if ("nodes" in field)
    return isInList ? "" : `${field.name} { edges { node { __typename ${bulkText(field.nodes)} } } }`;
  const inside = bulkText(field.of, isInList || field.isList === true);
  return `${field.name}${field.args === undefined ? "" : `(${field.args})`} { ${inside} }`;
}

/**
 * What Shopify asks for a selection: scalars nothing, an object or a plain list one, a connection two and its nodes
 * times a factor that grows with the logarithm of `first`. One query may ask for 1,000.
 */
export function costOf(fields: readonly Field[]): number {
  return fields.reduce((sum, field) => sum + costOfField(field), 0);
}

function costOfField(field: Field): number {
  if (typeof field === "string") return 0;
  if ("nodes" in field) return connectionCost(field.first, field.nodes);
  return 1 + costOf(field.of);
}

export function connectionCost(first: number, nodes: readonly Field[]): number {
  return 2 + (1 + costOf(nodes)) * Math.floor(2 * Math.log(Math.max(2, first)));
}
