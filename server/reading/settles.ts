/** From when on a source no longer changes a day by itself, as its connector says. */
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { platformEntry } from "./catalog.ts";
import { settlesAt } from "./days.ts";
import type { Day } from "./days.ts";

const HOURS_A_DAY = 24;

/** The longer of what its own totals need and of the days that it restates; null where it says neither. */
export function standsFrom(day: Day, platform: string, zone: string): Date | null {
  const restated = (platformEntry(platform)?.restatedDays ?? 0) * HOURS_A_DAY;
  const needs = connectorFor(platform)?.reconcile?.settledAfterHours ?? null;
  return needs === null && restated === 0 ? null : settlesAt(day, zone, Math.max(restated, needs ?? 0));
}
