// An ad account and its campaigns, as the Graph API tells them.
import { GraphError } from "./graph-error.ts";
import { campaignName } from "./insights.ts";
import type { Given } from "./paging.ts";
import { addDays, campaignId, campaignSpan, campaignStatus, dayIn } from "./seed/days.ts";
import type { AdAccountSeed } from "./seed/people.ts";
import type { Token } from "./tokens.ts";
import type { MetaWorld } from "./world.ts";

export function tellAccount(
  world: MetaWorld,
  account: AdAccountSeed,
  token: Token,
  fields: readonly string[],
): Record<string, unknown> {
  const status = world.statusOf(account);
  const whole: Record<string, unknown> = {
    account_id: account.id,
    name: account.name,
    currency: account.currency,
    timezone_name: account.zone,
    timezone_offset_hours_utc: 0,
    account_status: status,
    business: account.business ?? undefined,
    amount_spent: String(account.spendMinor * account.historyDays * account.campaigns),
    balance: "0",
    spend_cap: "0",
    user_tasks: token.person.tasks,
  };
  const asked = new Set(fields.map((field) => field.replace(/\{.*$/, "")));
  return {
    ...Object.fromEntries(Object.entries(whole).filter(([name, value]) => asked.has(name) && value !== undefined)),
    id: `act_${account.id}`,
  };
}

/** Without a word about them, archived and deleted campaigns are hidden. */
export function campaignsOf(world: MetaWorld, account: AdAccountSeed, given: Given): object[] {
  const since = updatedSince(given.get("filtering"));
  const statuses = given.get("effective_status") ?? "ACTIVE,PAUSED";
  const born = world.born(account);
  const list = Array.from({ length: account.campaigns }, (_, c) => {
    const { from, to } = campaignSpan(account, c, born);
    const status = campaignStatus(account, c, born, dayIn(account.zone, world.clock.nowMs()));
    const updated = `${status !== "ACTIVE" && to !== null ? addDays(to, 1) : from}T06:30:00+0000`;
    return {
      id: campaignId(account.id, c),
      name: campaignName(account, c),
      status,
      effective_status: status,
      objective: "OUTCOME_SALES",
      buying_type: "AUCTION",
      start_time: `${from}T00:00:00+0530`,
      ...(to === null ? {} : { stop_time: `${to}T23:59:59+0530` }),
      created_time: `${from}T00:00:00+0530`,
      updated_time: updated,
      daily_budget: String(account.spendMinor * 4),
    };
  });
  return list.filter((each) => statuses.includes(each.status) && Date.parse(each.updated_time) > since);
}

function updatedSince(filtering: string | undefined): number {
  if (filtering === undefined) return Number.NEGATIVE_INFINITY;
  const parsed: { field?: string; operator?: string; value?: number }[] = JSON.parse(filtering);
  const [first] = parsed;
  if (first?.field !== "updated_time" || first.operator !== "GREATER_THAN")
    throw new GraphError(100, "(#100) Filtering field is invalid.", { type: "OAuthException" });
  return Number(first.value) * 1000;
}
