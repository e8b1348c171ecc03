/** What a person should know before connecting: what would be counted twice, what cannot stand beside it, what must come first. */
import { readWarnings } from "../reading/overlaps.ts";
import type { WarningView } from "../reading/overlaps.ts";
import { builder, costing, rule } from "./builder.ts";
import { Datasource } from "./datasource-ref.ts";
import { MetricValue } from "./overview.ts";
import { Platform } from "./platform.ts";

const ConnectWarningKind = builder.enumType("ConnectWarningKind", {
  description: "Counted twice, cannot stand beside it, must come first, or one account of it is connected already.",
  values: ["OVERLAP", "EXCLUSION", "PREREQUISITE", "SAME_ACCOUNT"] as const,
});

const ConnectWarning = builder.objectRef<WarningView & { readonly source: string }>("ConnectWarning").implement({
  description: "What a person should know before connecting.",
  ...rule("readDatasources"),
  fields: (t) => ({
    kind: t.expose("kind", { type: ConnectWarningKind, description: "Which kind." }),
    message: t.string({
      description: "What it is, and what happens to the numbers.",
      resolve: ({ code, values, source }, _args, ctx) => ctx.words.say(`warning.${code}`, { source, ...values }),
    }),
    amountAtRisk: t.field({
      type: MetricValue,
      nullable: true,
      description: "Money of the last 30 days that may be counted twice; null where our rows cannot tell.",
      resolve: ({ amount }) => amount,
    }),
    datasource: t.field({
      type: Datasource,
      nullable: true,
      description: "What it is about; null for what is not connected.",
      resolve: ({ other }) => other,
    }),
  }),
});

builder.objectField(Platform, "warnings", (t) =>
  t.field({
    type: [ConnectWarning],
    ...costing("readDatasources", 3),
    description: "What a person should know before connecting it, as this organisation stands.",
    resolve: async (entry, _args, ctx) =>
      (await readWarnings(ctx.db, entry, ctx.now)).map((warning) => ({ ...warning, source: entry.name })),
  }),
);
