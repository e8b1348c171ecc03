// What every fault test needs to tell rest from change. Shopify's times are whole seconds: an edit is behind a sync only once its
// second is over by the provider's own clock. "Nothing more happens" has no event to wait for: it is watched, for a while.
import { setTimeout as sleep } from "node:timers/promises";
import type { Fields } from "./caller.ts";
import type { Product } from "./product.ts";

const secondAtDesk = async (product: Product): Promise<number> =>
  Math.floor(Date.parse(String((await product.desk("state"))["now"])) / 1000);

/** Until the provider's clock has left the second it is in. */
export async function secondOver(product: Product): Promise<void> {
  const now = await secondAtDesk(product);
  await product.until("the provider's second is over", async () => (await secondAtDesk(product)) > now);
}

/** Reads a number again and again for a bounded time; answers every value it took, the first one first. */
export async function watched(read: () => Promise<number>, forMs: number): Promise<number[]> {
  const everyMs = 250;
  const values = [await read()];
  for (let polls = Math.ceil(forMs / everyMs); polls > 0; polls -= 1) {
    await sleep(everyMs);
    const value = await read();
    if (value !== values.at(-1)) values.push(value);
  }
  return values;
}

/** What stood and stands no more as it was. A history that still comes in adds to what stands, and may: it takes nothing away. */
export function lostOf(before: readonly Fields[], after: readonly Fields[]): Fields[] {
  const stands = new Set(after.map((row) => JSON.stringify(row)));
  return before.filter((row) => !stands.has(JSON.stringify(row)));
}
