// An access review: what is decided and what is not, what a decision leads to, and the password that is asked before it is signed.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { region, said } from "./saying.ts";

const { context: open, show } = ownGallery();
const wide = { viewport: { width: 1440, height: 900 } };

test("says when it is due and how far it is; what changed is to be decided again; each leads to where it is done", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "access-review-half");
  await page.getByText("Due 1 Dec · 4 of 7 decided").waitFor();
  expect(await page.getByRole("button", { name: "Sign…" }).count(), "not all is decided").toBe(0);
  const line = (list: string, name: string) => region(list)(page).getByRole("listitem").filter({ hasText: name });
  const grants = "Grants and keys that still work";
  expect(await said(line(grants, "Klaviyo"))).toMatch(
    /See which scopes can go, and how Ananya Das, 34 min ago · flows:read is left over from the trial/u,
  );
  expect(await line(grants, "Gorgias").getByRole("link", { name: "Paste a new key" }).getAttribute("href")).toContain(
    "?reauthorize=gorgias",
  );
  expect(await said(line(grants, "Shopify"))).toContain("Changed since it was decided: decide again.");
  expect(await line("API tokens", "Ops bot").getByRole("link").getAttribute("href")).toContain("/developers/tokens");
  const keep = line(grants, "Shopify").getByRole("button", { name: "Keep" });
  expect(await keep.getAttribute("aria-pressed")).toBe("false");
  await keep.press("k");
  await line(grants, "Shopify").getByRole("alert").getByText("This access has changed since it was shown.").waitFor();
});

test("once all is decided it can be signed, by whoever knows the password", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "access-review-decided");
  await page.getByRole("button", { name: "Sign…" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign the access review?" });
  await dialog.getByText("1 decision is still to be carried out: signing does not do it.").waitFor();
  await dialog.getByLabel("Password").fill("not mine");
  await dialog.getByRole("button", { name: "Sign the review" }).click();
  await dialog.getByRole("alert").getByText("That is not your current password.").waitFor();
  await show(page, "access-review-overdue");
  await page.getByText("Overdue since 11 Nov").waitFor();
});

test("a note that could not be kept stays in its field, and whoever leaves it goes on where its button was", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "access-review-half");
  const change = page.getByRole("button", { name: /^Change the note.*Klaviyo$/u });
  await change.press("Enter");
  const field = page.getByRole("textbox", { name: "Note on Monsoon & Moss, Klaviyo" });
  await field.fill("asked Mira");
  await field.press("Enter");
  await page.getByRole("alert").getByText("This access has changed since it was shown.").waitFor();
  expect(await field.inputValue()).toBe("asked Mira");
  await field.press("Escape");
  await expect.poll(() => page.evaluate("document.activeElement.textContent")).toMatch(/^Change the note/u);
});

test("each press takes effect, one after the other, and the last is told to whoever does not see it", async () => {
  await using context = await open(wide);
  const page = await show(await context.newPage(), "access-review-decided");
  await page.evaluate(`globalThis.asked = [];
    addEventListener("asked", ({ detail: { operationName, variables } }) => {
      if (operationName === "DecideAccess") asked.push(variables.input.choice);
    });`);
  const asked = (): Promise<unknown> => page.evaluate("asked");
  const answered = (): Promise<unknown> => page.evaluate("dispatchEvent(new Event('answer'))");
  const keep = page.getByRole("group", { name: "Decide on Monsoon & Moss, Klaviyo" }).getByRole("button").first();
  await keep.press("k");
  await keep.press("o");
  await expect.poll(asked).toEqual(["KEEP"]);
  await answered();
  await expect.poll(asked).toEqual(["KEEP", "ROTATE"]);
  await answered();
  const told = page.locator(".vh[role=status]");
  await told.filter({ hasText: "Decided on Monsoon & Moss, Klaviyo: Rotate" }).first().waitFor({ state: "attached" });
  expect(await told.first().textContent()).not.toContain("Keep");
});
