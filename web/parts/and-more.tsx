import { Plural } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { firstOf } from "./first-of.ts";
import { usePrinted } from "./long-rows.tsx";

const together = 50;

interface MoreOptions<One> {
  first?: number;
  /** How much one matters: more, and it is among the first. */
  weightOf?: (one: One) => number;
}

/** The first of what stands in a sentence or in cards, and a button for some more; on paper all. For rows of a list there is `long-rows`. */
export function useMore<One>(
  all: readonly One[],
  { first = together, weightOf = () => 0 }: MoreOptions<One> = {},
): { shown: readonly One[]; more: ReactNode } {
  const [count, setCount] = useState(first);
  const isPrinted = usePrinted();
  const shown = isPrinted ? all : firstOf(all, count, weightOf);
  const hidden = all.length - shown.length;
  return {
    shown,
    more: hidden > 0 && (
      <button type="button" className="link sm" onClick={() => setCount(count + together)}>
        <Plural value={hidden} one="and # more" other="and # more" />
      </button>
    ),
  };
}
