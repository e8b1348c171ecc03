/** When a datasource wakes: a point of its own in every interval, fixed for life, so that ten thousand never wake at the top of the hour. */
import type { Millis } from "./facts.ts";

/** FNV-1a: small, pure, the same in every process. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}

export const phasePoint = (datasourceId: string, intervalMs: Millis): Millis => hash(datasourceId) % intervalMs;

/** The next point after now: never now + interval, never random. */
export function nextPhasePoint(now: Millis, intervalMs: Millis, phaseMs: Millis): Millis {
  const since = (((now - phaseMs) % intervalMs) + intervalMs) % intervalMs;
  return now - since + intervalMs;
}

const MOST_SPREAD_MS = 10 * 60 * 1000;

/** Later than a whole interval: everybody woke late together, so each adds 0 to 10 min (never over an interval) of its own. */
export const catchUpDelay = (datasourceId: string, intervalMs: Millis): Millis =>
  hash(`late:${datasourceId}`) % Math.min(MOST_SPREAD_MS, intervalMs);

/** How many points lay between the last wake that was planned and now; one of them is answered now, the others are skipped and counted. */
export const pointsMissed = (planned: Millis, now: Millis, intervalMs: Millis): number =>
  now < planned ? 0 : Math.floor((now - planned) / intervalMs);
