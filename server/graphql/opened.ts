/** That somebody has opened a datasource's own page, and when that was last. */
import { datasourceId, isUuid } from "@headwater/db/schema/ids.ts";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import { markOpened } from "../datasources/opened.ts";
import { NotAllowed } from "../words/problems.ts";
import { builder, rule } from "./builder.ts";
import { Datasource } from "./datasource-ref.ts";
import { commandField } from "./mutation-field.ts";
import { idIn } from "./node.ts";

builder.objectField(Datasource, "lastOpenedAt", (t) =>
  t.field({
    type: "DateTime",
    nullable: true,
    description: "When a member last opened its page, to within a minute; null where none is on record.",
    resolve: ({ row }) => row.lastOpenedAt,
  }),
);

const MarkDatasourceOpenedInput = builder.inputType("MarkDatasourceOpenedInput", {
  description: "A datasource whose page was opened.",
  fields: (t) => ({ datasource: t.id({ required: true, description: "Its id." }) }),
});
const MarkDatasourceOpenedSuccess = builder
  .objectRef<{ readonly id: DatasourceId | null }>("MarkDatasourceOpenedSuccess")
  .implement({
    description: "Marked.",
    ...rule("readDatasources"),
    fields: (t) => ({
      datasource: t.field({
        type: Datasource,
        nullable: true,
        description: "As it now stands; null for what is foreign or gone.",
        resolve: async ({ id }, _args, ctx) => (id === null ? null : ((await ctx.load.datasource.load(id)) ?? null)),
      }),
    }),
  });

commandField({
  name: "markDatasourceOpened",
  type: "MarkDatasourceOpened",
  does: "Says that who asks has opened the page of a datasource.",
  permission: "tellOpened",
  input: MarkDatasourceOpenedInput,
  success: MarkDatasourceOpenedSuccess,
  problems: [NotAllowed],
  work: async (ctx, { datasource }: (typeof MarkDatasourceOpenedInput)["$inferInput"]) => {
    const found = idIn("Datasource", datasource);
    const id = found !== null && isUuid(found) ? datasourceId(found) : null;
    await markOpened(ctx, id);
    return { id };
  },
});
