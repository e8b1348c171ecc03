/** What a person may ask of a history: some days before the others, and days before its beginning. */
import type { Context } from "../graphql/context.ts";
import { InvalidInput } from "../words/problems.ts";
import { platformEntry } from "../reading/catalog.ts";
import { piecesOf } from "../reading/backfill-map.ts";
import { addDays, dayIn, EARLIEST_DAY } from "../reading/days.ts";
import type { Day } from "../reading/days.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { refuse, wrongRange } from "./change.ts";
import type { Target } from "./change.ts";
import { giveCommand } from "./command.ts";
import type { Given } from "./command.ts";

export interface WantedDays {
  readonly from: Day;
  readonly to: Day;
  readonly stream?: string | null | undefined;
}

export function bringForward(ctx: Context, target: Target, { from, to, stream }: WantedDays): Promise<Given> {
  const args = { from, to, ...(stream == null ? {} : { stream }) };
  return giveCommand(ctx, { ...target, action: "BRING_FORWARD", kind: "bringForward", args }, (view) => {
    refuse(wrongRange(ctx, view, { from, to, stream }));
    return {};
  });
}

export function extendHistory(ctx: Context, target: Target, from: Day): Promise<Given> {
  return giveCommand(
    ctx,
    { ...target, action: "EXTEND_HISTORY", kind: "extendHistory", args: { from } },
    async (view) => {
      const earliest = earliestPossible(view, ctx.now) ?? EARLIEST_DAY;
      if (from < earliest)
        throw new InvalidInput([{ path: "from", message: ctx.words.say("input.notSoEarly", { earliest }) }]);
      const reaches = await reachesTo(ctx, view);
      if (reaches !== null && from >= reaches)
        throw new InvalidInput([{ path: "from", message: ctx.words.say("input.readAlready", { from: reaches }) }]);
      return {};
    },
  );
}

/** Where the grant or the platform ends; null where it is the account's own beginning. */
export function earliestPossible({ row, account }: DatasourceView, now: Date): Day | null {
  const days = platformEntry(row.platform)?.historyDays ?? null;
  const byPlatform = days === null ? null : addDays(dayIn(now, account?.zone ?? "UTC"), -days);
  const limits = [row.historyFrom, byPlatform].filter((limit) => limit !== null);
  return limits.toSorted().at(-1) ?? null;
}

/** The first day that was read, or is planned to be. */
async function reachesTo(ctx: Context, { row, account }: DatasourceView): Promise<Day | null> {
  const slices = (await ctx.load.history.load(row.id)) ?? [];
  return (
    piecesOf(slices, account?.zone ?? "UTC")
      .map(({ from }) => from)
      .toSorted()[0] ?? null
  );
}
