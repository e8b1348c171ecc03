// The ad accounts behind a login, with what each has spent lately so that the right one is known; and one of them, looked
// at again before anything is read from it.
import { currencyIn, nameIn, zoneIn } from "../account-facts.ts";
import type { AccountFacts, AccountProbe, Notice, Verified } from "../contract.ts";
import { isSourceFailure, SourceFailure } from "../failure.ts";
import { numberIn, parseExactly, type Json } from "../json.ts";
import { childOrNull, childrenOf, isFields, textOrNull, type Fields } from "../read-fields.ts";
import { isDecimalText } from "../records.ts";
import type { SourceSession } from "../session.ts";
import { lackedOf } from "./authorization.ts";
import { metaAdsCatalog } from "./catalog.ts";
import { graphFailure, NO_ROLE } from "./errors.ts";
import { callGraph, callRows, fieldsIn, nextIn, rowsIn } from "./graph.ts";

const FIELDS = "id,account_id,name,currency,timezone_name,account_status,business{id,name},user_tasks";
const PAGE = 100;
/** More than anyone has: a list that does not end is no list. */
const PAGES_MAX = 50;
const BATCH = 50;
/** Somebody waits for the list: what each account has spent is told if it is at hand, and waited for by nobody. */
const SPEND_MS = 8_000;

const statusNames: ReadonlyMap<number, string> = new Map([
  [1, "active"],
  [2, "disabled"],
  [3, "unsettled"],
  [7, "pendingReview"],
  [8, "pendingSettlement"],
  [9, "gracePeriod"],
  [100, "pendingClosure"],
  [101, "closed"],
]);

export const metaAdsAccount: AccountProbe = {
  reaches: "many",
  list: async (session) => {
    const accounts = await reached(session);
    const spent = await spentLately(session, accounts);
    return accounts.map((account) => ({
      ...account,
      details: { ...account.details, spent30Days: spent.get(account.externalId) ?? null },
    }));
  },
  verify,
};

/** At least one. Without the permission none can be seen: what was granted says more than the refusal or an empty list would. */
async function reached(session: SourceSession): Promise<AccountFacts[]> {
  try {
    const accounts = await listed(session);
    if (accounts.length > 0) return accounts;
    throw noAccounts();
  } catch (error) {
    if (!isSourceFailure(error) || error.failure.class !== "permission") throw error;
    throw lackedOf(await grantedScopes(session)) ?? error;
  }
}

async function listed(session: SourceSession): Promise<AccountFacts[]> {
  const accounts = new Map<string, AccountFacts>();
  let after: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const params = { fields: FIELDS, ...(after === null ? {} : { after }) };
    const { body } = await callRows(session, { path: "me/adaccounts", params, purpose: "accounts" }, PAGE);
    for (const row of rowsIn(body)) {
      const account = accountIn(row);
      accounts.set(account.externalId, account);
    }
    const next = nextIn(body);
    if (next === null || next === after) break;
    after = next;
  }
  return [...accounts.values()];
}

/** `101000…` whichever way it was written. */
const idIn = (row: Fields): string =>
  (textOrNull(row, "account_id") ?? textOrNull(row, "id") ?? "").replace(/^act_/, "");

function accountIn(row: Fields): AccountFacts {
  const externalId = idIn(row);
  if (!/^\d{1,20}$/.test(externalId))
    throw new SourceFailure({ class: "transient", code: "meta-ads.trouble", said: "an ad account without an id" });
  const status = numberIn(row["account_status"] ?? 1);
  const business = childOrNull(row, "business");
  return {
    externalId,
    name: nameIn(textOrNull(row, "name") ?? externalId),
    domain: null,
    currency: currencyIn(textOrNull(row, "currency")),
    zone: zoneIn(textOrNull(row, "timezone_name")),
    state: stateOf(status, row),
    details: {
      status: statusNames.get(status) ?? String(status),
      business: business === null ? null : nameIn(textOrNull(business, "name") ?? "") || null,
    },
  };
}

function stateOf(status: number, row: Fields): AccountFacts["state"] {
  if (status === 101) return "closed";
  if (!mayRead(row)) return "unreadable";
  return status === 2 || status === 100 ? "restricted" : "open";
}

/** Reports need the task ANALYZE, which whoever manages the account has too. Told nothing of tasks, the reports themselves say. */
function mayRead(row: Fields): boolean {
  const tasks = row["user_tasks"];
  return !Array.isArray(tasks) || tasks.length === 0 || tasks.includes("ANALYZE") || tasks.includes("MANAGE");
}

