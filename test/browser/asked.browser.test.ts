// What the pages say of managing, and what a press on them asks of the server, in the gallery.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { region, type Row, said, unsaid } from "./saying.ts";

const wide = { viewport: { width: 1440, height: 900 } };
const { context: open, show } = ownGallery();
const drawer = (page: Page) => page.locator("dialog[open]");

const rows: readonly Row[] = [
  {
    what: "whose login a grant is that ends",
    scene: "access-review",
    at: (page) => region("Grants that end in the next 90 days")(page).getByRole("listitem"),
    says: "Priya Nair · Google Ads Google Ads, Google Ads Europe",
  },
  {
    what: "a notice: what happened, what it means, since when, that it is new",
    scene: "inbox",
    at: (page) => page.locator("#main .dp li").filter({ hasText: "Priya’s grant" }),
    says: "Priya’s grant at Meta Ads ends in 6 days. It syncs until then. Renewing takes about a minute. 2 h ago new",
  },
  {
    what: "a notice of what is over says so, and no longer what it means",
    scene: "inbox",
    at: (page) => page.locator("#main .dp li.over").filter({ hasText: "Shopify" }),
    says: "Shopify did not answer. 12 h ago · over 11 h ago",
  },
  {
    what: "connected apps use no AI credits",
    scene: "plan",
    at: region("Takes no slot"),
    says: "AI credits used by connected apps 0",
  },
  {
    what: "a window that went behind can be brought back",
    scene: "connect-waiting",
    at: drawer,
    says: "Bring the window back Open in this tab",
  },
  {
    what: "what takes the place of costs is taken whole or not at all",
    scene: "files-must-be-whole",
    at: (page) => page.locator(".decide"),
    says: "This way of taking a file needs every row to be right. Mend the rows below and give it again.",
  },
];

test("each of these is said", async () => {
  await using context = await open(wide);
  expect(await unsaid(rows, await context.newPage(), show)).toEqual([]);
});

test("whoever leaves a sign-in by Escape is told how long it is kept", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "connect-left");
  await page.keyboard.press("Escape");
  // In the dialog as well, which hides the page's own region while it stands.
  const told = page.locator(".vh[role=status]").filter({ hasText: "Your sign-in is kept until 22:56." }).first();
  await told.waitFor({ state: "attached" });
});

test("the request for the owner is copied whole: who asks, what is missing, where to sign in", async () => {
  await using context = await open(wide);
  await context.addInitScript(
    `Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => void (globalThis.copied = text) } })`,
  );
  const page = await show(await context.newPage(), "connect-role-lacking");
  await drawer(page)
    .getByRole("button", { name: /^Copy: Request for whoever owns the account at Meta Ads/u })
    .click();
  await expect
    .poll(() => page.evaluate("globalThis.copied"))
    .toMatch(/^Monsoon & Moss would like to read Meta Ads .+ missing: Analyst\. .+ sign in here: https?:\/\/\S+$/u);
});

test("the catalog is searched as it is typed, and all of it comes back", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "datasources");
  const catalog = region("Catalog")(page);
  const found = () => catalog.getByRole("listitem").count();
  const field = catalog.getByRole("searchbox", { name: "Find a platform" });
  const all = await found();
  await field.fill("klavi");
  await expect.poll(found).toBe(1);
  expect(await said(catalog.getByRole("listitem"))).toContain("Klaviyo");
  await field.fill("no such thing");
  await catalog.getByText("No platform matches “no such thing”.").waitFor();
  await catalog.getByRole("button", { name: "Clear filters" }).click();
  await expect.poll(found).toBe(all);
});

/** Keeps what is asked of the server by that name from now on. */
async function asking(page: Page, name: string): Promise<() => Promise<unknown[]>> {
  await page.evaluate(`globalThis.asked = [];
    addEventListener("asked", ({ detail }) => detail.operationName === ${JSON.stringify(name)} && asked.push(detail.variables.input))`);
  return () => page.evaluate<unknown[]>("asked");
}

test("another cadence is asked for by choosing it", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "settings-replacement");
  const asked = await asking(page, "SetCadence");
  await page.getByLabel("Cadence").selectOption("21600");
  await expect.poll(asked).toEqual([expect.objectContaining({ datasource: "shopify", cadenceSeconds: 21_600 })]);
});

test("an undo that is under way is not asked for again", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "datasources-undo-slow");
  const asked = await asking(page, "UndoDisconnect");
  const box = region("Just disconnected")(page);
  await box.getByRole("button", { name: "Undo disconnect of Klaviyo" }).click();
  const under = box.getByRole("button", { name: /^Undoing….*Klaviyo$/u });
  await under.waitFor();
  expect(await under.getAttribute("aria-disabled")).toBe("true");
  await under.press("Enter");
  await page.getByRole("button", { name: "Notices" }).press("Enter");
  expect(await asked()).toHaveLength(1);
});

