/** Which of the Overview's metrics the checks of a datasource speak of, as its page shows them. */
import { and, gt, inArray, sql } from "drizzle-orm";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import { spotChecks } from "@headwater/db/schema/tables.ts";
import { addDays, dayIn } from "./days.ts";
import { metricsMadeOf } from "./metrics.ts";
import type { Metric } from "./metrics.ts";
import type { Transaction } from "./transaction.ts";

/** As many as the page shows: `web/screens/detail/checked-days.ts`. */
const DAYS_SHOWN = 14;

export async function readCheckedMetrics(
  db: Transaction,
  ids: readonly DatasourceId[],
  now: Date,
): Promise<Map<DatasourceId, Metric[]>> {
  const rows = await db
    .select({ id: spotChecks.datasourceId, keys: sql<string[]>`array_agg(distinct ${spotChecks.metric})` })
    .from(spotChecks)
    .where(
      and(inArray(spotChecks.datasourceId, [...ids]), gt(spotChecks.day, addDays(dayIn(now, "UTC"), -DAYS_SHOWN - 1))),
    )
    .groupBy(spotChecks.datasourceId);
  return new Map(rows.map(({ id, keys }) => [id, metricsMadeOf(keys)]));
}
