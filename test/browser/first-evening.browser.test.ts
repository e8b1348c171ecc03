// The way a merchant goes: sign up, connect, watch two years come in, stop, resume, repair, disconnect, undo. One stack, in order.
import { afterAll, beforeAll, expect, test } from "vitest";
import { figuresOf } from "./desk.ts";
import { placesOf, signUp } from "./newcomer.ts";
import { tellInOrder } from "./story.ts";
import { expectNoComplaints, openConsent, picture, press, toShopify, type Visit } from "./visit.ts";
import { ownStack } from "./own-stack.ts";

const slug = "rain-and-cedar";
const shop = "ten-thousand.myshopify.com";
/** The brand's, as the browser of whoever signs up says. */
const zone = "Asia/Kolkata";
/** As the mission has it; or what this machine, where it is slow, takes meanwhile to open so many pages for somebody else. */
const firstNumbersMs = 60_000;
const firstNumbersByPages = 350;
/** Two years are read. */
const daysInAll = 730;

const own = ownStack();
let merchant: Visit;
let places: ReturnType<typeof placesOf>;

tellInOrder();
beforeAll(async () => {
  merchant = await own.visit({ timezoneId: zone });
  places = placesOf(merchant, slug);
});
afterAll(async () => {
  await merchant?.[Symbol.asyncDispose]();
});

const main = () => merchant.page.locator("#main");
const says = (word: RegExp | string) =>
  main()
    .getByText(word, { exact: typeof word === "string" })
    .first()
    .waitFor();
const dialog = () => merchant.page.getByRole("dialog").or(merchant.page.getByRole("alertdialog"));
/** After a new consent the drawer says what comes now, and leads to it. */
async function openWhatWorksAgain(): Promise<void> {
  await dialog().getByText("The access works again").waitFor();
  await dialog()
    .getByRole("link", { name: /^Open / })
    .click();
}
/** Another shop is no cure: nothing of it is kept, and it may begin again. */
async function isRefused(): Promise<void> {
  const refused = dialog().getByRole("alert").filter({ hasText: "came from another account than the one asked for" });
  await refused.getByText("The access from before still works").waitFor();
  await refused.getByRole("button", { name: "Switch account" }).waitFor();
  await refused.getByRole("link", { name: "Replace Ten Thousand by another account" }).waitFor();
}
const connectedRows = () => merchant.page.getByRole("table", { name: "Connected datasources" }).getByRole("row");
const openDetail = () => places.openDetail("Ten Thousand");
const choose = (action: string) => places.choose(action);

/** Yesterday by the brand's clock, as the tiles mean it. */
function brandYesterday(): string {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
  return day.format(Date.now() - 86_400_000);
}

/** Does the work while somebody else opens one page after another: how long it took, and how many pages. */
async function besidePages(work: () => Promise<void>): Promise<{ ms: number; pages: number }> {
  await using other = await own.visit();
  const since = Date.now();
  const over = new AbortController();
  let pages = 0;
  const openPages = async (): Promise<void> => {
    for (; !over.signal.aborted; pages++) await other.go("/sign-in");
  };
  const done = work().finally(() => over.abort());
  const [ms] = await Promise.all([done.then(() => Date.now() - since), openPages()]);
  return { ms, pages };
}

const ordersOn = async (day: string): Promise<string> =>
  (await figuresOf(own.stack.sandboxUrl, shop)).find((one) => one.day === day)?.orders ?? "none";

/** How many days the map says are complete; once all are, it folds to one line. Read in one go: it may fold meanwhile. */
async function daysComplete(): Promise<number> {
  const [name] = await main()
    .locator('[aria-label^="Days of history"]')
    .evaluateAll((maps) => maps.map((map) => map.getAttribute("aria-label")));
  if (name === undefined) return (await main().getByText("History complete").isVisible()) ? daysInAll : 0;
  return Number(/(\d[\d,]*) complete/u.exec(name ?? "")?.[1]?.replaceAll(",", "") ?? 0);
}

test("signs up, and is led to the first datasource", async () => {
  const { page } = merchant;
  await signUp(merchant, { email: "anjali@cedar.example", brand: "Rain & Cedar", slug });
  await page.getByRole("heading", { name: "Welcome to Rain & Cedar" }).waitFor();
  await page
    .getByRole("link", { name: /Shopify/u })
    .first()
    .click();
  await page.waitForURL(`**${places.connectShopify}`);
  await page.getByRole("dialog").getByRole("heading", { name: "Connect Shopify" }).waitFor();
});

