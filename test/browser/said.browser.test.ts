// What the app must say, where it must say it: each row a scene of the gallery, a place on it and the words.
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { region, type Row, said, unsaid } from "./saying.ts";

const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const { context: open, show } = ownGallery();

const tile = (title: string) => (page: Page) => page.getByRole("article").filter({ hasText: title });
const row = (name: string) => (page: Page) => page.getByRole("row").filter({ hasText: name });

const rows: readonly Row[] = [
  {
    what: "a tile that is not whole says how far it is",
    scene: "overview-states",
    at: tile("Gross sales"),
    says: "18 of 28 days",
  },
  {
    what: "a source whose history still arrives is not counted as complete",
    scene: "overview-states",
    at: (page) => page.locator(".strip"),
    says: "0 of 3 sources complete Shopify history still arriving",
  },
  {
    what: "a source that was stopped or replaced is told with its reason, also where the days on screen are all in",
    scene: "overview-stopped",
    at: (page) => page.locator(".strip"),
    says: "2 of 4 sources complete Shopify to yesterday 18:40 · paused by Arjun Rao Klaviyo nothing yet · access has ended Meta Ads · paused by Arjun Rao Old store · up to 19 Nov, then replaced",
  },
  {
    what: "the days of a source in another zone are told apart from how far it is",
    scene: "overview-apart",
    at: (page) => page.locator(".strip"),
    says: "to yesterday 18:40 · days of America/New_York",
  },
  {
    what: "money in several currencies stands side by side, and why it is not one amount",
    scene: "overview-apart",
    at: tile("Net sales"),
    says: "₹8,42,610 USD 9,304 AUD 517.20 Currencies are not added up",
  },
  {
    what: "each currency has a chart of its own, which says so",
    scene: "overview-apart",
    at: (page) => page.locator(".pile"),
    says: "Net sales in INR Thu 19 Nov ₹8,42,610 ₹0",
  },
  {
    what: "whose the day of a switch will be, and by which clock",
    scene: "detail-replace",
    at: (page) => page.getByRole("dialog"),
    says: "The new one counts from the day of the switch on, by the brand’s clock (Asia/Kolkata): today that is 20 Nov.",
  },
  {
    what: "and whose it was",
    scene: "settings-replacement",
    at: region("Replacement"),
    says: "Days before 20 Nov 2026 count from there, that day and later ones from here.",
  },
  {
    what: "quiet hours are told while they last, until when and by whom, and what goes on",
    scene: "detail-quiet",
    at: (page) => page.locator(".note"),
    says: "Quiet hours until tomorrow 06:00, set by Arjun Rao. What you ask for is done all the same.",
  },
  {
    what: "and the next sync is told as it will be",
    scene: "detail-quiet",
    at: region("How fresh it is"),
    says: "after quiet hours",
  },
  {
    what: "the settings say what quiet hours hold back, by whose clock, and how they are saved",
    scene: "settings-quiet",
    at: region("Quiet hours"),
    says: "By the clock of Asia/Kolkata, at most 20 hours. From To Saved when you leave the fields No quiet hours",
  },
  {
    what: "the settings say what a quota ceiling leaves free, what it costs, and from when it holds",
    scene: "settings-ceiling",
    at: region("Quota ceiling"),
    says: "so that the rest stays free for your other apps. With less, the history and long syncs take longer. What runs keeps to a change within ten minutes. At most 25%",
  },
  {
    what: "the history tells one moment: ready days, how far back, what is read now",
    scene: "detail-fetching",
    at: region("History"),
    says: "Ready 300 of 730 days Back to 25 Jan 2026 Now 24 Jan 2026",
  },
  {
    what: "what the map counts is named",
    scene: "detail-fetching",
    at: region("History"),
    says: "Records Nov 2026 8,000",
  },
  {
    what: "every ground of the map stands in its legend",
    scene: "detail-fetching",
    at: region("History"),
    says: "All streams Some streams Being read Now Queued",
  },
  {
    what: "what has no row yet is counting, not nought",
    scene: "connect-counting",
    at: (page) => page.locator("dialog[open]"),
    says: "Orders Counting… Customers Not granted",
  },
  {
    what: "an attempt says for which account it was begun",
    scene: "datasources-being-connected",
    at: region("Being connected"),
    says: "Shopify monsoon-and-moss.myshopify.com Waiting for the consent at Shopify.",
  },
  {
    what: "what was disconnected a moment ago stands under a heading of its own",
    scene: "datasources-being-connected",
    at: region("Just disconnected"),
    says: "Klaviyo is disconnected.",
  },
  {
    what: "a grant that renews itself has no deadline",
    scene: "detail-access",
    at: region("Grant"),
    says: "Ends renews itself; unused it ends 20 Nov 2027",
  },
  {
    what: "a run names its streams by their titles",
    scene: "run-streams",
    at: (page) => page.locator("#main"),
    says: "Sales and traffic Reading · 11 of 24 slices 4,120 records",
  },
  {
    what: "a row tells a revoked key in one line",
    scene: "datasources",
    at: row("Klaviyo"),
    says: "Reauthorize Inactive Key revoked at Klaviyo Yesterday 18:40 28 h ago · stopped",
  },
  {
    what: "a stop names only tiles that Overview shows",
    scene: "detail-stop",
    at: (page) => page.locator("dialog[open]"),
    says: "Tiles Orders, Gross sales, Discounts, Returns, Net sales and Average order value",
  },
  {
    what: "after a new consent that missed nothing a history goes on",
    scene: "connect-works-filling",
    at: (page) => page.locator("dialog[open] [role=status]"),
    says: "The access works again The history goes on where it stopped. You can close this.",
  },
  {
    what: "after a new consent that missed nothing there is nothing to fill",
    scene: "connect-works-unmissed",
    at: (page) => page.locator("dialog[open] [role=status]"),
    says: "The access works again Nothing was missed. The next sync comes as planned.",
  },
  {
    what: "days brought forward of what is stopped are promised no time",
    scene: "forward-stopped",
    at: (page) => page.locator(".forward [role=status]"),
    says: "The sync is stopped. Once it goes on, these days come before everything else that is queued.",
  },
  {
    what: "at the limit of the plan the one that would go is named, with its last sync",
    scene: "connect-limit",
    at: (page) => page.locator("dialog[open] [role=alert]"),
    says: "The least used is Klaviyo: last synced 4 days ago.",
  },
  {
    what: "a disconnect says how many places are in use after it, not now",
    scene: "detail-disconnect",
    at: (page) => page.getByRole("alertdialog"),
    says: "used after this",
  },
  {
    what: "the plan tells of a sync as of a sync",
    scene: "plan",
    at: region("Connected apps"),
    says: "last synced",
  },
  {
    what: "the plan tells of what holds a slot while it is being connected",
    scene: "plan",
    at: (page) => region("Connected apps")(page).getByRole("listitem").filter({ hasText: "Stripe" }),
    says: "being connected",
  },
];

