// The shop behind a grant: who it is, what may be read of it, and what a person must know about its history.
import { Temporal } from "temporal-polyfill";
import { currencyIn, nameIn, zoneIn } from "../account-facts.ts";
import type { AccountFacts, AccountProbe, Notice, Verified } from "../contract.ts";
import type { SourceSession } from "../session.ts";
import { callShop, part, type Result } from "./api.ts";
import { shopifyCatalog } from "./catalog.ts";
import { asList, asObject } from "./graphql-answer.ts";
import { textOf, type Fields } from "../read-fields.ts";
import { withImplied } from "./scopes.ts";
import { searchInstant } from "./search.ts";

const DAY_MS = 86_400_000;
/** What Shopify shows of orders without `read_all_orders`: to the second, so that its oldest day is a part of one. */
const HISTORY_DAYS = 60;
const SAMPLE_DAYS = 30;
/** While a list is walked the edge goes on, and clocks may differ. */
const EDGE_MS = DAY_MS;

const seesAllOrders = (scopes: Iterable<string>): boolean => new Set(scopes).has("read_all_orders");

/** From when on an order that does not come is gone. */
export const ordersShownFrom = ({ scopes, clock }: Pick<SourceSession, "scopes" | "clock">): Date | null =>
  seesAllOrders(scopes) ? null : new Date(clock.now().getTime() - HISTORY_DAYS * DAY_MS + EDGE_MS);

export const accountText = `query Account($recent: String!) {
  shop { id name myshopifyDomain currencyCode ianaTimezone plan { publicDisplayName partnerDevelopment shopifyPlus } }
  currentAppInstallation { accessScopes { handle } }
  ordersCount(query: $recent, limit: null) { count precision }
}`;
export const ACCOUNT_COST = 6;

export const shopifyAccount: AccountProbe = {
  reaches: "one",
  list: async (session) => [(await probe(session)).account],
  verify: (session) => probe(session),
};

async function probe(session: SourceSession): Promise<Verified> {
  const now = session.clock.now();
  const since = new Date(now.getTime() - SAMPLE_DAYS * DAY_MS);
  const variables = { recent: `created_at:>='${searchInstant(since)}'` };
  const result = await callShop(session, { query: accountText, variables, cost: ACCOUNT_COST, purpose: "account" });
  const scopes = scopesIn(result);
  const recent = asObject(result.data["ordersCount"])?.["count"];
  const account = accountIn(part(result, "shop"));
  return {
    account,
    scopes,
    notices: [...noticesFor(scopes), ...result.notices],
    historyFrom: seesAllOrders(scopes) ? null : oldestWholeDay(now, account.zone),
    ...(typeof recent === "number" ? { recordsPerDay: { orders: recent / SAMPLE_DAYS } } : {}),
  };
}

/** The first day of the shop that stays whole for at least a day more, which its reading may take: the edge goes on with time. */
function oldestWholeDay(now: Date, zone: string | null): string {
  const edge = Temporal.Instant.fromEpochMilliseconds(now.getTime() - HISTORY_DAYS * DAY_MS);
  return edge
    .toZonedDateTimeISO(zone ?? "UTC")
    .toPlainDate()
    .add({ days: 2 })
    .toString();
}

function scopesIn(result: Result): string[] {
  const handles = asList(part(result, "currentAppInstallation")["accessScopes"]).map(
    (scope) => asObject(scope)?.["handle"],
  );
  return withImplied(handles.filter((handle) => typeof handle === "string"));
}

const asked = new Set(shopifyCatalog.scopes.map((use) => use.scope));
/** Read-only and harmless, but not in the catalog: an operator may ask for them for the second figure of a day. */
const alsoUsed = new Set(["read_reports"]);

function noticesFor(scopes: readonly string[]): Notice[] {
  const more = scopes.filter((scope) => !asked.has(scope) && !alsoUsed.has(scope));
  return [
    ...(seesAllOrders(scopes) ? [] : [{ code: "shopify.sixtyDays", values: { days: HISTORY_DAYS } }]),
    ...(more.length === 0 ? [] : [{ code: "shopify.moreThanAsked", values: { scopes: more.join(", ") } }]),
  ];
}

function accountIn(shop: Fields): AccountFacts {
  const plan = asObject(shop["plan"]) ?? {};
  return {
    externalId: textOf(shop, "id"),
    name: nameIn(text(shop["name"])),
    domain: text(shop["myshopifyDomain"]),
    currency: currencyIn(text(shop["currencyCode"])),
    zone: zoneIn(text(shop["ianaTimezone"])),
    state: "open",
    details: {
      plan: text(plan["publicDisplayName"]),
      isDevelopmentStore: plan["partnerDevelopment"] === true,
      isPlus: plan["shopifyPlus"] === true,
    },
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
