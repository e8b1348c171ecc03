// Klaviyo's API: who asks, with which revision, how often, and then what for.
import type { Answer, Incoming } from "../http.ts";
import type { TwinAnswer } from "../twin.ts";
import { aggregateDocument, readAsk, type AggregateAsk } from "./aggregates.ts";
import { document, errorAnswer, MEDIA_TYPE, Refusal } from "./documents.ts";
import type { Key, Keys } from "./keys.ts";
import type { Limits } from "./limits.ts";
import { accountsOf, campaignsOf, flowsOf, metricsOf } from "./lists.ts";
import type { Account, World } from "./world.ts";

export interface Api {
  readonly world: World;
  readonly keys: Keys;
  readonly limits: Limits;
  noteServed(account: Account, ask: AggregateAsk): void;
}

interface Endpoint {
  readonly method: "GET" | "POST";
  readonly scope: string;
  readonly limit: string;
  readonly answer: (api: Api, incoming: Incoming, account: Account) => { body: object; served?: AggregateAsk };
}

const list = (scope: string, limit: string, of: (incoming: Incoming, account: Account) => object): Endpoint => ({
  method: "GET",
  scope,
  limit,
  answer: (_, incoming, account) => ({ body: of(incoming, account) }),
});

const endpoints: Readonly<Record<string, Endpoint>> = {
  accounts: list("accounts:read", "accounts", accountsOf),
  metrics: list("metrics:read", "metrics", metricsOf),
  campaigns: list("campaigns:read", "campaigns", campaignsOf),
  flows: list("flows:read", "flows", flowsOf),
  "metric-aggregates": {
    method: "POST",
    scope: "metrics:read",
    limit: "metric-aggregates",
    answer(_, incoming, account) {
      const ask = readAsk(incoming, account);
      return { body: aggregateDocument(account, ask), served: ask };
    },
  },
};

const OLDEST_REVISION = "2024-10-15";

export function answerApi(api: Api, incoming: Incoming): TwinAnswer {
  const path = /^\/api\/([a-z-]+)\/?$/.exec(incoming.path)?.[1] ?? "";
  let account: string | null = null;
  try {
    const key = keyIn(api.keys, incoming);
    ({ account } = key);
    const standing = api.world.byId(key.account);
    const endpoint = endpointFor(path, incoming);
    checkRevision(incoming);
    checkMedia(incoming);
    if (!key.scopes.includes(endpoint.scope))
      throw new Refusal(403, "permission_denied", `This key is missing a required scope: ${endpoint.scope}`);
    if (standing === null) throw new Refusal(404, "not_found", "The account is gone.");
    const taken = api.limits.take(key.account, endpoint.limit);
    if ("wait" in taken) throw throttled(taken.wait);
    const { body, served } = endpoint.answer(api, incoming, standing);
    return {
      ...document(body, taken.headers),
      operation: served === undefined ? path : `${path} ${served.metric.name}`,
      account,
      ...(served === undefined ? {} : { noteServed: () => api.noteServed(standing, served) }),
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      ...errorAnswer(error, incoming.requestId),
      operation: `${path === "" ? "unknown" : path} ${error.code}`,
      account,
    };
  }
}

export const throttled = (seconds: number): Refusal =>
  new Refusal(429, "throttled", `Request was throttled. Expected available in ${seconds} seconds.`, {
    headers: { "retry-after": String(seconds) },
  });

function keyIn(keys: Keys, { headers }: Incoming): Key {
  const given = headers["authorization"];
  if (given === undefined) throw new Refusal(401, "not_authenticated", "Authentication credentials were not provided.");
  const text = /^Klaviyo-API-Key (\S+)$/.exec(given)?.[1];
  const key = text === undefined ? null : keys.find(text);
  if (key === null || key.deletedAt !== null)
    throw new Refusal(401, "authentication_failed", "Incorrect authentication credentials.");
  return key;
}

function endpointFor(path: string, { method }: Incoming): Endpoint {
  const endpoint = Object.hasOwn(endpoints, path) ? endpoints[path] : undefined;
  if (endpoint === undefined) throw new Refusal(404, "not_found", "The resource was not found.");
  if (method !== endpoint.method) throw new Refusal(405, "method_not_allowed", `Method "${method}" not allowed.`);
  return endpoint;
}

function checkRevision({ headers }: Incoming): void {
  const revision = headers["revision"];
  if (revision === undefined || !/^\d{4}-\d\d-\d\d(?:\.\w+)?$/.test(revision))
    throw new Refusal(400, "invalid", "A valid revision header is required.");
  if (revision < OLDEST_REVISION) throw new Refusal(410, "gone", `Revision ${revision} has been retired.`);
}

function checkMedia({ method, headers }: Incoming): void {
  const accept = headers["accept"] ?? "*/*";
  if (!/application\/(?:vnd\.api\+json|json|\*)|\*\/\*/.test(accept))
    throw new Refusal(406, "not_acceptable", "Could not satisfy the request Accept header.");
  if (method === "POST" && !(headers["content-type"] ?? "").startsWith(MEDIA_TYPE))
    throw new Refusal(415, "unsupported_media_type", `Unsupported media type "${headers["content-type"] ?? ""}".`);
}

export const asAnswer = (refusal: Refusal, incoming: Incoming): Answer => errorAnswer(refusal, incoming.requestId);
