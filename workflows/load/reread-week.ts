/** One old week of every stream read again, compared and repaired; night after night it walks back through the whole history. */
import type { LoadDeps, PlannedWindow, RunRef, WorkOptions } from "./contract.ts";
import { dayAfter, dayCutter } from "./days.ts";
import { outcomeOf } from "./failures.ts";
import { inOrganisation } from "./fence.ts";
import { openRun, readableStreams, type OpenRun } from "./open-run.ts";
import type { WorkOutcome } from "./outcome.ts";
import { readAgain } from "./read-again.ts";

/** Kept among the checkpoints, where no stream can have this name. */
const WALK = "~reread";
const WEEK_DAYS = 7;

export async function rereadWeek(deps: LoadDeps, run: RunRef, options: WorkOptions): Promise<WorkOutcome> {
  const worked = { pages: 0, rows: 0, intentVersion: 0 };
  try {
    const open = await openRun(deps, run, options.signal);
    worked.intentVersion = open.standing.intent_version;
    const week = await nextWeek(deps, run, open);
    if (week === null) return { kind: "done", ...worked };
    const { intentVersion } = worked;
    const outcome = await readAgain(deps, run, { windows: windowsFor(open, week), intentVersion }, options);
    if (outcome.kind === "done") await keepWalk(deps, run, week);
    return outcome;
  } catch (error) {
    return outcomeOf(error, worked);
  }
}

const windowsFor = ({ source }: OpenRun, week: string): PlannedWindow[] =>
  readableStreams(source)
    .filter(({ window }) => window.history === "byTime")
    .map(({ name }, position) => ({ stream: name, from: week, to: dayAfter(week, WEEK_DAYS), position }));

/** The week before the one read last; from the newest settled one again when the history's beginning is reached. */
async function nextWeek(deps: LoadDeps, run: RunRef, { standing, zone }: OpenRun): Promise<string | null> {
  const { account_id: accountId } = standing;
  if (accountId === null) return null;
  const [row] = await inOrganisation(deps.sql, run, (tx) =>
    tx.unsafe<[{ first: string | null; planned: string | null }]>(
      `select (select min(day)::text from rollups where organisation_id = $1 and account_id = $2) as first,
         (select (min(from_at) at time zone $4)::date::text from slices where organisation_id = $1 and run_id = $3) as planned`,
      [run.organisationId, accountId, run.runId, zone],
    ),
  );
  if (row.first === null) return null;
  if (row.planned !== null) return row.planned;
  const newest = dayAfter(dayCutter(zone)(Date.now()), -2 * WEEK_DAYS);
  const last = standing.checkpoints[WALK]?.through ?? null;
  const next = last === null ? newest : dayAfter(dayCutter(zone)(Date.parse(last)), -WEEK_DAYS);
  return next < dayAfter(row.first, -WEEK_DAYS + 1) || next > newest ? newest : next;
}

async function keepWalk(deps: LoadDeps, run: RunRef, week: string): Promise<void> {
  await inOrganisation(deps.sql, run, (tx) =>
    tx.unsafe(
      `insert into checkpoints (organisation_id, datasource_id, stream, through)
       select $1, $2, $3, $4::date::timestamp at time zone coalesce(a.zone, 'UTC') from datasources as d
         left join accounts as a on a.organisation_id = d.organisation_id and a.id = d.account_id
       where d.organisation_id = $1 and d.id = $2 and d.generation = $5 and d.disconnected_at is null
       on conflict (organisation_id, datasource_id, stream) do update set through = excluded.through, updated_at = now()`,
      [run.organisationId, run.datasourceId, WALK, week, run.generation],
    ),
  );
}
