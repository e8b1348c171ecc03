// One file over HTTPS, as a feed names it: asked only for what is new, followed where it leads, and never believed. Each
// step passes the guarded client anew, so that no redirect reaches a place that the address itself could not.
import type { SourceFailure } from "../failure.ts";
import { hostName } from "../outbound/hosts.ts";
import type { Answer, Outbound } from "../outbound/outbound.ts";
import { readRetryAfter } from "../protocol/retry-after.ts";
import { failed, inOurWords, refused } from "./failures.ts";
import type { FeedSecret, HttpsAddress } from "./feed-address.ts";

/** What the source said of the file that came last; of use only for the very same address. */
export interface FeedMarks {
  readonly url?: string;
  readonly etag?: string;
  readonly lastModified?: string;
}

export interface PullAsk {
  readonly outbound: Outbound;
  readonly address: HttpsAddress;
  readonly secret: FeedSecret | null;
  readonly marks: FeedMarks;
  readonly bytesMax: number;
  readonly totalMs: number;
  readonly now: Date;
  readonly signal: AbortSignal;
  /** For the ledger of calls: every answer, and null for a call that got none. */
  readonly heard: (answer: Answer | null) => void;
}

export type Pulled =
  | { readonly kind: "unchanged" }
  | {
      readonly kind: "file";
      readonly filename: string;
      readonly marks: FeedMarks;
      /** Throws a `SourceFailure` for a page instead of a file, and for a body that is cut short or too large. */
      readonly bytes: AsyncIterable<Uint8Array>;
    };

const REDIRECTS_MOST = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const LONGEST_MARK = 500;

/** Throws `SourceFailure` in the words of this connector. */
export async function pullFile(ask: PullAsk): Promise<Pulled> {
  const home = hostName(new URL(ask.address.url).hostname);
  let url = new URL(ask.address.url);
  let isHome = true;
  for (let redirects = 0; ; redirects += 1) {
    isHome &&= hostName(url.hostname) === home; // once away, what leads back may be anybody's
    const conditions = redirects === 0 ? conditionsOf(ask) : {};
    const answer = await send(ask, url, isHome, conditions);
    // Of what was asked for without a mark nothing is unchanged.
    if (answer.status === 304 && Object.keys(conditions).length > 0) {
      await answer.discard();
      return { kind: "unchanged" };
    }
    if (answer.status === 200)
      return {
        kind: "file",
        filename: fileNameOf(answer, ask.address.url),
        marks: marksOf(answer, ask.address.url, redirects === 0),
        bytes: aFile(answer.chunks()),
      };
    await answer.discard();
    if (!REDIRECTS.has(answer.status)) throw refusedBy(answer, ask.now);
    const location = answer.headers["location"] ?? "";
    if (redirects >= REDIRECTS_MOST) throw failed({ class: "invalid_request", code: "custom-costs.redirects" });
    if (location === "" || !URL.canParse(location, url))
      throw failed({ class: "invalid_request", code: "custom-costs.refusedRequest" }, String(answer.status));
    url = new URL(location, url);
  }
}

/** A secret is for the host that it was given for, and marks are of the first address alone. */
async function send(
  ask: PullAsk,
  url: URL,
  isHome: boolean,
  conditions: Readonly<Record<string, string>>,
): Promise<Answer> {
  try {
    const answer = await ask.outbound.send({
      method: "GET",
      url: url.href,
      hosts: [url.hostname],
      headers: {
        accept: "text/csv, text/plain;q=0.9, */*;q=0.5",
        ...(isHome ? credentialOf(ask) : {}),
        ...conditions,
      },
      bytesMax: ask.bytesMax,
      totalMs: ask.totalMs,
      signal: ask.signal,
    });
    ask.heard(answer);
    return answer;
  } catch (error) {
    ask.heard(null);
    throw inOurWords(error);
  }
}

