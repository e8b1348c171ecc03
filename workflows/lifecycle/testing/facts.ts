/** Facts for tests: a healthy datasource, changed by what the test is about. */
import type { Facts, Hold, Millis } from "../facts.ts";

export const NOW: Millis = Date.UTC(2026, 10, 21, 12);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const healthy = (change: Partial<Facts> = {}): Facts => ({
  phase: "LIVE",
  phaseSince: NOW - DAY,
  phaseReason: null,
  seq: 4,
  generation: 0,
  intentVersion: 1,
  auth: "ok",
  authReason: null,
  authSince: NOW - DAY,
  grantEndsAt: null,
  authorizingUntil: null,
  credential: true,
  candidate: false,
  accountsListed: false,
  accountChosen: true,
  userPaused: null,
  holds: [],
  backfill: "done",
  backfillN: 1,
  newestIn: true,
  firstNumbersAt: NOW - DAY,
  lastSuccessAt: NOW - HOUR,
  lastAttemptAt: NOW - HOUR,
  failedStreams: null,
  throttledUntil: null,
  throttleReason: null,
  cadenceMs: HOUR,
  disconnectedAt: null,
  undoUntil: null,
  deleteData: false,
  dataDeletedAt: null,
  ...change,
});

export const paused = { since: NOW - HOUR, until: null, by: null, note: null } as const;

export const held = (change: Partial<Hold> = {}): Hold => ({
  id: "hold-1",
  scope: "source",
  reason: "repeatedFailures",
  since: NOW - HOUR,
  until: null,
  ...change,
});

export const nothingLanded = { firstNumbersAt: null, lastSuccessAt: null } as const;