test("each of these is said", async () => {
  await using context = await open(wide);
  expect(await unsaid(rows, await context.newPage(), show)).toEqual([]);
});

describe("and none of these", () => {
  test("a platform in preparation has no button that would lead nowhere", async () => {
    await using context = await open(wide);
    const page = await show(await context.newPage(), "connect-in-preparation");
    await page.getByText("Klaviyo is in preparation.").waitFor();
    expect(await page.getByRole("button", { name: /Continue|Paste|Sign in/u }).count()).toBe(0);
    expect(await page.getByRole("link", { name: /Continue|Paste|Sign in/u }).count()).toBe(0);
  });

  test("a resync of some days claims no number of rows", async () => {
    await using context = await open(wide);
    const page = await show(await context.newPage(), "detail-resync");
    const form = page.locator("#resync-form");
    expect(await said(form)).toMatch(/About [\d,]+ rows are read again/u);
    await form.getByRole("radio", { name: "Some days" }).check();
    await form.getByLabel("First day").waitFor();
    expect(await said(form)).not.toContain("rows are read again");
  });

  test("a grant that is dead has no end to come", async () => {
    await using context = await open(wide);
    const page = await context.newPage();
    expect(await said(region("Where it stands")(await show(page, "detail-active")))).toContain("20 Nov 2027");
    expect(await said(region("Where it stands")(await show(page, "detail-dead")))).not.toContain("2027");
  });
});

test("a definition says from whom, in which zones, without what and how far", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "overview-apart");
  await page.getByRole("button", { name: /^Net sales: definition/u }).click();
  const text = await said(page.locator(".def"));
  expect(text).toContain("Asia/Kolkata, America/New_York");
  expect(text).toMatch(/Leaves out .+ Sources Shopify and Ten Thousand Complete through /u);
});

