// Somebody new: signs up, reads the mail on the mailbox's page, and stands in an organisation of their own.
import { expect } from "vitest";
import type { Locator, Page } from "playwright-core";
import type { Visit } from "./visit.ts";

export interface Newcomer {
  readonly email: string;
  readonly brand: string;
  /** The brand as it stands in addresses. */
  readonly slug: string;
}

export async function signUp({ page, stack, go }: Visit, { email, brand, slug }: Newcomer): Promise<void> {
  await go("/sign-up");
  await page.getByLabel("Your name").fill("Meera Iyer");
  await page.getByLabel("E-mail").fill(email);
  await page.locator('input[autocomplete="new-password"]').fill("a lamp in the rain at noon");
  await page.getByLabel("Brand", { exact: true }).fill(brand);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText(email).first().waitFor();
  const link = page.locator("article").filter({ hasText: email }).locator("a").first();
  const isMailed = async (): Promise<boolean> => {
    await page.goto(`${stack.appUrl}/mailbox`);
    return (await link.count()) > 0;
  };
  await expect.poll(isMailed).toBe(true);
  await page.goto((await link.getAttribute("href")) ?? "");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL(`**/${slug}/**`);
}

/** The screens of one organisation, by what stands on them. */
export function placesOf(visiting: Visit, slug: string) {
  const { page, go } = visiting;
  const list = `/${slug}/settings/integrations/datasources`;
  const rowOf = (name: string): Locator =>
    page.getByRole("table", { name: "Connected datasources" }).getByRole("row").filter({ hasText: name });
  return {
    rowOf,
    connectShopify: `${list}/connect/shopify`,
    openList: () => go(list),
    openConnect: (platform: string) => go(`${list}/connect/${platform}`),
    async openDetail(name: string): Promise<void> {
      await go(list);
      await rowOf(name).getByRole("link").first().click();
      await page.waitForURL(/\/datasources\/[^/]+$/u);
      await page.getByRole("heading", { level: 1 }).waitFor();
    },
    /** An entry of the menu of the datasource whose page is open. */
    async choose(action: string): Promise<void> {
      await page.getByRole("button", { name: /^More actions for/u }).click();
      await page.getByRole("menuitem", { name: action }).click();
    },
    async disconnect(name: string, usedAfter: string): Promise<void> {
      await this.openDetail(name);
      await this.choose("Disconnect…");
      await page
        .getByRole("alertdialog")
        .getByRole("button", { name: /^Disconnect / })
        .click();
      await page.getByRole("img", { name: usedAfter }).waitFor();
    },
    /** What the head of its page says of it. */
    async reads(status: string | RegExp): Promise<void> {
      await page.locator("#main .hd").getByText(status, { exact: true }).first().waitFor();
    },
  };
}

export const drawerOf = (page: Page): Locator => page.getByRole("dialog");
