/**
 * Where a file calls a kind of cost by another word than ours, or does not say what one amount is for: what it is read as,
 * and on how many lines, so that nobody finds out by the numbers.
 */
import type { Mapping } from "./mapping.ts";
import { remembering } from "./remembering.ts";
import { COST_TYPES, costTypeOf, headerKey } from "./vocabulary.ts";
import type { Basis, CostType, Target } from "./vocabulary.ts";

/** Plain JSON. */
export interface ReadAs {
  /** As it stands in the file the first time. */
  readonly word: string;
  readonly costType: CostType;
  /** Null: the file says it, or has no need to. */
  readonly basis: Basis | null;
  readonly lines: number;
}

interface Named {
  readonly order: boolean;
  readonly product: boolean;
  /** One day, or a last one. */
  readonly days: boolean;
}

/** Of a cost of which the file does not say it. */
export function assumedBasis(costType: CostType, { order, product, days }: Named): Basis {
  if (order) return "total";
  if (product) return "per_unit";
  return (costType === "handling" || costType === "payment_fee") && !days ? "per_order" : "total";
}

/** An amount of any other kind is a sum; of these it may be meant for each order. */
const OF_ORDERS: readonly CostType[] = ["cogs", "shipping", "handling", "payment_fee"];
const OUR_WORDS = [...COST_TYPES, "cost_of_goods"];

const wordOf = (text: string) => {
  const costType = costTypeOf(text);
  return costType && { costType, isOurs: OUR_WORDS.some((word) => headerKey(text).includes(word)) };
};

export class ReadAsCounter {
  readonly #places: ReadonlyMap<Target, number>;
  readonly #isOneEach: boolean;
  readonly #wordOf = remembering(wordOf);
  readonly #found: Map<string, ReadAs>;

  constructor({ shape, targets }: Mapping, before: readonly ReadAs[]) {
    this.#isOneEach = shape === "costs";
    this.#places = new Map(targets.map((target, at) => [target, at]));
    this.#found = new Map(before.map((one) => [keyOf(one), one]));
  }

  note(cells: readonly string[]): void {
    if (!this.#isOneEach) return;
    const cell = (target: Target) => cells[this.#places.get(target) ?? -1]?.trim() ?? "";
    const word = cell("cost_type");
    const known = this.#wordOf(word);
    const amount = cell("amount");
    if (known === null || amount === "") return;
    const { costType, isOurs } = known;
    const order = cell("order_id") !== "";
    const product = cell("sku") + cell("variant_id") + cell("product_id") !== "";
    const isSaid = cell("basis") !== "" || amount.endsWith("%") || order || product;
    const isOpen = !isSaid && OF_ORDERS.includes(costType);
    const days = cell("date") + cell("end_date") !== "";
    const basis = isOpen ? assumedBasis(costType, { order, product, days }) : null;
    if (isOurs && basis === null) return;
    const key = keyOf({ word, basis });
    const before = this.#found.get(key);
    this.#found.set(key, { ...(before ?? { word, costType, basis }), lines: (before?.lines ?? 0) + 1 });
  }

  all(): readonly ReadAs[] {
    return [...this.#found.values()];
  }
}

/** However it is written: of the words that are read there are only so many. */
const keyOf = ({ word, basis }: Pick<ReadAs, "word" | "basis">): string => `${basis ?? ""} ${headerKey(word)}`;
