// GET lists: accounts, metrics, campaigns, flows. A page's `links.next` holds the cursor; absolute as Klaviyo writes it, but
// for flows, where it is a path: JSON:API lets it be either.
import type { Incoming } from "../http.ts";
import { API, badParameter, decodeCursor, encodeCursor, instantJson } from "./documents.ts";
import { instantIn, only, readFilter, type Condition } from "./filters.ts";
import type { Campaign } from "./messages.ts";
import type { Account } from "./world.ts";

type Parameters = ReadonlySet<string>;

function refuseStrange(incoming: Incoming, known: Parameters): void {
  for (const name of incoming.query.keys())
    if (!known.has(name)) throw badParameter(name, `'${name}' is not a valid parameter for this endpoint.`);
}

export function accountsOf(incoming: Incoming, { seed }: Account): object {
  refuseStrange(incoming, new Set());
  const attributes = {
    test_account: seed.isTest,
    contact_information: {
      default_sender_name: seed.name,
      default_sender_email: "hello@example.com",
      website_url: seed.website,
      organization_name: seed.name,
      street_address: { address1: "1 Main", address2: null, city: "Sandbox", region: null, country: null, zip: null },
    },
    industry: "Ecommerce",
    timezone: seed.zone,
    preferred_currency: seed.currency,
    public_api_key: seed.id,
    locale: "en-US",
  };
  const links = { self: `${API}/accounts/${seed.id}/` };
  return { data: [{ type: "account", id: seed.id, attributes, links }], links: { self: `${API}/accounts` } };
}

export function metricsOf(incoming: Incoming, { metrics }: Account): object {
  refuseStrange(incoming, new Set(["filter", "page[cursor]"]));
  const conditions = readFilter(incoming.query.get("filter"));
  only(conditions, { "integration.name": ["equals"], "integration.category": ["equals"] });
  const found = metrics.filter((metric) =>
    conditions.every(({ field, value }) => field !== "integration.name" || metric.integration === value),
  );
  return paged(incoming, { path: "metrics", most: 200 }, found, ({ id, name, integration, createdAt }) => ({
    type: "metric",
    id,
    attributes: {
      name,
      created: instantJson(createdAt),
      updated: instantJson(createdAt),
      integration: {
        object: "integration",
        id: `0${id}`,
        name: integration,
        category: integration === "Klaviyo" ? "Internal" : "eCommerce",
      },
    },
  }));
}

const updatedAt = ({ sentAt, archivedAt }: Campaign, now: number): number =>
  archivedAt !== null && archivedAt <= now ? archivedAt : sentAt <= now ? sentAt : sentAt - 86_400;
const archivedBy = ({ archivedAt }: Campaign, now: number): boolean => archivedAt !== null && archivedAt <= now;

export function campaignsOf(incoming: Incoming, account: Account): object {
  refuseStrange(incoming, new Set(["filter", "sort", "page[cursor]", "page[size]", "include"]));
  const conditions = readFilter(incoming.query.get("filter"));
  only(conditions, {
    "messages.channel": ["equals"],
    archived: ["equals"],
    updated_at: ["greater-or-equal", "greater-than", "less-than", "less-or-equal"],
    created_at: ["greater-or-equal", "greater-than", "less-than", "less-or-equal"],
  });
  const wanted = conditions.find(({ field }) => field === "messages.channel")?.value;
  if (wanted === undefined || !["email", "sms", "mobile_push"].includes(wanted))
    throw badParameter("filter", "A channel filter is required to list campaigns.");
  const sort = incoming.query.get("sort");
  if (sort !== null && !/^-?(?:created_at|id|name|scheduled_at|updated_at)$/.test(sort))
    throw badParameter("sort", `'${sort}' is not a valid sort`);
  const now = account.countedAt();
  const isArchived = conditions.some(({ field, value }) => field === "archived" && value === "true");
  const found = account.days
    .campaigns(account.today() + 3)
    .filter(({ channel }) => channel === (wanted === "mobile_push" ? "push" : wanted))
    .filter((campaign) => archivedBy(campaign, now) === isArchived)
    .filter((campaign) => isWithin(updatedAt(campaign, now), conditions, "updated_at"))
    .toSorted((a, b) => updatedAt(a, now) - updatedAt(b, now) || a.id.localeCompare(b.id));
  return paged(incoming, { path: "campaigns", most: 100 }, found, (campaign) => campaignNode(campaign, now));
}

function campaignNode(campaign: Campaign, now: number): object {
  const { id, messageId, name, sentAt } = campaign;
  return {
    type: "campaign",
    id,
    attributes: {
      name,
      status: sentAt <= now ? "Sent" : "Scheduled",
      archived: archivedBy(campaign, now),
      created_at: instantJson(sentAt - 2 * 86_400),
      scheduled_at: instantJson(sentAt - 86_400),
      updated_at: instantJson(updatedAt(campaign, now)),
      send_time: sentAt <= now ? instantJson(sentAt) : null,
    },
    relationships: { "campaign-messages": { data: [{ type: "campaign-message", id: messageId }] } },
    links: { self: `${API}/campaigns/${id}/` },
  };
}

export function flowsOf(incoming: Incoming, account: Account): object {
  refuseStrange(incoming, new Set(["filter", "sort", "page[cursor]", "page[size]", "include"]));
  const conditions = readFilter(incoming.query.get("filter"));
  only(conditions, {
    updated: ["greater-or-equal", "greater-than", "less-than", "less-or-equal"],
    archived: ["equals"],
    status: ["equals"],
  });
  const found = account.days.flows.filter(({ createdAt }) => isWithin(createdAt, conditions, "updated"));
  return paged(incoming, { path: "flows", most: 50 }, found, ({ id, name, trigger, createdAt }) => ({
    type: "flow",
    id,
    attributes: {
      name,
      status: "live",
      archived: false,
      created: instantJson(createdAt),
      updated: instantJson(createdAt),
      trigger_type: trigger,
    },
    links: { self: `${API}/flows/${id}/` },
  }));
}

const isWithin = (at: number, conditions: readonly Condition[], name: string): boolean =>
  conditions
    .filter(({ field }) => field === name)
    .every((condition) => {
      const bound = instantIn(condition);
      if (condition.operator === "greater-or-equal") return at >= bound;
      if (condition.operator === "greater-than") return at > bound;
      return condition.operator === "less-than" ? at < bound : at <= bound;
    });

function paged<T>(
  incoming: Incoming,
  { path, most }: { path: string; most: number },
  all: readonly T[],
  node: (each: T) => object,
): object {
  const size = Number(incoming.query.get("page[size]") ?? most);
  if (!Number.isInteger(size) || size < 1 || size > most)
    throw badParameter("page[size]", `Page size must be between 1 and ${most}.`);
  const cursor = incoming.query.get("page[cursor]");
  const from = cursor === null ? 0 : Number(decodeCursor(cursor)["from"]);
  if (!Number.isInteger(from) || from < 0) throw badParameter("page[cursor]", "Invalid page cursor.");
  const url = (at: number): string => {
    const next = new URL(`${API}/${path}`);
    for (const [name, value] of incoming.query) next.searchParams.set(name, value);
    next.searchParams.set("page[cursor]", encodeCursor({ from: at }));
    return path === "flows" ? `${next.pathname}${next.search}` : next.href;
  };
  const next = from + size < all.length ? url(from + size) : null;
  return {
    data: all.slice(from, from + size).map(node),
    links: { self: `${API}/${path}`, next, prev: from === 0 ? null : url(Math.max(0, from - size)) },
  };
}
