/* oxlint-disable import/no-unassigned-import -- each module declares its part of the schema as it is loaded */
/** The whole schema: every module that declares a part of it, guarded by the permission table. */
import { lexicographicSortSchema, printSchema } from "graphql";
import type { GraphQLSchema } from "graphql";
import { sortedCatalog } from "../reading/catalog.ts";
import { builder, rule } from "./builder.ts";
import { Platform } from "./platform.ts";
import { guard } from "./rules.ts";
import "./scalars.ts";
import "./node.ts";
import "./problems.ts";
import "./datasource.ts";
import "./datasource-queries.ts";
import "./datasource-mutations.ts";
import "./connect-warnings.ts";
import "./freshness.ts";
import "./grant-calendar.ts";
import "./access-review.ts";
import "./inbox.ts";
import "./opened.ts";
import "./platform-slot-limit.ts";
import "./rehearsal.ts";
import "./requests.ts";
import "./reauthorize-link.ts";
import "./run-attempts.ts";
import "./run-streams.ts";
import "./restatements.ts";
import "./spot-checks.ts";
import "./checked-metrics.ts";
import "./usage.ts";
import "./feed.ts";
import "./health.ts";
import "./history-mutations.ts";
import "./history-said.ts";
import "./choices.ts";
import "./key-mutations.ts";
import "./mail-choices.ts";
import "./organisation.ts";
import "./organisation-mutations.ts";
import "./overview.ts";
import "./quiet-hours.ts";
import "./quota-ceiling.ts";
import "./uploads.ts";
import "./upload-checks.ts";
import "./upload-mutations.ts";
import "./cost-feeds.ts";

builder.queryType({ description: "Reading.", ...rule("anybody") });
builder.mutationType({ description: "Asking for something to be done.", ...rule("anybody") });

builder.queryField("catalog", (t) =>
  t.field({
    type: [Platform],
    extensions: { rule: "readCatalog", listSize: 27 },
    description: "All platforms, by category, then title.",
    resolve: () => [...sortedCatalog],
  }),
);
builder.queryField("platform", (t) =>
  t.field({
    type: Platform,
    nullable: true,
    ...rule("readCatalog"),
    description: 'One platform by its name ("shopify").',
    args: { name: t.arg.string({ required: true, description: "Lower-case name." }) },
    resolve: (_root, { name }) => sortedCatalog.find(({ platform }) => platform === name),
  }),
);

export const schema: GraphQLSchema = guard(builder.toSchema());

/** As committed: sorted, so that a difference is a change and not a move. */
export const schemaText = (): string => `${printSchema(lexicographicSortSchema(schema))}\n`;