test.each([
  { scene: "connect-key-standing", link: /^Open |^Reauthorize /u, leadsTo: /klaviyo/u },
  { scene: "reauthorize-stranger", link: "Replace Shopify by another account", leadsTo: /connect\/shopify\?replace=/u },
])("$scene has a way on to what stands", async ({ scene, link, leadsTo }) => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), scene);
  expect(await page.getByRole("link", { name: link }).getAttribute("href")).toMatch(leadsTo);
});

test.each(["en-IN", "hi-IN", "as-IN"])("the list keeps its seven columns at 1440 pixels in %s", async (locale) => {
  await using context = await open({ ...wide, locale });
  const page = await show(await context.newPage(), "datasources");
  const heads = page.getByRole("table").first().locator("thead th");
  await heads.first().waitFor();
  const widths = await heads.evaluateAll((cells) => cells.map((cell) => Number(cell.checkVisibility())));
  expect(widths).toEqual([1, 1, 1, 1, 1, 1, 1]);
});

test("on a phone a history that is complete is a line, what it took and a button, and each number of a stream has its name", async () => {
  await using context = await open(phone);
  const page = await show(await context.newPage(), "detail-active");
  expect(await said(page.locator(".folded"))).toMatch(/730 days, took 8\s?h 12\s?min \(we said 7–9\s?h\)/u);
  const height = await page.locator(".folded").evaluate((card) => card.getBoundingClientRect().height);
  expect(height).toBeLessThanOrEqual(112);
  expect(await said(region("Streams")(page))).toMatch(/1,52,918 rows Took 4 min/u);
});

test.each([390, 800, 1440])("an axis can be read at %i pixels", async (width) => {
  await using context = await open({ viewport: { width, height: 900 } });
  const page = await show(await context.newPage(), "overview");
  await page.locator(".ch text").first().waitFor();
  const sizes = await page.locator(".ch text").evaluateAll((texts) =>
    texts.map((text) => {
      const scale = text instanceof SVGTextElement ? (text.getScreenCTM()?.a ?? 0) : 0;
      return Number.parseFloat(getComputedStyle(text).fontSize) * scale;
    }),
  );
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
});

test.each([
  { what: "refuses", clipboard: "{ writeText: () => Promise.reject(new Error('denied')) }" },
  { what: "has no clipboard, as without a certificate", clipboard: "undefined" },
])("where the browser $what, that is said and the text is selected", async ({ clipboard }) => {
  await using context = await open(wide);
  await context.addInitScript(`Object.defineProperty(navigator, "clipboard", { value: ${clipboard} })`);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  const selected = () => page.evaluate("getSelection().toString()");
  const refused = page.getByRole("alert").getByText("The text is selected: copy it yourself.");
  await show(page, "token-secret");
  await page.getByRole("button", { name: "Copy: Token" }).click();
  await refused.waitFor();
  await expect.poll(selected).toMatch(/^hw_\w+$/u);
  await show(page, "overview-apart");
  await page.getByRole("button", { name: /^Net sales: definition/u }).click();
  await page.getByRole("button", { name: "Copy definition" }).click();
  await refused.waitFor();
  await expect.poll(selected).toMatch(/^Net sales: /u);
  await show(page, "run-attempts");
  await page.getByRole("button", { name: "Copy for support" }).click();
  await refused.waitFor();
  await expect.poll(selected).toMatch(/^run UnVuOjQx\n.* request b7e2-41c8 · "502 Bad Gateway"\n/u);
  expect(errors).toEqual([]);
});

test("an undo that a sign-in stands in the way of leads on to that sign-in", async () => {
  await using context = await open();
  const page = await show(await context.newPage(), "datasources-undo-refused");
  await page.getByRole("button", { name: "Undo disconnect of kathmandu-tea" }).click();
  const why = page.getByRole("alert").filter({ hasText: "A sign-in at Shopify is under way already." });
  const onward = why.getByRole("link", { name: "Continue" });
  expect(await onward.getAttribute("href")).toMatch(/\/datasources\/connect\/shopify\?continue=two$/u);
  await onward.click();
  await why.waitFor({ state: "detached" });
});

