// What the app says of accesses, and gives away as files: which permissions are used and which are of no use, and what may be taken away.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { said } from "./saying.ts";

const wide = { viewport: { width: 1440, height: 900 } };
const { context: open, show } = ownGallery();

test("a scope says when it was used last; one of no use is pointed out, with the way to take it away", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "detail-access");
  const scopes = page.getByRole("region", { name: "Scopes" });
  await scopes.getByText("1 is of no use").waitFor();
  const line = (name: string) => scopes.getByRole("listitem").filter({ hasText: name });
  expect(await line("read_orders").textContent()).toMatch(/granted · last used today\s21:30–22:30/u);
  expect(await line("read_inventory").textContent()).not.toContain("use");
  const themes = await line("read_themes").textContent();
  expect(themes).toContain("granted, though we did not ask for it · no use in the last 90 days");
  expect(themes).toContain("Nothing is read with it: better take it away. Reauthorize:");
});

test("a link that is opened, an access that is given anew, and the review of both say so while somebody looks on", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  const whenTold = async (scene: string, before: string, after: string) => {
    await show(page, scene);
    await page.getByText(before, { exact: true }).waitFor();
    await page.evaluate("dispatchEvent(new Event('word'))");
    await page.getByText(after, { exact: true }).waitFor();
  };
  await whenTold("access-link-told", "Sent", "Opened");
  await whenTold("access-told", "Ananya Das", "Priya Nair");
  await whenTold("access-review-told", "Ananya Das", "Priya Nair");
});

test("a connection says since when it is as it is, what happened then and who did it, while somebody looks on", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  const fact = (term: string) =>
    page
      .getByRole("region", { name: "Where it stands" })
      .locator("dl > div")
      .filter({ has: page.getByText(term, { exact: true }) })
      .locator("dd");
  await show(page, "detail-signed-in-again");
  expect(await said(fact("Connection"))).toMatch(/^Connected since .+ by Ananya Das$/u);
  await page.evaluate("dispatchEvent(new Event('word'))");
  await expect
    .poll(() => said(fact("Connection")))
    .toMatch(/^Connected since today 22:47 signed in again by priya@brightads\.example$/u);
  await show(page, "detail-access-revoked");
  expect(await said(fact("Connection"))).toBe(
    "Reauthorize since today 22:07 The access was revoked at Shopify (today 22:07).",
  );
  expect(await said(fact("Data sync"))).toBe(
    "Inactive since today 22:07 Nothing can be read from Shopify until it is authorized again.",
  );
  expect(await said(fact("Next step"))).toBe("Reauthorize");
  await show(page, "detail-fetching");
  await expect.poll(() => said(fact("Data sync"))).toMatch(/^Fetching historical data since /u);
  await show(page, "detail-not-synced");
  await expect.poll(() => said(fact("Data sync"))).toMatch(/^Not synced since /u);
});

test("a name beside what was done says that it is of whoever did it", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "detail-timeline");
  const line = page.getByRole("listitem").filter({ hasText: "The plan does not cover it." });
  expect(await said(line)).toContain("The plan does not cover it. by Ananya Das");
});

test("what comes in files is added once more, of no account", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "catalog-connected");
  const card = (name: string) => page.getByRole("link").filter({ hasText: name });
  expect(await said(card("Shopify").filter({ hasText: "another" }))).toContain("Connected · add another account");
  expect(await said(card("Custom costs").filter({ hasText: "another" }))).toMatch(/Connected · add another$/u);
});

test("where no grant and no key works, the review says that, not that nothing can be read", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "access-review-empty");
  expect(await said(page.getByRole("region", { name: "Grants and keys that still work" }))).toContain(
    "There are none.",
  );
});

test("a token says what it may do in the words in which it was chosen", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "tokens");
  expect(await said(page.getByRole("row").filter({ hasText: "Ops bot" }))).toMatch(/m2Pd Read and manage /u);
  expect(await said(page.getByRole("row").filter({ hasText: "Warehouse sheet" }))).toMatch(/7qXa Read /u);
});

test("a call says what it is for, and then under which name the file has it", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "detail-access");
  const calls = page.getByRole("region", { name: "Calls made with it" });
  expect(await said(calls.getByRole("row").nth(1))).toMatch(/^Orders in the file: POST orders\.bulk 1,284 /u);
});

test("what is still in consent is said to be being connected, not to be a datasource that was not synced", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "datasources-being-connected");
  await page.getByRole("img", { name: /^\d+ of 10 connected apps used, 1 being connected$/u }).waitFor();
  await page.getByRole("button", { name: /^DATA\. .+, 1 being connected$/u }).waitFor();
});

test("every call is taken away as a file", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "detail-access");
  const link = page.getByRole("link", { name: "All calls as CSV" });
  await link.waitFor();
  expect(await link.getAttribute("href")).toMatch(/^\/v1\/datasources\/x\/calls\.csv\?organisation=[\w-]+$/u);
});

test("wrong rows are taken away as a file", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "files-waiting");
  const link = page.getByRole("link", { name: "All wrong rows with what to do, as CSV" });
  await link.waitFor();
  expect(await link.getAttribute("href")).toMatch(/^\/v1\/uploads\/\w+\/report\.csv\?organisation=[\w-]+$/u);
});

test("the review lists every grant and key: whose, how old, used when, until when, and whether its giver left", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "access-review");
  const list = page.getByRole("region", { name: "Grants and keys that still work" });
  await list.waitFor();
  const [key, grant] = await list.getByRole("listitem").allInnerTexts();
  expect(key).toMatch(/Monsoon & Moss · Klaviyo\s+····9f2c/u);
  expect(key).toMatch(/by Priya Nair, who is no member any more · last used 12\smin ago/u);
  expect(key).toContain("1 scope is of no use");
  expect(key).toContain("does not end by itself");
  expect(grant).toMatch(/by Arjun Rao · not used yet/u);
  expect(grant).toContain("renews itself; unused it ends");
});
