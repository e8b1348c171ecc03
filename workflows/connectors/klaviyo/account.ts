// The account behind a key: one key, one account.
import { currencyIn, nameIn, zoneIn } from "../account-facts.ts";
import type { AccountFacts, AccountProbe, Notice, Verified } from "../contract.ts";
import { SourceFailure } from "../failure.ts";
import { textOrNull, isFields, type Fields } from "../read-fields.ts";
import type { SourceSession } from "../session.ts";
import { apiUrl, attributesOf, type Call, type Caller, callerOf, dataOf } from "./api.ts";
import { PLACED_ORDER, readMetrics } from "./metrics.ts";
import { probes, refusalOf } from "./probes.ts";

export const klaviyoAccount: AccountProbe = {
  reaches: "one",
  list: async (session) => [await readAccount(callerOf(session))],
  verify: (session) => verify(session),
};

export const accountCall: Call = {
  url: apiUrl("accounts"),
  endpoint: "accounts",
  scope: "accounts:read",
  purpose: "account",
};

export async function readAccount(caller: Caller): Promise<AccountFacts> {
  const [account] = dataOf(await caller(accountCall));
  const id = account === undefined ? null : textOrNull(account, "id");
  if (account === undefined || id === null || id === "")
    throw new SourceFailure({ class: "transient", code: "klaviyo.notJsonApi", said: "200 without an account" });
  return factsIn(id, attributesOf(account));
}

function factsIn(id: string, attributes: Fields): AccountFacts {
  const contact = attributes["contact_information"];
  const known = isFields(contact) ? contact : {};
  return {
    externalId: id,
    name: nameIn(textOrNull(known, "organization_name") || id),
    domain: null,
    currency: currencyIn(textOrNull(attributes, "preferred_currency")),
    zone: zoneIn(textOrNull(attributes, "timezone")),
    state: "open",
    details: { isTest: attributes["test_account"] === true },
  };
}

async function verify(session: SourceSession): Promise<Verified> {
  const caller = callerOf(session);
  const account = await readAccount(caller);
  const scopes = ["accounts:read"];
  for (const { scope, call } of probes) if ((await refusalOf(caller, call)) === null) scopes.push(scope);
  const metrics = scopes.includes("metrics:read") ? await readMetrics(caller) : [];
  const hasOrders = metrics.some(({ name }) => name === PLACED_ORDER);
  const details = { ...account.details, ...countedBefore(session) };
  return { account: { ...account, details }, scopes, notices: noticesFor(scopes, !hasOrders), historyFrom: null };
}

/** Written down before there was a choice; kept until one stands. */
function countedBefore({ account }: SourceSession): { conversionMetricId?: string } {
  const id = account?.details["conversionMetricId"];
  return typeof id === "string" ? { conversionMetricId: id } : {};
}

function noticesFor(scopes: readonly string[], isWithoutOrders: boolean): Notice[] {
  return scopes.includes("metrics:read") && isWithoutOrders ? [{ code: "klaviyo.noPlacedOrder" }] : [];
}
