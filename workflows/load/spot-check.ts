/** The source's own figures for its last settled day, beside ours. */
import type { LoadDeps, RunRef, SpotCheckFigure, SpotCheckOutcome, WorkOptions } from "./contract.ts";
import { dayAfter, dayCutter } from "./days.ts";
import { readDaysApart, withDaysApart } from "./days-apart.ts";
import { outcomeOf } from "./failures.ts";
import { fenced, lockFence } from "./fence.ts";
import { partsOfGap, takenIn, type TakenInOfDay } from "./gap.ts";
import { announce } from "./notifier.ts";
import { openRun, type OpenRun } from "./open-run.ts";
import { insertRun } from "./plan-run.ts";

const HOUR_MS = 3_600_000;
/** As the page that shows them judges them: `server/reading/spot-checks.ts`. */
const LESS_THAN_A_COIN = "0.0005";

type Theirs = TakenInOfDay & {
  metric: string;
  day: string;
  currency: string;
  value: string;
  figure: string;
  settled: boolean;
  askedAt: string;
};

/**
 * Yesterday by the account's own calendar, and the last day for which the source has had the time that it needs; the same
 * one where it needs little. A difference on a day that has not settled is no finding.
 */
export function daysToCheck(now: Date, zone: string, settledAfterHours: number): { day: string; settled: boolean }[] {
  const dayOf = dayCutter(zone);
  const yesterday = dayAfter(dayOf(now.getTime()), -1);
  const settled = dayAfter(dayOf(now.getTime() - settledAfterHours * HOUR_MS), -1);
  return settled === yesterday
    ? [{ day: yesterday, settled: true }]
    : [
        { day: yesterday, settled: false },
        { day: settled, settled: true },
      ];
}

/** Not while days are read anew for another choice, zone or currency: ours are still the old ones then, theirs the new. */
const isReadAnew = `exists (select from commands where organisation_id = $1 and datasource_id = $2 and kind = 'resync' and state = 'accepted'
  and args ?| '{choice,because}')`;

const currencyOf = ({ standing }: OpenRun): string => standing.account?.currency ?? "XXX";

export async function spotCheck(deps: LoadDeps, run: RunRef, options: WorkOptions): Promise<SpotCheckOutcome> {
  const worked = { pages: 0, rows: 0, intentVersion: 0 };
  try {
    const open = await openRun(deps, run, options.signal);
    worked.intentVersion = open.standing.intent_version;
    const { reconcile } = open.source.connector;
    if (reconcile === undefined) return { kind: "done", ...worked, figures: [] };
    const theirs: Theirs[] = [];
    const newest = daysToCheck(open.source.session.clock.now(), open.zone, reconcile.settledAfterHours);
    for (const day of run.askedBy === undefined ? newest : withDaysApart(newest, await readDaysApart(deps, run))) {
      const askedAt = open.source.session.clock.now().toISOString();
      for (const figure of await reconcile.aggregates(open.source.session, day.day))
        theirs.push({
          ...figure,
          currency: figure.currency ?? currencyOf(open),
          settled: day.settled,
          askedAt,
          ...(await takenIn(open, figure)),
        });
    }
    const figures = await compare(deps, run, open, theirs);
    worked.rows = figures.length;
    announce(deps.sql, run);
    return { kind: "done", ...worked, figures };
  } catch (error) {
    return { ...outcomeOf(error, worked), figures: [] };
  }
}

async function compare(deps: LoadDeps, run: RunRef, open: OpenRun, theirs: Theirs[]): Promise<SpotCheckFigure[]> {
  return fenced(deps.sql, run, [], async (tx) => {
    await lockFence(tx, run);
    await insertRun(tx, run);
    const figures = await tx.unsafe<(SpotCheckFigure & { isKnown: boolean })[]>(
      `with theirs as (select * from jsonb_to_recordset($4::jsonb) as t(metric text, day date, currency char(3), value numeric, figure text,
         settled boolean, "byMaking" boolean, "unreadFrom" timestamptz, "madeSince" bigint, elsewhere numeric,
         "byRecord" jsonb, "askedAt" timestamptz))
       insert into spot_checks as s (organisation_id, datasource_id, metric, day, currency, ours, theirs, figure, settled, parts, explained)
         select $1, $2, t.metric, t.day, t.currency, coalesce(r.value, 0), t.value, t.figure, t.settled, gap.parts, gap.explained
           from theirs as t
           left join rollups as r on r.organisation_id = $1 and r.account_id = $3 and r.metric = t.metric and r.day = t.day and r.currency = t.currency,
           lateral (${partsOfGap}) as gap
           where not ${isReadAnew}
       on conflict (organisation_id, datasource_id, metric, day, currency) do update set ours = excluded.ours, theirs = excluded.theirs, at = now(),
         figure = excluded.figure, settled = excluded.settled, parts = excluded.parts, explained = excluded.explained
       returning metric, day::text as day, currency, ours::text as ours, theirs::text as theirs,
         abs(ours - theirs - explained) < ${LESS_THAN_A_COIN} or not settled as "isKnown"`,
      [run.organisationId, run.datasourceId, open.standing.account_id, theirs, open.zone],
    );
    await tx.unsafe(
      `update runs set state = 'succeeded', finished_at = now(), read = $3, unchanged = $3, outcome = $4::jsonb where organisation_id = $1 and id = $2`,
      [run.organisationId, run.runId, figures.length, { differ: figures.filter((one) => !one.isKnown).length }],
    );
    await open.source.calls.write(tx, run);
    return figures;
  });
}
