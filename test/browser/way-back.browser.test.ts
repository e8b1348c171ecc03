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

test("a server that cannot say who asks leads nobody to the sign-in: it is told, and tried again", async () => {
  await using visiting = await own.visit();
  const { page, go } = visiting;
  await go("/");
  await page.waitForURL("**/sign-in");
  await signIn(visiting);
  const tooSlow = { errors: [{ message: "This took too long.", extensions: { code: "TIMEOUT" } }] };
  await page.route("**/graphql", (route) => route.fulfill({ json: tooSlow }));
  await go("/");
  await page.getByRole("heading", { name: "This page could not be opened" }).waitFor();
  await page.unroute("**/graphql");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.waitForURL(/\/(overview|welcome)$/u);
});
