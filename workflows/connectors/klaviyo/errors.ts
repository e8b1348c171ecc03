// Klaviyo's answers → our failure classes, by status and by the code inside: older revisions answer 400 where newer ones
// answer 401, so a credential is told by code and words too.
import { ofRequest, SourceFailure, type Failure } from "../failure.ts";
import { parseExactly, type Json } from "../json.ts";
import { saidBy } from "../outbound/redact.ts";
import { cutWords, readRetryAfter } from "../protocol/retry-after.ts";
import { isFields, wordsOf, type Fields } from "../read-fields.ts";

export type Refusal = {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
  readonly now: Date;
  /** What the call needed; named when the source does not name it. */
  readonly scope: string;
};

/** Where a 429 says nothing of use: the steady window is a minute. */
const UNTOLD_WAIT_MS = 30_000;
const KEY_CODES = new Set(["not_authenticated", "authentication_failed"]);

export function refusedBy(refusal: Refusal): SourceFailure {
  const error = firstError(refusal.body);
  const code = error === null ? "" : wordsOf(error, "code");
  const detail = error === null ? "" : wordsOf(error, "detail");
  const said = saidBy(`${refusal.status} ${error === null ? refusal.body : `${code} ${detail}`}`);
  const failure = classified(refusal, { code, detail, error }, said);
  return new SourceFailure(ofRequest(failure, error === null ? undefined : wordsOf(error, "id")));
}

type Told = { readonly code: string; readonly detail: string; readonly error: Fields | null };

function classified(refusal: Refusal, told: Told, said: string): Failure {
  const { status } = refusal;
  if (isAboutKey(status, told)) return { class: "reauthorize", why: "revoked", code: "klaviyo.keyRefused", said };
  if ((status === 403 && told.error !== null) || told.code === "permission_denied") {
    const lacks = /\b([a-z-]+:read)\b/.exec(told.detail)?.[1] ?? refusal.scope;
    return { class: "permission", lacks, curedBy: "grant", code: "klaviyo.scopeMissing", said };
  }
  if (status === 429) return limited(refusal, told.detail, said);
  if (status >= 500 || status < 400 || status === 408 || status === 403) return trouble(refusal, said);
  if (status === 404) return { class: "gone", what: "object", code: "klaviyo.gone", said };
  if (status === 410) return { class: "invalid_request", code: "klaviyo.revisionRetired", said };
  const isCursor = /cursor/i.test(pointerIn(told.error) + told.detail);
  return { class: "invalid_request", code: isCursor ? "klaviyo.cursorRefused" : "klaviyo.badRequest", said };
}

function isAboutKey(status: number, { code, detail }: Told): boolean {
  if (status === 401 || KEY_CODES.has(code)) return true;
  return status === 400 && /api key|authorization header|authentication credentials/i.test(detail);
}

function limited({ retryAfter, now }: Refusal, detail: string, said: string): Failure {
  const wait = readRetryAfter(retryAfter, now) ?? readRetryAfter(/available in (\d+) second/.exec(detail)?.[1], now);
  const retryAt = new Date(now.getTime() + (wait?.ms ?? UNTOLD_WAIT_MS)).toISOString();
  return {
    class: "rate_limit",
    code: "klaviyo.throttled",
    retryAt,
    said: wait?.isCut === true ? cutWords(retryAfter, said) : said,
  };
}

function trouble({ retryAfter, now }: Refusal, said: string): Failure {
  const wait = readRetryAfter(retryAfter, now);
  if (wait === null) return { class: "transient", code: "klaviyo.trouble", said };
  return {
    class: "transient",
    code: "klaviyo.trouble",
    retryAt: new Date(now.getTime() + wait.ms).toISOString(),
    said: wait.isCut ? cutWords(retryAfter, said) : said,
  };
}

function firstError(body: string): Fields | null {
  const document = parsed(body);
  const errors = isFields(document) ? document["errors"] : null;
  const [first] = Array.isArray(errors) ? errors : [];
  return isFields(first) ? first : null;
}

function parsed(body: string): Json {
  try {
    return parseExactly(body);
  } catch {
    return null; // HTML and the like: said as it came
  }
}

function pointerIn(error: Fields | null): string {
  const source = error?.["source"];
  return isFields(source) ? `${wordsOf(source, "pointer")}${wordsOf(source, "parameter")} ` : "";
}
