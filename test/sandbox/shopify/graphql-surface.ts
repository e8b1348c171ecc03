// POST /admin/api/<version>/graphql.json
import { json, type Answer, type Incoming } from "../http.ts";
import { grantOf } from "./admin/access.ts";
import { answerAdmin, type AdminRequest } from "./admin/answer.ts";
import type { AdminContext } from "./admin/context.ts";
import { OrderNode } from "./admin/order-node.ts";
import type { Warning } from "./admin/search.ts";
import { installOf, judgeAccess } from "./oauth/installs.ts";
import type { Shop } from "./seed/shop.ts";
import type { Served, Surface } from "./surface.ts";

const pinned = "2026-10";
const supported = ["2026-01", "2026-04", "2026-07", "2026-10", "2027-01", "unstable"];

/** A retired version falls forward to the oldest one that still lives. */
const answeredVersion = (asked: string): string =>
  supported.includes(asked) ? asked : asked < pinned ? (supported[0] ?? pinned) : pinned;

export const deadToken = "[API] Invalid API key or access token (unrecognized login or wrong password)";
const lastingToken =
  "[API] Non-expiring access tokens are no longer accepted for the Admin API. Start using expiring offline tokens.";

function readAdminRequest(body: string): AdminRequest | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // What is no JSON is refused below like what is no query.
    return null;
  }
  if (typeof parsed !== "object" || parsed === null || !("query" in parsed)) return null;
  if (typeof parsed.query !== "string" || parsed.query.trim() === "") return null;
  const variables =
    "variables" in parsed && typeof parsed.variables === "object" && parsed.variables !== null
      ? { ...parsed.variables }
      : {};
  const operationName =
    "operationName" in parsed && typeof parsed.operationName === "string" ? parsed.operationName : null;
  return { query: parsed.query, variables, operationName };
}

export function contextFor(
  surface: Surface,
  shop: Shop,
  note: AdminContext["note"],
  warn: AdminContext["warn"],
): AdminContext {
  const { store, clock, client } = surface.services;
  const scopes = installOf(surface.services, shop.id)?.scopes ?? [];
  const context: AdminContext = {
    store,
    clock,
    client,
    shop,
    grant: grantOf(scopes, surface.customerLevel),
    isBulk: false,
    now: clock.nowSeconds(),
    note,
    warn,
    orderNode: (state) => new OrderNode(state, context),
  };
  return context;
}

function refusal(surface: Surface, incoming: Incoming, shop: Shop): { status: number; errors: unknown } | null {
  if (incoming.method !== "POST") return { status: 405, errors: "Method Not Allowed" };
  const verdict = judgeAccess(surface.services, shop.id, incoming.headers["x-shopify-access-token"]);
  if (verdict === "dead") return { status: 401, errors: deadToken };
  if (verdict === "lasting") return { status: 403, errors: lastingToken };
  return null;
}

export async function answerGraphql(
  surface: Surface,
  incoming: Incoming,
  shop: Shop,
  version: string,
): Promise<Served> {
  const headers = { "x-shopify-api-version": answeredVersion(version), "x-request-id": incoming.requestId };
  const served = (answer: Answer, operation: string): Served => ({ ...answer, operation, shop });
  const refused = refusal(surface, incoming, shop);
  if (refused) return served(json(refused.status, { errors: refused.errors }, headers), "graphql");
  const isJson = (incoming.headers["content-type"] ?? "").includes("json");
  const request = isJson ? readAdminRequest(incoming.body) : null;
  if (!request) {
    return served(json(400, { errors: { query: "Required parameter missing or invalid" } }, headers), "graphql");
  }
  await shop.ready();
  shop.catchUp();
  const reading: Parameters<AdminContext["note"]>[] = [];
  const warnings: object[] = [];
  const warn = (field: string, query: string, found: readonly Warning[]): void => {
    warnings.push({ path: [field], query, warnings: found });
  };
  const context = contextFor(surface, shop, (...record) => reading.push(record), warn);
  const answered = answerAdmin(surface.services.engine(), request, context, surface.bucketOf(shop));
  const extensions = { ...answered.extensions, ...(warnings.length > 0 ? { search: warnings } : {}) };
  const body = Object.keys(extensions).length > 0 ? { ...answered.body, extensions } : answered.body;
  return {
    ...served(json(200, body, headers), answered.operation),
    noteServed: () => surface.ledger.served(incoming.requestId, shop.id, reading),
  };
}
