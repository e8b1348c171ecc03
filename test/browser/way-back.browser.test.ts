// Back, by the browser's own button: one goes on from the link that led away, with the keys and with a screen reader.
import { expect, test } from "vitest";
import { paths, signIn } from "./visit.ts";
import { ownStack } from "./own-stack.ts";

const own = ownStack();

test("back from a datasource and its tabs, the focus is on its row; a link leads to the heading", async () => {
  await using merchant = await own.visit();
  const { page } = merchant;
  await page.clock.install();
  await signIn(merchant);
  await merchant.go(`${paths.datasources}/connect/custom-costs`);
  await page.getByRole("button", { name: "Add Custom costs (CSV)" }).click();
  await page.waitForURL(/\/files$/u);
  await merchant.go(paths.datasources);
  const row = page.getByRole("table", { name: "Connected datasources" }).getByRole("link").first();
  const heading = page.getByRole("heading", { level: 1 });
  const hasFocus = (one: typeof row) =>
    expect.poll(() => one.evaluate((it) => it === document.activeElement)).toBe(true);
  await row.press("Enter");
  await page.waitForURL(/\/datasources\/[^/]+$/u);
  await hasFocus(heading);
  await page.getByRole("link", { name: "Timeline", exact: true }).click();
  await page.waitForURL(/\/timeline$/u);
  await page.goBack();
  await page.waitForURL(/\/datasources\/[^/]+$/u);
  await page.goBack();
  await hasFocus(row);
  await row.press("Enter");
  await page.waitForURL(/\/datasources\/[^/]+$/u);
  await hasFocus(heading);
  // A row that is far down comes after its page.
  await page.evaluate(`(() => {
    const find = Document.prototype.querySelector;
    document.querySelector = (what) => (what.startsWith("main a[href=") ? null : find.call(document, what));
    globalThis.bringRow = () => {
      delete document.querySelector;
      document.querySelector("main").append(document.createElement("i"));
    };
  })()`);
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.goBack();
  await hasFocus(heading);
  await page.evaluate("bringRow()");
  await hasFocus(row);
});

const tooSlow = { message: "This took too long.", extensions: { code: "TIMEOUT" } };
const refused = { errors: [tooSlow] };
const inPart = { data: { me: null, organisation: null }, errors: [{ ...tooSlow, path: ["me", "memberships"] }] };

test.each([
  ["/", refused],
  [paths.overview, refused],
  [paths.overview, inPart],
  [paths.mails, refused],
])("a server that cannot say who asks for %s leads nobody to the sign-in: it is asked again", async (path, json) => {
  await using visiting = await own.visit();
  const { page, go } = visiting;
  await go("/");
  await page.waitForURL("**/sign-in");
  await signIn(visiting);
  await page.route("**/graphql", (route) => route.fulfill({ json }));
  await go(path);
  const failed = page.getByRole("heading", { name: "This page could not be opened" });
  await failed.waitFor();
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Try again" }).click()]);
  await failed.waitFor();
  await page.unroute("**/graphql");
  await page.locator("#main h1").waitFor();
  expect(new URL(page.url()).pathname).not.toBe("/sign-in");
});

test("a datasource that could not be read is asked for again, and has a heading until then", async () => {
  await using visiting = await own.visit();
  const { page, go } = visiting;
  await signIn(visiting);
  await page.route("**/graphql", (route) =>
    route.request().postData()?.includes("DatasourceDetail") ? route.fulfill({ json: refused }) : route.continue(),
  );
  await go(`${paths.datasources}/none`);
  await page.getByText("This datasource could not be read.").waitFor();
  expect(await page.locator("#main h1").count()).toBe(1);
  await page.unroute("**/graphql");
  await page.getByRole("heading", { name: "Nothing is here" }).waitFor();
});

test("where what connects does not come, the list stands behind the word of that", async () => {
  await using visiting = await own.visit();
  const { page, go } = visiting;
  await signIn(visiting);
  await page.route("**/assets/connect-drawer*", (route) => route.abort());
  await go(paths.connectShopify);
  await page.getByRole("alertdialog", { name: "This did not open" }).waitFor();
  await page.locator("#main h1").waitFor();
});
