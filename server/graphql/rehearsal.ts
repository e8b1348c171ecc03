/** What a stop or a disconnect would do, said before it is done. */
import { platformEntry } from "../reading/catalog.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";

const titleOf = ({ row }: DatasourceView): string => platformEntry(row.platform)?.name ?? row.platform;

const stops = (view: DatasourceView, _args: object, ctx: Context): string[] =>
  (platformEntry(view.row.platform)?.powers ?? []).map((code) =>
    wordsOfPlatform(view.row.platform, ctx.locale).say(`power.${code}`),
  );

/** Numbers are stale once two syncs are missed. */
const staleAt = ({ row }: DatasourceView, _args: object, ctx: Context): Date =>
  new Date((row.lastSuccessAt ?? ctx.now).getTime() + 2 * row.cadenceMs);

export const Rehearsal = builder.objectRef<DatasourceView>("Rehearsal").implement({
  description: "What a stop or a disconnect would do.",
  ...rule("readDatasources"),
  fields: (t) => ({
    stops: t.stringList({ description: "Tiles and reports that go stale, by name.", resolve: stops }),
    staleAt: t.field({ type: "DateTime", description: "When the numbers begin to be stale.", resolve: staleAt }),
    slotFreed: t.boolean({
      description: "Whether a slot is freed, at once.",
      resolve: ({ row }) => platformEntry(row.platform)?.takesSlot ?? true,
    }),
    dataKept: t.string({
      description: "What becomes of the data when it is kept.",
      resolve: (view, _args, ctx) => ctx.words.say("rehearsal.kept", { source: titleOf(view) }),
    }),
    atProvider: t.string({
      description: "What becomes of access and of data already given at the provider.",
      resolve: (view, _args, ctx) => ctx.words.say("rehearsal.atProvider", { source: titleOf(view) }),
    }),
    policyUrl: t.string({
      nullable: true,
      description: "The provider's own page about it.",
      resolve: ({ row }) => platformEntry(row.platform)?.policyUrl ?? null,
    }),
  }),
});
