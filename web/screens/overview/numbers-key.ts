import type { LiveState } from "../../live/live-store.ts";

/** Numbers can only have moved when some datasource has read further. */
export function numbersKey({ byId }: LiveState): string {
  return [...byId.values()]
    .map(({ id, completeThrough, rowsTotal, firstNumbersAt }) => `${id}${completeThrough}${rowsTotal}${firstNumbersAt}`)
    .join();
}
