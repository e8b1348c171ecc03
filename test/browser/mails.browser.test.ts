// What one is told under the bell, and which of it by mail: theirs to say, each saved when it is chosen.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";

const { context: open, show } = ownGallery();

/** What is asked for from now on, of which mails are chosen. */
async function chosenFrom(page: Page): Promise<() => Promise<unknown>> {
  await page.evaluate(`{
    globalThis.chosen = [];
    addEventListener("asked", ({ detail: { operationName, variables } }) => {
      if (operationName === "ChooseMails") chosen.push([variables.input.topic, variables.input.isOn].join());
    });
  }`);
  return () => page.evaluate("chosen");
}

test("a kind of mail is turned off where one stands, and said to be saved", async () => {
  await using context = await open({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const page = await context.newPage();
  await show(page, "mails");
  const box = (name: string) => page.getByRole("checkbox", { name });
  expect([await box("It works again").isChecked(), await box("A history is in").isChecked()]).toEqual([false, true]);
  await box("A history is in").click();
  const line = page.getByRole("listitem").filter({ hasText: "A history is in" });
  await line.getByText("Saved", { exact: true }).waitFor();
  expect(await box("A history is in").isChecked()).toBe(false);
  await page.getByText("is written in any case", { exact: false }).waitFor();
});

test("a switch that is pressed while another press is saved takes effect, and only the last is said to be saved", async () => {
  await using context = await open();
  const page = await show(await context.newPage(), "mails-saving");
  const box = (name: string) => page.getByRole("checkbox", { name });
  const line = (name: string) => page.getByRole("listitem").filter({ hasText: name });
  const answered = () => page.evaluate("dispatchEvent(new Event('answer'))");
  const chosen = await chosenFrom(page);
  await box("A history is in").click();
  await box("A history is in").click();
  await box("It works again").click();
  expect([await box("A history is in").isChecked(), await box("It works again").isChecked()]).toEqual([true, true]);
  expect(await page.getByText("Saving…").count()).toBe(2);
  const inTurn = ["HISTORY_READ,false", "HISTORY_READ,true", "RECOVERED,true"];
  await expect.poll(chosen).toEqual(inTurn.slice(0, 1));
  await answered();
  await expect.poll(chosen).toEqual(inTurn.slice(0, 2));
  await answered();
  await expect.poll(chosen).toEqual(inTurn);
  expect(await page.getByText("Saved", { exact: true }).count()).toBe(0);
  await answered();
  await line("It works again").getByText("Saved", { exact: true }).waitFor();
  expect(await line("A history is in").getByText("Saved", { exact: true }).count()).toBe(0);
  expect([await box("A history is in").isChecked(), await box("It works again").isChecked()]).toEqual([true, true]);
});

test("notices of one datasource stand together, and lead to where mails are chosen", async () => {
  await using context = await open({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await show(page, "inbox");
  const lines = await page.locator(".dp").getByRole("listitem").allTextContents();
  const klaviyo = lines.flatMap((line, n) => (line.includes("M&M main list at Klaviyo") ? [n] : []));
  expect(klaviyo).toEqual([0, 1]);
  const ofKlaviyo = page.getByRole("region", { name: "Klaviyo", exact: true });
  expect(await ofKlaviyo.getByRole("heading", { level: 3 }).allTextContents()).toEqual(["Klaviyo"]);
  expect(await ofKlaviyo.getByRole("listitem").count()).toBe(2);
  const link = page.getByRole("link", { name: "Which of it is mailed to you" });
  expect(await link.getAttribute("href")).toBe("/me/notifications");
});

test("a notice that comes while one reads them is announced once, and waits to be shown", async () => {
  await using context = await open({ viewport: { width: 1440, height: 900 } }, "running");
  const page = await show(await context.newPage(), "datasources-notice");
  await page.getByRole("button", { name: "Notices", exact: true }).click();
  const panel = page.getByRole("dialog", { name: "Notices" });
  await panel.getByText("Shopify did not answer.").waitFor();
  expect(await panel.getByRole("listitem").count()).toBe(1);
  await page.evaluate("dispatchEvent(new Event('word'))");
  await page.clock.runFor(120_000);
  const told = page.getByRole("status").filter({ hasText: "Notices, 1 not read" });
  await told.waitFor({ state: "attached" });
  expect(await told.count()).toBe(1);
  expect(await panel.getByRole("listitem").count()).toBe(1);
  await panel.getByRole("button", { name: "Show 1 new notice" }).click();
  await panel.getByText("Priya’s grant at Meta Ads ends in 6 days.").waitFor();
});