test("from the click on Connect to yesterday's tiles within 60 s on the 10,000-order shop, with the source's own numbers", async () => {
  const { page } = merchant;
  // The brand's day may end meanwhile.
  let truth = { day: "", orders: "" };
  const truthNow = async (): Promise<string> => {
    const day = brandYesterday();
    const isKnown = truth.day === day;
    if (!isKnown) truth = { day, orders: await ordersOn(day) };
    return truth.orders;
  };
  await truthNow();
  const tile = main()
    .getByRole("article")
    .filter({ has: page.getByRole("heading", { name: "Orders", exact: true }) });
  const showsTruth = async (): Promise<boolean> => tile.getByText(await truthNow(), { exact: true }).isVisible();
  const { ms, pages } = await besidePages(async () => {
    const consent = await openConsent(merchant, shop, places.connectShopify);
    await press(consent, "Install");
    await page.getByRole("link", { name: "See yesterday’s numbers" }).click();
    await expect.poll(showsTruth).toBe(true);
  });
  expect(ms).toBeLessThan(Math.max(firstNumbersMs, (firstNumbersByPages * ms) / pages));
  await picture(merchant, "overview-first-numbers");
});

test("watches the backfill map fill without a reload", async () => {
  await openDetail();
  const { page } = merchant;
  await page.evaluate("globalThis.notReloaded = true");
  await main().getByText("History complete").or(main().locator('[aria-label^="Days of history"]')).first().waitFor();
  // On a slow page much of it may be in already.
  const before = Math.min(await daysComplete(), daysInAll - 101);
  await expect.poll(daysComplete).toBeGreaterThan(before + 100);
  expect(await page.evaluate("globalThis.notReloaded")).toBe(true);
  await picture(merchant, "backfill");
});

test("sees the history whole, and the datasource Active", async () => {
  await says("Active");
});

test("the first checks tick themselves", async () => {
  await merchant.go(`/${slug}/welcome`);
  const check = (words: string) => main().getByRole("listitem").filter({ hasText: words }).filter({ hasText: "done" });
  await check("shows the source as connected and synced").waitFor();
  await check("Yesterday’s tiles have numbers").waitFor();
});

test("stops the data sync, and resumes it", async () => {
  const { page } = merchant;
  await openDetail();
  await page.getByRole("button", { name: /^Stop data sync/u }).click();
  await dialog().getByRole("button", { name: "Stop data sync" }).click();
  await says("Inactive");
  await says("Connected");
  await page.getByRole("button", { name: /^Resume data sync/u }).click();
  await says("Active");
});

test("syncs now, and resyncs a stream; both are in its runs", async () => {
  const { page } = merchant;
  await page.getByRole("button", { name: "Sync now" }).click();
  await choose("Resync…");
  await dialog().getByRole("combobox").selectOption({ label: "Products" });
  await dialog().getByRole("button", { name: "Resync" }).click();
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await says(/Resync/u);
});

test("reauthorizes: another shop is refused, the same one goes on", async () => {
  for (const other of ["hundred-thousand.myshopify.com", null]) {
    await openDetail();
    await choose("Reauthorize…");
    const consent = await toShopify(merchant);
    if (other) {
      await consent.getByText("Answer as another shop").click();
      await consent.getByRole("combobox").selectOption(other);
    }
    await press(consent, "Install");
    if (other) await isRefused();
    else await openWhatWorksAgain();
  }
  await says("Connected");
  await says("Active");
});

test("disconnects and frees the slot; undo brings it back, and the same account's consent sets it going again", async () => {
  const { page } = merchant;
  await openDetail();
  await choose("Disconnect…");
  await dialog()
    .getByRole("button", { name: /^Disconnect / })
    .click();
  await page.getByRole("img", { name: "0 of 3 connected apps used" }).waitFor();
  await picture(merchant, "disconnected");
  await page.getByRole("button", { name: /^Undo disconnect of/u }).click();
  await page.getByRole("img", { name: "1 of 3 connected apps used" }).waitFor();
  await connectedRows().getByText("Reauthorize").first().waitFor();
  await connectedRows().getByText("Inactive").first().waitFor();
  await openDetail();
  expect(await page.getByRole("button", { name: /^Resume/u }).count(), "nothing can be resumed yet").toBe(0);
  await page
    .locator("#main")
    .getByRole("link", { name: /^Reauthorize/u })
    .click();
  const consent = await toShopify(merchant);
  await press(consent, "Install");
  await openWhatWorksAgain();
  await says("Connected");
  await says("Active");
});

test("all that without one breach of the content policy, script error or failed answer", () =>
  expectNoComplaints(merchant));
