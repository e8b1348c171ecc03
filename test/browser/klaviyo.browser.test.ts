// By pasted key, from a sign-up to a disconnect: what is refused and why, a key after the other, and a key that is gone.
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { drawerOf, placesOf, signUp } from "./newcomer.ts";
import { tellInOrder } from "./story.ts";
import { expectNoComplaints, picture, syncUntil, type Visit } from "./visit.ts";
import { ownStack } from "./own-stack.ts";

const account = "MnMoss";

const own = ownStack();
let merchant: Visit;
let places: ReturnType<typeof placesOf>;
/** The account's own page of keys at Klaviyo, in another tab. */
let atKlaviyo: Page;
let keyInUse = "";

tellInOrder();
beforeAll(async () => {
  merchant = await own.visit();
  places = placesOf(merchant, "kelp-and-linen");
  atKlaviyo = await merchant.context.newPage();
});
afterAll(async () => {
  await merchant?.[Symbol.asyncDispose]();
});

/** Made where a person makes it; without scopes it may read everything. */
async function makeKey(of: string, scopes: readonly string[] = []): Promise<string> {
  await atKlaviyo.goto(`${own.stack.sandboxUrl}/~/www.klaviyo.com/settings/account/api-keys?account=${of}`);
  if (scopes.length > 0) await atKlaviyo.getByRole("radio", { name: "Custom access:" }).check();
  for (const scope of scopes) await atKlaviyo.getByRole("checkbox", { name: scope }).check();
  await atKlaviyo.getByRole("button", { name: "Create" }).click();
  return (await atKlaviyo.locator("#made-key").textContent()) ?? "";
}

async function deleteKey(key: string): Promise<void> {
  await atKlaviyo.goto(`${own.stack.sandboxUrl}/~/www.klaviyo.com/settings/account/api-keys?account=${account}`);
  const row = atKlaviyo.getByRole("row").filter({ hasText: key.slice(-6) });
  await row.getByRole("button", { name: "Delete" }).click();
  await row.waitFor({ state: "detached" });
}

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(merchant, "klaviyo-failed");
});

const drawer = () => drawerOf(merchant.page);
const toKeyField = () => drawer().getByRole("button", { name: "Paste the key" }).click();
async function tryKey(key: string): Promise<void> {
  await drawer().getByLabel("Private API key").fill(key);
  await drawer().getByRole("button", { name: "Try the key" }).click();
}
/** What the server says of it: the drawer names some keys by itself. */
async function answerTo(key: string): Promise<string> {
  const isTrial = (body: string | null): boolean => body?.includes('"operationName":"TryKey"') === true;
  const answered = merchant.page.waitForResponse((response) => isTrial(response.request().postData()));
  await tryKey(key);
  return (await answered).text();
}
const check = (name: string) => drawer().getByRole("listitem").filter({ hasText: name });

async function useKey(key: string): Promise<void> {
  await toKeyField();
  await tryKey(key);
  await drawer().getByRole("button", { name: "Use this key" }).click();
  await drawer().getByText("The access works again").waitFor();
  await drawer()
    .getByRole("link", { name: /^Open / })
    .click();
  keyInUse = key;
}

test("signs up, and is told before pasting what the key must be allowed to read", async () => {
  await signUp(merchant, { email: "meera@kelp.example", brand: "Kelp & Linen", slug: "kelp-and-linen" });
  await places.openConnect("klaviyo");
  await drawer().getByText("campaigns:read").waitFor();
  await drawer().getByRole("link", { name: "Policy of Klaviyo" }).waitFor();
  await toKeyField();
  await drawer().getByLabel("Private API key").waitFor();
});

test("the public key is refused by name, and what is no key, or nothing, by how one looks", async () => {
  await tryKey(" ");
  await drawer().getByText("Paste the private API key.").waitFor();
  // Named while it stands there, before anything was tried.
  const field = drawer().getByLabel("Private API key");
  // By the field; said aloud it stands in the drawer once more.
  const isPublic = drawer()
    .getByText(/This is the public key \(site ID\)/u)
    .first();
  await field.fill("pk_");
  await field.fill(account);
  await isPublic.waitFor();
  expect(await answerTo(account)).toMatch(/This is the public key \(site ID\)/u);
  await isPublic.waitFor();
  await drawer().getByText("What the key must be allowed to read").waitFor();
  await tryKey("hunter2");
  await drawer()
    .getByText(/does not look like a private API key/u)
    .waitFor();
  await tryKey(`pk_${"0".repeat(34)}`);
  await drawer()
    .getByText(/Klaviyo does not accept the key/u)
    .first()
    .waitFor();
  // The field is marked, and nothing else is asked to be corrected.
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  expect(await drawer().getByText("Correct the marked fields").count()).toBe(0);
});

