/** The restatement ledger of a datasource: every change to a day that was over. */
import { isUuid } from "@headwater/db/schema/ids.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { differenceOf } from "../reading/gaps.ts";
import { pageOfRestatements } from "../reading/restatements.ts";
import type { RestatementRow } from "../reading/restatements.ts";
import { countsRecords } from "../reading/spot-checks.ts";
import { standsFrom } from "../reading/settles.ts";
import { builder, rule } from "./builder.ts";
import { connectionOf, pageArgsOf, pageOf, readTimeAndId } from "./connection.ts";
import { Datasource } from "./datasource-ref.ts";
import { globalId } from "./node.ts";
import { Run } from "./run.ts";
import { titleOfNumber } from "./spot-checks.ts";

const CAUSES = { edit: "EDIT", delete: "DELETE", reread: "REREAD", resync: "RESYNC" } as const;
const RestatementCause = builder.enumType("RestatementCause", {
  description:
    "The source changed its records, or deleted some; the last days were read once more; somebody had days read again.",
  values: Object.values(CAUSES),
});
const causeOf = ({ cause }: RestatementRow) => Object.entries(CAUSES).find(([code]) => code === cause)?.[1] ?? null;

type Restated = RestatementRow & { readonly of: DatasourceView["row"]; readonly zone: string | null };

const Restatement = builder.objectRef<Restated>("Restatement").implement({
  description: "A number of a day that was over, before and after it changed.",
  ...rule("readNumbers"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: ({ id }) => globalId("Restatement", id) }),
    day: t.expose("day", { type: "Date", description: "The day, cut in the account's zone." }),
    metric: t.exposeString("metric", { description: "Stable name of the number." }),
    title: t.string({
      description: "Its name on screen.",
      resolve: (row, _args, ctx) => titleOfNumber({ ...row, platform: row.of.platform, figure: null }, ctx),
    }),
    before: t.expose("before", { type: "Decimal", nullable: true, description: "Null where there was none." }),
    after: t.expose("after", { type: "Decimal", nullable: true, description: "Null where none is left." }),
    change: t.field({
      type: "Decimal",
      description: "After less before; what is not there is nothing.",
      resolve: ({ before, after }) => differenceOf({ ours: after ?? "0", theirs: before ?? "0" }) ?? "0",
    }),
    currency: t.field({
      type: "CurrencyCode",
      nullable: true,
      description: "Null for a count.",
      resolve: ({ metric, currency }) => (countsRecords(metric) ? null : currency),
    }),
    cause: t.field({
      type: RestatementCause,
      nullable: true,
      description: "Why, where it is known.",
      resolve: causeOf,
    }),
    at: t.expose("at", { type: "DateTime", description: "When it changed here." }),
    settlesAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "From when on the source no longer changes the day by itself; null where that is not known.",
      resolve: ({ day, of, zone }) => (zone === null ? null : standsFrom(day, of.platform, zone)),
    }),
    run: t.field({
      type: Run,
      nullable: true,
      description:
        "What brought the change, while its run is kept; null where it is another datasource's of the account.",
      resolve: async ({ runId, of }, _args, ctx) => {
        const run = runId === null ? undefined : await ctx.load.run.load(runId);
        return run?.datasourceId === of.id ? run : null;
      },
    }),
  }),
});
const RestatementConnection = connectionOf(Restatement, {
  name: "Restatement",
  permission: "readNumbers",
});

builder.objectField(Datasource, "restatements", (t) =>
  t.field({
    type: RestatementConnection,
    ...rule("readNumbers"),
    description: "Every change to a day that was over, the newest change first.",
    args: pageArgsOf(t),
    resolve: ({ row, account }, args, ctx) =>
      pageOf(
        args,
        {
          write: ({ at, id }: Restated) => [at.getTime(), id],
          read: (parts) => readTimeAndId(parts, isUuid),
        },
        async (limit, after) =>
          account === null
            ? []
            : (await pageOfRestatements(ctx.db, account.id, { limit, after })).map((one) => ({
                ...one,
                of: row,
                zone: account.zone,
              })),
      ),
  }),
);

builder.objectField(Datasource, "restatementsUrl", (t) =>
  t.string({
    ...rule("readNumbers"),
    description: "Where all of them are taken away as CSV, the newest change first.",
    resolve: ({ row }) => `/v1/datasources/${row.id}/restatements.csv`,
  }),
);
