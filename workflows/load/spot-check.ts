/** The source's own figures for its last settled day, beside ours. */
import type { LoadDeps, RunRef, SpotCheckFigure, SpotCheckOutcome, WorkOptions } from "./contract.ts";
import { dayAfter, dayCutter } from "./days.ts";
import { outcomeOf } from "./failures.ts";
import { inOrganisation } from "./fence.ts";
import { announce } from "./notifier.ts";
import { openRun, type OpenRun } from "./open-run.ts";
import { insertRun } from "./plan-run.ts";

const HOUR_MS = 3_600_000;

export async function spotCheck(deps: LoadDeps, run: RunRef, options: WorkOptions): Promise<SpotCheckOutcome> {
  const worked = { pages: 0, rows: 0, intentVersion: 0 };
  try {
    const open = await openRun(deps, run, options.signal);
    worked.intentVersion = open.standing.intent_version;
    const { reconcile } = open.source.connector;
    if (reconcile === undefined) return { kind: "done", ...worked, figures: [] };
    const settled = open.source.session.clock.now().getTime() - reconcile.settledAfterHours * HOUR_MS;
    const day = dayAfter(dayCutter(open.zone)(settled), -1);
    const theirs = await reconcile.aggregates(open.source.session, day);
    const currency = open.standing.account?.currency ?? "XXX";
    const figures = await compare(
      deps,
      run,
      open,
      theirs.map((figure) => ({
        metric: figure.metric,
        day: figure.day,
        currency: figure.currency ?? currency,
        value: figure.value,
      })),
    );
    worked.rows = figures.length;
    announce(deps.sql, run);
    return { kind: "done", ...worked, figures };
  } catch (error) {
    return { ...outcomeOf(error, worked), figures: [] };
  }
}

async function compare(
  deps: LoadDeps,
  run: RunRef,
  open: OpenRun,
  theirs: { metric: string; day: string; currency: string; value: string }[],
): Promise<SpotCheckFigure[]> {
  return inOrganisation(deps.sql, run, async (tx) => {
    await insertRun(tx, run);
    const figures = await tx.unsafe<SpotCheckFigure[]>(
      `with theirs as (select * from jsonb_to_recordset($4::jsonb) as t(metric text, day date, currency char(3), value numeric))
       insert into spot_checks as s (organisation_id, datasource_id, metric, day, currency, ours, theirs)
         select $1, $2, t.metric, t.day, t.currency, coalesce(r.value, 0), t.value from theirs as t
           left join rollups as r on r.organisation_id = $1 and r.account_id = $3 and r.metric = t.metric and r.day = t.day and r.currency = t.currency
       on conflict (organisation_id, datasource_id, metric, day, currency) do update set ours = excluded.ours, theirs = excluded.theirs, at = now()
       returning metric, day::text as day, currency, ours::text as ours, theirs::text as theirs`,
      [run.organisationId, run.datasourceId, open.standing.account_id, theirs],
    );
    await tx.unsafe(
      `update runs set state = 'succeeded', finished_at = now(), read = $3, unchanged = $3, outcome = $4::jsonb where organisation_id = $1 and id = $2`,
      [
        run.organisationId,
        run.runId,
        figures.length,
        { differ: figures.filter((one) => Number(one.ours) !== Number(one.theirs)).length },
      ],
    );
    await open.source.calls.write(tx, run);
    return figures;
  });
}
