// What a connector is given to work with. The load path builds it: credential from the vault, refreshed by one party at
// a time; rate leases; the ledger of calls; the clock. A connector never sees how.
import type { AccountFacts } from "./account-facts.ts";
import type { Login } from "./authorization.ts";
import type { Scope } from "./catalog-entry.ts";
import type { Choices } from "./choices.ts";
import type { Answer } from "./outbound/outbound.ts";

export interface SourceSession {
  readonly http: SourceHttp;
  readonly login: Login;
  /** Null only while the account is being probed for the first time. */
  readonly account: AccountFacts | null;
  readonly scopes: ReadonlySet<Scope>;
  /** The file that an import reads: uploaded, or pulled from where the person said. Absent for every other run. */
  readonly file?: SourceFile;
  readonly choices: Choices;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** What the source's answer said of its bucket, so that everyone who shares it knows. */
  measured(reading: BucketReading): void;
  /** What it said of the fixed window behind an allowance. It slows us down where others use the account too, and never hurries us. */
  left(allowance: string, reading: WindowReading): void;
}

export interface SourceHttp {
  /**
   * One call: allowance taken, credential put on, sent through the guarded client, written to the ledger, then read.
   * `read` is the connector's: it takes the body and throws a `SourceFailure` for every answer that is not one,
   * whatever its status. What happens then is decided here, once for all connectors: `reauthorize`/`expired` is met by
   * one refresh and one repeat, `transient` and a short `rate_limit` by a wait and a repeat, the rest is thrown on.
   * A call marked `once` is never repeated, except after a 401.
   */
  call<T>(request: SourceRequest, read: (answer: Answer) => Promise<T>): Promise<T>;
}

export type SourceRequest = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** `none` for an address that came out of an answer: pre-signed links and the like. */
  readonly credential: "attached" | "none";
  /** Points to take from the bucket before sending; 0 for what the source does not count. */
  readonly cost: number;
  /** Which of `rate.allowances` it takes one of, besides its cost. */
  readonly allowance?: string;
  /** What the call is, for the ledger: `orders`, `bulk.poll`. Never an id or an address. */
  readonly purpose: string;
  /** What may not happen twice because of a lost answer (a bulk operation, a report), or is not worth waiting for. */
  readonly once?: boolean;
  readonly totalMs?: number;
  readonly bytesMax?: number;
};

/** Opened, decrypted and kept in one place for as long as a run needs it; read from any byte, so that a restart can go on. */
export interface SourceFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  read(fromByte: number): AsyncIterable<Uint8Array>;
}

export type BucketReading = { readonly available: number; readonly maximum: number; readonly restorePerSecond: number };

/** So many calls until the window ends. */
export type WindowReading = { readonly calls: number; readonly endsInMs: number };

export interface Clock {
  now(): Date;
}

export interface Log {
  info(event: string, facts?: { readonly [name: string]: unknown }): void;
  warn(event: string, facts?: { readonly [name: string]: unknown }): void;
}
