import { type RefObject, useLayoutEffect, useRef } from "react";

/** The opener of what stands in the page itself: it has the focus back once that has closed. */
export function useReturn<E extends HTMLElement>(isOpen: boolean): RefObject<E | null> {
  const opener = useRef<E>(null);
  const wasOpen = useRef(false);
  useLayoutEffect(() => {
    if (wasOpen.current && !isOpen) opener.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  return opener;
}
