// On a running stack: days brought forward in a long history, one store in the place of another, and what a stop would mean.
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { atDesk } from "./desk.ts";
import { connectShopify, expectNoComplaints, paths, press, signIn, toShopify } from "./visit.ts";
import { ownStack } from "./own-stack.ts";

const own = ownStack();

/** How long the source prepares each file of a history. */
const filesTake = (ms: number) => atDesk(own.stack.sandboxUrl, "settings", { bulkRunningMs: ms });
const plain = async (text: Promise<string | null>): Promise<string> => ((await text) ?? "").replaceAll("\u00a0", " ");

const mapOf = (page: Page): Locator => page.getByRole("slider", { name: /Days of history/u });

/** The oldest three days, by keys. */
async function chooseOldest(page: Page): Promise<void> {
  await mapOf(page).focus();
  for (const key of ["ArrowLeft", "Home", "Shift+ArrowRight", "Shift+ArrowRight"]) await page.keyboard.press(key);
  // How long they take is not known in the first half minute; that they come first is.
  const answer = page.locator(".forward [role=status] p");
  await answer.waitFor();
  expect(await plain(answer.textContent())).toMatch(
    /^(?:Ready in about .+ the total stays the same|It is too early to say how long they take\. .+)\.$/u,
  );
}

test("the oldest days of a long history are brought forward, and a page that is opened later still shows it", async () => {
  await using owner = await own.visit();
  const { page } = owner;
  await signIn(owner);
  // What is brought forward is shown while a history is read: it stays so until the page has been opened again.
  await filesTake(3_600_000);
  await connectShopify(owner, "hundred-thousand.myshopify.com");
  await chooseOldest(page);
  await page.getByRole("button", { name: "Bring forward" }).click();
  await page.locator(".forward").waitFor({ state: "hidden" });
  await page.locator(".leg").getByText("Brought forward").waitFor();
  await page.reload();
  await page.locator(".leg").getByText("Brought forward").waitFor();
  await expect.poll(() => page.locator("[data-month] i.b").count()).toBeGreaterThan(1);
  await filesTake(150);
  await expectNoComplaints(owner);
});

test("one store takes the place of another once it is proven: the old one ends with no undo, what depended on it is ticked", async () => {
  await using owner = await own.visit();
  const { page } = owner;
  await signIn(owner);
  await connectShopify(owner, "monsoon-and-moss.myshopify.com");
  const main = page.locator("#main");
  await main.getByText("Active", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: /^Stop data sync/u }).click();
  const stop = page.getByRole("dialog");
  await stop.locator(".stops").getByText("Tiles", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^More actions for/u }).click();
  await page.getByRole("menuitem", { name: "Replace…" }).click();
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("heading", { name: /^Shopify in the place of/u }).waitFor();
  await page.getByRole("textbox").first().fill("lord-howe-surf.myshopify.com");
  // Its history waits: what is seen of the old one is seen between proof and numbers.
  await filesTake(3_600_000);
  const consent = await toShopify(owner);
  await press(consent, "Install");
  const list = page.getByRole("region", { name: /^What depended on/u });
  await list.getByRole("checkbox", { name: /^Orders/u }).check();
  await list.getByText(/^1 of \d+ checked$/u).waitFor();
  await page.getByRole("link", { name: "Watch it come in" }).click();
  await page.waitForURL(/\/datasources\/[^/]+$/u);
  await page.goto(`${page.url()}/settings`);
  const switched = page.getByRole("region", { name: "Replacement" });
  await expect
    .poll(
      async () => {
        await page.reload();
        return plain(switched.textContent());
      },
      { interval: 3_000 },
    )
    .toContain("It took the place of");
  await main.getByText("Fetching historical data", { exact: true }).first().waitFor();
  await switched.getByRole("link").click();
  await page
    .locator("#main")
    .getByText(/took its place\. Days from/u)
    .waitFor();
  expect(await page.getByRole("button", { name: /^(?:Undo|Stop data sync)/u }).count()).toBe(0);
  await page.goBack();
  await filesTake(150);
  await switched.getByLabel("Counts from").fill("2026-01-05");
  await switched.getByRole("button", { name: "Put the day right" }).click();
  await switched.getByText("Saved").waitFor();
  await expect.poll(() => plain(switched.textContent())).toContain("Days before 5 Jan 2026 count from there, that day");
  await expectNoComplaints(owner);
});

test("what was to take another's place, and came home in the same tab with no account to choose, begins again in that place", async () => {
  await using owner = await own.visit();
  const { page } = owner;
  const accounts = ["101000000000001", "101000000000002"]; // all that she could choose of
  const turn = async (to: string): Promise<void> => {
    for (const id of accounts) await atDesk(own.stack.sandboxUrl, `meta-ads/accounts/${id}`, { action: "status", to });
  };
  const inItsPlace = page.getByRole("heading", { name: /^Meta Ads in the place of/u });
  const signInHere = async (): Promise<void> => {
    await inItsPlace.waitFor();
    await page.getByRole("button", { name: "Continue to Meta Ads" }).click();
    await page.getByRole("link", { name: "Open in this tab" }).click();
    await page.getByRole("radio", { name: "Priya Sharma" }).check();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL(/\/connect\/meta-ads\?continue=/u);
    await page.getByText(/None of them can be chosen/u).waitFor();
    // Whose place it takes is asked for beside the accounts.
    await inItsPlace.waitFor();
  };
  await signIn(owner);
  await connectShopify(owner, "kuwait-oud.myshopify.com");
  const replaced = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  await turn("2");
  await page.addInitScript("window.open = () => null");
  await owner.go(`${paths.datasources}/connect/meta-ads?replace=${replaced}`);
  await signInHere();
  await page.getByRole("dialog").getByRole("button", { name: "Start again" }).click();
  await signInHere();
  await owner.go(paths.datasources);
  await page.getByRole("link", { name: "Continue" }).click();
  await inItsPlace.waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Start again" }).click();
  await page.waitForURL(`**/connect/meta-ads?replace=${replaced}`);
  await page.getByRole("button", { name: "Continue to Meta Ads" }).waitFor();
  await turn("1");
  await expectNoComplaints(owner);
});
