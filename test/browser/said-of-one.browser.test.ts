// What the pages of one datasource say and do by keys, in the gallery: connecting it, why it stands, what is missing, its key.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { region, type Row, said, unsaid } from "./saying.ts";

const wide = { viewport: { width: 1440, height: 900 } };
const { context: open, show } = ownGallery();

const drawer = (page: Page) => page.locator("dialog[open]");
const head = (page: Page) => page.locator("#main .hd");
const bar = (page: Page) => page.locator(".inkbar");

const connecting: readonly Row[] = [
  {
    what: "which role is needed at the source, and where to click there",
    scene: "connect-prepare",
    at: drawer,
    says: "What you need at Shopify Be the store owner, or staff with the permission Manage and install apps and channels. Know the store’s address that ends in .myshopify.com: in Shopify, Settings → Domains.",
  },
  {
    what: "what each scope is for",
    scene: "connect-prepare",
    at: drawer,
    says: "Orders, lines, discounts, refunds, payments read_orders Orders older than 60 days · optional read_all_orders",
  },
  {
    what: "how far back its history goes",
    scene: "connect-prepare",
    at: drawer,
    says: "History The newest 24 months 60 days until Shopify grants full history",
  },
  {
    what: "what its amounts are in, where that is not the brand's currency",
    scene: "connect-first-currency",
    at: drawer,
    says: "Shopify keeps its amounts in USD. They are shown so, and not turned into INR, the currency of Monsoon & Moss.",
  },
  {
    what: "after a replacement once, which tiles have numbers again",
    scene: "replace-done",
    at: region("What depended on Amazon Seller"),
    says: "feeds the other tiles.",
  },
  {
    what: "by whose clock its days are, and what the amounts are in",
    scene: "overview",
    at: (page) => page.locator("#main .ph"),
    says: "days by the clock of Asia/Kolkata, amounts in INR",
  },
  {
    what: "what it powers",
    scene: "connect-prepare",
    at: drawer,
    says: "What it powers Orders Gross sales Discounts Returns Net sales Total sales Average order value Policy of Shopify",
  },
  {
    what: "how full the plan is after this",
    scene: "connect-prepare",
    at: drawer,
    says: "8 of 10 apps after this",
  },
  {
    what: "how much may be counted twice",
    scene: "connect-overlap",
    at: drawer,
    says: "payments will follow Shopify. ₹2,10,400 of the last 30 days may be counted twice.",
  },
  {
    what: "two minutes before its end, until when a sign-in is kept",
    scene: "connect-ends",
    at: (page) => drawer(page).locator("p.warn"),
    says: "Your sign-in is kept until 22:49.",
  },
  {
    what: "the same aloud",
    scene: "connect-ends",
    at: (page) => drawer(page).getByRole("status").filter({ hasText: "kept until" }),
    says: "Your sign-in is kept until 22:49.",
  },
  {
    what: "what Undo brings back after a disconnect, and where somebody must sign in again",
    scene: "detail-disconnect",
    at: drawer,
    says: "For 10 min Undo brings back data, settings and the slot if still free. Its access comes back if another datasource uses the same sign-in; if not, it needs a new sign-in, or its key again.",
  },
  {
    what: "the same in the bar that offers it",
    scene: "datasources-being-connected",
    at: region("Just disconnected"),
    says: "brings back data, settings and the slot if still free. Its access comes back if another datasource uses the same sign-in; if not, it needs a new sign-in, or its key again.",
  },
  {
    what: "the policy of whoever keeps what is disconnected",
    scene: "detail-disconnect",
    at: drawer,
    says: "Policy of Amazon Seller",
  },
];

