import { errorFacts } from "./log.ts";
import type { Log } from "./log.ts";

export type Following = () => Promise<void>;

/** Rings, mails and calls out, once a transaction has committed. No answer waits for them: what fails here, the outbox and the sweeps make good. */
export function followCommit({ log }: { readonly log: Log }, following: readonly Following[]): void {
  for (const work of following)
    void work().catch((error: unknown) => log.error("work after the commit failed", errorFacts(error)));
}