test("a key that lacks scopes is shown scope by scope, with what stays empty and what to do", async () => {
  await tryKey(await makeKey(account, ["accounts:read", "campaigns:read"]));
  await check("metrics:read").getByText("does not work").waitFor();
  await check("campaigns:read").getByText("works", { exact: true }).waitFor();
  await drawer()
    .getByText(/make a new one with read-only access/u)
    .first()
    .waitFor();
  await drawer()
    .getByText(/^Stays empty without it:/u)
    .first()
    .waitFor();
  expect(await drawer().getByRole("button", { name: "Connect Klaviyo" }).count(), "a key that lacks scopes").toBe(0);
  await picture(merchant, "klaviyo-scopes");
});

test("the right key connects though spaces came with it, and the history comes in", async () => {
  keyInUse = await makeKey(account);
  await tryKey(`  ${keyInUse}\t `);
  await check("campaigns:read").getByText("works", { exact: true }).waitFor();
  await drawer().getByRole("button", { name: "Connect Klaviyo" }).click();
  // A key that is renewed before them would bring the first numbers, and not be said to work again.
  await drawer().getByText("First numbers are ready").waitFor();
  await drawer().getByRole("link", { name: "Watch it come in" }).click();
  await places.reads("Connected");
  await places.reads(/^(Fetching historical data|Active)/u);
});

test("the same account is not connected twice: it says so, and nothing was changed", async () => {
  await places.openConnect("klaviyo");
  await toKeyField();
  await tryKey(await makeKey(account));
  await drawer().getByRole("button", { name: "Connect Klaviyo" }).click();
  await drawer()
    .getByText(/is connected already/u)
    .first()
    .waitFor();
});

test("a new key takes the place of the old one without a gap; another account's is refused", async () => {
  const old = keyInUse;
  await places.openDetail("Monsoon & Moss");
  await places.choose("Reauthorize…");
  await toKeyField();
  await tryKey(await makeKey("TkyPpr"));
  await drawer().getByRole("button", { name: "Use this key" }).click();
  await drawer()
    .getByText(/This key belongs to/u)
    .first()
    .waitFor();
  await places.openDetail("Monsoon & Moss");
  await places.reads("Connected");
  await places.choose("Reauthorize…");
  await useKey(await makeKey(account));
  await places.reads("Connected");
  await deleteKey(old);
  // What is read meanwhile goes on with the new one; a sync that is asked for would wait behind it.
  await places.reads("Active");
  await merchant.page.getByRole("button", { name: "Sync now" }).click();
  await merchant.page.getByRole("button", { name: "Sync now" }).waitFor();
  await places.reads("Connected");
  await merchant.page.getByRole("link", { name: "Access", exact: true }).click();
  await merchant.page
    .getByText(new RegExp(`${keyInUse.slice(-4)}\\b`, "u"))
    .first()
    .waitFor();
});

test("a key that was deleted at the source turns to Reauthorize, says why, and a new one mends it", async () => {
  await places.openDetail("Monsoon & Moss");
  await places.reads("Active");
  await deleteKey(keyInUse);
  await syncUntil(merchant.page, "Reauthorize");
  await merchant.page
    .locator("#main")
    .getByText(/Klaviyo refuses the key since .*\d/u)
    .first()
    .waitFor();
  await places.openList();
  const row = places.rowOf("Monsoon & Moss");
  await row.getByText("Reauthorize", { exact: true }).first().waitFor();
  await picture(merchant, "klaviyo-key-gone");
  await row.getByRole("link", { name: /^Reauthorize|^Paste/u }).click();
  await useKey(await makeKey(account));
  await places.reads("Connected");
  await places.reads("Active");
});

/** Of its runs, newest first, the one that met this: a nightly one may have met it before the sync that was asked for. */
async function opensRunThatMet(words: RegExp): Promise<Locator> {
  const runs = merchant.page.locator(".runs-table tbody");
  const heads = runs.locator(".disclose");
  await heads.first().waitFor();
  // Each by its name and number: another may begin meanwhile, and stand above them.
  for (const name of await heads.allTextContents()) {
    const run = runs.filter({ has: merchant.page.locator(".disclose", { hasText: new RegExp(`^${name}$`, "u") }) });
    await run.getByRole("button").first().click();
    const told = run.locator(".tries");
    await told.waitFor();
    if ((await told.getByText(words).count()) > 0) return told;
  }
  throw new Error(`No run says ${words}`);
}

test("the run that met it says so in our words and in Klaviyo's, and what came next", async () => {
  await merchant.page.getByRole("link", { name: "Runs", exact: true }).click();
  const words = /Klaviyo does not accept the key/u;
  const met = (await opensRunThatMet(words)).getByRole("listitem").filter({ hasText: words }).first();
  await met.getByText(/Nothing more is read until somebody gives access again/u).waitFor();
  expect(await met.locator("q").textContent()).toMatch(/^401 /u);
});

test("disconnects, and the slot is free", async () => {
  await places.disconnect("Monsoon & Moss", "0 of 3 connected apps used");
});

test("all that without one breach of the content policy, script error or failed answer", () =>
  expectNoComplaints(merchant));