const standing: readonly Row[] = [
  {
    what: "of a run that lost no call but was given what it could not read, that it was",
    scene: "run-attempts-waiting",
    at: (page) => page.locator("#main .card.pad").filter({ hasText: "Sync 41" }),
    says: "Nothing went wrong. No call failed. What was rejected of the answers stands with its stream.",
  },
  {
    what: "which kind of failure it was, in words",
    scene: "run-attempts",
    at: (page) => page.getByRole("group", { name: "Attempt by attempt" }),
    says: "Something went wrong on our side; we have been told. fault on our side",
  },
  {
    what: "our own pause: why, what to do, the rule that fired, what was counted, since when",
    scene: "detail-paused-by-us",
    at: region("Paused by Headwater"),
    says: "Paused after 10 failures, the last at 20:12. Shopify answered with an error page each time. Your data is kept. Look at Shopify’s status page, then resume. The rule 10 failures in all since the last sync that worked Failures in a row 4 of 5 Failures in all 10 of 10 Failures though something came in 0 of 1,000 Since Today 20:12 Goes on when somebody resumes it",
  },
  {
    what: "numbers that are late: how old, and how old they normally are",
    scene: "detail-late",
    at: region("How fresh it is"),
    says: "3 h ago 3 h old, normally 1 h",
  },
  {
    what: "what slows it, and until when",
    scene: "detail-late",
    at: region("How fresh it is"),
    says: "What slows it Shopify allows 50 calls a second, and other apps use 46 of them. What is read waits for the rest. It goes on by itself today 23:27.",
  },
  {
    what: "its rhythm, its next sync, and how far each stream is complete",
    scene: "detail-late",
    at: region("How fresh it is"),
    says: "Cadence hourly Next sync Today 23:41 Complete through Orders Today 22:41 Customers Today 22:41 Products Today 22:41",
  },
  {
    what: "what is being filled after a resume",
    scene: "detail-filling",
    at: head,
    says: "Filling 2 days 6 h, newest first",
  },
  {
    what: "a gap that is being filled, on the timeline",
    scene: "detail-filling",
    at: region("Timeline"),
    says: "Missing since Wed 18 Nov 16:47; it is filled now, newest first",
  },
  {
    what: "a gap that waits for the resume, on the timeline",
    scene: "detail-paused",
    at: region("Timeline"),
    says: "Missing since Wed 18 Nov 16:02; it is filled once the sync goes on",
  },
  {
    what: "a stream that does not move",
    scene: "detail-no-progress",
    at: region("Streams"),
    says: "No progress since 22:35. It restarts by itself, at 22:50 at the latest.",
  },
  {
    what: "of a stream that brings next to nothing, whom it waits for, and no rate",
    scene: "detail-no-progress",
    at: (page) => page.getByRole("row").filter({ hasText: "Transactions" }),
    says: "Transactions Fetching Waiting for Shopify 40% · back to 21 Nov 2024 15,20,400 – 5 h so far",
  },
  {
    what: "what a run announced and did not land, in red",
    scene: "detail-runs",
    at: (page) => page.locator("td.bad"),
    says: "388 of 391 announced",
  },
  {
    what: "the same of one stream of it",
    scene: "run-streams",
    at: (page) => region("Stream by stream")(page).locator(".bad"),
    says: "388 records of 391 announced",
  },
  {
    what: "a key's last four, its age and its last use",
    scene: "access-key",
    at: region("Grant"),
    says: "Key ····9f2c pasted 40 min ago last used 1 min ago",
  },
  {
    what: "while the link is lost, a time by the clock instead of how long ago",
    scene: "datasources-lost",
    at: (page) => page.getByRole("table", { name: "Connected datasources" }),
    says: "today 22:",
  },
  {
    what: "that nothing is fetched, since when, and that it goes on by itself",
    scene: "datasources-no-worker",
    at: bar,
    says: "Nothing is fetched since today 22:43. No worker is running. What is here stays as it is; fetching goes on by itself when one is back.",
  },
];

test.each([
  { of: "connecting and disconnecting it", rows: connecting },
  { of: "how it stands", rows: standing },
])("each of these is said of $of", async ({ rows }) => {
  await using context = await open(wide);
  expect(await unsaid(rows, await context.newPage(), show)).toEqual([]);
});

test("the title counts what needs someone, and counts nothing where nothing does", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await expect.poll(async () => (await show(page, "datasources")).title()).toMatch(/^\(2\) Datasources · /u);
  await expect.poll(async () => (await show(page, "access-key")).title()).toMatch(/^Klaviyo · /u);
});

test("our own pause is left by one press", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-paused-by-us");
  await page.getByRole("button", { name: /^Resume/u }).click();
  await page.getByText("Resuming…").first().waitFor();
});

test("spaces around a key are said to be taken off", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "connect-key");
  const told = page.getByText("Spaces around it are taken off.");
  const key = page.getByRole("textbox", { name: "Private API key" });
  await key.fill("pk_1");
  expect(await told.count()).toBe(0);
  await key.fill(" pk_1 ");
  await told.waitFor();
});

test("the timeline shows what people did, what we did, or what the source did", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-timeline");
  const timeline = region("Timeline")(page);
  const all = await timeline.getByRole("listitem").count();
  for (const [who, what, entries] of [
    ["The source", "Amazon asked us to wait 38 s", 1],
    ["People", "Ananya Das connected this account", 2],
    ["Headwater", "First numbers ready", 4],
    ["All", "Amazon asked us to wait 38 s", all],
  ] as const) {
    await timeline.getByRole("button", { name: who, exact: true }).click();
    await timeline.getByText(what).waitFor();
    await expect.poll(() => timeline.getByRole("listitem").count(), { message: who }).toBe(entries);
  }
});

