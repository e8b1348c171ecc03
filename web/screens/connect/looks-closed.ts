import { useEffect, useState } from "react";
import type { ConsentWindow } from "./consent-window.ts";

export const lookEveryMs = 1_000;

/** Tells whether the person closed the window: it looks closed twice, and the attempt, asked since, still waits. A window that
 * closes because the consent was given is not spoken of. */
export function watchWindow(
  window: Pick<ConsentWindow, "looksClosed">,
  ask: () => Promise<void>,
  tell: (isClosed: boolean) => void,
): () => void {
  let looks = 0;
  let isOver = false;
  const look = async (): Promise<void> => {
    looks = window.looksClosed() ? looks + 1 : 0;
    if (looks === 0) return tell(false);
    if (looks !== 2) return;
    await ask();
    if (!isOver) tell(window.looksClosed());
  };
  const timer = setInterval(() => void look(), lookEveryMs);
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}

export function useLooksClosed(window: ConsentWindow | null, ask: () => Promise<void>): boolean {
  const [closed, setClosed] = useState<ConsentWindow | null>(null);
  useEffect(
    () => (window ? watchWindow(window, ask, (isClosed) => setClosed(isClosed ? window : null)) : undefined),
    [window, ask],
  );
  return window !== null && closed === window;
}
