import type { Upload } from "./files.documents.ts";

type Counts = Pick<
  Upload["counts"],
  "rows" | "inserted" | "updated" | "deleted" | "ignored" | "errors" | "empty" | "warnings"
>;

export interface Counted {
  /** Every row once: those that bring something, those that are wrong, those without an amount. */
  readonly rows: { readonly all: number; readonly good: number; readonly wrong: number; readonly empty: number };
  readonly costs: {
    readonly all: number;
    readonly added: number;
    readonly changed: number;
    readonly same: number;
    readonly gone: number;
  };
  /** Each good row is one cost: what becomes of the costs then says of the rows all there is to say. */
  readonly isOneEach: boolean;
  /** Beside the rows without an amount, which are counted as such. */
  readonly warnings: number;
}

export function countedIn(counts: Counts): Counted {
  const of = (name: keyof Counts): number => Number(counts[name]);
  const [all, wrong, empty] = [of("rows"), of("errors"), of("empty")];
  const good = all - wrong - empty;
  const costs = { added: of("inserted"), changed: of("updated"), same: of("ignored"), gone: of("deleted") };
  const brought = costs.added + costs.changed + costs.same;
  return {
    rows: { all, good, wrong, empty },
    costs: { all: brought, ...costs },
    // What a file takes away is a row of its own, or what it takes the place of.
    isOneEach: good === brought || good === brought + costs.gone,
    warnings: of("warnings") - empty,
  };
}
