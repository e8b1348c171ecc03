// Every way that a consent can end, and what is typed before it: each has its own words, and nothing is lost.
import type { Page } from "playwright-core";
import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { atDesk } from "./desk.ts";
import {
  connectShopify,
  expectNoComplaints,
  openConsent,
  openWindows,
  paths,
  picture,
  press,
  signIn,
  syncUntil,
  toShopify,
  type Visit,
} from "./visit.ts";
import { ownStack } from "./own-stack.ts";

const own = ownStack();
let merchant: Visit;

beforeEach(async () => {
  merchant = await own.visit();
  await signIn(merchant);
});
afterEach(async ({ task }) => {
  if (task.result?.state === "fail")
    await picture(merchant, `failed-${task.name.replaceAll(/\W+/gu, "-").slice(0, 60)}`);
  // Whatever came of it: the app tells it, and no window of a consent is left behind.
  await expect.poll(() => openWindows(merchant)).toBe(0);
  await expectNoComplaints(merchant);
  await merchant[Symbol.asyncDispose]();
});

/** Goes to the source from the drawer that is open, with nothing to type. */
async function consentFrom(visiting: Visit): Promise<Page> {
  const consent = await toShopify(visiting);
  await consent.getByRole("heading", { name: /^Install Headwater on/u }).waitFor();
  return consent;
}

/** Of the connected one, as its address has it. */
async function idOf(shop: string): Promise<string> {
  await merchant.go(paths.datasources);
  const rows = merchant.page.getByRole("table", { name: "Connected datasources" }).getByRole("row");
  const link = rows.filter({ hasText: shop }).getByRole("link").first();
  return (await link.getAttribute("href"))?.split("/").at(-1) ?? "";
}

/** The one that was begun last has had its ten minutes. */
async function tenMinutesPass(): Promise<void> {
  const sql = postgres(own.stack.ownerUrl, { max: 1 });
  try {
    const ended = await sql`update connect_attempts set expires_at = now()
      where id = (select id from connect_attempts order by created_at desc limit 1) and consumed_at is null`;
    expect(ended.count).toBe(1);
  } finally {
    await sql.end();
  }
}

/** The attempt stands in the address, and is not that one. */
async function attemptOtherThan(before: string | null): Promise<string | null> {
  const named = (url: URL | string): string | null => new URL(url).searchParams.get("attempt");
  await merchant.page.waitForURL((url) => named(url) !== null && named(url) !== before);
  return named(merchant.page.url());
}

const says = (words: RegExp) => merchant.page.getByText(words).first().waitFor();

/** Whatever the test began is not left waiting for the next one. */
async function cancelWhatWaits(): Promise<void> {
  await merchant.go(paths.datasources);
  const waiting = merchant.page.getByRole("button", { name: /^Cancel connecting/u });
  await waiting.first().waitFor();
  const before = await waiting.count();
  await waiting.first().click();
  await expect.poll(() => waiting.count()).toBeLessThan(before);
}

test.each([
  "my shop",
  "https://evil.example/x.myshopify.com",
  "shop.myshopify.com.evil.example",
  "-",
  "a".repeat(80),
  "shop.myshopify.com@evil.example",
])("the shop name %s is refused before any window stays open, and says how one looks", async (typed) => {
  const { page } = merchant;
  await merchant.go(paths.connectShopify);
  const field = page.getByRole("textbox").first();
  await field.fill(typed);
  await page.getByRole("button", { name: "Continue to Shopify" }).click();
  await expect.poll(() => field.getAttribute("aria-invalid")).toBe("true");
  await expect.poll(() => merchant.context.pages().length).toBe(1);
});

test("a consent that is refused: the window's end is noticed, connecting can begin again", async () => {
  const consent = await openConsent(merchant, "kathmandu-tea.myshopify.com");
  expect(
    await consent.locator(`a[href="/"], a[href="${own.stack.sandboxUrl}/"]`).count(),
    "a link to the fault desk",
  ).toBe(1);
  await consent.getByRole("button", { name: "Refuse" }).click();
  await consent.getByText("The app was not installed").waitFor();
  await consent.close();
  await says(/The window of Shopify looks closed/u);
  await cancelWhatWaits();
});

