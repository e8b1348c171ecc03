// Costs, from a sign-up to a disconnect: a file with wrong columns, one that is looked at, taken and undone, another that is
// fetched from an address by itself.
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { placesOf, signUp } from "./newcomer.ts";
import { tellOfOne } from "./story.ts";
import { expectNoComplaints, type Visit } from "./visit.ts";
import { ownStack } from "./own-stack.ts";

const slug = "salt-and-clay";
const file = [
  "date,cost_type,amount,currency,name",
  "2026-01-01,fixed,1200.50,INR,Warehouse",
  "2026-01-02,fixed,twelve,INR,Warehouse",
].join("\n");
const noCosts = ["colour,shape", "red,round"].join("\n");

const own = ownStack();
let owner: Visit;
let places: ReturnType<typeof placesOf>;

tellOfOne(own, "files", (person) => {
  owner = person;
  places = placesOf(person, slug);
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

test("whoever has costs alone is led to the numbers, and nobody is asked to authorize them", async () => {
  const { page, go } = owner;
  const files = new URL(page.url()).pathname;
  const id = files.split("/").at(-2);
  const led = async (): Promise<string> => {
    await go("/");
    await page.waitForURL(/\/(?:overview|welcome)$/u);
    return new URL(page.url()).pathname;
  };
  // Until the worker has seen the new source nothing is connected.
  await expect.poll(led).toBe(`/${slug}/overview`);
  await go(`/${slug}/settings/integrations/datasources/connect/custom-costs?reauthorize=${id}`);
  await page.getByText(/needs no sign-in/u).waitFor();
  expect(await page.getByRole("button", { name: "Add Custom costs" }).count()).toBe(0);
  await page.getByRole("dialog").getByRole("link", { name: "Give a file" }).click();
  await page.waitForURL(`**${files}`);
  await card("Files given").getByText("No file yet.").waitFor();
});

test("a file without a column that is known is refused, with what to do about it; put aside, it is out of the way", async () => {
  const { page } = owner;
  await give(page, "shapes.csv", noCosts);
  const refused = card("shapes.csv waits for its columns");
  await refused.getByText("No known columns were found. Put the column names into the first line").waitFor();
  expect(await page.getByText("No file yet.").count(), "while the first one waits").toBe(0);
  await refused.getByRole("button", { name: "Put it aside" }).click();
  await version("shapes.csv").getByText("Put aside").waitFor();
});

test("a file that is larger than it may be is not even read", async () => {
  const { page } = owner;
  await give(page, "all-years.csv", `date,cost_type,amount\n${"2026-01-01,fixed,1\n".repeat(1_200_000)}`);
  await page.getByRole("alert").getByText("all-years.csv is larger than it may be: 20 MB.").waitFor();
});

const prices = ["Item code,Landed rate,Old rate", "00042,3.10,3", "TEE-BLK-M,6.80,6"].join("\n");

test("a file whose columns nobody knows is taken once a person has said what each means, also when another was given since", async () => {
  const { page } = owner;
  await give(page, "landed-rates.csv", prices);
  const refused = card("landed-rates.csv waits for its columns");
  await refused.getByText("00042 · TEE-BLK-M").waitFor();
  await give(page, "shapes-again.csv", noCosts);
  await card("shapes-again.csv waits for its columns").getByRole("button", { name: "Put it aside" }).click();
  await version("shapes-again.csv").getByText("Put aside").waitFor();
  await page.reload();
  await version("landed-rates.csv").getByRole("button", { name: "Match columns of landed-rates.csv" }).click();
  await refused.getByText("It has to be one of these").waitFor();
  await expect
    .poll(() =>
      refused
        .getByRole("heading", { name: "landed-rates.csv waits for its columns" })
        .evaluate((it) => it.matches(":focus")),
    )
    .toBe(true);
  await refused.getByLabel("What Item code means").selectOption({ label: "SKU" });
  await refused.getByLabel("What Landed rate means").selectOption({ label: "Cost of goods" });
  await refused.getByLabel("What Old rate means").selectOption({ label: "Cost of goods" });
  await refused.getByText("Landed rate and Old rate would mean the same: Cost of goods").waitFor();
  await refused.getByLabel("What Old rate means").selectOption({ label: "left out" });
  await refused.getByRole("button", { name: "Read it this way" }).click();
  const review = card("landed-rates.csv waits for you");
  await review.getByRole("cell", { name: "TEE-BLK-M" }).waitFor();
  await review.getByRole("button", { name: "Take 2 rows" }).click();
  await version("landed-rates.csv").getByText("2 new").waitFor();
  await give(page, "same-rates.csv", prices.replace("6.80", "7.10"));
  const next = card("same-rates.csv waits for you");
  await next.getByText("1 changed").waitFor();
  await next.getByText("1 same").waitFor();
  await next.getByRole("button", { name: "Take 2 rows" }).click();
  await version("same-rates.csv").getByText("1 changed").waitFor();
});

test("a file whose categories are no kinds of cost is read once one word says which kind all of it is", async () => {
  const { page } = owner;
  await give(page, "categories.csv", "Day,Category,Cost\n2026-01-05,Rent,100\n2026-01-06,Blue,20");
  const refused = card("categories.csv waits for its columns");
  await refused.getByText("No column says of which kind each cost is.").waitFor();
  const trouble = refused.getByText("Read this way it is no file of costs.");
  await trouble.waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  const width = async () => (await trouble.boundingBox())?.width ?? 0;
  await expect.poll(width, { message: "on a phone it is read line by line, not word by word" }).toBeGreaterThan(200);
  await page.setViewportSize({ width: 1440, height: 900 });
  await refused.getByLabel("Every amount in it is").selectOption({ label: "Fixed costs" });
  await refused.getByRole("button", { name: "Read it this way" }).click();
  const review = card("categories.csv waits for you");
  await review.getByRole("button", { name: "Take 2 rows" }).waitFor();
  await review.getByRole("button", { name: "Put it aside" }).click();
  await version("categories.csv").getByText("Put aside").waitFor();
});

test("where its categories are of several kinds, the column is the kind and a word in it is put right wherever it stands", async () => {
  const { page } = owner;
  await give(page, "kinds.csv", "Day,Category,Cost\n2026-01-05,Rent,100\n2026-01-06,Blue,20\n2026-01-07,Blue,30");
  const refused = card("kinds.csv waits for its columns");
  await refused.getByLabel("What Category means").selectOption({ label: "Kind of cost" });
  await refused.getByRole("button", { name: "Read it this way" }).click();
  const review = card("kinds.csv waits for you");
  await review.getByRole("button", { name: "Put right Category, wherever it says Blue" }).first().click();
  const kind = review.getByLabel("Category, wherever it says Blue");
  await expect.poll(() => kind.evaluate((element) => element.matches(":focus"))).toBe(true);
  await kind.selectOption({ label: "Other costs" });
  await page.reload();
  // One match: of two lines that say it, it is open where it was typed.
  expect(await kind.inputValue()).toBe("other");
  await review.getByRole("button", { name: "Put right", exact: true }).click();
  await review.getByRole("button", { name: "Read it again with 1 correction" }).click();
  await review.getByRole("button", { name: "Take 3 rows" }).waitFor();
  await review.getByRole("button", { name: "Put it aside" }).click();
  await version("kinds.csv").getByText("Put aside").waitFor();
});

const twoSums = [
  "date,cost_type,amount,Gross,name",
  "2026-01-05,fixed,100,119,Insurance",
  "2026-01-06,fixed,many,238,Insurance",
].join("\n");

test("a meaning is moved from one column to another without a word to the server in between, and what was put right is kept", async () => {
  const { page } = owner;
  const review = await give(page, "two-sums.csv", twoSums);
  await review.getByRole("cell", { name: /100\.00/u }).waitFor();
  await review.getByRole("button", { name: "Put right Line 3, amount" }).click();
  await review.getByLabel("Line 3, amount").fill("200");
  await review.getByRole("button", { name: "Put right", exact: true }).click();
  await review.getByText("Match columns").click();
  await review.getByLabel("What Gross means").selectOption({ label: "Amount" });
  await review.getByText("amount and Gross would mean the same: Amount").waitFor();
  await review.getByLabel("What amount means").selectOption({ label: "kept beside it" });
  await review.getByRole("button", { name: "Read it this way" }).click();
  await review.getByRole("cell", { name: /119\.00/u }).waitFor();
  await review.getByRole("cell", { name: /238\.00/u }).waitFor();
  await review.getByText("Put right so far").waitFor();
  await review.getByRole("button", { name: "Put it aside" }).click();
  await version("two-sums.csv").getByText("Put aside").waitFor();
});

test("a file is read in full and shown with what is wrong before anything of it is taken, and put right in place", async () => {
  const { page } = owner;
  const review = await give(page, "costs.csv", file);
  await review.getByText("2 rows").waitFor();
  await review.getByRole("cell", { name: "Warehouse" }).first().waitFor();
  await review.getByText("twelve", { exact: true }).first().waitFor();
  await review.getByRole("button", { name: "Take the 1 good row" }).waitFor();
  await review.getByRole("button", { name: "Put right Line 3, amount" }).click();
  await review.getByLabel("Line 3, amount").fill("12");
  await review.getByLabel("Total that you expect, INR").fill("1212.5");
  await review.getByText("Match columns").click();
  await review.getByLabel("What name means").selectOption({ label: "Note" });
  const kept = async () => [
    await review.getByLabel("Line 3, amount").inputValue(),
    await review.getByLabel("What name means").inputValue(),
  ];
  await page.reload();
  await review.getByLabel("Line 3, amount").waitFor();
  expect(await kept(), "what was typed and chosen, and not sent, is there after a reload").toEqual(["12", "note"]);
  await review.getByText("Match columns").click();
  await review.getByLabel("What name means").selectOption({ label: "Name" });
  expect(await review.getByLabel("Total that you expect, INR").inputValue()).toBe("1212.5");
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
  const drafts = () => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.includes("draft")));
  await expect.poll(drafts, { message: "nothing is left to be said of files that are done with" }).toEqual([]);
});

test("what was taken after a file goes with it, and is named before", async () => {
  const { page } = owner;
  await give(page, "later.csv", "date,cost_type,amount\n2026-01-09,fixed,9");
  await card("later.csv waits for you").getByRole("button", { name: "Take 1 row" }).click();
  await version("later.csv").getByText("1 new").waitFor();
  await version("costs.csv").getByRole("button", { name: "Undo costs.csv" }).click();
  const dialog = page.getByRole("dialog", { name: "Undo costs.csv and what was taken after it?" });
  await dialog.waitFor();
  expect(await dialog.getByRole("listitem").allInnerTexts()).toEqual(["later.csv"]);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await version("later.csv").getByRole("button", { name: "Undo later.csv" }).click();
  await page.getByRole("dialog", { name: "Undo later.csv?" }).getByRole("button", { name: "Undo 1 file" }).click();
  await version("later.csv").getByText("Undone").waitFor();
});

test("what was taken is undone, and stays as a version", async () => {
  await version("costs.csv").getByRole("button", { name: "Undo costs.csv" }).click();
  await owner.page
    .getByRole("dialog", { name: "Undo costs.csv?" })
    .getByRole("button", { name: "Undo 1 file" })
    .click();
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
