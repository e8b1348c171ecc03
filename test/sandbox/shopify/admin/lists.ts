// The top lists (orders, customers, products): searched, sorted and cut by index, so that a page of a shop with
// 100,000 orders costs as much as one of a shop with ten.
import { cachedProduct } from "../seed/order-draft.ts";
import { orderColumns } from "../seed/shop.ts";
import type { Row } from "../../store.ts";
import { customerNode } from "./customer-node.ts";
import { visibleFrom, type AdminContext } from "./context.ts";
import { OrderNode } from "./order-node.ts";
import { connection, pageSize, readCursor, refuseDeepWalk, type Connection, type PageArguments } from "./paging.ts";
import { productNode } from "./product-nodes.ts";
import { searchFor, timeField, type Condition, type SearchField } from "./search.ts";

export interface ListArguments extends PageArguments {
  readonly query?: string | null;
  readonly sortKey?: string | null;
}

interface List<T> {
  readonly name: string;
  readonly table: "orders" | "customers" | "products";
  readonly columns: string;
  readonly always: (context: AdminContext) => Condition;
  readonly fields: (context: AdminContext) => Readonly<Record<string, SearchField>>;
  readonly columnBySort: Readonly<Record<string, string>>;
  readonly node: (context: AdminContext, row: Row) => T;
}

const numberField =
  (column: string, toNumber: (value: string) => number | null): SearchField =>
  ({ comparator, value }) => {
    const number = toNumber(value);
    return number === null ? null : { sql: `${column} ${comparator} ?`, values: [number] };
  };

const idField = (context: AdminContext): SearchField =>
  numberField("n", (value) => (/^\d{1,19}$/.test(value) ? Number(BigInt(value) - context.shop.numericId(0)) : null));

const wordField =
  (column: string): SearchField =>
  ({ value }) => ({
    sql: `${column} in (${value
      .split(",")
      .map(() => "?")
      .join(", ")})`,
    values: value.split(",").map((each) => each.trim().toUpperCase()),
  });

const statusConditions: Readonly<Record<string, string>> = {
  any: "1",
  open: "closed is null and cancelled is null",
  closed: "closed is not null",
  cancelled: "cancelled is not null",
  not_closed: "closed is null",
};

function times(context: AdminContext): Record<string, SearchField> {
  const zone = context.shop.seed.zone;
  return { created_at: timeField("created", zone, context.now), updated_at: timeField("updated", zone, context.now) };
}

