// What the app says of accesses, and gives away as files: which permissions are used and which are of no use, and what may be taken away.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";

const wide = { viewport: { width: 1440, height: 900 } };
const { context: open, show } = ownGallery();

test("a scope says when it was used last; one of no use is pointed out, with the way to take it away", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "detail-access");
  const scopes = page.getByRole("region", { name: "Scopes" });
  await scopes.getByText("1 is of no use").waitFor();
  const line = (name: string) => scopes.getByRole("listitem").filter({ hasText: name });
  expect(await line("read_orders").textContent()).toMatch(/granted · last used in the hour of today\s21:30/u);
  expect(await line("read_inventory").textContent()).not.toContain("use");
  const themes = await line("read_themes").textContent();
  expect(themes).toContain("granted, though we did not ask for it · no use in the last 90 days");
  expect(themes).toContain("Nothing is read with it: better take it away. Reauthorize:");
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
  const list = page.getByRole("region", { name: "Everything that can read your data" });
  await list.waitFor();
  const [key, grant] = await list.getByRole("listitem").allInnerTexts();
  expect(key).toMatch(/Monsoon & Moss · Klaviyo\s+····9f2c/u);
  expect(key).toMatch(/by Priya Nair, who is no member any more · last used 12\smin ago/u);
  expect(key).toContain("1 scope is of no use");
  expect(key).toContain("does not end by itself");
  expect(grant).toMatch(/by Arjun Rao · not used yet/u);
  expect(grant).toContain("renews itself; unused it ends");
});
