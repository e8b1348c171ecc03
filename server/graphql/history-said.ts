/** What was said first of a history that is under way, kept so that what it took can be told beside it. */
import { and, eq, isNull } from "drizzle-orm";
import { inTenant } from "@headwater/db";
import { datasources } from "@headwater/db/schema/tables.ts";
import type { SecondsRange } from "@headwater/db/schema/values.ts";
import { organisationIn } from "../datasources/command.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { etaOf } from "../reading/eta.ts";
import { Backfill, historyUnderWay, isUnderWay, rateOfWindows } from "./backfill.ts";
import { builder, costing, rule } from "./builder.ts";
import type { Context } from "./context.ts";

const HistorySaid = builder.objectRef<SecondsRange>("HistorySaid").implement({
  description: "How long a history would take in all, as was said before it was in.",
  ...rule("readDatasources"),
  fields: (t) => ({
    minSeconds: t.exposeInt("minSeconds", { description: "At the least, in seconds of work." }),
    maxSeconds: t.exposeInt("maxSeconds", { description: "At the most, in seconds of work." }),
  }),
});

builder.objectField(Backfill, "said", (t) =>
  t.field({
    type: HistorySaid,
    nullable: true,
    ...costing("readDatasources", 5),
    description:
      "The first estimate of the first history that this field gave while it was under way; null where it gave none.",
    resolve: async (view, _args, ctx) => view.row.historySaid ?? (await sayFirst(view, ctx)),
  }),
);

/** With quiet hours between, what is said by the clock is not what reading takes: nothing is kept to compare. */
async function sayFirst(view: DatasourceView, ctx: Context): Promise<SecondsRange | null> {
  if (!isUnderWay(view) || view.row.backfillN > 1 || view.quietHours !== null) return null;
  const [{ share, elapsed }, rate] = await Promise.all([historyUnderWay(view, ctx), rateOfWindows(view, ctx)]);
  const left = etaOf(share, rate, elapsed);
  if (left === null || elapsed === null) return null;
  const worked = Math.round(elapsed);
  const said = { minSeconds: worked + left.minSeconds, maxSeconds: worked + left.maxSeconds };
  ctx.afterCommit(() => keepSaid(ctx, view, said));
  return said;
}

async function keepSaid(ctx: Context, { row }: DatasourceView, said: SecondsRange): Promise<void> {
  const organisation = organisationIn(ctx);
  const { organisationId, id, historySaid } = datasources;
  await inTenant(ctx.services.db, organisation, ({ drizzle }) =>
    drizzle
      .update(datasources)
      .set({ historySaid: said })
      .where(and(eq(organisationId, organisation), eq(id, row.id), isNull(historySaid))),
  );
}
