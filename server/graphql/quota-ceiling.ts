/** How much of what its source allows a datasource may use at most: how it stands, and how it is set. */
import type { Actor as StoredActor } from "@headwater/db/schema/values.ts";
import { setQuotaCeiling } from "../datasources/quota-ceiling.ts";
import { builder, rule } from "./builder.ts";
import { targetOf } from "./datasource-mutations.ts";
import { Datasource } from "./datasource-ref.ts";
import { COMMAND_PROBLEMS, key, ofDatasource, successOf } from "./given.ts";
import { commandField } from "./mutation-field.ts";
import { Actor } from "./reason.ts";

interface CeilingView {
  readonly percent: number;
  readonly by: StoredActor;
  readonly since: Date | null;
}

const QuotaCeiling = builder.objectRef<CeilingView>("QuotaCeiling").implement({
  description: "How much of what the source allows Headwater uses at most for this datasource.",
  ...rule("readDatasources"),
  fields: (t) => ({
    percent: t.exposeInt("percent", { description: "25, 50 or 75 percent." }),
    by: t.field({ type: Actor, description: "Who set it.", resolve: ({ by }) => by }),
    since: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it was set.",
      resolve: ({ since }) => since,
    }),
  }),
});

builder.objectField(Datasource, "quotaCeiling", (t) =>
  t.field({
    type: QuotaCeiling,
    nullable: true,
    description: "How much of what the source allows is used at most; null where all of it may be.",
    resolve: ({ row: { quotaCeiling: percent, quotaCeilingBy: by, quotaCeilingSince: since } }) =>
      percent === null || by === null ? null : { percent, by, since },
  }),
);

const SetQuotaCeilingInput = builder.inputType("SetQuotaCeilingInput", {
  description: "A share of what the source allows, or none: then all of it may be used.",
  fields: (t) => ({
    datasource: t.id(ofDatasource),
    percent: t.int({ description: "25, 50 or 75." }),
    idempotencyKey: t.string(key),
  }),
});
commandField({
  name: "setQuotaCeiling",
  type: "SetQuotaCeiling",
  does: "Sets or takes away how much of what the source allows is used at most; it holds within ten minutes.",
  permission: "manageDatasources",
  input: SetQuotaCeilingInput,
  success: successOf("SetQuotaCeiling"),
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: (typeof SetQuotaCeilingInput)["$inferInput"]) => setQuotaCeiling(ctx, targetOf(input), input),
});