test("a window that is closed: said within seconds, with the way on in this tab", async () => {
  const consent = await openConsent(merchant, "kathmandu-tea.myshopify.com");
  await consent.close();
  await says(/looks closed/u);
  await merchant.page.getByRole("link", { name: "Open in this tab" }).click();
  await merchant.page.getByRole("heading", { name: /^Install Headwater on/u }).waitFor();
  await cancelWhatWaits();
});

test("a blocked pop-up: the same tab goes there, comes back, and goes on in the drawer", async () => {
  const { page } = merchant;
  const drawer = page.getByRole("dialog");
  const goThereAndBack = async (): Promise<void> => {
    await page.getByRole("button", { name: "Continue to Shopify" }).click();
    await says(/Your browser blocked the window of Shopify/u);
    await page.getByRole("link", { name: "Open in this tab" }).click();
    await page.getByRole("button", { name: "Install" }).click();
  };
  await page.addInitScript("window.open = () => null");
  await merchant.go(paths.connectShopify);
  await page.getByRole("textbox").first().fill("kuwait-oud");
  await goThereAndBack();
  await page.waitForURL(`${own.stack.appUrl}${paths.connectShopify}?continue=**`);
  await drawer.getByText("First numbers are ready").waitFor();
  const id = await idOf("kuwait-oud");
  await merchant.go(`${paths.connectShopify}?reauthorize=${id}`);
  await goThereAndBack();
  await page.waitForURL(`${own.stack.appUrl}${paths.connectShopify}?reauthorize=${id}&attempt=**`);
  await drawer.getByText("The access works again").waitFor();
});

test("a reload while the consent is open, and after it, goes on where it was; so does the way back", async () => {
  const { page } = merchant;
  const drawer = page.getByRole("dialog");
  const waits = drawer.getByRole("heading", { name: "Waiting for Shopify" });
  const consent = await openConsent(merchant, "ten-thousand.myshopify.com");
  const first = await attemptOtherThan(null);
  await waits.waitFor();
  await page.reload();
  await waits.waitFor();
  await drawer.getByText(/^Your sign-in is kept until /u).waitFor();
  await merchant.go(paths.datasources);
  await page.getByText(/^Waiting for the consent at Shopify\. The sign-in is kept until /u).waitFor();
  await page.goBack();
  await waits.waitFor();
  await consent.close();
  const other = await consentFrom(merchant);
  const second = await attemptOtherThan(first);
  await page.reload();
  await waits.waitFor();
  await press(other, "Install");
  await drawer.getByText("First numbers are ready").waitFor();
  await page.reload();
  await drawer.getByText("First numbers are ready").waitFor();
  expect(await attemptOtherThan(first)).toBe(second);
});

test("so does a reload while one is authorized again or replaced, and what ended begins again in the other's place", async () => {
  const { page } = merchant;
  const drawer = page.getByRole("dialog");
  const waits = drawer.getByRole("heading", { name: "Waiting for Shopify" });
  const id = await idOf("ten-thousand");
  await merchant.go(`${paths.connectShopify}?reauthorize=${id}`);
  const consent = await consentFrom(merchant);
  await attemptOtherThan(null);
  await page.reload();
  await waits.waitFor();
  await drawer.getByRole("heading", { name: "Reauthorize Shopify" }).waitFor();
  await press(consent, "Install");
  await drawer.getByText("The access works again").waitFor();
  await page.reload();
  await drawer.getByText("The access works again").waitFor();
  await merchant.go(`${paths.connectShopify}?replace=${id}`);
  await page.getByRole("textbox").first().fill("kathmandu-tea");
  const another = await consentFrom(merchant);
  await attemptOtherThan(null);
  await page.reload();
  await waits.waitFor();
  const inItsPlace = drawer.getByRole("heading", { name: /^Shopify in the place of/u });
  await inItsPlace.waitFor();
  await tenMinutesPass();
  await says(/It took longer than ten minutes/u);
  // Nothing but the address knows it now.
  await page.reload();
  await says(/It took longer than ten minutes/u);
  await drawer.getByRole("button", { name: "Start again" }).click();
  await page.waitForURL(`**${paths.connectShopify}?replace=${id}`);
  await inItsPlace.waitFor();
  await another.close();
});

