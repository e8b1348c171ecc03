// Every call that leaves the house for a place that a person or a provider named goes through here: https only, the
// address checked and the socket pinned to it, redirects off, size and time capped.
import type { Json } from "../contract.ts";

export interface OutboundClient {
  /** Throws `SourceFailure` of class transient (network, time) or invalid_request (an address we refuse). Any status is an answer. */
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
  /** Default 64 MB; a stream of lines may ask for more. */
  readonly bytesMax?: number;
};

/** The body can be taken once, by one of these. What is not wanted must be discarded. */
export interface Answer {
  readonly status: number;
  /** Lower-case names; several values joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  text(): Promise<string>;
  /** Numbers that a double cannot hold arrive as their exact text. */
  json(): Promise<Json>;
  lines(): AsyncIterable<string>;
  discard(): Promise<void>;
  /** Bytes taken off the wire so far. */
  readonly bytes: () => number;
}
