/** While quiet hours last: until when, and by whom. */
import { endOfQuiet } from "../reading/datasources.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { reason } from "../words/reasons.ts";
import type { ReasonView } from "../words/reasons.ts";
import type { Context } from "./context.ts";
import { organisationNow } from "./organisation.ts";
import { nameOf } from "./reason.ts";

export async function quietReason(view: DatasourceView, ctx: Context): Promise<ReasonView | null> {
  const until = endOfQuiet(view);
  if (until === null) return null;
  const { zone } = await organisationNow(ctx);
  const by = view.row.quietBy;
  const values = { until: ctx.words.when(until, zone), by: await nameOf(by, ctx) };
  return reason(ctx.words, "freshness", "quietHours", { values, since: view.row.quietSince, by });
}