test("a consent that comes home after its ten minutes connects nothing; both windows say so, and it begins again", async () => {
  // The window itself closes with the attempt; somebody had the source's page open elsewhere.
  const address = (await openConsent(merchant, "kathmandu-tea.myshopify.com")).url();
  await tenMinutesPass();
  await says(/It took longer than ten minutes/u);
  const answered = merchant.context.waitForEvent("response", (one) => one.url().includes("/oauth/shopify/callback"));
  const late = await merchant.context.newPage();
  await late.goto(address);
  await late.getByRole("button", { name: "Install" }).click();
  expect((await answered).status()).toBeLessThan(500);
  await late.getByText(/came too late or was used before/u).waitFor();
  await late.getByRole("link", { name: "Back to Headwater" }).waitFor();
  await merchant.page.getByRole("dialog").getByRole("button", { name: "Start again" }).click();
  await merchant.page.getByRole("textbox").first().waitFor();
  await cancelWhatWaits();
});

test("a forged callback changes nothing and says so", async () => {
  const { page } = merchant;
  const forged = `/oauth/shopify/callback?code=abc&shop=kathmandu-tea.myshopify.com&state=forged&timestamp=1&hmac=${"0".repeat(64)}`;
  const response = await page.goto(`${own.stack.appUrl}${forged}`);
  expect(response?.status()).toBeGreaterThanOrEqual(400);
  expect(response?.status()).toBeLessThan(500);
  await page.getByText(/not a genuine answer of the source/u).waitFor();
  await merchant.go(paths.datasources);
  // Headed once the answer is there, which holds what is being connected as well.
  await page.getByRole("heading", { name: "Connected", exact: true }).waitFor();
  expect(await page.getByText("kathmandu-tea").count()).toBe(0);
});

test("a callback that is used again connects nothing twice", async () => {
  const { page } = merchant;
  const consent = await openConsent(merchant, "tokyo-paper.myshopify.com");
  const callback = new Promise<string>((resolve) =>
    merchant.context.on("request", (request) => {
      if (request.url().includes("/oauth/shopify/callback")) resolve(request.url());
    }),
  );
  await press(consent, "Install");
  const used = await callback;
  await page.getByRole("link", { name: "Watch it come in" }).waitFor();
  const again = await merchant.context.newPage();
  await again.goto(used);
  await again.getByText(/came too late or was used before/u).waitFor();
  await using stranger = await own.visit();
  await stranger.page.goto(used);
  await stranger.page.getByText(/was begun in another session/u).waitFor();
  await merchant.go(paths.datasources);
  await page.getByRole("table", { name: "Connected datasources" }).getByText("tokyo-paper").first().waitFor();
  expect(await page.getByRole("row").filter({ hasText: "tokyo-paper" }).count()).toBe(1);
});

test("a consent without a required scope names it, and what is on screen leads on to Active", async () => {
  const { page } = merchant;
  const shop = "lord-howe-surf.myshopify.com";
  const drawer = page.getByRole("dialog");
  const withoutOrders = async (consent: Page): Promise<void> => {
    await consent.getByRole("checkbox", { name: "read_orders", exact: true }).uncheck();
    await press(consent, "Install");
    // The list behind says it from the first time on: whether this consent has ended, the drawer tells.
    await drawer.getByText(/did not grant: read_orders/u).waitFor();
  };
  await withoutOrders(await openConsent(merchant, shop));
  // From the drawer itself it goes on as a new consent for the same datasource, as often as needed.
  await drawer.getByRole("link", { name: "Grant the missing access" }).click();
  await page.getByRole("heading", { name: "Reauthorize Shopify" }).waitFor();
  await withoutOrders(await consentFrom(merchant));
  // Connecting the same shop anew leads to the one that stands already.
  await merchant.go(paths.connectShopify);
  await page.getByRole("textbox").first().fill(shop);
  await page.getByRole("button", { name: "Continue to Shopify" }).click();
  await drawer.getByRole("link", { name: /^Reauthorize / }).waitFor();
  await merchant.go(paths.datasources);
  const row = page.getByRole("table", { name: "Connected datasources" }).getByRole("row").filter({ hasText: shop });
  await row.getByText("Shopify did not grant: read_orders.").waitFor();
  await page.getByText("Nothing has been read yet.").first().waitFor();
  await picture(merchant, "scope-missing");
  await row.getByRole("link", { name: /^Grant again/u }).click();
  const consent = await consentFrom(merchant);
  await press(consent, "Install");
  await page.getByRole("link", { name: "Watch it come in" }).click();
  await page.locator("#main").getByText("Active", { exact: true }).first().waitFor();
});