/** Keeps whatever a screen reader is told, from now on: every text that a polite region takes. */
const listen = (page: Page): Promise<void> =>
  page.evaluate(`(() => {
    globalThis.told = [];
    for (const region of document.querySelectorAll(".vh[role=status]"))
      new MutationObserver(() => told.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
  })()`);

test("what came of a file that was taken, and of one that was undone, is told once to whoever cannot see it", async () => {
  await using context = await open(wide, "running");
  const page = await show(await context.newPage(), "files-taken");
  const file = "costs-2026-11 (final) Ünterlagen.csv";
  const told = (end: string) => page.getByRole("status").filter({ hasText: `${file} ${end}` });
  const timesTold = async (end: string): Promise<number> =>
    (await page.evaluate<string>("told.join('\\n')")).split(`${file} ${end}`).length - 1;
  await page.getByRole("checkbox", { name: "Take it although the total differs" }).check();
  await listen(page);
  await page.getByRole("button", { name: "Take the 214 good rows" }).click();
  await told("is taken").waitFor({ state: "attached" });
  await page.getByRole("button", { name: /^Undo costs-2026-11/u }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Undo 1 file" }).click();
  await expect.poll(() => context.clock.runFor(1_000).then(() => timesTold("is undone"))).toBe(1);
  // Long enough for whatever is said again with every refresh.
  await context.clock.runFor(60_000);
  expect([await timesTold("is taken"), await timesTold("is undone")]).toEqual([1, 1]);
});

test("what of a file counts as ad spend too, and what its words are read as, is told before it is taken", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "files-waiting");
  const review = page.getByRole("region", { name: /waits for you/u });
  await review.getByText("(₹45,000.00 of it counts as ad spend too)").waitFor();
  await review
    .getByRole("row", { name: /Podcast spot/u })
    .getByText("counts as ad spend too")
    .waitFor();
  const told = await review.getByRole("listitem").filter({ hasText: "is read as" }).allTextContents();
  expect(told).toEqual([
    "“Verpackung” is read as Handling, in all · 12 lines",
    "“Miete” is read as Fixed costs · 1 line",
  ]);
});

test("what was put right in a file stands through a reload, until it is taken back", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "files-waiting");
  const readAgain = page.getByRole("button", { name: "Read it again with 1 correction" });
  const putRight = page.getByRole("button", { name: /^Put right/u });
  await putRight.first().click();
  await page.getByRole("textbox", { name: /^Line |wherever it says/u }).fill("12");
  await page.getByRole("button", { name: "Put right", exact: true }).click();
  await readAgain.waitFor();
  await page.reload();
  await readAgain.waitFor();
  await page.getByRole("button", { name: "Take all back" }).click();
  await readAgain.waitFor({ state: "detached" });
  await page.reload();
  await putRight.first().waitFor();
  expect(await readAgain.count()).toBe(0);
});

test.each([
  { scene: "detail-active", press: "Sync now", accepted: /^Starting…/u, slow: /^Still waiting/u },
  {
    scene: "detail-paused",
    press: "Resume data sync, Shiprocket",
    accepted: /^Resuming….*, Shiprocket$/u,
    slow: /^Still waiting.*, Shiprocket$/u,
  },
])("$press: what takes longer than ten seconds is told, and on the button too", async (told) => {
  await using context = await open(wide, "running");
  const page = await show(await context.newPage(), told.scene);
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
  const polite = page.getByRole("status").filter({ hasText: "Still waiting. It will happen even if you leave." });
  // Ten real seconds may pass on a busy machine: these do not.
  await context.clock.pauseAt(await page.evaluate<number>("Date.now() + 60_000"));
  await button(told.press).click();
  await button(told.accepted).waitFor();
  expect(await polite.count(), "not before").toBe(0);
  await context.clock.fastForward(11_000);
  await context.clock.resume();
  await button(told.slow).waitFor();
  await polite.waitFor({ state: "attached" });
});

test("a token on an older page can be reached and revoked", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "tokens-pages");
  await row("Warehouse sheet")(page).waitFor();
  expect(await row("Ops bot")(page).count()).toBe(0);
  const more = page.getByRole("button", { name: "Load more" });
  await more.click();
  await row("Ops bot")(page).getByRole("button", { name: "Revoke Ops bot" }).click();
  await more.waitFor({ state: "detached" });
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke Ops bot" }).click();
  await row("Ops bot")(page).waitFor({ state: "detached" });
  await row("Warehouse sheet")(page).waitFor();
});
