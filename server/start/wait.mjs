// Waiting for a condition, with an end.

/** @param {number} ms
 * @returns {Promise<void>} */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until the answer is true. Returns false when the time is over or the signal says stop.
 * @param {() => Promise<boolean> | boolean} holds
 * @param {{ withinMs: number, everyMs?: number, signal?: AbortSignal }} options
 * @returns {Promise<boolean>} */
export async function eventually(holds, { withinMs, everyMs = 50, signal }) {
  const until = Date.now() + withinMs;
  for (;;) {
    if (await holds()) return true;
    if (signal?.aborted || Date.now() >= until) return false;
    await pause(Math.min(everyMs, Math.max(1, until - Date.now())));
  }
}