test("a consent without an optional scope connects, and that stream is not granted; a reload leaves its window as it is", async () => {
  const { page } = merchant;
  const consent = await openConsent(merchant, "monsoon-and-moss.myshopify.com");
  await consent.getByRole("checkbox", { name: "read_products", exact: true }).uncheck();
  const begun = await attemptOtherThan(null);
  await page.reload();
  // Whoever presses it comes back to what they were at.
  await page.getByRole("button", { name: "Continue to Shopify" }).click();
  await press(consent, "Install");
  const watch = page.getByRole("link", { name: "Watch it come in" });
  await watch.waitFor();
  expect(await attemptOtherThan(null)).toBe(begun);
  await watch.click();
  await says(/not granted/iu);
});

test("another shop answers than the one that was asked for: nothing is connected, and it is told by the feed alone", async () => {
  const asks = (body: string | null) => body?.includes('"operationName":"ConnectAttempt"') === true;
  await merchant.page.route("**/graphql", (route) => (asks(route.request().postData()) ? undefined : route.continue()));
  const consent = await openConsent(merchant, "kathmandu-tea.myshopify.com");
  await consent.getByText("Answer as another shop").click();
  await consent.getByRole("combobox").selectOption("hundred-thousand.myshopify.com");
  await press(consent, "Install");
  await says(/came from another account than the one asked for/u);
});

/** Under the bell, which is read anew whenever it is opened. */
async function notice(words: RegExp): Promise<void> {
  const bell = merchant.page.getByRole("dialog", { name: "Notices" });
  const line = bell.getByRole("listitem").filter({ hasText: words });
  await expect
    .poll(async () => {
      await merchant.page.getByRole("button", { name: /^Notices/u }).click();
      await bell.getByRole("link", { name: "Which of it is mailed to you" }).waitFor();
      const found = await line.count();
      await bell.getByRole("button", { name: "Close" }).click();
      return found;
    })
    .toBeGreaterThan(0);
}

test("a store that is frozen at the source is named as what it is, keeps its data, and is asked again at once", async () => {
  const shop = "kathmandu-tea.myshopify.com";
  await connectShopify(merchant, shop);
  await merchant.page.locator("#main").getByText("Active", { exact: true }).first().waitFor();
  await atDesk(own.stack.sandboxUrl, `shops/${shop}`, { action: "condition", to: "frozen" });
  await syncUntil(merchant.page, "Inactive");
  await says(/frozen/iu);
  for (const status of ["Inactive", "Connected"])
    await merchant.page.locator("#main").getByText(status, { exact: true }).first().waitFor();
  await notice(/ is closed or frozen at Shopify: nothing new is read/u);
  await atDesk(own.stack.sandboxUrl, `shops/${shop}`, { action: "condition", to: "open" });
  await merchant.page.getByRole("button", { name: /^Check again whether/u }).click();
  await merchant.page.locator("#main .hd").getByText("Active", { exact: true }).first().waitFor();
  await notice(/ at Shopify is no longer closed or frozen/u);
});

test("a grant revoked at the source turns to Reauthorize, says so, and keeps what was read", async () => {
  const shop = "kuwait-oud.myshopify.com";
  const sql = postgres(own.stack.ownerUrl, { max: 1 });
  const ordersRead = async (): Promise<number> =>
    (await sql`select 1 from orders o join accounts a on a.id = o.account_id where a.domain = ${shop}`).length;
  try {
    await expect.poll(ordersRead).toBeGreaterThan(0);
    const before = await ordersRead();
    await atDesk(own.stack.sandboxUrl, `shops/${shop}`, { action: "revoke" });
    await merchant.go(paths.datasources);
    const row = merchant.page.getByRole("row").filter({ hasText: "kuwait-oud" });
    await row.getByRole("link").first().click();
    await syncUntil(merchant.page, "Reauthorize");
    await says(/The access was revoked at Shopify \(.*\d/u);
    expect(await ordersRead()).toBeGreaterThanOrEqual(before);
    const streams = merchant.page.getByRole("table", { name: "Streams" });
    const rowsShown = streams
      .getByRole("row", { name: /^Orders/u })
      .getByRole("cell")
      .nth(3);
    await rowsShown.filter({ hasText: /[1-9]/u }).waitFor();
  } finally {
    await sql.end();
  }
});
