/** Whoever asks for a check looks at the days that did not agree: they may by now. */
import type { LoadDeps, RunRef } from "./contract.ts";
import { inOrganisation } from "./fence.ts";

/** As many as the page shows: `web/screens/detail/checked-days.ts`. */
const DAYS_SHOWN = 14;
/** As the page that shows them judges them: `server/reading/spot-checks.ts`. */
const LESS_THAN_A_COIN = "0.0005";

interface CheckedDay {
  readonly day: string;
  readonly settled: boolean;
}

export const readDaysApart = (deps: LoadDeps, run: RunRef): Promise<string[]> =>
  inOrganisation(deps.sql, run, async (tx) => {
    const apart = await tx.unsafe<{ day: string }[]>(
      `select distinct day::text as day from spot_checks
       where organisation_id = $1 and datasource_id = $2 and (abs(ours - theirs) < ${LESS_THAN_A_COIN}) is not true
         and day > (select max(day) from spot_checks where organisation_id = $1 and datasource_id = $2) - ${DAYS_SHOWN}
       order by day desc`,
      [run.organisationId, run.datasourceId],
    );
    return apart.map(({ day }) => day);
  });

export function withDaysApart(newest: readonly CheckedDay[], apart: readonly string[]): CheckedDay[] {
  const settledThrough = newest.findLast(({ settled }) => settled)?.day ?? "";
  const older = apart.filter((day) => newest.every((one) => one.day !== day));
  return [...newest, ...older.map((day) => ({ day, settled: day <= settledThrough }))];
}
