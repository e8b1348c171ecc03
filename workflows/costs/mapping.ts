/** What each column of a file means: found by its header, or as a person said, and kept for the next file that looks the same. */
import { FileRefused } from "./codes.ts";
import type { Correction } from "./corrections.ts";
import type { DateOrder } from "./dates.ts";
import type { Decimal } from "./numbers.ts";
import { COST_TYPES, headerKey, isColumn, plainHeaders, targetOf } from "./vocabulary.ts";
import type { Column, CostType, Target } from "./vocabulary.ts";

/** `costs`: one a row. `days`: a sheet of days, each filled cell a cost. `prices`: by SKU. `orders`: by order. */
export type Shape = "costs" | "days" | "prices" | "orders";

/** What only a person can know; saved with the mapping. */
export interface Answers {
  readonly encoding?: "windows-1252";
  /** By the header's own text. */
  readonly dateOrder?: Readonly<Record<string, DateOrder>>;
  readonly decimal?: Decimal;
  /** Of a file with one column of totals and no types. */
  readonly costType?: CostType;
  /** Two rows of one identity are added up, not refused. */
  readonly onConflict?: "sum";
}

/** As people and feeds save it: targets by header, so that a column may move. */
export interface SavedMapping {
  readonly shape?: Shape;
  readonly targets?: Readonly<Record<string, Target>>;
  readonly answers?: Answers;
}

/** With what was put right in this one file, which says nothing of the next. */
export interface UploadMapping extends SavedMapping {
  readonly corrections?: readonly Correction[];
}

export interface Mapping {
  readonly shape: Shape;
  /** One for each column of the file. */
  readonly targets: readonly Target[];
}

/** Names that a person may type into a mapping. */
export const isTarget = (text: string): text is Target => text === "extra" || text === "ignore" || isColumn(text);

/** By a header of its own, else as of all of that name: what every object inherits is no answer. */
export function chosenFor({ targets = {} }: SavedMapping, headers: readonly string[], at: number): Target | null {
  const [own = "", plain = ""] = [headers[at], plainHeaders(headers)[at]];
  const name = Object.hasOwn(targets, own) ? own : plain;
  return Object.hasOwn(targets, name) ? (targets[name] ?? null) : null;
}

/** As a person said, else as the header is called: before any shape is asked of them. */
export const targetsOf = (headers: readonly string[], saved: SavedMapping): Target[] =>
  categoryAsType(
    headers,
    plainHeaders(headers).map((header, at) => chosenFor(saved, headers, at) ?? targetOf(header)),
    saved,
  );

/** By a word for it that is not our own. */
export const isFoundByName = (plainHeader: string, target: string): boolean =>
  isColumn(target) && headerKey(plainHeader) !== target;

export function mapHeader(headers: readonly string[], line: number, saved: SavedMapping): Mapping {
  const targets = targetsOf(headers, saved);
  const shape = shapesFor(saved).find((one) => fits(one, targets))?.shape ?? null;
  if (shape === null)
    throw new FileRefused("E_HEADER_MISSING", { line, value: headers.join(" | "), why: lackOf(targets) });
  const used = targets.map((target) => usedIn(shape, target));
  refuseTwins(headers, used, line);
  return { shape, targets: used };
}

/** What a file is refused for: nothing in it is known, no more is lacking than the kind of each cost, or more than that. */
export type Lack = "columns" | "kind" | "some";

function lackOf(targets: readonly Target[]): Lack {
  const has = (...any: Target[]) => any.some((target) => targets.includes(target));
  if (has("date", "start_date") && has("amount")) return "kind";
  return targets.some(isColumn) ? "some" : "columns";
}

/** A column called category is the type when there is no other; the survey drops it again where its values are none. */
function categoryAsType(headers: readonly string[], targets: readonly Target[], saved: SavedMapping): Target[] {
  const has = (target: Target) => targets.includes(target);
  if (has("cost_type") || !has("amount") || (!has("date") && !has("start_date"))) return [...targets];
  return targets.map((target, at) =>
    target === "category" && chosenFor(saved, headers, at) === null ? "cost_type" : target,
  );
}

/** What makes a file one of a shape: of each of `needs` one, and none of `without`. */
export interface ShapeRule {
  readonly shape: Shape;
  readonly needs: readonly (readonly Column[])[];
  readonly without: readonly Column[];
}

/** The first that fits. A sheet of days names neither article nor order: with them the same columns mean something else. */
const SHAPES: readonly ShapeRule[] = [
  { shape: "costs", needs: [["date", "start_date"], ["cost_type"], ["amount"]], without: [] },
  { shape: "days", needs: [["date"], COST_TYPES], without: ["sku", "variant_id", "product_id", "order_id"] },
  { shape: "prices", needs: [["sku", "variant_id"], ["cogs"]], without: [] },
  { shape: "prices", needs: [["sku", "variant_id"], ["amount"]], without: ["order_id"] },
  { shape: "orders", needs: [["order_id"], ["shipping", "handling", "payment_fee", "cogs", "amount"]], without: [] },
];

/** Where a person has said the shape, or the type of all amounts, less is asked of the columns. */
export function shapesFor({ shape, answers }: SavedMapping): readonly ShapeRule[] {
  if (shape !== undefined) return [{ shape, needs: [], without: [] }];
  if (answers?.costType === undefined) return SHAPES;
  return [...SHAPES, { shape: "costs", needs: [["date", "start_date"], ["amount"]], without: [] }];
}

const fits = ({ needs, without }: ShapeRule, targets: readonly Target[]): boolean =>
  needs.every((one) => one.some((column) => targets.includes(column))) &&
  !without.some((column) => targets.includes(column));

/** What a shape does not read. */
export const UNREAD: Readonly<Record<Shape, readonly Column[]>> = {
  costs: COST_TYPES,
  days: ["amount", "cost_type"],
  prices: [],
  orders: [],
};

/** What a shape does not read is kept beside the row, never guessed at. */
const usedIn = (shape: Shape, target: Target): Target =>
  UNREAD[shape].some((column) => column === target) ? "extra" : target;

function refuseTwins(headers: readonly string[], targets: readonly Target[], line: number): void {
  const seen = new Map<Target, string>();
  for (const [at, target] of targets.entries()) {
    if (target === "extra" || target === "ignore") continue;
    const header = headers[at] ?? "";
    const first = seen.get(target);
    if (first !== undefined)
      throw new FileRefused("E_HEADER_DUP", { line, column: header, value: `${first}, ${header}`, why: target });
    seen.set(target, header);
  }
}

/** The same for two files whose columns are called the same, in whatever order. */
export const headerMark = (headers: readonly string[]): string =>
  plainHeaders(headers).map(headerKey).toSorted().join("\n");
