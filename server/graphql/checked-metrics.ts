/** Which tiles a datasource's checks speak of: where one is doubted, they are shown. */
import { rule, builder } from "./builder.ts";
import { Datasource } from "./datasource-ref.ts";
import { MetricName } from "./overview.ts";

builder.objectField(Datasource, "checkedMetrics", (t) =>
  t.field({
    type: [MetricName],
    ...rule("readNumbers"),
    description: "The tiles of which its newest checks hold a number against the source's own.",
    resolve: async ({ row }, _args, ctx) => (await ctx.load.checkedMetrics.load(row.id)) ?? [],
  }),
);
