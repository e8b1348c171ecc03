import { Plural } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";

const together = 50;

/** The first of what stands in a sentence or in cards, and a button for some more: for rows of a list there is `long-rows`. */
export function useMore<One>(all: readonly One[], first = together): { shown: readonly One[]; more: ReactNode } {
  const [count, setCount] = useState(first);
  const hidden = Math.max(0, all.length - count);
  return {
    shown: all.slice(0, count),
    more: hidden > 0 && (
      <button type="button" className="link sm" onClick={() => setCount(count + together)}>
        <Plural value={hidden} one="and # more" other="and # more" />
      </button>
    ),
  };
}
