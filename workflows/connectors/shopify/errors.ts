// Shopify's answers → our failure classes. HTTP 200 carries most of its errors, so there are two tables: by status and
// by the code inside a GraphQL error.
import { SourceFailure, type Failure } from "../failure.ts";
import { saidBy } from "../outbound/redact.ts";
import { cutWords, readRetryAfter } from "../protocol/retry-after.ts";
import { codeSaidBy, type GraphqlError } from "./graphql-answer.ts";

type Classified = (said: string, now: Date) => Failure;

const closed = (code: string, said: string): Failure => ({
  class: "permission",
  lacks: "atSource",
  curedBy: "source",
  code,
  said,
});
const frozen = (said: string): Failure => closed("shopify.storeFrozen", said);
const trouble: Classified = (said) => ({ class: "transient", code: "shopify.trouble", said });
/** GraphQL answers carry no Retry-After: the bucket says how long. The edge's 429 may. */
const slowDown: Classified = (said, now) => ({
  class: "rate_limit",
  code: "shopify.throttled",
  said,
  retryAt: new Date(now.getTime() + 2_000).toISOString(),
});
const invalid =
  (code: string): Classified =>
  (said) => ({ class: "invalid_request", code, said });

const byStatus: ReadonlyMap<number, Classified> = new Map<number, Classified>([
  [400, invalid("shopify.badRequest")],
  [401, (said) => ({ class: "reauthorize", why: "expired", code: "shopify.tokenRefused", said })],
  [402, frozen],
  [403, forbidden],
  [404, (said) => ({ class: "gone", what: "account", code: "shopify.storeGone", said })],
  [408, trouble],
  [423, frozen],
  [429, slowDown],
  // "Shopify Security Rejection": the edge thought us malicious, and nothing was wrong with what we asked.
  [430, trouble],
]);

const byCode: ReadonlyMap<string, Classified> = new Map<string, Classified>([
  ["THROTTLED", slowDown],
  ["MAX_COST_EXCEEDED", invalid("shopify.queryTooCostly")],
  ["INTERNAL_SERVER_ERROR", trouble],
  ["SHOP_INACTIVE", frozen],
  ["ACCESS_DENIED", denied],
]);

/** `retryAfter` is the header's own text. */
export function statusFailure(status: number, body: string, at: { now: Date; retryAfter?: string }): SourceFailure {
  const said = saidBy(`${status} ${body}`);
  const classified = byStatus.get(status) ?? (status >= 500 || status < 400 ? trouble : invalid("shopify.badRequest"));
  const failure = classified(said, at.now);
  const wait = readRetryAfter(at.retryAfter, at.now);
  if (wait === null || (failure.class !== "rate_limit" && failure.class !== "transient"))
    return new SourceFailure(failure);
  const retryAt = new Date(at.now.getTime() + wait.ms).toISOString();
  return new SourceFailure({
    ...failure,
    retryAt,
    said: wait.isCut ? cutWords(at.retryAfter, failure.said) : failure.said,
  });
}

function forbidden(said: string): Failure {
  if (/non-expiring access tokens/i.test(said))
    return { class: "reauthorize", why: "revoked", code: "shopify.tokenNeverExpires", said };
  const scope = scopeNamedIn(said);
  if (scope !== null)
    return { class: "permission", lacks: scope, curedBy: "grant", code: "shopify.scopeMissing", said };
  return closed(isBlocked(said) ? "shopify.storeBlocked" : "shopify.forbidden", said);
}

const isBlocked = (said: string): boolean => /does not have access/i.test(said);

/** What a shop that is closed to everybody answers whatever is asked of it, a new token too; null for any other answer. */
export function closedStore(status: number, said: string): SourceFailure | null {
  if (status === 402 || status === 423) return new SourceFailure(frozen(said));
  return status === 403 && isBlocked(said) ? new SourceFailure(closed("shopify.storeBlocked", said)) : null;
}

function denied(said: string): Failure {
  if (isCustomerDataDenial(said))
    return { class: "permission", lacks: "customerData", curedBy: "operator", code: "shopify.customerData", said };
  const lacks = scopeNamedIn(said) ?? "unnamed";
  return { class: "permission", lacks, curedBy: "grant", code: "shopify.scopeMissing", said };
}

export function isCustomerDataDenial(said: string): boolean {
  return /not approved to (access|use) the/i.test(said);
}

/** `read_orders` out of "Required access: `read_orders` access scope" and its relatives. */
export function scopeNamedIn(said: string): string | null {
  return /\b((?:read|write)_[a-z_]+)\b/.exec(said)?.[1] ?? null;
}

export function graphqlFailure(error: GraphqlError, now: Date): SourceFailure {
  const said = saidBy(error.message);
  const classified = byCode.get(error.code) ?? byCode.get(codeSaidBy(error.message));
  if (classified !== undefined) return new SourceFailure(classified(said, now));
  if (/cursor/i.test(error.message) && /invalid|expired/i.test(error.message))
    return new SourceFailure({ class: "invalid_request", code: "shopify.cursorRefused", said });
  return new SourceFailure({ class: "invalid_request", code: "shopify.queryRefused", said });
}
