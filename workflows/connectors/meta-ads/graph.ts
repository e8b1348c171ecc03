// One call to the Graph API: version in the path, token in the header and its proof beside it, the answer's error turned into a failure
// whatever its status, its usage headers told to everyone who shares the account's allowance.
import { createHmac } from "node:crypto";
import type { OAuthClient } from "../authorization.ts";
import { isSourceFailure, SourceFailure } from "../failure.ts";
import { parseExactly, type Json } from "../json.ts";
import { isGood, type Answer } from "../outbound/outbound.ts";
import { saidBy } from "../outbound/redact.ts";
import { cursorIn } from "../protocol/cursor-in.ts";
import { childrenOf, isFields, textOrNull, type Fields } from "../read-fields.ts";
import type { SourceSession } from "../session.ts";
import { graphFailure, refusalIn, statusFailure, TOO_MUCH_DATA, type At } from "./errors.ts";
import { bucketOf, readUsage, type Usage } from "./usage.ts";

export const GRAPH = "https://graph.facebook.com/v26.0";
export const GRAPH_HOST = "graph.facebook.com";

export type GraphCall = {
  readonly method?: "GET" | "POST" | "DELETE";
  /** Below the version: `act_1/insights`. */
  readonly path: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly purpose: string;
  readonly once?: boolean;
  readonly cost?: number;
  readonly totalMs?: number;
};
export type GraphAnswer = { readonly body: Json; readonly usage: Usage | null };

/** Proves that the caller has the app's secret, without sending it. */
const proofOf = (token: string, secret: string): string => createHmac("sha256", secret).update(token).digest("hex");

export const withProof = (url: URL, token: string, client: Pick<OAuthClient, "clientSecret"> | null): URL => {
  if (client === null) return url;
  const proven = new URL(url);
  proven.searchParams.set("appsecret_proof", proofOf(token, client.clientSecret));
  return proven;
};

export const callGraph = (session: SourceSession, call: GraphCall): Promise<GraphAnswer> =>
  send(session, call, (answer) => readAnswer(session, call, answer));

/** The failure as a value where it is one of `codes`: what another way of asking cures is no reason to wait and repeat. */
export const tryGraph = (
  session: SourceSession,
  call: GraphCall,
  codes: readonly string[],
): Promise<GraphAnswer | SourceFailure> =>
  send(session, call, async (answer) => {
    try {
      return await readAnswer(session, call, answer);
    } catch (error) {
      if (isSourceFailure(error) && codes.includes(error.failure.code)) return error;
      throw error;
    }
  });

const FEWEST_ROWS = 5;

/** A page of at most so many rows; of ever fewer where Meta calls it too much. The failure as a value where it is one of `codes`. */
export async function tryRows(
  session: SourceSession,
  call: GraphCall,
  rows: number,
  codes: readonly string[] = [],
): Promise<GraphAnswer | SourceFailure> {
  const isLast = rows <= FEWEST_ROWS;
  const params = { ...call.params, limit: String(rows) };
  const answer = await tryGraph(session, { ...call, params }, isLast ? codes : [...codes, TOO_MUCH_DATA]);
  const isTooMuch = answer instanceof SourceFailure && answer.failure.code === TOO_MUCH_DATA;
  return isTooMuch && !isLast ? tryRows(session, call, Math.floor(rows / 4), codes) : answer;
}

/** The same, where no failure is of any use. */
export async function callRows(session: SourceSession, call: GraphCall, rows: number): Promise<GraphAnswer> {
  const answer = await tryRows(session, call, rows);
  if (answer instanceof SourceFailure) throw answer;
  return answer;
}

function send<T>(session: SourceSession, call: GraphCall, read: (answer: Answer) => Promise<T>): Promise<T> {
  const { method = "GET", path, params = {}, purpose, once, cost = 1, totalMs } = call;
  const url = new URL(`${GRAPH}/${path}`);
  const isForm = method === "POST";
  if (!isForm) for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  const form = isForm ? { "content-type": "application/x-www-form-urlencoded" } : {};
  return session.http.call(
    {
      method,
      url: url.href,
      headers: { accept: "application/json", ...form },
      ...(isForm ? { body: new URLSearchParams(params).toString() } : {}),
      credential: "attached",
      cost,
      purpose,
      ...(once === true ? { once: true } : {}),
      ...(totalMs === undefined ? {} : { totalMs }),
    },
    read,
  );
}

async function readAnswer(session: SourceSession, { path }: GraphCall, answer: Answer): Promise<GraphAnswer> {
  const usage = readUsage(answer.headers);
  if (usage !== null) session.measured(bucketOf(usage));
  const at = { now: session.clock.now(), usage, ofAccount: path.startsWith("act_") };
  return { body: judged(await answer.text(), answer, at), usage };
}

/** Errors come with any status, 200 among them. */
export function judged(text: string, { status, headers }: Pick<Answer, "status" | "headers">, at: At): Json {
  const said =
    text === "" ? `${status} with an empty body` : saidBy(`${status} ${headers["content-type"] ?? ""} ${text}`);
  let body: Json;
  try {
    body = parseExactly(text);
  } catch {
    throw statusFailure(status, said, at);
  }
  const error = isFields(body) ? body["error"] : undefined;
  if (isFields(error)) throw graphFailure(refusalIn(error), at);
  if (!isGood(status)) throw statusFailure(status, said, at);
  return body;
}

export function fieldsIn(body: Json): Fields {
  if (isFields(body)) return body;
  throw new SourceFailure({ class: "transient", code: "meta-ads.trouble", said: "200 without an object" });
}

/** The page's rows; a page without a list of them is none. */
export function rowsIn(body: Json): readonly Fields[] {
  const fields = fieldsIn(body);
  if (!Array.isArray(fields["data"]))
    throw new SourceFailure({ class: "transient", code: "meta-ads.trouble", said: "200 without data" });
  return childrenOf(fields, "data");
}

/**
 * Where the next page begins; null on the last. `paging.next` itself is never followed nor kept: it holds the token. One that
 * says of no place where to go on is no last page: to take it for one would bury what stands on those that follow.
 */
export function nextIn(body: Json): string | null {
  const paging = fieldsIn(body)["paging"];
  const next = isFields(paging) ? (paging["next"] ?? null) : null;
  if (!isFields(paging) || next === null) return null;
  const cursors = paging["cursors"];
  const told = isFields(cursors) ? textOrNull(cursors, "after") : null;
  const after = told ?? (typeof next === "string" ? cursorIn(URL.parse(next, GRAPH), "after") : null);
  if (after !== null && after !== "") return after;
  throw new SourceFailure({ class: "transient", code: "meta-ads.trouble", said: "a next page without its place" });
}
