// What a person is told where something else is under way, could not be read, or was stopped, in the gallery.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";

const gallery = ownGallery();

async function open(scene: string, locale = "en-IN"): Promise<Page & AsyncDisposable> {
  const context = await gallery.context({ locale });
  const page = await gallery.show(await context.newPage(), scene);
  return Object.assign(page, { [Symbol.asyncDispose]: () => context.close() });
}

test("what one key came to is never told of another that was typed meanwhile", async () => {
  await using page = await open("connect-key-tried");
  const field = page.getByRole("textbox", { name: "Private API key" });
  await page.evaluate(`globalThis.shown = [];
    new MutationObserver(() => shown.push(document.querySelector("form").innerText))
      .observe(document.body, { subtree: true, childList: true, characterData: true })`);
  const tries = async (key: string): Promise<void> => {
    await field.fill(key);
    await page.getByRole("button", { name: "Try the key" }).click();
  };
  await tries("pk_1");
  await page.getByRole("button", { name: "Trying the key…" }).waitFor();
  await tries("pk_2");
  await page.getByText("Key 2 cannot be used.").waitFor();
  await page.evaluate("dispatchEvent(new Event('answer'))");
  await tries("pk_3");
  await page.getByText("Key 3 cannot be used.").waitFor();
  const shown = await page.evaluate<string[]>("shown");
  expect(shown.filter((text) => text.includes("Connect Klaviyo"))).toEqual([]);
});

test("what a disconnect would do can be asked again where it could not be read, and nothing of it is made up", async () => {
  await using page = await open("detail-rehearsal-again");
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText("What depends on it could not be read.").waitFor();
  expect(await dialog.textContent()).not.toContain("revoked");
  await dialog.getByRole("button", { name: "Try again" }).click();
  await dialog.getByText("Our key is erased at once.").waitFor();
});

test("what was disconnected is not said to be revoked at the source, where others may stand on the login", async () => {
  await using page = await open("datasources-being-connected");
  const told = page.getByText("brings back data, settings and the slot if still free");
  await told.waitFor();
  expect(await told.textContent()).not.toContain("revoked");
});

test("a first connect that somebody stopped says so, by whom, and that nothing is read until it is resumed", async () => {
  await using page = await open("connect-stopped-for-good");
  await page.getByRole("heading", { name: "Stopped before the first numbers" }).waitFor();
  await page.getByText("Paused by Arjun Rao, Wed 18 Nov 16:02: stock take. Nothing new is read until it").waitFor();
  await page.getByRole("button", { name: "Resume" }).waitFor();
});

test("a first connect that is stopped until some time says when it goes on by itself", async () => {
  await using page = await open("connect-stopped");
  await page.getByRole("heading", { name: "Stopped before the first numbers" }).waitFor();
  await page.getByText(/stock take\. It goes on by itself tomorrow\s22:47\./u).waitFor();
  expect(await page.getByRole("status").first().textContent()).not.toContain("until it is resumed");
  await page.getByRole("button", { name: "Resume" }).waitFor();
});

test("a history that somebody stopped behind the first numbers is not said to go on", async () => {
  await using page = await open("connect-ready-stopped");
  await page.getByRole("heading", { name: "First numbers are ready" }).waitFor();
  const told = page.getByRole("status").filter({ hasText: "First numbers are ready" });
  expect(await told.textContent()).not.toContain("History goes on");
  expect(await told.textContent()).toContain("Paused by Arjun Rao, Wed 18 Nov 16:02: stock take. It goes on by itself");
});

test("a file given while another is being sent is told as not taken", async () => {
  await using page = await open("files-empty");
  const give = (name: string) =>
    page.getByLabel("CSV file").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") });
  await give("first.csv");
  await page.getByText("Reading first.csv…").waitFor();
  await give("second.csv");
  await page.getByRole("alert").getByText("Not taken: second.csv.").waitFor();
  await page.getByText("Reading first.csv…").waitFor();
});

test("of a datasource whose data came in files, a disconnect that could not be rehearsed says nothing of a source", async () => {
  await using page = await open("detail-rehearsal-failed-files");
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText("What depends on it could not be read.").waitFor();
  const said = await dialog.textContent();
  expect(said).not.toContain("access ends");
  expect(said).not.toContain("policy");
});

test.each(["en-IN", "hi-IN"])(
  "nothing is cut of what stands beside a chart, however its currency is written: %s",
  async (locale) => {
    await using page = await open("overview-long-currency", locale);
    const axis = page.locator("svg.ch").first().locator("g text");
    await axis.first().waitFor();
    const cut = await axis.evaluateAll((marks) =>
      marks
        .filter((mark) => mark.getBoundingClientRect().left < (mark.closest("svg")?.getBoundingClientRect().left ?? 0))
        .map(({ textContent }) => textContent),
    );
    expect(cut).toEqual([]);
  },
);
