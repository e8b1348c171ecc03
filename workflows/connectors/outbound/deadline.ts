// The time that one exchange may take in all, and the difference between "too slow" and "stopped by us".
import type { SourceFailure } from "../failure.ts";
import { cutShort } from "./body.ts";

export interface Deadline {
  readonly signal: AbortSignal;
  /** Why the exchange broke: the deadline, the caller's own signal (rethrown as it is), or what went wrong. */
  explain(error: unknown): unknown;
  done(): void;
}

export function startDeadline(
  totalMs: number,
  outer: AbortSignal | undefined,
  otherwise: (error: unknown) => SourceFailure,
): Deadline {
  outer?.throwIfAborted();
  const control = new AbortController();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    control.abort();
  }, totalMs);
  const stop = () => control.abort(outer?.reason);
  outer?.addEventListener("abort", stop, { once: true });
  return {
    signal: control.signal,
    explain: (error) => {
      if (outer?.aborted === true) return outer.reason;
      return isLate ? cutShort("timeout", `Not done within ${totalMs} ms`, error) : otherwise(error);
    },
    done: () => {
      clearTimeout(timer);
      outer?.removeEventListener("abort", stop);
    },
  };
}
