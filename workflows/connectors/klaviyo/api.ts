// One call to Klaviyo's API: the pinned revision, the key in its own scheme, a JSON:API document back or a failure.
import { isSourceFailure, SourceFailure } from "../failure.ts";
import { parseExactly, type Json } from "../json.ts";
import { withTls } from "../outbound/hosts.ts";
import { isGood, type Answer } from "../outbound/outbound.ts";
import { saidBy } from "../outbound/redact.ts";
import { isFields, listOf, type Fields } from "../read-fields.ts";
import type { SourceSession } from "../session.ts";
import { refusedBy } from "./errors.ts";
import { windowIn, type Endpoint } from "./rates.ts";

export const API_HOST = "a.klaviyo.com";
const API_REVISION = "2026-07-15";
const MEDIA_TYPE = "application/vnd.api+json";

export type Call = {
  /** Absolute: a list's next page is followed as the source gave it. */
  readonly url: string;
  /** POST when there is one. */
  readonly body?: Json;
  readonly endpoint: Endpoint;
  readonly scope: string;
  readonly purpose: string;
};

/** Whoever can make a call: a worker's session, or the API process that tries a key in its memory. */
export type Caller = (call: Call) => Promise<Fields>;

export const apiUrl = (path: string, query: Readonly<Record<string, string>> = {}): string => {
  const url = new URL(`/api/${path}`, `https://${API_HOST}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
};

export const headersOf = (call: Call): Record<string, string> => ({
  accept: MEDIA_TYPE,
  revision: API_REVISION,
  ...(call.body === undefined ? {} : { "content-type": MEDIA_TYPE }),
});

export const callerOf =
  (session: SourceSession): Caller =>
  (call) =>
    session.http.call(
      {
        method: call.body === undefined ? "GET" : "POST",
        url: call.url,
        headers: headersOf(call),
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        credential: "attached",
        cost: 1,
        allowance: call.endpoint,
        purpose: call.purpose,
      },
      (answer) => {
        const window = windowIn(answer.headers);
        if (window !== null) session.left(call.endpoint, window);
        return readDocument(answer, call.scope, session.clock.now());
      },
    );

/** The document of a good answer; every other one is a failure. */
export async function readDocument(answer: Answer, scope: string, now: Date): Promise<Fields> {
  const text = await answer.text();
  if (!isGood(answer.status))
    throw refusedBy({ status: answer.status, body: text, retryAfter: answer.headers["retry-after"], now, scope });
  const document = documentIn(text);
  // Some errors come with a good status; what is one by its shape is one.
  if (document !== null && hasErrors(document))
    throw refusedBy({ status: 500, body: text, retryAfter: answer.headers["retry-after"], now, scope });
  if (document !== null && "data" in document) return document;
  const said = saidBy(text === "" ? "200 with an empty body" : `200 ${answer.headers["content-type"] ?? ""} ${text}`);
  throw new SourceFailure({ class: "transient", code: "klaviyo.notJsonApi", said });
}

const hasErrors = ({ errors }: Fields): boolean =>
  Array.isArray(errors) ? errors.length > 0 : errors !== undefined && errors !== null;

function documentIn(text: string): Fields | null {
  try {
    const document = parseExactly(text);
    return isFields(document) ? document : null;
  } catch {
    return null; // a page of HTML, half a document: told by the caller in the provider's words
  }
}

/** The objects of a list; what is not a list where one was asked for is trouble of the source's. */
export function dataOf(document: Fields): readonly Fields[] {
  try {
    return listOf(document, "data");
  } catch (error) {
    if (isSourceFailure(error)) throw error;
    throw new SourceFailure({ class: "transient", code: "klaviyo.notJsonApi", said: "200 without a list of data" });
  }
}

export const attributesOf = (object: Fields): Fields => {
  const attributes = object["attributes"];
  return isFields(attributes) ? attributes : {};
};

/** Where the next page is, relative to the call that was answered. */
export function nextOf(document: Fields, url: string): string | null {
  const next = nextLinkOf(document);
  if (next === null) return null;
  const address = URL.parse(next, url);
  if (address === null)
    throw new SourceFailure({ class: "transient", code: "klaviyo.notJsonApi", said: "a next link that is no address" });
  return withTls(address, [API_HOST]).href;
}

/** By JSON:API an address, or an object that holds one. */
export function nextLinkOf({ links }: Fields): string | null {
  const told = isFields(links) ? links["next"] : null;
  const next = isFields(told) ? told["href"] : told;
  return typeof next === "string" && next !== "" ? next : null;
}
