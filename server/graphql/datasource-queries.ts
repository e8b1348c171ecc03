/** Which datasources are listed, in what order, and one by its id. */
import { datasourceId, isUuid } from "@headwater/db/schema/ids.ts";
import { inOrder, matches, readDatasources } from "../reading/datasources.ts";
import type { DatasourceFilter as Filter, DatasourceView } from "../reading/datasources.ts";
import { builder, rule } from "./builder.ts";
import { badCursor, connectionOf, decode, encode, pageArgsOf } from "./connection.ts";
import type { Page } from "./connection.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { LIMITS, negativeFirst } from "./limits.ts";
import { idIn, nodeSource } from "./node.ts";

const DatasourceShow = builder.enumType("DatasourceShow", {
  description: "Which datasources are listed. ALL leaves out those disconnected for good.",
  values: ["ALL", "CONNECTED", "NEEDS_ATTENTION", "FETCHING", "PAUSED", "BEING_CONNECTED", "DISCONNECTED"] as const,
});
export const DatasourceFilter = builder.inputType("DatasourceFilter", {
  description: "Narrows a list of datasources.",
  fields: (t) => ({
    show: t.field({ type: DatasourceShow, description: "ALL where absent." }),
    platform: t.string({ description: "Platform name." }),
  }),
});

const DatasourceConnection = connectionOf(Datasource, {
  name: "Datasource",
  permission: "readDatasources",
  countsAll: true,
});

builder.queryField("datasources", (t) =>
  t.field({
    type: DatasourceConnection,
    description: "Datasources of the organisation, by category, then name.",
    ...rule("readDatasources"),
    args: {
      filter: t.arg({ type: DatasourceFilter, description: "Narrows the list." }),
      ...pageArgsOf(t),
    },
    resolve: (_root, args, ctx) => pageOfDatasources(args, ctx),
  }),
);

async function pageOfDatasources(
  args: { filter?: Filter | null | undefined; first: number; after?: string | null | undefined },
  ctx: Context,
): Promise<Page<DatasourceView>> {
  if (args.first < 1 || args.first > LIMITS.listSize) throw negativeFirst();
  const all = inOrder((await readDatasources(ctx.db, ctx.now)).filter((view) => matches(view, args.filter, ctx.now)));
  const [after] = args.after == null ? [] : decode(args.after);
  if (after !== undefined && !isUuid(after)) throw badCursor();
  const start = after === undefined ? 0 : all.findIndex((view) => view.row.id === after) + 1;
  return {
    rows: all.slice(start, start + args.first),
    hasNextPage: start + args.first < all.length,
    hasPreviousPage: start > 0,
    cursorOf: ({ row }) => encode([row.id]),
    total: all.length,
  };
}

const load = (id: string, ctx: Context) => ctx.load.datasource.load(datasourceId(id));
nodeSource({ typename: "Datasource", permission: "readDatasources", isId: isUuid, load });

builder.queryField("datasource", (t) =>
  t.field({
    type: Datasource,
    nullable: true,
    description: "A datasource by its id. Null for what is foreign, absent or forbidden.",
    ...rule("readDatasources"),
    args: { id: t.arg.id({ required: true, description: "Its global id." }) },
    resolve: (_root, args, ctx) => {
      const id = idIn("Datasource", args.id);
      return id === null ? null : load(id, ctx);
    },
  }),
);
