// A form that is sent with something missing or wrong leads to it: the focus goes to the field, for eyes, keys and screen readers.
// What could not be sent is sent once the field is left again.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";

const { context, show } = ownGallery();

test("a disconnect that deletes without the name leads to its field, each time that it is pressed", async () => {
  await using own = await context();
  const page = await show(await own.newPage(), "detail-disconnect-strong");
  await page.getByText("Delete it").click();
  const name = page.getByRole("alertdialog").getByRole("textbox");
  const disconnect = page.getByRole("alertdialog").getByRole("button", { name: /^Disconnect / });
  const isLedTo = () => expect.poll(() => name.evaluate((field) => field === document.activeElement)).toBe(true);
  await disconnect.click();
  await isLedTo();
  await disconnect.click();
  await isLedTo();
});

test("a name that did not reach the server is sent once more when its field is left again", async () => {
  await using own = await context();
  const page = await show(await own.newPage(), "settings-replaced");
  const name = page.getByRole("textbox", { name: "Name" });
  await name.fill("Store of Mumbai");
  await name.press("Tab");
  await page.getByText("Headwater did not answer.").waitFor();
  await page.getByText("Saved when you leave the field", { exact: true }).waitFor();
  await name.focus();
  await name.press("Tab");
  await page.getByText("Saving…").waitFor();
  await page.evaluate("dispatchEvent(new Event('answer'))");
  await page.getByText("Saved", { exact: true }).waitFor();
  expect(await page.getByText("Headwater did not answer.").count(), "what is saved is no problem").toBe(0);
});

test.each([
  { where: "elsewhere", field: "[role=search] input, body > input", isLed: true },
  { where: "in the form", field: "#create-form [name=name]", isLed: false },
])("what is typed $where while a form is on its way", async ({ field, isLed }) => {
  await using own = await context();
  const page = await show(await own.newPage(), "tokens");
  await page.getByRole("button", { name: "Create a token" }).click();
  const dialog = page.getByRole("dialog");
  const name = dialog.getByRole("textbox", { name: "Name" });
  await name.fill("Warehouse sheet");
  const create = dialog.getByRole("button", { name: "Create the token" });
  await create.focus();
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Creating…" }).waitFor();
  await page.evaluate((typedIn) => {
    document.body.append(document.createElement("input"));
    document.querySelector(typedIn)?.dispatchEvent(new Event("input", { bubbles: true }));
    document.querySelector("#create-form [name=name]")?.setAttribute("aria-invalid", "true");
    return new Promise((resolve) => setTimeout(resolve));
  }, field);
  expect(await name.evaluate((it) => it === document.activeElement)).toBe(isLed);
});
