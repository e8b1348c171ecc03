import { type RefObject, useEffect, useRef, useState } from "react";

export interface Copying<E extends HTMLElement> {
  outcome: "none" | "copied" | "refused";
  copy: () => void;
  /** Where the same text stands: selected where the browser refuses, so that it can be copied by hand. */
  shown: RefObject<E | null>;
}

/** A page without a certificate has no clipboard, and where there is one the browser may refuse it. */
export function useCopy<E extends HTMLElement>(text: string): Copying<E> {
  const shown = useRef<E>(null);
  const [isCopied, setCopied] = useState(false);
  const [refusals, setRefusals] = useState(0);
  useEffect(() => {
    if (refusals === 0 || !shown.current) return;
    shown.current.focus();
    getSelection()?.selectAllChildren(shown.current);
  }, [refusals]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Said and selected, as often as it is asked for.
      setCopied(false);
      setRefusals((count) => count + 1);
    }
  };
  return { outcome: isCopied ? "copied" : refusals > 0 ? "refused" : "none", copy: () => void copy(), shown };
}
