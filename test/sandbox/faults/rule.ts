// What the desk can break. Every fault has a scope (surface, shop, words in the request), a count and an end.

export const faultKinds = {
  throttled: "GraphQL answers Throttled: the cost bucket is empty",
  tooMany: "HTTP 429; `retryAfter` is sent as it stands (seconds, a date, nonsense, or left out)",
  serverError: "HTTP `status` (503 unless said) with a page of HTML",
  internalError: "HTTP 200 whose errors hold INTERNAL_SERVER_ERROR",
  unauthorized: "HTTP 401 once, though the token is good",
  html: "HTTP 200 with a page of HTML (a captcha)",
  empty: "HTTP 204 without a body",
  emptyBody: "HTTP 200 with no byte in the body",
  xml: "HTTP 200 with an XML error",
  byteOrderMark: "the real answer behind a byte order mark",
  delay: "the real answer, `ms` late",
  hang: "no answer at all; the socket stays open",
  reset: "the connection is reset before anything is done",
  lostAnswer: "everything is done, then the connection is reset without an answer",
  cut: "the connection ends after `bytes` bytes of the real answer",
  slow: "the real answer, one byte every `ms` milliseconds",
  slowHeaders: "headers that never end",
  truncatedJson: "half of the real answer, as if it were whole",
  truncatedGzip: "the real answer in gzip, half of it",
  wrongLength: "a content-length that promises more than comes",
  duplicatePage: "the page before comes again, with the cursor of this one",
  unordered: "the records of a page in any order",
  repeatRecords: "some records of a page come twice",
  lastPageForever: "hasNextPage stays true and the cursor leads to the same page",
  emptyPage: "no records, but a next page",
  staleCursor: "the cursor is refused, as one that has run out",
  partial: "data with an error beside it: the field `field` is null",
  remove: "drift: the field `field` is gone from every record",
  rename: "drift: the field `field` is called `to`",
  poison: "one record of the page (`to`: all of them) has nonsense (`text`) in `field`",
  denyScope: "ACCESS_DENIED for the scope `text`, as if it had been taken away",
  providerError: "the provider's own error `text`, in its own shape (Meta: `190/463`)",
  reportFailed: "an asynchronous report ends as `text` (Meta: Job Failed or Job Skipped)",
  reportStuck: "an asynchronous report stays where it is for `ms` milliseconds more",
  bulkFailed: "a bulk operation fails with `text` (TIMEOUT, ACCESS_DENIED or INTERNAL_SERVER_ERROR)",
} as const;

export type FaultKind = keyof typeof faultKinds;
const isFaultKind = (text: string): text is FaultKind => Object.hasOwn(faultKinds, text);

export const surfaces = ["any", "graphql", "token", "authorize", "download"] as const;
export type Surface = (typeof surfaces)[number];
const isSurface = (text: string): text is Surface => surfaces.some((each) => each === text);

export interface FaultRule {
  readonly kind: FaultKind;
  readonly surface: Surface;
  /** A shop's domain; null for all. */
  readonly shop: string | null;
  /** Words that the request must hold, such as `orders(` or `bulkOperationRunQuery`. */
  readonly match: string | null;
  /** Fitting requests that pass first. */
  readonly skip: number;
  /** How many requests it hits; null for all until the end. */
  readonly count: number | null;
  /** Milliseconds since 1970 by the real clock; null for no end of its own. */
  readonly untilMs: number | null;
  /** Of the fitting requests, this share is hit. */
  readonly share: number;
  readonly ms: number;
  readonly bytes: number;
  readonly status: number;
  readonly retryAfter: string | null;
  readonly field: string | null;
  readonly to: string | null;
  readonly text: string | null;
}

const defaultRule: Omit<FaultRule, "kind"> = {
  surface: "any",
  shop: null,
  match: null,
  skip: 0,
  count: 1,
  untilMs: null,
  share: 1,
  ms: 1000,
  bytes: 200,
  status: 503,
  retryAfter: null,
  field: null,
  to: null,
  text: null,
};

const number = (value: unknown, otherwise: number): number =>
  value === undefined || value === null || value === "" || !Number.isFinite(Number(value)) ? otherwise : Number(value);
const word = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);
const words = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** A rule from a form or a JSON body, where everything but the kind may be left out; a sentence when it makes no sense. */
export function readRule(given: Readonly<Record<string, unknown>>, nowMs: number): FaultRule | string {
  const kind = word(given["kind"], "");
  if (!isFaultKind(kind)) return `No such fault: ${kind}. There are ${Object.keys(faultKinds).join(", ")}.`;
  const surface = word(given["surface"], "any");
  if (!isSurface(surface)) return `No such surface: ${surface}. There are ${surfaces.join(", ")}.`;
  const seconds = number(given["forSeconds"], 0);
  const isEndless =
    given["count"] === null || given["count"] === "all" || (given["count"] === undefined && seconds > 0);
  return {
    kind,
    surface,
    shop: words(given["shop"]),
    match: words(given["match"]),
    skip: number(given["skip"], 0),
    count: isEndless ? null : number(given["count"], 1),
    untilMs: seconds > 0 ? nowMs + seconds * 1000 : null,
    share: number(given["share"], 1),
    ms: number(given["ms"], defaultRule.ms),
    bytes: number(given["bytes"], defaultRule.bytes),
    status: number(given["status"], defaultRule.status),
    retryAfter: words(given["retryAfter"]),
    field: words(given["field"]),
    to: words(given["to"]),
    text: words(given["text"]),
  };
}
