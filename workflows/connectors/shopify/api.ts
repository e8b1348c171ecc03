// One GraphQL call to a shop: sent through the session, its envelope read, its errors turned into failures.
import type { Notice } from "../notice.ts";
import { isSourceFailure, SourceFailure } from "../failure.ts";
import { parseExactly } from "../json.ts";
import { isGood, type Answer } from "../outbound/outbound.ts";
import { saidBy } from "../outbound/redact.ts";
import { laterBy } from "../protocol/later.ts";
import { readRetryAfter } from "../protocol/retry-after.ts";
import type { SourceSession } from "../session.ts";
import { graphqlFailure, isCustomerDataDenial, scopeNamedIn, statusFailure } from "./errors.ts";
import { asObject, readEnvelope, type Envelope, type GraphqlError } from "./graphql-answer.ts";
import type { Fields } from "../read-fields.ts";

/** Answers of a retired version come from another one, which the header names. */
export const API_VERSION = "2026-10";

export type Call = {
  readonly query: string;
  readonly variables?: Fields;
  /** What Shopify will ask for it, by our own reckoning (`selection.ts`). */
  readonly cost: number;
  readonly purpose: string;
  /** For what may not happen twice. */
  readonly once?: boolean;
};
export type Result = {
  readonly data: Fields;
  /** The shop's clock, for closing windows; ours where it does not say. */
  readonly at: Date;
  /** What was left out of otherwise good data. */
  readonly notices: readonly Notice[];
};

export function callShop(session: SourceSession, call: Call): Promise<Result> {
  return session.http.call(
    {
      method: "POST",
      url: `https://${session.login.key}/admin/api/${API_VERSION}/graphql.json`,
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query: call.query, variables: call.variables ?? {} }),
      credential: "attached",
      cost: call.cost,
      purpose: call.purpose,
      ...(call.once === true ? { once: true } : {}),
    },
    (answer) => readResult(session, answer),
  );
}

async function readResult(session: SourceSession, answer: Answer): Promise<Result> {
  const now = session.clock.now();
  if (!isGood(answer.status)) {
    const retryAfter = answer.headers["retry-after"];
    throw statusFailure(answer.status, await answer.text(), {
      now,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  }
  const envelope = envelopeIn(await answer.text(), answer.headers["content-type"]);
  if (envelope.bucket !== null) session.measured(envelope.bucket);
  const result = judged(envelope, { now, at: dateOf(answer, now), retryAfter: answer.headers["retry-after"] });
  return { ...result, notices: [...noticesOfVersion(answer), ...result.notices] };
}

function noticesOfVersion(answer: Answer): Notice[] {
  const answered = answer.headers["x-shopify-api-version"];
  if (answered === undefined || answered === API_VERSION) return [];
  return [{ code: "shopify.anotherVersion", values: { asked: API_VERSION, answered } }];
}

function envelopeIn(text: string, type: string | undefined): Envelope {
  const envelope = parsedEnvelope(text);
  if (envelope !== null) return envelope;
  const said = text === "" ? "200 with an empty body" : saidBy(`200 ${type ?? "without a type"} ${text}`);
  throw new SourceFailure({ class: "transient", code: "shopify.notGraphql", said });
}

function parsedEnvelope(text: string): Envelope | null {
  try {
    return readEnvelope(parseExactly(text));
  } catch {
    return null; // a page of HTML, half a document: told by the caller in the provider's words
  }
}

/** Good data, good data with gaps that only an approval fills, or a failure. */
function judged(envelope: Envelope, at: { now: Date; at: Date; retryAfter: string | undefined }): Result {
  const { data, errors } = envelope;
  const worst = errors.find((error) => !isGap(error, data)) ?? null;
  if (worst !== null) throw throttleAware(worst, envelope, at);
  if (data === null)
    throw new SourceFailure({ class: "transient", code: "shopify.notGraphql", said: "200 without data or errors" });
  return { data, at: at.at, notices: noticesOf(errors) };
}

/** A denial deeper than the root, with the rest of its object there. Where the path names no root, all must be there. */
function isGap({ code, path }: GraphqlError, data: Fields | null): boolean {
  if (code !== "ACCESS_DENIED" || data === null) return false;
  const root = path[0];
  if (typeof root === "string" && root in data) return path.length > 1 && data[root] !== null;
  return Object.values(data).every((value) => value !== null);
}

function noticesOf(errors: readonly GraphqlError[]): Notice[] {
  const notices = errors.map(({ message }): Notice => {
    if (isCustomerDataDenial(message)) return { code: "shopify.customerData" };
    return { code: "shopify.fieldDenied", values: { scope: scopeNamedIn(message) ?? "unnamed" } };
  });
  return [...new Map(notices.map((notice) => [JSON.stringify(notice), notice])).values()];
}

/** For want of an approval, or of the scope. */
export const deniesCustomers = (notices: readonly Notice[]): boolean =>
  notices.some(({ code, values }) => code === "shopify.customerData" || values?.["scope"] === "read_customers");

/** The bucket says when it will hold what was asked: that, and no guess, is how long to wait. */
function throttleAware(
  error: GraphqlError,
  { bucket, requestedCost }: Envelope,
  { now, retryAfter }: { now: Date; retryAfter: string | undefined },
): SourceFailure {
  const failure = graphqlFailure(error, now);
  if (!isSourceFailure(failure) || failure.failure.class !== "rate_limit") return failure;
  const missing = bucket === null || requestedCost === null ? null : requestedCost - bucket.available;
  const restored = missing === null || bucket === null ? null : (missing / Math.max(1, bucket.restorePerSecond)) * 1000;
  const waitMs = Math.max(100, readRetryAfter(retryAfter, now)?.ms ?? restored ?? 2_000);
  return new SourceFailure({ ...failure.failure, retryAt: laterBy(now, waitMs).toISOString() });
}

function dateOf(answer: Answer, now: Date): Date {
  const at = Date.parse(answer.headers["date"] ?? "");
  return Number.isNaN(at) ? now : new Date(at);
}

/** The object that a mutation or query answered under `name`. */
export function part(result: Result, name: string): Fields {
  const found = asObject(result.data[name]);
  if (found === null)
    throw new SourceFailure({ class: "transient", code: "shopify.notGraphql", said: `200 without ${name}` });
  return found;
}
