// What can go wrong at a source, by what the engine does about it. A connector turns every answer it does not like
// into one of these; nothing above it reads a provider's status codes or words.

type Told = {
  /** A stable code that locales word, such as `shopify.frozen`; see `failure.<code>` in the connector's catalog. */
  readonly code: string;
  /** The provider's own words, at most 200 characters, secrets taken out. Shown second, never first. */
  readonly said: string;
  /** The provider's own name of the request, where it gives one: its support asks for it. */
  readonly requestId?: string;
};

export type Failure = Told &
  (
    | { readonly class: "reauthorize"; readonly why: "expired" | "revoked" | "rotated" }
    | {
        readonly class: "permission";
        /** The scope or role to ask for; `atSource` when no consent cures it. */
        readonly lacks: string;
        /**
         * `source`: a frozen store and the like. The engine holds the datasource and probes it daily. `operator`: our app itself
         * is refused or lacks an approval. No merchant is asked; it is tried again and counted as a fault of ours.
         */
        readonly curedBy: "grant" | "source" | "operator";
      }
    | {
        readonly class: "rate_limit";
        /** ISO instant, never in the past by more than the clock's skew. */ readonly retryAt: string;
      }
    | { readonly class: "transient"; readonly retryAt?: string }
    | { readonly class: "invalid_request" }
    | { readonly class: "gone"; readonly what: "account" | "object" }
  );

const REQUEST_ID = /^[\w.:-]{1,80}$/;

/** What is named already keeps its name; what is no plain name is left out. */
export const ofRequest = (failure: Failure, requestId: string | undefined): Failure =>
  failure.requestId === undefined && requestId !== undefined && REQUEST_ID.test(requestId)
    ? { ...failure, requestId }
    : failure;

const failureMark = Symbol.for("headwater.sourceFailure");

/** The one error that leaves a connector on purpose. Anything else thrown is a bug. */
export class SourceFailure extends Error {
  override readonly name = "SourceFailure";
  readonly failure: Failure;
  readonly [failureMark] = true;
  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(`${failure.class} ${failure.code}: ${failure.said}`, options);
    // Cut where half a letter was left, or with a NUL in it, no document of ours could hold it.
    this.failure = { ...failure, said: failure.said.replaceAll("\0", "\ufffd").toWellFormed() };
  }
}

/** By mark and not by class, so that two copies of this module still know each other's failures. */
export function isSourceFailure(error: unknown): error is SourceFailure {
  return typeof error === "object" && error !== null && failureMark in error;
}
