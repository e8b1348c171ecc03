/** What a reason is worded with: instants in the brand's own zone, as everywhere else on its pages; only days are the account's. */
import { platformEntry } from "../reading/catalog.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import type { Setting } from "../words/reasons.ts";
import type { Context } from "./context.ts";
import { organisationNow } from "./organisation.ts";
import { nameOf } from "./reason.ts";

/** A first history that was cut short has left rows, though no sync ever ended well. */
export const hasData = ({ row, rowsHeld }: DatasourceView): boolean => row.lastSuccessAt !== null || rowsHeld > 0;

export async function settingOf(view: DatasourceView, ctx: Context): Promise<Setting> {
  const { row } = view;
  const methods: readonly string[] = platformEntry(row.platform)?.methods ?? [];
  const takesFiles = methods.includes("upload");
  return {
    words: ctx.words,
    zone: (await organisationNow(ctx)).zone,
    source: platformEntry(row.platform)?.name ?? row.platform,
    hasData: hasData(view),
    // A token may be pasted in the place of a consent, too: nothing is told of which it was.
    isKey: methods[0] === "key",
    takesFiles,
    fileWaits: takesFiles && row.lastSuccessAt === null && (await ctx.load.fileWaits.load(row.id)) === true,
    nameOf: (actor) => nameOf(actor, ctx),
  };
}
