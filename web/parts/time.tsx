import { useSyncExternalStore } from "react";
import { useFormat } from "../language.tsx";
import { useLinkState } from "../live/live.tsx";

const tickMs = 15_000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!timer) now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** One shared clock, so that everything relative moves together: the instant of its last tick. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

/** "6 min ago", exact on hover and focus; while the link is lost, by the clock. */
export function Ago({ at }: { at: string }) {
  useNow();
  const isLost = useLinkState().kind === "lost";
  const format = useFormat();
  return (
    <time dateTime={at} title={format.exact(at)}>
      {isLost ? format.whenWithin(at) : format.ago(at)}
    </time>
  );
}

/** How far it is complete: "Today 22:41", or a whole day. */
export function Through({ at }: { at: string }) {
  useNow();
  const format = useFormat();
  return (
    <time className="num nowrap" dateTime={at} title={format.exact(at)}>
      {format.through(at)}
    </time>
  );
}

/** "Today 22:41"; within a sentence "today 22:41". */
export function When({ at, within = false }: { at: string; within?: boolean }) {
  useNow();
  const format = useFormat();
  return (
    <time className="num nowrap" dateTime={at} title={format.exact(at)}>
      {within ? format.whenWithin(at) : format.when(at)}
    </time>
  );
}
