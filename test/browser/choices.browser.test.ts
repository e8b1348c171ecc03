// What a person draws, types and ticks on a datasource's page, in the gallery: by pointer, by keys, and as a screen reader hears it.
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { accessibilityFindings } from "./accessibility.ts";
import { ownGallery } from "./own-gallery.ts";

const gallery = ownGallery();

async function open(scene: string): Promise<Page & AsyncDisposable> {
  const context = await gallery.context({ viewport: { width: 1440, height: 1100 } }, "running");
  const page = await gallery.show(await context.newPage(), scene);
  return Object.assign(page, { [Symbol.asyncDispose]: () => context.close() });
}

async function centreOf(cell: Locator): Promise<{ x: number; y: number }> {
  const box = await cell.boundingBox();
  if (!box) throw new Error("The day is not on the page.");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** What a screen reader was told last; nobody sees it. */
const told = (page: Page): Promise<string> => page.locator(".vh[role=status]").last().innerText();
const day = (page: Page, month: string, date: number): Locator =>
  page.locator(`[data-month="${month}"] > i`).nth(date - 1);
const plain = async (text: Promise<string | null>): Promise<string> => ((await text) ?? "").replaceAll("\u00a0", " ");

test("days drawn over in the map are brought forward once their price was said, and stay marked", async () => {
  await using page = await open("detail-fetching");
  const from = await centreOf(day(page, "2025-03-01", 10));
  const to = await centreOf(day(page, "2025-03-01", 26));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, from.y);
  await page.mouse.move(to.x, to.y);
  await page.mouse.up();
  const asked = page.getByRole("form", { name: "Bring 10–26 Mar 2025 forward?" });
  await asked.getByText(/Ready in about/u).waitFor();
  expect(await plain(asked.getByRole("status").textContent())).toBe(
    "Ready in about 15–25 min. Everything that was queued before them waits up to 17 min longer; the total stays the same.",
  );
  expect(await page.locator(".mr i.c").count()).toBe(17);
  await asked.getByRole("button", { name: "Bring forward" }).click();
  await asked.waitFor({ state: "hidden" });
  await expect.poll(() => told(page)).toContain("These days come first now.");
  await expect.poll(() => page.locator("[data-month] i.b").count(), { message: "what was brought forward" }).toBe(17);
  await expect.poll(() => page.locator(".mr i.c").count(), { message: "still chosen" }).toBe(0);
  await page.locator(".leg").getByText("Brought forward").waitFor();
});

test("the map is walked and its days are chosen by keys alone, each spoken with its state", async () => {
  await using page = await open("detail-fetching");
  const map = page.getByRole("slider", { name: /Days of history/u });
  await map.waitFor();
  const hasFocus = (): Promise<boolean> => map.evaluate((element) => element === element.ownerDocument.activeElement);
  const focused = async (): Promise<boolean> => {
    await page.keyboard.press("m");
    return hasFocus();
  };
  await expect.poll(focused).toBe(true);
  const spoken = () => plain(map.getAttribute("aria-valuetext"));
  await page.keyboard.press("ArrowLeft");
  await expect.poll(spoken).toBe("20 Nov 2026, complete");
  await page.keyboard.press("Home");
  await expect.poll(spoken).toBe("21 Nov 2024, queued");
  for (let n = 0; n < 3; n++) await page.keyboard.press("Shift+ArrowRight");
  await expect.poll(spoken).toBe("21–24 Nov 2024, chosen");
  const asked = page.getByRole("form", { name: "Bring 21–24 Nov 2024 forward?" });
  await asked.waitFor();
  await asked.getByLabel("Last day").press("Escape");
  await asked.waitFor({ state: "hidden" });
  await expect.poll(hasFocus, { message: "focus is back" }).toBe(true);
});

test("a link's address is told once, after an address to send it to", async () => {
  await using page = await open("send-link");
  const dialog = page.getByRole("dialog", { name: /Send a link/u });
  await dialog.getByRole("button", { name: "Send the link" }).click();
  await dialog.getByText("Type the e-mail address of whoever holds the sign-in.").waitFor();
  await dialog.getByRole("textbox").fill("priya@monsoonandmoss.in");
  await dialog.getByRole("button", { name: "Send the link" }).click();
  const sent = page.getByRole("dialog", { name: "The link is sent" });
  await expect.poll(() => told(page)).toContain("The link is sent.");
  expect(await sent.getByLabel("Address of the link", { exact: true }).textContent()).toContain("/reauthorize#");
  expect(await plain(sent.textContent())).toContain("It works once, until");
});

