// Another language in the middle of something needs no reload and keeps what was typed; another day asks again for what was worded.
import { expect, test } from "vitest";
import { paths, signIn } from "./visit.ts";
import { ownStack } from "./own-stack.ts";

const own = ownStack();

test("what was put right in a file stands in another language too", async () => {
  await using merchant = await own.visit();
  const { page } = merchant;
  await signIn(merchant);
  await merchant.go(`${paths.datasources}/connect/custom-costs`);
  await page.getByRole("button", { name: "Add Custom costs (CSV)" }).click();
  await page.waitForURL(/\/files$/u);
  await page.locator("#main input[type=file]").setInputFiles({
    name: "costs.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(
      "start_date,cost_type,amount,currency\n2026-13-01,shipping,7.42,INR\n2026-11-02,shipping,8,INR\n",
    ),
  });
  await page
    .getByRole("button", { name: /^Put right/u })
    .first()
    .click();
  await page.keyboard.type("2026-11-01");
  await page.keyboard.press("Enter");
  await page.locator("#main").getByText("Read as 2026-11-01").first().waitFor();
  await page.evaluate("globalThis.notReloaded = true");
  await page.getByRole("button", { name: /^Account/u }).click();
  await page.getByText("हिन्दी", { exact: true }).first().click();
  await page.locator("#main").getByText("2026-11-01 पढ़ा जाएगा").first().waitFor();
  expect(await page.evaluate("globalThis.notReloaded")).toBe(true);
});

test("what the server told as today is asked again on the next day, without a reload", async () => {
  await using merchant = await own.visit();
  const { page } = merchant;
  await page.clock.install();
  await signIn(merchant);
  const first = page.waitForEvent("websocket");
  await merchant.go(paths.datasources);
  // In whatever language the test before has left it.
  await page.locator('a[href$="/connect/shopify"]').first().waitFor();
  await first;
  await page.evaluate("globalThis.notReloaded = true");
  const asked = page.waitForRequest((request) => request.postData()?.includes('"Catalog"') === true);
  const live = page.waitForEvent("websocket");
  await page.clock.fastForward("24:00:00");
  await Promise.all([asked, live]);
  expect(await page.evaluate("globalThis.notReloaded")).toBe(true);
});
