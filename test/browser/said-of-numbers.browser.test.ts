// What the app says of how far a datasource's numbers can be believed: day by day, and of each change to a day that was over.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { region, type Row, said, unsaid } from "./saying.ts";

const wide = { viewport: { width: 1440, height: 900 } };
const { context: open, show } = ownGallery();

const checks = region("Our numbers beside the source’s own");
const changes = region("Changes to past days");

test("each day bears its mark, and a gap says what it is made of", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-numbers");
  const days = checks(page).locator("ol > li");
  await days.first().waitFor();
  const heads = days.locator("summary, p.row");
  expect((await heads.allInnerTexts()).map((head) => head.replaceAll(/\s+/gu, " ").trim())).toEqual([
    "Thu 19 Nov Orders Not settled yet",
    "Wed 18 Nov Net sales Unexplained",
    "Tue 17 Nov Orders No figure there",
    "Mon 16 Nov Orders Unexplained",
    "Sun 15 Nov Net sales and Orders Equal",
    "Sat 14 Nov Net sales and Orders Equal",
    "Fri 13 Nov Not checked",
    "Thu 12 Nov Net sales and Orders Equal",
    "Wed 11 Nov Net sales and Orders Equal",
    "Tue 10 Nov Net sales and Orders Equal",
  ]);
  const gap = days.filter({ hasText: "18 Nov" });
  expect(await said(gap.getByRole("row", { name: /^Net sales/u }))).toBe(
    "Net sales ₹1,87,230.50 ₹1,84,210.50 −₹3,020.00 (1.6%) Unexplained",
  );
  expect(await said(gap)).toContain(
    "Net sales: gap −₹3,020.00 (1.6%) Unexplained −₹3,020.00 Nothing on record explains this part.",
  );
  expect(await said(gap.getByRole("row", { name: /^Orders/u }))).toBe("Orders 414 412 −2 (0.5%) Explained");
  const parts = days.filter({ hasText: "16 Nov" }).getByRole("listitem");
  const told = (order: number): string => `#${order} , opens in a new tab`;
  expect(await Promise.all((await parts.all()).map(said))).toEqual([
    `Definition −3 Shopify counts test orders, we leave them out: 3 on this day. ${[1612, 1619, 1626].map(told).join(" ")}`,
    `Scope and date +1 Shopify counts an order on the day it was made, we on the order’s own date: 1 with this date were made on another day. ${told(1450)}`,
    "Unexplained −3 Nothing on record explains this part.",
  ]);
  const order = gap.getByRole("link", { name: "#1619" });
  expect(await order.getAttribute("href")).toMatch(/^https:\/\/monsoon-and-moss\.myshopify\.com\/admin\/orders\/\d+$/u);
  await gap.getByRole("button", { name: /^Resync this day/u }).click();
  const dialog = page.getByRole("dialog");
  for (const day of await dialog.locator('input[type="date"]').all()) expect(await day.inputValue()).toBe("2026-11-18");
});

test("the orders of a large part are folded away, and it says how many of them are listed", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-numbers-many-orders");
  const parts = checks(page).locator(".gap").getByRole("listitem");
  await parts.first().waitFor();
  expect(await Promise.all((await parts.getByRole("link").all()).map((link) => link.isVisible()))).not.toContain(true);
  await parts.nth(0).getByText("All 12 orders", { exact: true }).click();
  expect(await parts.nth(0).getByRole("link").count()).toBe(12);
  await parts.nth(1).getByText("The first 20 of 3,131 orders", { exact: true }).click();
  expect(await parts.nth(1).getByRole("link").count()).toBe(20);
  expect(await parts.getByRole("link").last().isVisible()).toBe(true);
});

test("a change to a day that was over says what it was, what it is, why, when, and leads to its run", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-numbers");
  const rows = changes(page).getByRole("row");
  await rows.nth(4).waitFor();
  expect(await said(rows.nth(1))).toBe(
    "9 Nov Net sales ₹2,01,480.00 ₹1,98,460.00 −₹3,020.00 Changed at the source Today 19:37 10 Nov See the run",
  );
  expect(await said(rows.nth(3))).toMatch(
    /^2 Oct Net sales – ₹1,204\.50 \+₹1,204\.50 Somebody had the days read again /u,
  );
  expect(await changes(page).getByRole("link", { name: "See the run" }).first().getAttribute("href")).toMatch(
    /\/shopify\/runs\?run=run-2$/u,
  );
  const file = changes(page).getByRole("link", { name: "All changes as CSV" });
  expect(await file.getAttribute("href")).toMatch(/^\/v1\/datasources\/x\/restatements\.csv\?organisation=[\w-]+$/u);
  expect(await said(changes(page).getByRole("button", { name: "Load more" }))).toBe("Load more");
});

