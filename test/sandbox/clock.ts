// The sandbox's own time: real time plus an offset that the fault desk moves. Stored, so a restart keeps it.
// Whole seconds since 1970 in everything that the stand-ins show, because Shopify's times have no finer grain.
import type { Store } from "./store.ts";

export interface Clock {
  nowMs(): number;
  nowSeconds(): number;
  offsetMs(): number;
  /** Forward or back; the world catches up at the next look. */
  moveBy(ms: number): void;
}

export function openClock(store: Store): Clock {
  let offsetMs = Number(store.readSetting("clockOffsetMs") ?? 0);
  const nowMs = () => Date.now() + offsetMs;
  return {
    nowMs,
    nowSeconds: () => Math.floor(nowMs() / 1000),
    offsetMs: () => offsetMs,
    moveBy(ms) {
      offsetMs += Math.round(ms);
      store.writeSetting("clockOffsetMs", String(offsetMs));
    },
  };
}

export const isoSeconds = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
