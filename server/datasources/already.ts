/**
 * What stands in the way of connecting an account: one that is connected, one that was replaced and is read once more, or
 * a sign-in that has come back and waits.
 */
import { LAST_READING_MS } from "@headwater/workflows/lifecycle/phases.ts";
import type { Context } from "../graphql/context.ts";
import { organisationNow } from "../graphql/organisation.ts";
import { settingOf } from "../graphql/reason-setting.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { AlreadyConnected } from "../words/problems.ts";
import { reason } from "../words/reasons.ts";
import type { ReasonView } from "../words/reasons.ts";

export async function already(ctx: Context, view: DatasourceView, account: string): Promise<AlreadyConnected> {
  const { status, facts, row } = view;
  if (status.standing !== "attempt")
    return new AlreadyConnected(view, account, await replacedInWords(ctx, view, account));
  const { source, zone } = await settingOf(view, ctx);
  const until = row.authorizingUntil;
  const waits = facts.accountsListed && !facts.accountChosen && until !== null;
  return new AlreadyConnected(
    view,
    account,
    reason(ctx.words, "signInStands", waits ? "forItsAccounts" : "underWay", {
      values: { source, until: until === null ? "" : ctx.words.when(until, zone) },
      until,
    }),
  );
}

/** Its slot is the other's since the switch, yet two must not read one account. Null: nothing has taken its place. */
export async function replacedInWords(
  ctx: Context,
  { row: { replacedAt } }: DatasourceView,
  account: string,
): Promise<ReasonView | null> {
  if (replacedAt === null) return null;
  const until = new Date(replacedAt.getTime() + LAST_READING_MS);
  const { zone } = await organisationNow(ctx);
  return reason(ctx.words, "candidate", "replaced", { values: { account, until: ctx.words.when(until, zone) }, until });
}