test("a file that takes the place of all costs is taken once the name is typed, and not before", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "files-replacing");
  const asked = await asking(page, "ConfirmUpload");
  const review = region("all-costs.csv waits for you")(page);
  const take = review.getByRole("button", { name: "Take 214 rows" });
  const name = review.getByLabel("Type Custom costs to replace everything");
  for (const typed of ["", "custom costs", "Custom cost"]) {
    await name.fill(typed);
    expect(await take.getAttribute("aria-disabled"), typed).toBe("true");
    await take.press("Enter");
  }
  expect(await asked()).toEqual([]);
  await name.fill(" Custom costs ");
  await take.press("Enter");
  const word = { upload: "u9", confirmText: "Custom costs", goodRowsOnly: false };
  await expect.poll(asked).toEqual([expect.objectContaining(word)]);
});

test("the button that disconnects says what it ends, and is not where the focus begins", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-disconnect");
  await page.getByRole("alertdialog").getByRole("button", { name: "Disconnect Amazon Seller" }).waitFor();
  const focused = () => page.evaluate("document.activeElement.textContent");
  await expect.poll(focused).toBe("Keep it connected");
});

test("data is deleted by the name of its account as it is read, whatever spaces the source puts around it", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-of-two-alike");
  const asked = await asking(page, "DisconnectDatasource");
  await page.getByRole("button", { name: /^More actions/u }).click();
  await page.getByRole("menuitem", { name: "Disconnect…" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText("Delete it").click();
  await dialog.getByRole("textbox").fill("Monsoon & Moss");
  await dialog.getByRole("button", { name: /^Disconnect / }).click();
  await expect.poll(asked).toEqual([expect.objectContaining({ deleteData: true, confirmName: "Monsoon & Moss" })]);
});

test("an earlier start of the history is asked for by its day", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "settings-replacement");
  const asked = await asking(page, "ExtendHistory");
  const card = region("Start of history")(page);
  await card.getByLabel("Read back to").fill("2024-01-01");
  await card.getByRole("button", { name: "Read further back" }).click();
  await expect.poll(asked).toEqual([expect.objectContaining({ datasource: "shopify", from: "2024-01-01" })]);
});

test("a resync of some days asks for those days of that stream, and of none before both are given", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-resync");
  const asked = await asking(page, "ResyncDatasource");
  const form = drawer(page);
  const send = form.getByRole("button", { name: "Resync", exact: true });
  await form.getByRole("radio", { name: "Some days" }).check();
  await form.getByLabel("First day").fill("2026-11-02");
  await send.click();
  await form.getByText("Choose a first and a last day, in this order.").waitFor();
  expect(await asked()).toEqual([]);
  await form.getByLabel("Last day").fill("2026-11-05");
  await send.click();
  const days = { datasource: "amazon-seller", stream: null, from: "2026-11-02", to: "2026-11-05" };
  await expect.poll(asked).toEqual([expect.objectContaining(days)]);
});

test("a token that brings files of costs has that scope alone, and shows how a file is announced with it", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "tokens-upload");
  expect(await said(page.getByRole("row").filter({ hasText: "Nightly costs" }))).toContain("Upload costs");
  const asked = await asking(page, "CreateApiToken");
  await page.getByRole("button", { name: "Create a token" }).click();
  const form = drawer(page);
  await form.getByLabel("Name").fill("Costs of goods");
  await form.getByRole("radio", { name: /^Upload costs/u }).check();
  await form.getByRole("button", { name: "Create the token" }).click();
  await form.getByText("/v1/datasources/costs/uploads").waitFor();
  expect(await asked()).toEqual([expect.objectContaining({ name: "Costs of goods", scopes: ["COSTS_UPLOAD"] })]);
});

test("data that are deleted by a press are not asked for again by the next one", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-data-kept");
  const asked = await asking(page, "DeleteDatasourceData");
  await page.getByRole("link", { name: /^Delete its data…/u }).press("Enter");
  const name = page.getByRole("alertdialog").getByRole("textbox");
  await name.fill("Monsoon & Moss");
  await name.press("Enter");
  await name.press("Enter");
  await page.getByRole("alertdialog").getByRole("button", { name: "Keep its data" }).press("Enter");
  await name.waitFor({ state: "detached" });
  expect(await asked()).toHaveLength(1);
});

test("what is disconnected has neither a cadence nor a next sync", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-data-kept");
  const rhythm = region("How fresh it is")(page).locator("dl").first();
  expect(await said(rhythm)).toBe("Last success 6 min ago");
});

test("whoever resumes is told what is filled as exactly as the page tells it", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-paused-by-us");
  await page.getByRole("button", { name: "Resume" }).first().press("Enter");
  const told = page.locator(".vh[role=status]").filter({ hasText: "Filling" });
  await told.waitFor({ state: "attached" });
  expect(await told.textContent()).toMatch(/Filling 3\sh\s35\smin, newest first/u);
});
