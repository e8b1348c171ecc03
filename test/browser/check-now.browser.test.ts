// On a running stack: a figure changes at the source, and whoever doubts it has the numbers checked again at once.
import type { Locator } from "playwright-core";
import { expect, test } from "vitest";
import { atDesk } from "./desk.ts";
import { ownStack } from "./own-stack.ts";
import { region } from "./saying.ts";
import { connectShopify, expectNoComplaints, paths, picture, signIn } from "./visit.ts";

const own = ownStack();
const shop = "monsoon-and-moss.myshopify.com";
const zone = "Asia/Kolkata";
const checks = region("Our numbers beside the source’s own");

const dayOf = (at: Date): string => new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(at);

/** The number of the last order that the shop made on a day, as its desk counts them. */
async function lastOf(day: string): Promise<number> {
  const response = await fetch(`${own.stack.sandboxUrl}/_desk/orders/${shop}?of=truth`);
  const names = (await response.text())
    .split("\n")
    .filter((line) => line !== "")
    .map((line): { name: string; createdAt: string } => JSON.parse(line));
  const one = names.findLast(({ createdAt }) => dayOf(new Date(createdAt)) === day);
  return Number(one?.name.replace("#", "")) - 1001;
}

const theirs = async (row: Locator): Promise<number> =>
  Number((await row.getByRole("cell").first().innerText()).replaceAll(/\D/gu, ""));

test("an order goes at the source, and the check that is asked for shows it", async () => {
  await using owner = await own.visit();
  const { page } = owner;
  await signIn(owner);
  await connectShopify(owner, shop);
  await page.locator("#main .hd").getByText("Active", { exact: true }).waitFor();
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const yesterday = dayOf(new Date(Date.now() - 86_400_000));
  await owner.go(`${paths.datasources}/${id}/numbers?day=${yesterday}`);
  const row = checks(page)
    .getByRole("row", { name: /^Orders/u })
    .first();
  await row.waitFor();
  const before = await theirs(row);
  await atDesk(own.stack.sandboxUrl, `shops/${shop}`, { action: "happen", kind: "remove", n: await lastOf(yesterday) });
  await checks(page).getByRole("button", { name: "Check again now" }).click();
  await expect.poll(() => theirs(row)).toBe(before - 1);
  await checks(page).getByRole("button", { name: "Check again now" }).waitFor();
  await picture(owner, "check-now");
  await owner.go(`${paths.datasources}/${id}/timeline`);
  await page.getByText(/asked to check the numbers again\./u).waitFor();
  await expectNoComplaints(owner);
});
