/** Has the source's own totals asked for again now, without a sync: one check at a time. */
import { and, eq, inArray } from "drizzle-orm";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import { commands } from "@headwater/db/schema/tables.ts";
import type { RefusalCode } from "@headwater/workflows/lifecycle/actions.ts";
import type { Context } from "../graphql/context.ts";
import { NotPossibleNow } from "../words/problems.ts";
import { refusalInWords } from "../words/reasons.ts";
import type { Target } from "./change.ts";
import { giveCommand } from "./command.ts";
import type { Given } from "./command.ts";

export const checkNow = (ctx: Context, target: Target): Promise<Given> =>
  giveCommand(ctx, { ...target, action: "CHECK_NOW", kind: "checkNow", args: {} }, async (view) => {
    const because = await whyNotNow(ctx, view.row.id);
    if (because !== null) throw new NotPossibleNow(refusalInWords({ allowed: false, because }, ctx.words), view);
    return {};
  });

/** What no fact tells, but a command that is under way. */
async function whyNotNow({ db }: Context, id: DatasourceId): Promise<RefusalCode | null> {
  const open = await db
    .select({ kind: commands.kind, args: commands.args })
    .from(commands)
    .where(
      and(
        eq(commands.datasourceId, id),
        eq(commands.state, "accepted"),
        inArray(commands.kind, ["checkNow", "resync"]),
      ),
    );
  if (open.some(({ kind }) => kind === "checkNow")) return "checkUnderWay";
  return open.some(({ args }) => "choice" in args || "because" in args) ? "daysReadAnew" : null;
}