function credentialOf({ address, secret }: PullAsk): Record<string, string> {
  if (secret === null || address.auth === "none") return {};
  if (address.auth === "bearer") return { authorization: `Bearer ${headerValue(secret)}` };
  if (address.auth === "header") return { [address.name.toLowerCase()]: headerValue(secret) };
  return { authorization: `Basic ${Buffer.from(`${address.name}:${secret.secret}`).toString("base64")}` };
}

/** The line end that a paste brings is no part of it; what no header can carry was never the credential. */
function headerValue({ secret }: FeedSecret): string {
  const value = secret.trim();
  if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(value)) throw refused("No header can carry this credential");
  return value;
}

function conditionsOf({ address, marks }: PullAsk): Record<string, string> {
  if (marks.url !== address.url) return {};
  return {
    ...(marks.etag === undefined ? {} : { "if-none-match": marks.etag }),
    ...(marks.lastModified === undefined ? {} : { "if-modified-since": marks.lastModified }),
  };
}

const SETTLED_MS = 60_000;

/**
 * Only what comes back word for word may be said again; behind a redirect it is another place's word. A time alone is no
 * mark of a file that was just written: it may be written on within the same second, and would be unchanged for ever.
 */
function marksOf({ headers }: Answer, url: string, isFirst: boolean): FeedMarks {
  const { etag, "last-modified": lastModified } = headers;
  const isFit = (mark: string | undefined): mark is string => mark !== undefined && mark.length <= LONGEST_MARK;
  if (!isFirst) return { url };
  if (isFit(etag)) return { url, etag, ...(isFit(lastModified) ? { lastModified } : {}) };
  const isSettled = Date.parse(headers["date"] ?? "") - Date.parse(lastModified ?? "") >= SETTLED_MS;
  return { url, ...(isSettled && isFit(lastModified) ? { lastModified } : {}) };
}

function fileNameOf({ headers }: Answer, url: string): string {
  const said = /filename="?([^";]+)"?/i.exec(headers["content-disposition"] ?? "")?.[1];
  const last = new URL(url).pathname.split("/").at(-1) ?? "";
  return said ?? (last === "" ? "costs.csv" : last);
}

const HEAD_BYTES = 512;

/** What looks like a page is one: a spreadsheet's sign-in comes as 200. */
async function* aFile(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head = Buffer.alloc(0);
  let isKnown = false;
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (!isKnown) {
        head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
        isKnown = head.length >= HEAD_BYTES;
        if (isPage(head)) throw signIn();
      }
      yield chunk;
    }
  } catch (error) {
    throw inOurWords(error, true);
  }
  if (bytes === 0) throw failed({ class: "transient", code: "custom-costs.trouble" }, "an empty body");
}

const PAGE = /^(?:\s|<!--(?:(?!-->)[\s\S])*-->|<\?xml[^>]*>)*<(?:!doctype\s+html|html|head|body|meta|title)\b/i;
const isPage = (head: Buffer): boolean => PAGE.test(head.toString("latin1").replace(/^\u00ef\u00bb\u00bf/, ""));

const signIn = () => failed({ class: "reauthorize", why: "revoked", code: "custom-costs.signInPage" });

function refusedBy({ status, headers }: Answer, now: Date): SourceFailure {
  const said = String(status);
  if (status === 401 || status === 403 || status === 407) return refused(said);
  if (status === 404 || status === 410)
    return failed({ class: "gone", what: "object", code: "custom-costs.missing" }, said);
  const wait = readRetryAfter(headers["retry-after"], now);
  if (status === 429) {
    const retryAt = new Date(now.getTime() + (wait?.ms ?? 60_000)).toISOString();
    return failed({ class: "rate_limit", retryAt, code: "custom-costs.throttled" }, said);
  }
  // A success that is no file is trouble of theirs as well.
  if (status < 400 || status === 408 || status >= 500)
    return failed({ class: "transient", code: "custom-costs.trouble" }, said);
  return failed({ class: "invalid_request", code: "custom-costs.refusedRequest" }, said);
}