test("a number opens the tab in that place, and . the menu", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "files");
  const tabs = page.getByRole("navigation", { name: "Custom costs" }).getByRole("link");
  const names = await tabs.allInnerTexts();
  expect(names).toEqual(["Overview", "Files", "Runs", "Timeline", "Settings"]);
  for (const [n, name] of names.entries()) {
    await page.keyboard.press(`${n + 1}`);
    await expect.poll(() => tabs.and(page.locator('[aria-current="page"]')).innerText()).toBe(name);
  }
  await page.keyboard.press(".");
  await page.getByRole("menuitem", { name: "Disconnect…" }).waitFor();
});

test("t, y, w and m change the days of Overview", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "overview");
  const pressed = () => page.locator('#main .seg button[aria-pressed="true"]').first().getAttribute("aria-label");
  for (const [key, days] of [
    ["y", "7 days"],
    ["w", "28 days"],
    ["m", "Month to date"],
    ["t", "Yesterday"],
  ] as const) {
    await page.keyboard.press(key);
    await expect.poll(pressed).toBe(days);
  }
});

test("a session that is about to end says when, once, and one press asks for more of it, in an open dialog too", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await page.addInitScript(
    `addEventListener("asked", ({ detail }) => (window.asked ??= []).push(detail.operationName))`,
  );
  await show(page, "session-ends");
  expect(await said(page.locator(".inkbar"))).toBe(
    "You are signed out at 22:49. Nothing was done here for 12 hours. Stay signed in",
  );
  await page.getByRole("status").filter({ hasText: "You are signed out at 22:49." }).waitFor();
  const asked = () => page.evaluate("(window.asked ?? []).filter((name) => name === 'Session').length");
  expect(await asked()).toBe(0);
  await page.getByRole("button", { name: "Stay signed in" }).click();
  await expect.poll(asked).toBe(1);
  await page.getByRole("button", { name: "Help and shortcuts" }).click();
  const inDialog = drawer(page).getByRole("status");
  expect(await inDialog.textContent(), "what was said before it opened").not.toContain("22:49");
  // What is behind an open dialog is not reached by anybody: the way to stay is in the dialog, and on the page again after.
  await drawer(page).getByRole("button", { name: "Stay signed in" }).click();
  await drawer(page).getByText("Headwater did not answer. Nothing was changed.").waitFor();
  await page.keyboard.press("Escape");
  await drawer(page).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Stay signed in" }).waitFor();
  await show(page, "session-ends-for-good");
  expect(await said(page.locator(".inkbar"))).toBe(
    "You are signed out at 22:49. A sign-in lasts 30 days at most; the next one leads back here.",
  );
  expect(await page.getByRole("button", { name: "Stay signed in" }).count()).toBe(0);
});

test("whoever pressed Sync now reads what it waits for as soon as that is known", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "detail-sync-waits");
  const button = page.getByRole("button", { name: /^Waiting for Shopify, asked again at 22:48$/u });
  await button.waitFor();
  expect(await button.getAttribute("aria-disabled")).toBe("true");
});

test("each filter of the list counts what it shows, and so does that of all", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "datasources");
  const filter = page.getByRole("group", { name: "Show" });
  await filter.waitFor();
  const counts = (await filter.getByRole("button").allInnerTexts()).map((text) => /\d+$/u.exec(text)?.[0]);
  expect(counts[0]).toBe(String(await page.locator("table.src-table tbody tr:not(.headed)").count()));
  expect(counts).not.toContain(undefined);
});

test("of two that are called alike, what asks about one says which", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-of-two-alike");
  const which = "Monsoon & Moss · moss-in.myshopify.com";
  const dialog = page.locator("dialog[open]");
  await page.getByRole("button", { name: /^Stop data sync/u }).click();
  expect(await said(dialog.locator("h2"))).toBe(`Stop data sync of ${which}?`);
  for (const asked of ["Resync", "Disconnect"]) {
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: /^More actions/u }).click();
    await page.getByRole("menuitem", { name: `${asked}…` }).click();
    expect(await said(dialog.locator("h2"))).toBe(`${asked} ${which}?`);
  }
  await show(page, "datasources-of-two-alike-disconnected");
  expect(await said(region("Just disconnected")(page))).toContain(`${which} is disconnected.`);
});

test("the menu of what comes in files offers its name alone: it has no cadence", async () => {
  await using context = await open();
  const page = await show(await context.newPage(), "settings-files");
  await page.getByRole("button", { name: "More actions for Custom costs" }).click();
  await page.getByRole("menuitem", { name: "Rename", exact: true }).waitFor();
});
