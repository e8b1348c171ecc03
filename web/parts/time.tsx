import { useSyncExternalStore } from "react";
import { useFormat } from "../language.tsx";

const tickMs = 15_000;
const listeners = new Set<() => void>();
let tick = 0;
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    tick++;
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

/** One shared clock: everything relative moves together. */
export function useTick(): number {
  return useSyncExternalStore(subscribe, () => tick);
}

/** "6 min ago", exact on hover and focus. */
export function Ago({ at }: { at: string }) {
  useTick();
  const format = useFormat();
  return (
    <time dateTime={at} title={format.exact(at)}>
      {format.ago(at)}
    </time>
  );
}

/** "Today 22:41". */
export function When({ at }: { at: string }) {
  useTick();
  const format = useFormat();
  return (
    <time className="num nowrap" dateTime={at} title={format.exact(at)}>
      {format.when(at)}
    </time>
  );
}
