// What an undo of a file takes with it is asked when it is pressed: the list holds the newest only. What is taken while it is
// looked at is named as well before anything goes.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";

const { context, show } = ownGallery();

test("a file that is not in the list is named before it goes with an undo; nothing is undone while that cannot be read", async () => {
  await using own = await context();
  const page = await show(await own.newPage(), "files-undo-takes");
  const undo = page.getByRole("button", { name: "Undo costs-november.csv" });
  const dialog = page.getByRole("dialog", { name: "Undo costs-november.csv and what was taken after it?" });
  await undo.click();
  await page.getByRole("alert").waitFor();
  expect(await dialog.count()).toBe(0);
  await undo.click();
  await dialog.getByRole("button", { name: "Undo 2 files" }).waitFor();
  expect(await dialog.getByRole("listitem").allInnerTexts()).toEqual(["given-long-before.csv"]);
  await dialog.getByRole("button", { name: "Undo 2 files" }).click();
  await dialog.getByRole("alert").getByText("taken-meanwhile.csv was taken since, and would go with it.").waitFor();
  await dialog.getByRole("button", { name: "Undo 3 files" }).waitFor();
  expect(await dialog.getByRole("listitem").allInnerTexts()).toEqual(["taken-meanwhile.csv", "given-long-before.csv"]);
  await dialog.getByRole("button", { name: "Undo 3 files" }).click();
  await dialog.waitFor({ state: "detached" });
  expect(await page.getByRole("alert").count()).toBe(0);
});

test("one that was let be while its answer was on the way is not asked about again", async () => {
  await using own = await context();
  const page = await show(await own.newPage(), "files-undo-takes");
  const undo = page.getByRole("button", { name: "Undo costs-november.csv" });
  await undo.click();
  await page.getByRole("alert").waitFor();
  await undo.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Undo 2 files" }).waitFor();
  await dialog.evaluate((shown) => {
    const [press, leave] = ["Undo 2 files", "Cancel"].map((word) =>
      [...shown.querySelectorAll("button")].find((button) => button.textContent === word),
    );
    press?.click();
    leave?.click();
  });
  await page.getByText("taken-meanwhile.csv was taken since, and would go with it.").waitFor();
  expect(await dialog.count()).toBe(0);
});

test("the last file, which takes no other with it, is undone once somebody has seen what of it goes", async () => {
  await using own = await context({ viewport: { width: 1440, height: 900 } });
  const page = await show(await own.newPage(), "files-taken");
  await page.getByRole("checkbox", { name: "Take it although the total differs" }).check();
  await page.getByRole("button", { name: "Take the 214 good rows" }).click();
  await page.getByRole("button", { name: /^Undo costs-2026-11/u }).click();
  const dialog = page.getByRole("dialog", { name: /^Undo costs-2026-11.*\?$/u });
  await dialog.getByText("The costs of its days go back to how they stood before it.").waitFor();
  expect(await dialog.getByText(/\d+ rows/u).count()).toBe(1);
  expect(await page.getByText("Undone", { exact: true }).count()).toBe(0);
  await dialog.getByRole("button", { name: "Undo 1 file" }).click();
  await page.getByText("Undone", { exact: true }).waitFor();
  expect(await page.getByRole("dialog").count()).toBe(0);
});
