/** For tests: a source that is let in by pasted keys, as Klaviyo is; what each key may read is said here. */
import type { Outbound, OutboundRequest } from "@headwater/connectors/outbound/outbound.ts";
import { answerWith, outboundThat } from "@headwater/connectors/testing/answer.ts";

export interface StandingKey {
  readonly account: string;
  readonly name: string;
  readonly scopes: readonly string[];
}

export interface KeySource {
  readonly outbound: Outbound;
  readonly asked: OutboundRequest[];
  readonly keys: Map<string, StandingKey>;
  /** Called before each answer. */
  before: () => Promise<void>;
}

export const everyScope = ["accounts:read", "metrics:read", "campaigns:read", "flows:read"];

export function makeKeySource(): KeySource {
  const source: KeySource = {
    asked: [],
    keys: new Map(),
    before: () => Promise.resolve(),
    outbound: outboundThat(async (request) => {
      source.asked.push(request);
      await source.before();
      return answerTo(source, request);
    }),
  };
  return source;
}

const refused = (status: number, code: string, detail: string) => ({ status, body: { errors: [{ code, detail }] } });

function bodyFor({ keys }: KeySource, { url, headers }: OutboundRequest): { status: number; body: object } {
  const given = keys.get((headers?.["authorization"] ?? "").replace("Klaviyo-API-Key ", ""));
  if (given === undefined) return refused(401, "authentication_failed", "Incorrect authentication credentials.");
  const what = new URL(url).pathname.replace("/api/", "");
  if (!given.scopes.includes(`${what}:read`)) return refused(403, "permission_denied", `missing scope ${what}:read`);
  if (what !== "accounts") return { status: 200, body: { data: [], links: { next: null } } };
  const attributes = {
    contact_information: { organization_name: given.name },
    timezone: "Asia/Kolkata",
    preferred_currency: "INR",
    test_account: false,
  };
  return { status: 200, body: { data: [{ type: "account", id: given.account, attributes }] } };
}

function answerTo(source: KeySource, request: OutboundRequest) {
  const { status, body } = bodyFor(source, request);
  return answerWith(status, body, "application/vnd.api+json");
}
