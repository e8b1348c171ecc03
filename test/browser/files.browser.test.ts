// Costs, from a sign-up to a disconnect: a file with wrong columns, one that is looked at, taken and undone, another that is
// fetched from an address by itself.
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStack, type RunningStack } from "../setup/stack.ts";
import { launchChromium } from "./chromium.ts";
import { placesOf, signUp } from "./newcomer.ts";
import { tellInOrder } from "./story.ts";
import { expectNoComplaints, visit, type Visit } from "./visit.ts";

const slowMs = 120_000;
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

const card = (name: string): Locator => owner.page.getByRole("region", { name });
const version = (filename: string): Locator => card("Files given").getByRole("listitem").filter({ hasText: filename });

async function give(page: Page, name: string, text: string): Promise<Locator> {
  await page.getByLabel("CSV file").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  return card(`${name} waits for you`);
}

test("signs up; costs need no sign-in elsewhere: one click leads to where a file is given", async () => {
  const { page } = owner;
  await signUp(owner, { email: "tara@clay.example", brand: "Salt & Clay", slug });
  await places.openConnect("custom-costs");
  await page.getByText("Any day from 2000 on, as your files say.").waitFor();
  await page.getByRole("button", { name: "Add Custom costs" }).click({ timeout: 60_000 });
  await page.waitForURL(/\/datasources\/[^/]+\/files$/u);
  await card("Files given").getByText("No file yet.").waitFor({ timeout: 60_000 });
});

test("a file without a column that is known is refused, with what to do about it", async () => {
  const { page } = owner;
  await give(page, "shapes.csv", noCosts);
  await version("shapes.csv")
    .getByText("No known columns were found. Put the column names into the first line")
    .waitFor({ timeout: slowMs });
  await version("shapes.csv").getByText("Refused").waitFor();
});

test("a file is read in full and shown with what is wrong before anything of it is taken", async () => {
  const { page } = owner;
  const review = await give(page, "costs.csv", file);
  await review.getByText("2 rows").waitFor({ timeout: slowMs });
  await review.getByRole("cell", { name: "Warehouse" }).first().waitFor({ timeout: slowMs });
  await review.getByText("twelve").first().waitFor();
  await review.getByRole("button", { name: "Take the 1 good row" }).click();
  await version("costs.csv").getByText("1 new").waitFor({ timeout: slowMs });
});

test("what was taken is undone, and stays as a version", async () => {
  await version("costs.csv").getByRole("button", { name: "Undo costs.csv" }).click({ timeout: slowMs });
  await version("costs.csv").getByText("Undone").waitFor({ timeout: slowMs });
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
  await feed.getByText("Works").waitFor({ timeout: slowMs });
  await version("daily.csv").getByText("30 new").waitFor({ timeout: slowMs });
});

test("an address that lets nobody in says so, and works once the secret is right; the secret is never shown", async () => {
  const { page } = owner;
  const feed = await addAddress(page, "Prices", "bearer/prices.csv", "a-wrong-token");
  await feed.getByText("Not let in").waitFor({ timeout: slowMs });
  await feed.getByRole("button", { name: "Change Prices" }).click();
  const dialog = page.getByRole("dialog", { name: "Change Prices" });
  expect(await dialog.getByLabel("Secret").inputValue()).toBe("");
  await dialog.getByLabel("Secret").fill("demo-token");
  await dialog.getByRole("button", { name: "Save and try it" }).click();
  await feed.getByText("Works").waitFor({ timeout: slowMs });
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
  await key.getByText(/SHA256:[\w+/]{43}/u).waitFor({ timeout: slowMs });
  await key.getByRole("button", { name: "It is the right key" }).click();
  await key.waitFor({ state: "hidden" });
  const feed = card("On a schedule").getByRole("listitem").filter({ hasText: "Warehouse server" });
  await feed.getByText("Works").waitFor({ timeout: slowMs });
});

test("disconnects; what was a native source took no slot and leaves none", async () => {
  await places.disconnect("Custom costs", "0 of 3 connected apps used");
  await owner.page.getByRole("button", { name: /^Undo disconnect of/u }).waitFor();
  await places.rowOf("Custom costs").waitFor({ state: "detached" });
});

test("all that without one breach of the content policy, script error or failed answer", () =>
  expectNoComplaints(owner));
