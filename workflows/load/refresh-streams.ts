/**
 * The long restatement window: streams whose source goes on changing days that a sync has left behind are read again that
 * far back, newest first, and further by the nights that were missed: a day must be read once more after its last change.
 * The sync's checkpoint does not move by it.
 */
import type { Stream } from "@headwater/connectors/contract.ts";
import { rangeWindows } from "../lifecycle/windows.ts";
import type { LoadDeps, PlannedWindow, RunRef, WorkOptions } from "./contract.ts";
import { dayAfter, dayCutter } from "./days.ts";
import { outcomeOf } from "./failures.ts";
import { inOrganisation } from "./fence.ts";
import { openRun, readableStreams } from "./open-run.ts";
import type { WorkOutcome } from "./outcome.ts";
import { readAgain } from "./read-again.ts";

const DAY_MS = 86_400_000;
/** A swap holds a window whole: no piece is longer than a week. */
const LONGEST_DAYS = 7;
/** A window that cannot be read fails its run night after night, and must not make the next ones ever longer. */
const MISSED_DAYS_MAX = 60;

export async function refreshStreams(deps: LoadDeps, run: RunRef, options: WorkOptions): Promise<WorkOutcome> {
  const worked = { pages: 0, rows: 0, intentVersion: 0 };
  try {
    const open = await openRun(deps, run, options.signal);
    worked.intentVersion = open.standing.intent_version;
    const dayOf = dayCutter(open.zone);
    const until = dayAfter(dayOf(open.source.session.clock.now().getTime()));
    const before = await lastReadUntil(deps, run);
    const missedFrom = before === null ? until : dayOf(before.getTime());
    const windows = readableStreams(open.source).flatMap((stream) => windowsOf(stream, missedFrom, until));
    if (windows.length === 0) return { kind: "done", ...worked };
    const { intentVersion } = worked;
    const planned = windows.map((window, position) => ({ ...window, position }));
    return await readAgain(deps, run, { windows: planned, intentVersion }, options);
  } catch (error) {
    return outcomeOf(error, worked);
  }
}

/** Where the last refresh ended that came to its end, or the first history when there was none. One that was broken off left days unread. */
async function lastReadUntil({ sql }: LoadDeps, { organisationId, datasourceId, runId }: RunRef): Promise<Date | null> {
  const [row] = await inOrganisation(sql, { organisationId }, (tx) =>
    tx.unsafe<[{ until: Date | null }]>(
      `select max(s.to_at - case r.state when 'failed' then $4::int else 0 end * interval '1 day') as until
       from runs as r join slices as s on s.organisation_id = r.organisation_id and s.run_id = r.id
       where r.organisation_id = $1 and r.datasource_id = $2 and r.id <> $3
         and (r.kind = 'refresh' and r.state in ('succeeded', 'failed') or r.kind = 'backfill' and r.state = 'succeeded')
         and not exists (select from slices as o where o.organisation_id = r.organisation_id and o.run_id = r.id
           and o.state in ('queued', 'running'))`,
      [organisationId, datasourceId, runId, MISSED_DAYS_MAX],
    ),
  );
  return row.until;
}

/** Up to and with today, whose day the sync reads beside it: the newer reading wins. */
function windowsOf({ name, window }: Stream, missedFrom: string, until: string): Omit<PlannedWindow, "position">[] {
  if (window.refresh === undefined || window.history === "snapshot") return [];
  const asked = window.longestMs === null ? LONGEST_DAYS : Math.floor(window.longestMs / DAY_MS);
  const days = Math.max(1, Math.min(LONGEST_DAYS, asked));
  const from = dayAfter(missedFrom < until ? missedFrom : until, -window.refresh.days);
  return rangeWindows(from, until, days).map(({ from: first, to }) => ({ stream: name, from: first, to }));
}
