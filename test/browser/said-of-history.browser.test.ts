// What is said of a history that is in, and of what is asked of it after: in the gallery.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { region, type Row, said, unsaid } from "./saying.ts";

const wide = { viewport: { width: 1440, height: 900 } };
const { context: open, show } = ownGallery();

const rows: readonly Row[] = [
  {
    what: "of an attempt that failed, the source's own words and its name of the request",
    scene: "run-attempts",
    at: (page) => page.locator(".trylist li").first(),
    says: "502 Bad Gateway request b7e2-41c8",
  },
  {
    what: "of what is read again, that its history is complete all the same",
    scene: "detail-read-again",
    at: region("Streams"),
    says: "Orders Reading again 25% read again complete · back to 21 Nov 2024",
  },
  {
    what: "of a stream whose records were rejected, that it is not whole, since when and why",
    scene: "detail-records-rejected",
    at: region("Streams"),
    says: "Orders Not whole 3 records rejected since today 04:12: totalPriceSet is missing. records missing · back to 21 Nov 2024",
  },
  {
    what: "of the stream beside it, that it is complete",
    scene: "detail-records-rejected",
    at: region("Streams"),
    says: "New and returning, no names Complete complete",
  },
  {
    what: "the same while the source lets it wait, with what it waits for",
    scene: "detail-read-again",
    at: region("Streams"),
    says: "Refunds Reading again Waiting for Shopify’s bulk operation complete · back to 21 Nov 2024",
  },
  {
    what: "what is still to be read again",
    scene: "detail-read-again",
    at: region("Streams"),
    says: "Customers Queued to be read again complete",
  },
  {
    what: "of a stream that a sync is at, that it is synced",
    scene: "detail-read-again",
    at: region("Streams"),
    says: "Products Syncing now complete",
  },
  {
    what: "the history agrees with its streams",
    scene: "detail-read-again",
    at: region("History complete"),
    says: "730 days, being read again",
  },
  {
    what: "whose records the months count, how many those are, and which are not among them",
    scene: "detail-fetching",
    at: (page) => page.locator(".counted"),
    says: "Records: Sales and traffic, Orders and Transactions, 2,67,610 in all, as they were read for the history. Streams counts what they hold, such as the lines of an order, and what syncs have brought since.",
  },
  {
    what: "of a stream that is read whole, that it has no days, beside the way back to the others",
    scene: "detail-read-whole",
    at: region("History"),
    says: "Customers It is read whole each time: it has no days of its own.",
  },
  {
    what: "of a source that does not answer, since when, and when it is tried again",
    scene: "detail-source-down",
    at: region("How fresh it is"),
    says: "What slows it Shopify has not answered since today 20:12. It is tried again by itself, and nothing is lost. The next try is today 22:50.",
  },
  {
    what: "older days that were asked for behind something else",
    scene: "settings-extension-queued",
    at: region("Start of history"),
    says: "Older days are queued: they begin after the resync.",
  },
];

test("each of these is said", async () => {
  await using context = await open(wide);
  expect(await unsaid(rows, await context.newPage(), show)).toEqual([]);
});

test("a history that was read in several runs is told no time that it took", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-extended");
  await expect.poll(() => said(region("History complete")(page))).toContain("1,271 days Show the days");
});

test("a resync says of all that is read together how many rows it reads again, and what it counts against", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-resync-together");
  const form = page.locator("#resync-form");
  const stream = form.getByLabel("Stream");
  const together = "One pass over Shopify reads";
  const quota = "All of it counts against what Shopify allows, beside the regular syncs.";
  expect(await said(form)).toContain(
    `${together} Orders together with Order lines and Refunds. About 5,63,315 rows are read again. ${quota}`,
  );
  expect(await said(form.getByRole("status")), "what no choice changes, read again at each").not.toContain(quota);
  await stream.selectOption({ label: "Refunds" });
  await form.getByText(`${together} Refunds together with Orders and Order lines.`).waitFor();
  await stream.selectOption({ label: "Customers" });
  await form.getByText("About 41,286 rows").waitFor();
  expect(await said(form)).not.toContain(together);
  await stream.selectOption({ label: "Every stream" });
  await form.getByText("About 6,04,601 rows").waitFor();
  const all = `About 6,04,601 rows are read again. The first time that took about 1,284 calls. ${quota}`;
  await expect.poll(() => said(form)).toContain(all);
  await form.getByText("Some days").click();
  await expect.poll(() => said(form)).not.toContain("calls.");
});

test("a stream whose access was not given can be read again neither from its row nor from the dialog", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "detail-counting");
  const streams = region("Streams")(page);
  await streams.getByRole("button", { name: "Actions for Orders" }).click();
  expect(await streams.getByRole("button", { name: "Actions for Payment fees" }).count()).toBe(0);
  await page.getByRole("menuitem", { name: "Resync Orders…" }).click();
  const choice = page.locator("#resync-form").getByLabel("Stream");
  await choice.waitFor();
  expect(await choice.locator("option").allTextContents()).toEqual(["Every stream", "Orders", "Customers", "Products"]);
});

test("an estimate that has run out says so, and none says that nought is left", async () => {
  await using context = await open(wide, "running");
  const page = await show(await context.newPage(), "detail-nearly-done");
  const headline = page.locator(".eta .big");
  await expect.poll(() => headline.innerText()).toMatch(/^[2-5]–\d+\sminutes left$/u);
  await context.clock.fastForward(330_000);
  await expect.poll(() => headline.innerText()).toMatch(/^up to [2-5]\sminutes left$/u);
  await context.clock.fastForward(300_000);
  await expect.poll(() => headline.innerText()).toBe("Taking longer than we said");
});

test("a stream whose history is in tells what reading that took, not what its last reading did", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "detail-took");
  const row = (name: string) =>
    page.getByRole("region", { name: "Streams" }).getByRole("row").filter({ hasText: name });
  await expect.poll(() => said(row("Orders"))).toMatch(/ 8 h$/u);
  expect(await said(row("Products")), "what is not known is told by its last reading").toMatch(/ 4 min$/u);
});
