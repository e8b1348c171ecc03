/** How much of what its source allows a datasource may use: set, moved and taken away. */
import { actorOf } from "../access/caller.ts";
import type { Context } from "../graphql/context.ts";
import { InvalidInput } from "../words/problems.ts";
import { giveCommand } from "./command.ts";
import type { Given } from "./command.ts";
import type { Target } from "./change.ts";

const CEILINGS = [25, 50, 75] as const;
type Ceiling = (typeof CEILINGS)[number];

const toldAs = (percent: number | null) => (percent === null ? { asked: "none" } : { percent });

export async function setQuotaCeiling(
  ctx: Context,
  target: Target,
  asked: { readonly percent?: number | null | undefined },
): Promise<Given> {
  const percent = readCeiling(ctx, asked.percent ?? null);
  const args = toldAs(percent);
  return giveCommand(ctx, { ...target, action: "SET_QUOTA_CEILING", kind: "setQuotaCeiling", args }, ({ row }) => ({
    facts: {
      quotaCeiling: percent,
      quotaCeilingBy: percent === null ? null : actorOf(ctx.caller),
      quotaCeilingSince: percent === null ? null : ctx.now,
    },
    before: toldAs(row.quotaCeiling),
  }));
}

function readCeiling(ctx: Context, percent: number | null): Ceiling | null {
  const found = CEILINGS.find((one) => one === percent);
  if (percent !== null && found === undefined)
    throw new InvalidInput([{ path: "percent", message: ctx.words.say("input.quotaCeiling") }]);
  return found ?? null;
}
