import { useState } from "react";
import { useNow } from "../parts/time.tsx";
import { agedBy, type EtaRange, holdEta, type HeldEta } from "./eta.ts";

/** Held still between changes that are worth saying; it ages with the clock meanwhile, and so does what was heard last. */
export function useHeldEta(next: EtaRange | null): EtaRange | null {
  const now = useNow();
  const [heard, setHeard] = useState({ next, at: now });
  const [held, setHeld] = useState<HeldEta | null>(null);
  const word = heard.next === next ? heard : { next, at: now };
  const wanted = holdEta(held, next && agedBy(next, now - word.at), now);
  // State that follows from other state: set while rendering, as React asks.
  if (word !== heard) setHeard(word);
  if (wanted !== held) setHeld(wanted);
  return wanted ? agedBy(wanted.range, now - wanted.at) : null;
}
