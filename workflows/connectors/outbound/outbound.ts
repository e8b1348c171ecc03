// What the rest of the house sees of the outbound client. Every call that leaves for a place that a person or a
// provider named goes through it; `guarded.ts` makes one.
import type { Json } from "../json.ts";

export interface Outbound {
  /** Any status is an answer. Throws `SourceFailure`: transient (network, time), invalid_request (an address we refuse). */
  send(request: OutboundRequest): Promise<Answer>;
  /** Where a browser must go for this address: PROVIDER_ROUTES makes it `<origin>/~/<real host>/<path>`. */
  browserAddress(address: URL): string;
  close(): Promise<void>;
}

export type OutboundRequest = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The hosts this request may reach; anything else is refused. Exact, or `*.name`. */
  readonly hosts: readonly string[];
  readonly signal?: AbortSignal;
  /** Whole exchange, body included. Default 60 s. */
  readonly totalMs?: number;
  /** After decompression. Default 64 MB; a stream of lines may ask for more. */
  readonly bytesMax?: number;
};

/** Sources answer 201 or 202 where they document 200. */
export const isGood = (status: number): boolean => status >= 200 && status < 300;

/** The body can be taken once, by one of these. What is not wanted must be discarded. */
export interface Answer {
  readonly status: number;
  /** Lower-case names; several values joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  text(): Promise<string>;
  /** Throws transient `notJson`, with the first 200 bytes redacted, for HTML, an empty body and the like. */
  json(): Promise<Json>;
  /** Without their line ends; never holds more than one line and one chunk. */
  lines(): AsyncIterable<string>;
  /** Its bytes, unpacked as the headers say. */
  chunks(): AsyncIterable<Uint8Array>;
  discard(): Promise<void>;
  /** Body bytes taken off the wire so far. */
  bytes(): number;
}
