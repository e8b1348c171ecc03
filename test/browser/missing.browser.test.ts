// A form that is sent with something missing or wrong leads to it: the focus goes to the field, for eyes, keys and screen readers.
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