const orderFields = (context: AdminContext): Readonly<Record<string, SearchField>> => ({
  ...times(context),
  processed_at: timeField("processed", context.shop.seed.zone, context.now),
  id: idField(context),
  name: numberField("n", (value) => (/^#?\d{4,9}$/.test(value) ? Number(value.replace("#", "")) - 1001 : null)),
  status: ({ value }) =>
    Object.hasOwn(statusConditions, value) ? { sql: `(${statusConditions[value]})`, values: [] } : null,
  financial_status: wordField("financial"),
  fulfillment_status: wordField("fulfillment"),
  test: ({ value }) =>
    value === "true" || value === "false" ? { sql: "test = ?", values: [value === "true" ? 1 : 0] } : null,
  customer_id: numberField("customer", (value) =>
    /^\d{1,19}$/.test(value) ? Number(BigInt(value) - context.shop.numericId(0)) : null,
  ),
});

export const orderList: List<OrderNode> = {
  name: "orders",
  table: "orders",
  columns: orderColumns,
  always: (context) => ({ sql: "deleted is null and created >= ?", values: [visibleFrom(context)] }),
  fields: orderFields,
  columnBySort: { CREATED_AT: "created", UPDATED_AT: "updated", PROCESSED_AT: "processed" },
  node: (context, row) => {
    context.note("order", Number(row["n"]), Number(row["version"]));
    return new OrderNode(context.shop.order(row), context);
  },
};

export const customerList: List<object> = {
  name: "customers",
  table: "customers",
  columns: "n, created, updated",
  always: () => ({ sql: "1", values: [] }),
  fields: (context) => ({ ...times(context), id: idField(context) }),
  columnBySort: { CREATED_AT: "created", UPDATED_AT: "updated" },
  node: (context, row) => {
    context.note("customer", Number(row["n"]), Number(row["updated"]));
    return customerNode(context, Number(row["n"]));
  },
};

export const productList: List<object> = {
  name: "products",
  table: "products",
  columns: "n, created, updated",
  always: () => ({ sql: "1", values: [] }),
  fields: (context) => ({
    ...times(context),
    id: idField(context),
    status: ({ value }) => {
      const wanted = new Set(value.toUpperCase().split(","));
      const found = Array.from({ length: context.shop.seed.products }, (_, p) => p).filter((p) =>
        wanted.has(cachedProduct(context.shop.seed, p).status),
      );
      return { sql: `n in (${found.map(() => "?").join(", ")})`, values: found };
    },
  }),
  columnBySort: { CREATED_AT: "created", UPDATED_AT: "updated" },
  node: (context, row) => {
    context.note("product", Number(row["n"]), Number(row["updated"]));
    return productNode(context, Number(row["n"]));
  },
};

function conditionOf<T>(list: List<T>, context: AdminContext, query: string | null | undefined): Condition {
  const always = list.always(context);
  const search = searchFor(query, list.fields(context));
  if (search.warnings.length > 0) context.warn(list.name, query ?? "", search.warnings);
  return {
    sql: `shop = ? and ${always.sql} and ${search.condition.sql}`,
    values: [context.shop.id, ...always.values, ...search.condition.values],
  };
}

const flip = (order: "asc" | "desc"): "asc" | "desc" => (order === "asc" ? "desc" : "asc");

export function pageOf<T>(list: List<T>, context: AdminContext, args: ListArguments): Connection<T> {
  const size = pageSize(args);
  const column = list.columnBySort[args.sortKey ?? ""] ?? "n";
  const isFromEnd = args.last != null;
  const shown = args.reverse ? "desc" : "asc";
  const order = isFromEnd ? flip(shown) : shown;
  const from = args.after != null ? readCursor(args.after) : null;
  const until = args.before != null ? readCursor(args.before) : null;
  refuseDeepWalk((from?.passed ?? 0) + size);
  const bound = (place: { value: number; n: number } | null, sign: string): Condition =>
    place
      ? { sql: `(${column}, n) ${sign} (?, ?)`, values: [column === "n" ? place.n : place.value, place.n] }
      : { sql: "1", values: [] };
  const bounds = [bound(from, shown === "asc" ? ">" : "<"), bound(until, shown === "asc" ? "<" : ">")];
  const where = conditionOf(list, context, args.query);
  const rows = context.store.all(
    `select ${list.columns} from ${list.table} where ${where.sql} and ${bounds.map((each) => each.sql).join(" and ")} order by ${column} ${order}, n ${order} limit ?`,
    ...where.values,
    ...bounds.flatMap((each) => each.values),
    size + 1,
  );
  const isMore = rows.length > size;
  const kept = isMore ? rows.slice(0, size) : rows;
  const ordered = isFromEnd ? kept.toReversed() : kept;
  const passed = from?.passed ?? 0;
  return connection({
    items: ordered.map((row) => list.node(context, row)),
    placeOf: (_, i) => ({ n: Number(ordered[i]?.["n"]), value: Number(ordered[i]?.[column]), passed: passed + i + 1 }),
    hasNext: isFromEnd ? until !== null : isMore,
    hasPrevious: isFromEnd ? isMore : from !== null,
  });
}

/** Rows for a bulk operation, a slice at a time, in the order asked for. */
export function* walk<T>(
  list: List<T>,
  context: AdminContext,
  args: ListArguments,
  slice: number,
): Generator<readonly Row[]> {
  const column = list.columnBySort[args.sortKey ?? ""] ?? "n";
  const where = conditionOf(list, context, args.query);
  let last: { value: number; n: number } = { value: -1, n: -1 };
  for (;;) {
    const rows = context.store.all(
      `select ${list.columns} from ${list.table} where ${where.sql} and (${column}, n) > (?, ?) order by ${column}, n limit ?`,
      ...where.values,
      last.value,
      last.n,
      slice,
    );
    if (rows.length === 0) return;
    yield rows;
    const end = rows.at(-1);
    last = { value: Number(end?.[column]), n: Number(end?.["n"]) };
  }
}

export function countOf<T>(
  list: List<T>,
  context: AdminContext,
  args: { query?: string | null; limit?: number | null },
): { count: number; precision: "EXACT" | "AT_LEAST" } {
  const where = conditionOf(list, context, args.query);
  const count = Number(
    context.store.first(`select count(*) as n from ${list.table} where ${where.sql}`, ...where.values)?.["n"] ?? 0,
  );
  return args.limit != null && count > args.limit
    ? { count: args.limit, precision: "AT_LEAST" }
    : { count, precision: "EXACT" };
}
