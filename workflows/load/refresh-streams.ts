/**
 * The long restatement window: streams whose source goes on changing days that a sync has left behind are read again that
 * far back, newest first. The sync's checkpoint does not move by it.
 */
import type { Stream } from "@headwater/connectors/contract.ts";
import { rangeWindows } from "../lifecycle/windows.ts";
import type { LoadDeps, PlannedWindow, RunRef, WorkOptions } from "./contract.ts";
import { dayAfter, dayCutter } from "./days.ts";
import { outcomeOf } from "./failures.ts";
import { openRun, readableStreams } from "./open-run.ts";
import type { WorkOutcome } from "./outcome.ts";
import { readAgain } from "./read-again.ts";

const DAY_MS = 86_400_000;
/** A swap holds a window whole: no piece is longer than a week. */
const LONGEST_DAYS = 7;

export async function refreshStreams(deps: LoadDeps, run: RunRef, options: WorkOptions): Promise<WorkOutcome> {
  const worked = { pages: 0, rows: 0, intentVersion: 0 };
  try {
    const open = await openRun(deps, run, options.signal);
    worked.intentVersion = open.standing.intent_version;
    const today = dayCutter(open.zone)(open.source.session.clock.now().getTime());
    const windows = readableStreams(open.source).flatMap((stream) => windowsOf(stream, today));
    if (windows.length === 0) return { kind: "done", ...worked };
    const planned = windows.map((window, position) => ({ ...window, position }));
    return await readAgain(deps, run, planned, options, worked.intentVersion);
  } catch (error) {
    return outcomeOf(error, worked);
  }
}

/** Up to and with today, whose day the sync reads beside it: the newer reading wins. */
function windowsOf({ name, window }: Stream, today: string): Omit<PlannedWindow, "position">[] {
  if (window.refresh === undefined || window.history === "snapshot") return [];
  const until = dayAfter(today, 1);
  const asked = window.longestMs === null ? LONGEST_DAYS : Math.floor(window.longestMs / DAY_MS);
  const days = Math.max(1, Math.min(LONGEST_DAYS, asked));
  return rangeWindows(dayAfter(until, -window.refresh.days), until, days).map(({ from, to }) => ({
    stream: name,
    from,
    to,
  }));
}
