// The list of tokens shows those alive only; the pages it is read in hold the revoked ones too.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";

const { context, show } = ownGallery();

test("where all of the newest tokens are revoked, the older ones that are alive stand there unasked", async () => {
  await using own = await context();
  const page = await show(await own.newPage(), "tokens-behind-revoked");
  await page.getByRole("button", { name: "Revoke Ops bot" }).waitFor();
  await page.getByRole("button", { name: "Load more" }).waitFor({ state: "detached" });
  expect(await page.getByRole("button", { name: /^Revoke/u }).count()).toBe(2);
});
