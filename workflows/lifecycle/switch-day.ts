/** From which day on one that took another's place counts in the brand's numbers. Pure. */
import { dayCutter } from "../load/days.ts";

/**
 * By the brand's clock, whatever the zones of the two accounts: no day that was over is taken from the old one. Of one that
 * took a place itself, what it replaced keeps its days as well.
 */
export function switchDay(at: Date, zone: string, oldCountsFrom: string | null): string {
  const day = dayCutter(zone)(at.getTime());
  return oldCountsFrom !== null && oldCountsFrom > day ? oldCountsFrom : day;
}
