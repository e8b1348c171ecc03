// Shopify's search terms. Second-granular and in UTC; always closed, for an open window moves while it is walked.
import type { Range } from "../contract.ts";

export type TimeField = "created_at" | "updated_at";

/** `2026-11-20T09:00:00Z`: no fraction, for the index has none. */
export function searchInstant(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

/** A fraction of a second at the end is rounded up, so that no row falls between two windows. */
export function withinRange(field: TimeField, { from, to }: Range): string {
  const end = `${field}:<'${searchInstant(new Date(Math.ceil(to.getTime() / 1000) * 1000))}'`;
  return from === null ? end : `${field}:>='${searchInstant(from)}' AND ${end}`;
}
