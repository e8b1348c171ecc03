// Costs, from a sign-up to a disconnect: a file with wrong columns, one that is looked at, taken and undone, another that is
// fetched from an address by itself.
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startStack, type RunningStack } from "../setup/stack.ts";
import { launchChromium } from "./chromium.ts";
import { placesOf, signUp } from "./newcomer.ts";
import { tellInOrder } from "./story.ts";
import { expectNoComplaints, picture, visit, type Visit } from "./visit.ts";

const slug = "salt-and-clay";
const file = [
  "date,cost_type,amount,currency,name",
  "2026-01-01,fixed,1200.50,INR,Warehouse",
  "2026-01-02,fixed,twelve,INR,Warehouse",
].join("\n");
const noCosts = ["colour,shape", "red,round"].join("\n");

let stack: RunningStack;
let browser: Browser;
let owner: Visit;
let places: ReturnType<typeof placesOf>;

tellInOrder();
beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchChromium()]);
  owner = await visit(browser, stack);
  places = placesOf(owner, slug);
});
afterAll(async () => {
  await owner?.[Symbol.asyncDispose]();
  await browser?.close();
  await stack?.close();
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(owner, "files-failed");
});

const card = (name: string): Locator => owner.page.getByRole("region", { name });
const version = (filename: string): Locator => card("Files given").getByRole("listitem").filter({ hasText: filename });

async function give(page: Page, name: string, text: string): Promise<Locator> {
  const choosing = page.waitForEvent("filechooser");
  // It waits for the file before this one to have gone out: one that is given meanwhile is not taken.
  await page.getByRole("button", { name: /^Choose a CSV file/u }).click();
  await (await choosing).setFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  return card(`${name} waits for you`);
}

test("signs up; costs need no sign-in elsewhere: one click leads to where a file is given", async () => {
  const { page } = owner;
  await signUp(owner, { email: "tara@clay.example", brand: "Salt & Clay", slug });
  await places.openConnect("custom-costs");
  await page.getByText("Any day from 2000 on, as your files say.").waitFor();
  await page.getByRole("button", { name: "Add Custom costs" }).click();
  await page.waitForURL(/\/datasources\/[^/]+\/files$/u);
  await card("Files given").getByText("No file yet.").waitFor();
});

test("a file without a column that is known is refused, with what to do about it", async () => {
  const { page } = owner;
  await give(page, "shapes.csv", noCosts);
  await version("shapes.csv")
    .getByText("No known columns were found. Put the column names into the first line")
    .waitFor();
  await version("shapes.csv").getByText("Refused").waitFor();
});

test("a file is read in full and shown with what is wrong before anything of it is taken, and put right in place", async () => {
  const { page } = owner;
  const review = await give(page, "costs.csv", file);
  await review.getByText("2 rows").waitFor();
  await review.getByRole("cell", { name: "Warehouse" }).first().waitFor();
  await review.getByText("twelve").first().waitFor();
  await review.getByRole("button", { name: "Take the 1 good row" }).waitFor();
  await review.getByRole("button", { name: "Put right Line 3, amount" }).click();
  await review.getByLabel("Line 3, amount").fill("12");
  await review.getByRole("button", { name: "Put right", exact: true }).click();
  await review.getByRole("button", { name: "Read it again with 1 correction" }).click();
  await review.getByRole("button", { name: "Take 2 rows" }).waitFor();
  await expect
    .poll(() => page.locator("main").evaluate((element) => element.matches(":focus-within")), {
      message: "the focus stays with the page, with its file where that was there all the while",
    })
    .toBe(true);
  await review.getByRole("button", { name: "Take 2 rows" }).click();
  await version("costs.csv").getByText("2 new").waitFor();
});

test("what was taken is undone, and stays as a version", async () => {
  await version("costs.csv").getByRole("button", { name: "Undo costs.csv" }).click();
  await version("costs.csv").getByText("Undone").waitFor();
});

async function addAddress(page: Page, name: string, path: string, secret?: string): Promise<Locator> {
  await page.getByRole("button", { name: "Add an address" }).click();
  const dialog = page.getByRole("dialog", { name: "Fetch a file on a schedule" });
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel("Web address").fill(`https://files.costs.example/${path}`);
  if (secret !== undefined) {
    await dialog.getByLabel("How it lets us in").selectOption({ label: "With a token" });
    await dialog.getByLabel("Secret").fill(secret);
  }
  await dialog.getByRole("button", { name: "Save and try it" }).click();
  await dialog.waitFor({ state: "hidden" });
  return card("On a schedule").getByRole("listitem").filter({ hasText: name });
}

test("a file at an address is fetched without being asked again", async () => {
  const { page } = owner;
  const feed = await addAddress(page, "Daily costs", "open/daily.csv");
  await feed.getByText("Works").waitFor();
  await card("daily.csv waits for you").getByText("30 new").waitFor();
  await feed.getByRole("button", { name: "How it went: Daily costs" }).click();
  const pulls = feed.getByRole("group", { name: "How it went: Daily costs" });
  await pulls.getByText("A new file came in.").first().waitFor();
  await pulls.getByText("daily.csv").first().waitFor();
});

test("an address that lets nobody in says so, and works once the secret is right; the secret is never shown", async () => {
  const { page } = owner;
  const feed = await addAddress(page, "Prices", "bearer/prices.csv", "a-wrong-token");
  await feed.getByText("Not let in").waitFor();
  await feed.getByRole("button", { name: "How it went: Prices" }).click();
  // A worker that was cut off may have asked twice.
  await feed.getByText("Nothing more is fetched by it until somebody has seen to it.").first().waitFor();
  await feed.getByRole("button", { name: "Change Prices" }).click();
  const dialog = page.getByRole("dialog", { name: "Change Prices" });
  expect(await dialog.getByLabel("Secret").inputValue()).toBe("");
  await dialog.getByLabel("Secret").fill("demo-token");
  await dialog.getByRole("button", { name: "Save and try it" }).click();
  await feed.getByText("Works").waitFor();
});

test("files on a server come once somebody has agreed to its key", async () => {
  const { page } = owner;
  await page.getByRole("button", { name: "Add an address" }).click();
  const dialog = page.getByRole("dialog", { name: "Fetch a file on a schedule" });
  await dialog.getByLabel("Name", { exact: true }).fill("Warehouse server");
  await dialog.getByLabel("Where the file lies").selectOption({ label: "On an SFTP server" });
  await dialog.getByLabel("Server").fill("sftp.costs.example");
  await dialog.getByLabel("Files").fill("/out/prices.csv");
  await dialog.getByLabel("Name to sign in with").fill("demo");
  await dialog.getByLabel("Secret").fill("demo-password");
  await dialog.getByRole("button", { name: "Save and try it" }).click();
  const key = page.getByRole("dialog", { name: "Is this the server's key?" });
  await key.getByText(/SHA256:[\w+/]{43}/u).waitFor();
  await key.getByRole("button", { name: "It is the right key" }).click();
  await key.waitFor({ state: "hidden" });
  const feed = card("On a schedule").getByRole("listitem").filter({ hasText: "Warehouse server" });
  await feed.getByText("Works").waitFor();
});

test("disconnects; what was a native source took no slot and leaves none", async () => {
  await places.disconnect("Custom costs", "0 of 3 connected apps used");
  await owner.page.getByRole("button", { name: /^Undo disconnect of/u }).waitFor();
  await places.rowOf("Custom costs").waitFor({ state: "detached" });
});

test("all that without one breach of the content policy, script error or failed answer", () =>
  expectNoComplaints(owner));