/** Of the last 30 whole days of each account's own zone, for people to know one from another; what does not answer is left out. */
async function spentLately(session: SourceSession, accounts: readonly AccountFacts[]): Promise<Map<string, string>> {
  const spent = new Map<string, string>();
  const query = new URLSearchParams({ level: "account", fields: "spend", date_preset: "last_30d" });
  for (let start = 0; start < accounts.length; start += BATCH) {
    const some = accounts.slice(start, start + BATCH);
    const parts = some.map(({ externalId }) => ({
      method: "GET",
      relative_url: `v26.0/act_${externalId}/insights?${query.toString()}`,
    }));
    try {
      const { body } = await callGraph(session, {
        method: "POST",
        path: "",
        params: { batch: JSON.stringify(parts), include_headers: "false" },
        purpose: "accounts.spend",
        cost: some.length,
        once: true,
        totalMs: SPEND_MS,
      });
      // Parts stand in the order of the accounts; one that Meta did not get to is null, and keeps its place.
      const told = Array.isArray(body) ? body : [];
      some.forEach(({ externalId }, n) => {
        const value = spendIn(told[n]);
        if (value !== null) spent.set(externalId, value);
      });
    } catch (error) {
      if (!isSourceFailure(error) || error.failure.class === "reauthorize") throw error;
      session.log.warn("spend of ad accounts is not known", { code: error.failure.code });
      break;
    }
  }
  return spent;
}

function spendIn(part: Json | undefined): string | null {
  if (!isFields(part) || numberIn(part["code"]) !== 200) return null;
  try {
    const body = parseExactly(textOrNull(part, "body") ?? "");
    const [row] = isFields(body) ? childrenOf(body, "data") : [];
    const spend = row === undefined ? "0" : (textOrNull(row, "spend") ?? "0");
    return isDecimalText(spend) ? spend : null;
  } catch {
    return null; // one account's answer that is no JSON costs that account its figure
  }
}

async function verify(session: SourceSession, externalId: string | null): Promise<Verified> {
  const scopes = await grantedScopes(session);
  const account = externalId === null ? await firstOf(session) : await accountNamed(session, externalId, scopes);
  return { account, scopes, notices: noticesFor(account, scopes), historyFrom: null };
}

async function firstOf(session: SourceSession): Promise<AccountFacts> {
  const [first] = await reached(session);
  if (first !== undefined) return first;
  throw noAccounts();
}

const noAccounts = (): SourceFailure =>
  new SourceFailure({
    class: "permission",
    lacks: "Analyst",
    curedBy: "grant",
    code: "meta-ads.noAccounts",
    said: "",
  });

/** Without the permission no account can be seen: what was granted says more than the refusal would. */
async function accountNamed(
  session: SourceSession,
  externalId: string,
  scopes: readonly string[],
): Promise<AccountFacts> {
  const lacked = lackedOf(scopes);
  if (lacked !== null) throw lacked;
  const { body } = await callGraph(session, {
    path: `act_${externalId}`,
    params: { fields: FIELDS },
    purpose: "account",
  });
  const account = accountIn(fieldsIn(body));
  if (account.state === "unreadable") throw graphFailure(NO_ROLE, { now: session.clock.now(), usage: null });
  return account;
}

async function grantedScopes(session: SourceSession): Promise<string[]> {
  const { body } = await callGraph(session, { path: "me/permissions", purpose: "permissions" });
  const granted = rowsIn(body).filter((row) => row["status"] === "granted");
  return granted.flatMap((row) => textOrNull(row, "permission") ?? []).toSorted();
}

const asked = new Set(["public_profile", "email", ...metaAdsCatalog.scopes.map((use) => use.scope)]);

function noticesFor(account: AccountFacts, scopes: readonly string[]): Notice[] {
  const more = scopes.filter((scope) => !asked.has(scope));
  const status = account.details["status"];
  return [
    ...(status === "disabled" ? [{ code: "meta-ads.accountDisabled" }] : []),
    ...(status === "unsettled" ? [{ code: "meta-ads.accountUnsettled" }] : []),
    ...(status === "closed" || status === "pendingClosure" ? [{ code: "meta-ads.accountClosed" }] : []),
    ...(more.length === 0 ? [] : [{ code: "meta-ads.moreThanAsked", values: { scopes: more.join(", ") } }]),
  ];
}
