// A key is tried in the API's memory, where no session waits for anything: a limit that ends within seconds is waited out
// once, for whoever tries a key and then connects with it asks the same twice within a second.
import { setTimeout as sleep } from "node:timers/promises";
import { isSourceFailure } from "../failure.ts";

const LONGEST_MS = 3_000;
const TRIES = 3;

export async function withShortWaits<T>(
  call: () => Promise<T>,
  { now, signal }: { readonly now: () => Date; readonly signal: AbortSignal },
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isSourceFailure(error) || error.failure.class !== "rate_limit" || tries >= TRIES) throw error;
      const waitMs = Date.parse(error.failure.retryAt) - now().getTime();
      if (waitMs > LONGEST_MS) throw error;
      await sleep(Math.max(0, waitMs), undefined, { signal });
    }
  }
}
