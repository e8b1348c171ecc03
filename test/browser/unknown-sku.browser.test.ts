// A file of costs beside a connected shop: an SKU that the shop does not have is named with the nearest one and put right in
// place; what stays wrong is left out, and comes back as a file with what to do about it.
import { readFile } from "node:fs/promises";
import postgres from "postgres";
import { expect, test } from "vitest";
import { placesOf, signUp } from "./newcomer.ts";
import { ownStack } from "./own-stack.ts";
import { tellOfOne } from "./story.ts";
import { expectNoComplaints, openConsent, picture, press, type Visit } from "./visit.ts";

const slug = "hill-and-leaf";
const shop = "kathmandu-tea.myshopify.com";

const own = ownStack();
let owner: Visit;
let places: ReturnType<typeof placesOf>;
/** One of the shop's own, and as somebody mistypes it. */
let sku = "";
let mistyped = "";

tellOfOne(own, "unknown-sku", (person) => {
  owner = person;
  places = placesOf(person, slug);
});

async function skusOfShop(): Promise<string[]> {
  const sql = postgres(own.stack.ownerUrl, { max: 1 });
  try {
    const rows = await sql<{ sku: string }[]>`
      select sku from variants v join organisations o on o.id = v.organisation_id
      where o.slug = ${slug} and sku is not null and deleted_at is null order by sku limit 2`;
    return rows.map((row) => row.sku);
  } finally {
    await sql.end();
  }
}

const review = () => owner.page.getByRole("region", { name: "prices.csv waits for you" });
const found = (text: string) => review().getByRole("listitem").filter({ hasText: text });

test("connects a shop, and costs beside it", async () => {
  const { page } = owner;
  await signUp(owner, { email: "sita@leaf.example", brand: "Hill & Leaf", slug });
  const consent = await openConsent(owner, shop, places.connectShopify);
  await press(consent, "Install");
  await expect.poll(async () => (await skusOfShop()).length).toBe(2);
  [sku = ""] = await skusOfShop();
  mistyped = sku.replace("-", "_");
  await places.openConnect("custom-costs");
  await page.getByRole("button", { name: "Add Custom costs" }).click();
  await page.waitForURL(/\/datasources\/[^/]+\/files$/u);
});

test("an SKU that the shop does not have is named with the nearest that it has, and put right in place", async () => {
  const { page } = owner;
  const [, other = ""] = await skusOfShop();
  const text = `SKU,Unit cost\n${mistyped},6.80\n${other},3.10\n${sku}-X,cheap\n`;
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: /^Choose a CSV file/u }).click();
  await (await choosing).setFiles({ name: "prices.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await found(`No product here has the SKU ${mistyped} yet.`).getByText("Line 2, SKU").waitFor();
  await found(mistyped).getByText(`Nearest: ${sku}`).waitFor();
  await picture(owner, "unknown-sku");
  await found(mistyped)
    .getByRole("button", { name: `Use ${sku}` })
    .click();
  await review().getByRole("button", { name: "Read it again with 1 correction" }).click();
  await review().getByRole("cell", { name: sku, exact: true }).waitFor();
  await found(`No product here has the SKU ${mistyped} yet.`).waitFor({ state: "detached" });
});

test("what is wrong and not put right is downloaded with what to do about it, and left out", async () => {
  const { page } = owner;
  const coming = page.waitForEvent("download");
  await review()
    .getByRole("link", { name: "All wrong rows with what to do, as CSV: mend it and give it again" })
    .click();
  const lines = (await readFile(await (await coming).path(), "utf8")).trim().split("\r\n");
  expect(lines.map((line) => line.replace(/^\uFEFF/u, "").split('","').length)).toEqual([4, 4]);
  expect(lines[1]).toContain(`"${sku}-X","cheap","E_NUMBER","Write it in digits`);
  await review().getByRole("button", { name: "Take the 2 good rows" }).click();
  const given = page
    .getByRole("region", { name: "Files given" })
    .getByRole("listitem")
    .filter({ hasText: "prices.csv" });
  await given.getByText("2 new").waitFor();
  await given.getByText("1 wrong").waitFor();
});

test("all that without one breach of the content policy, script error or failed answer", () =>
  expectNoComplaints(owner));