test("after a replacement what depended on the old one is ticked off, and the ticks are kept", async () => {
  await using page = await open("replace-done");
  const list = page.getByRole("region", { name: "What depended on Amazon Seller" });
  await list.getByText("0 of 8 checked").waitFor();
  expect(await list.getByRole("listitem").filter({ hasText: "Gross sales" }).textContent()).toContain(
    "the new one does not feed it",
  );
  await list.getByRole("checkbox", { name: /Net sales/u }).check();
  await list.getByText("1 of 8 checked").waitFor();
  await page.reload();
  await list.getByText("1 of 8 checked").waitFor();
  expect(await list.getByRole("checkbox", { name: /Net sales/u }).isChecked()).toBe(true);
});

test("stopping names what depends on it by kind, in strong words where it cannot be fetched later", async () => {
  await using page = await open("detail-disconnect-strong");
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText(/Parcels that are sent/u).waitFor();
  const kinds = await dialog.locator(".stops li b").allTextContents();
  expect(kinds).toEqual(["Datasources", "Tools with an API token", "Tiles"]);
  expect(await dialog.getByRole("listitem").filter({ hasText: "Amazon Ads" }).textContent()).toContain("at once");
});

test("an earlier start of history says what it costs before it is asked for", async () => {
  await using page = await open("detail-settings");
  const card = page.getByRole("region", { name: "Start of history" });
  await card.getByLabel("Read back to").fill("2024-10-21");
  await expect
    .poll(() => plain(card.getByRole("status").textContent()))
    .toContain("31 more days, once, behind the regular syncs.");
  await card.getByLabel("Read back to").fill("2021-01-01");
  await card.getByRole("button", { name: "Read further back" }).click();
  await expect.poll(() => plain(card.textContent())).toContain("gives nothing before 1 Jan 2022.");
});

test("of several files that are dropped the first that may be taken goes, and why the others did not stays until it is read", async () => {
  await using page = await open("files");
  const zone = page.getByRole("button", { name: /^Choose a CSV file/u });
  const dataTransfer = await page.evaluateHandle(`(() => {
    const files = new DataTransfer();
    for (const [name, bytes] of [["all-years.csv", 21 * 1024 * 1024], ["costs.csv", 9], ["rates.csv", 9]])
      files.items.add(new File([new Uint8Array(bytes)], name));
    return files;
  })()`);
  await zone.dispatchEvent("drop", { dataTransfer });
  const why = page.getByRole("alert").filter({ hasText: "all-years.csv" });
  await why.getByText("all-years.csv is larger than it may be: 20 MB. Pack it as .gz, or split it.").waitFor();
  await why.getByText("Files are sent one at a time. Not taken: rates.csv.").waitFor();
  await page.getByText("Reading costs.csv…").waitFor();
  await why.getByRole("button", { name: "Close" }).click();
  await why.waitFor({ state: "detached" });
});

test("a file on its way tells how much of it has gone out; one that did not arrive whole says so, and may be given again", async () => {
  await using page = await open("files-sending");
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const goesOut = (uploadThroughput: number) =>
    network.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput,
    });
  const give = async () => {
    const choosing = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: /^Choose a CSV file/u }).click();
    await (await choosing).setFiles({ name: "costs.csv", mimeType: "text/csv", buffer: Buffer.alloc(4_000_000, "1") });
  };
  const isWell = async () => expect(await accessibilityFindings(page)).toEqual([]);
  await goesOut(100_000);
  await give();
  const bar = page.getByRole("progressbar", { name: "Sending costs.csv" });
  const gone = async () => Number(await bar.getAttribute("aria-valuenow"));
  await expect.poll(gone).toBeGreaterThan(0);
  const part = await gone();
  expect(part).toBeLessThan(100);
  await expect.poll(gone, { message: "and goes on" }).toBeGreaterThan(part);
  await isWell();
  await goesOut(-1);
  await bar.waitFor({ state: "detached" });
  await page.route("**/files/u9", (route) => route.abort());
  await give();
  const lost = page.getByRole("alert").filter({ hasText: "costs.csv did not arrive whole. Nothing of it was taken" });
  await lost.waitFor();
  await isWell();
  await page.unroute("**/files/u9");
  await give();
  await lost.waitFor({ state: "detached" });
  await bar.waitFor({ state: "detached" });
  expect(await lost.count()).toBe(0);
});