test("a tile leads to the checks of its number, at the day shown; one that nobody checks leads nowhere", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "overview");
  const link = page.getByRole("link", { name: "See in Numbers check" });
  await page.getByRole("button", { name: /^Net sales: definition/u }).click();
  expect(await link.getAttribute("href")).toMatch(/\/datasources\/Shopify\/numbers\?day=2026-11-19$/u);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Orders: definition/u }).click();
  await page.getByRole("button", { name: "Copy definition" }).waitFor();
  expect(await link.count()).toBe(0);
});

test("a tile of a day that is too old to be shown there leads to no check", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "overview-long-ago");
  await page.getByRole("button", { name: /^Net sales: definition/u }).click();
  await page.getByRole("button", { name: "Copy definition" }).waitFor();
  await page.getByText("5 Nov").first().waitFor();
  expect(await page.getByRole("link", { name: "See in Numbers check" }).count()).toBe(0);
});

test("a check that takes longer than ten seconds is told beside its button, and aloud once", async () => {
  await using context = await open(wide, "running");
  const page = await show(await context.newPage(), "detail-numbers");
  const slow = "Still waiting. It will happen even if you leave.";
  const polite = page.getByRole("status").filter({ hasText: slow });
  // Ten real seconds may pass on a busy machine: these do not.
  await context.clock.pauseAt(await page.evaluate<number>("Date.now() + 60_000"));
  await checks(page).getByRole("button", { name: "Check again now" }).click();
  const button = checks(page).getByRole("button", { name: "Checking…", exact: true });
  await button.waitFor();
  expect(await checks(page).getByText(slow).count(), "not before").toBe(0);
  await context.clock.fastForward(11_000);
  await context.clock.resume();
  await checks(page).getByText(slow).waitFor();
  await button.waitFor();
  await polite.waitFor({ state: "attached" });
  expect(await polite.count()).toBe(1);
});

test("the tab opens with the key of its place, and with a day that a link names", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-active");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.keyboard.press("5");
  await changes(page).waitFor();
  await show(page, "detail-numbers-day");
  await checks(page).getByText("The source may change this day until it settles").waitFor();
  await expect.poll(() => said(page.locator(":focus"))).toContain("Thu 19 Nov");
});

test("a run that a link leads to stands open above the newest, however old it is", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-runs-older");
  const rows = region("Runs")(page).getByRole("row");
  await rows.getByRole("button", { expanded: true }).waitFor();
  expect(await said(rows.nth(1))).toContain("21 Oct");
});

const rows: Row[] = [
  {
    what: "when the source was asked last, beside the way to ask it again",
    scene: "detail-numbers",
    at: checks,
    says: "Checked 40 min ago Check again now",
  },
  {
    what: "what the source credits otherwise by now",
    scene: "detail-numbers-credited",
    at: (page) => checks(page).locator(".gap").first(),
    says: "Attribution −4 Meta Ads has credited purchases to this day anew since we last read it;",
  },
  {
    what: "why there are fewer days than two weeks have, and why one has no mark",
    scene: "detail-numbers",
    at: checks,
    says: "Checks began with 10 Nov. A day is checked soon after it has ended; earlier days are not. A day stays not checked where the source was not asked soon after it, as while data sync is stopped.",
  },
  { what: "before the first check", scene: "detail-numbers-first", at: checks, says: "The first check is on its way." },
  {
    what: "before the first change",
    scene: "detail-numbers-first",
    at: changes,
    says: "No day that was over has changed since.",
  },
  {
    what: "a source without totals",
    scene: "detail-numbers-no-aggregate",
    at: checks,
    says: "has no totals of its own to hold our numbers against, so none is ticked here.",
  },
  { what: "checks unread", scene: "detail-numbers-failed", at: checks, says: "The checks could not be read." },
  {
    what: "a run that is not kept",
    scene: "detail-runs-not-kept",
    at: (page) => page.locator("#main"),
    says: "The run of this link is not kept any more.",
  },
  {
    what: "a run unread",
    scene: "detail-runs-older-failed",
    at: (page) => page.getByRole("alert"),
    says: "The run of this link could not be read.",
  },
  { what: "changes unread", scene: "detail-numbers-failed", at: changes, says: "The changes could not be read." },
];

test("what is not there yet, never will be, or could not be read is said so", async () => {
  await using context = await open(wide);
  expect(await unsaid(rows, await context.newPage(), show)).toEqual([]);
});

test("that the run of a link is not kept is told aloud as well", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-runs-not-kept");
  const told = page.getByRole("status").filter({ hasText: "The run of this link is not kept any more." });
  await told.waitFor({ state: "attached" });
});
