/** What stands in the way of connecting an account: one that is connected, or a sign-in that has come back and waits. */
import type { Context } from "../graphql/context.ts";
import { settingOf } from "../graphql/reason-setting.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { AlreadyConnected } from "../words/problems.ts";
import { reason } from "../words/reasons.ts";

export async function already(ctx: Context, view: DatasourceView, account: string): Promise<AlreadyConnected> {
  const { status, facts, row } = view;
  if (status.standing !== "attempt") return new AlreadyConnected(view, account);
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
