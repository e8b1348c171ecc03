// The eight pairs of statuses, and what a datasource's page must say in each: cause, since when, by whom, what to do next.
import { expect } from "vitest";
import type { Page } from "playwright-core";
import { accessibilityFindings } from "./accessibility.ts";

const connections = ["Connected", "Reauthorize"] as const;
const syncs = ["Not synced", "Fetching historical data", "Active", "Inactive"] as const;
export type Pair = `${(typeof connections)[number]} + ${(typeof syncs)[number]}`;
export const allPairs: readonly Pair[] = connections.flatMap((connection) =>
  syncs.map((sync) => `${connection} + ${sync}` as const),
);

export interface Told {
  /** Where on the page: its head and what stands below it; null where all is well. */
  readonly cause: RegExp | null;
  readonly connection: RegExp;
  readonly dataSync: RegExp;
  readonly next: RegExp;
}

const plain = (text: string): string => text.replaceAll(/\s+/gu, " ").trim();

/** What the card says beside one of its terms. */
async function fact(page: Page, term: string): Promise<string> {
  const card = page.getByRole("region", { name: "Where it stands" });
  return plain(
    await card
      .locator("dl > div")
      .filter({ has: page.getByText(term, { exact: true }) })
      .locator("dd")
      .innerText(),
  );
}

/** Waits for the pair on the page that is open, then reads everything else that the page must say of it. */
export async function showsPair(page: Page, pair: Pair, told: Told): Promise<void> {
  const [connection = "", sync = ""] = pair.split(" + ");
  const head = page.locator("#main .hd");
  // A history tells its percentage in the same place.
  for (const word of [new RegExp(`^${connection}$`, "u"), new RegExp(`^${sync}`, "u")])
    await head.getByText(word).first().waitFor();
  if (told.cause) await page.locator("#main").getByText(told.cause).first().waitFor();
  const card = { "Next step": told.next, Connection: told.connection, "Data sync": told.dataSync };
  for (const [term, words] of Object.entries(card))
    await expect.poll(() => fact(page, term), { message: `${pair}: ${term}` }).toMatch(words);
  expect(await accessibilityFindings(page), pair).toEqual([]);
}
