// An access review of a real organisation: decided with the keyboard, signed, and its record taken away and held against its hash.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { signUp } from "./newcomer.ts";
import { ownStack } from "./own-stack.ts";

const own = ownStack();
const newcomer = { email: "meera@example.com", brand: "Rain Lamp", slug: "rain-lamp" };

test("everything is decided, signed with the password, and the file has the hash that the page tells", async () => {
  await using visiting = await own.visit();
  const { page, go } = visiting;
  await signUp(visiting, newcomer);
  await go(`/${newcomer.slug}/settings/developers/tokens`);
  await page.getByRole("button", { name: "Create a token" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Nightly");
  await page.getByRole("button", { name: "Create the token" }).click();
  await page.getByRole("button", { name: "I have copied it" }).click();
  await go(`/${newcomer.slug}/settings/integrations/access-review`);
  await page.getByText("0 of 2 decided").waitFor();
  const choice = (what: string, name: string) =>
    page.getByRole("group", { name: `Decide on ${what}` }).getByRole("button", { name });
  await choice("Meera Iyer", "Keep").press("k");
  await page.getByText("1 of 2 decided").waitFor();
  await choice("Nightly", "Keep").press("x");
  await page.getByText("2 of 2 decided").waitFor();
  expect(await choice("Nightly", "Revoke").getAttribute("aria-pressed")).toBe("true");
  await page.getByRole("button", { name: /^Add a note.*Nightly$/u }).click();
  await page.getByRole("textbox", { name: "Note on Nightly" }).fill("nothing calls with it");
  await page.keyboard.press("Enter");
  await page.getByText("· nothing calls with it").waitFor();
  await page.getByRole("button", { name: "Sign…" }).click();
  const sign = async (password: string): Promise<void> => {
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign the review" }).click();
  };
  await sign("a guess at noon");
  await page.getByText("That is not your current password.").waitFor();
  await sign("a lamp in the rain at noon");
  await page.getByText(/^Signed today\s.+The next one is due [^·]+$/u).waitFor();
  const left = page.getByRole("region", { name: /^Still to do from the review of / });
  await left
    .getByRole("listitem")
    .filter({ hasText: /^Nightly\s*Revoke:/u })
    .getByRole("link")
    .waitFor();
  const signed = page.getByRole("region", { name: "Signed reviews" });
  const told = await signed.getByText(/^SHA-256 /u).innerText();
  const [file] = await Promise.all([page.waitForEvent("download"), signed.getByRole("link").click()]);
  const bytes = await readFile(await file.path());
  expect(`SHA-256 ${createHash("sha256").update(bytes).digest("hex")}`).toBe(told);
  const { rows } = JSON.parse(bytes.toString());
  expect(rows.map((row: { name: string; decision: { choice: string } }) => [row.name, row.decision.choice])).toEqual([
    ["Meera Iyer", "keep"],
    ["Nightly", "revoke"],
  ]);
});
