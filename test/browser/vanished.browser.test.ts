// Connected, and soon after the access is gone without anybody having revoked it: a role taken away on one of two ad accounts
// of a sign-in, then the other one handed to another owner. Each says so, the other account goes on, and there is a way back.
import type { Page } from "playwright-core";
import { test } from "vitest";
import { atDesk } from "./desk.ts";
import { drawerOf, placesOf, signUp } from "./newcomer.ts";
import { ownStack } from "./own-stack.ts";
import { showsPair, type Told } from "./pairs.ts";
import { tellOfOne } from "./story.ts";
import { expectNoComplaints, openedBy, press, syncUntil, type Visit } from "./visit.ts";

const slug = "hill-and-harbour";
const priya = "10220000000000101";
const arjun = "10220000000000102";
/** Of the agency's: their histories are short. */
const first = { id: "202000000000002", name: "Birch Prospecting" } as const;
const second = { id: "202000000000004", name: "Dahlia Prospecting" } as const;

const own = ownStack();
let merchant: Visit;
let places: ReturnType<typeof placesOf>;

tellOfOne(own, "vanished", (person) => {
  merchant = person;
  places = placesOf(person, slug);
});

const drawer = () => drawerOf(merchant.page);
const says = (words: RegExp) => drawer().getByText(words).first().waitFor();
async function allowAs(person: string): Promise<void> {
  const consent: Page = await openedBy(merchant, () =>
    drawer().getByRole("button", { name: "Continue to Meta Ads" }).click(),
  );
  await consent.getByRole("radio", { name: person }).check();
  await press(consent, "Continue");
}

test("two ad accounts of one sign-in are connected", async () => {
  await signUp(merchant, { email: "kavya@hill.example", brand: "Hill & Harbour", slug });
  await places.openConnect("meta-ads");
  await allowAs("Arjun Mehta");
  for (const { name } of [first, second]) {
    await drawer().getByRole("searchbox", { name: "Find an account" }).fill(name);
    await drawer()
      .getByRole("checkbox", { name: new RegExp(name, "u") })
      .check();
  }
  await drawer().getByRole("button", { name: "Connect 2 accounts" }).click();
  await drawer().getByRole("link", { name: "See all datasources" }).click();
  await places.openList();
  for (const { name } of [first, second]) await places.rowOf(name).getByText("Active", { exact: true }).waitFor();
});

/** As the account's own page has it: nothing of it is lost, and nothing more is read. */
const lost: Told = {
  cause: /The person lacks a role at Meta Ads: Analyst\./u,
  connection: /^Reauthorize since (?:today|yesterday) \d{2}:\d{2} The person lacks a role at Meta Ads: Analyst\.$/u,
  dataSync:
    /^Inactive since (?:today|yesterday) \d{2}:\d{2} Nothing can be read from Meta Ads until it is authorized again\.$/u,
  next: /^Reauthorize$/u,
};
async function noticesLoss(name: string): Promise<void> {
  await places.openDetail(name);
  await syncUntil(merchant.page, "Reauthorize");
  await showsPair(merchant.page, "Reauthorize + Inactive", lost);
  await merchant.page.locator("#main").getByText("Nothing new is read since then; what is here is kept.").waitFor();
}
async function reauthorizes(person: string): Promise<void> {
  await merchant.page
    .locator("#main")
    .getByRole("link", { name: /^(?:Reauthorize|Switch account)/u })
    .first()
    .click();
  await allowAs(person);
}
async function isWell(name: string): Promise<void> {
  await places.openDetail(name);
  await places.reads("Connected");
  await places.reads("Active");
}

test("a role is taken away soon after: the account says which is lacking, and the other one of the sign-in goes on", async () => {
  await atDesk(own.stack.sandboxUrl, `meta-ads/people/${arjun}`, { action: "role", account: first.id });
  await noticesLoss(first.name);
  await isWell(second.name);
});

test("without the role no consent mends it: what is missing, a request to send, another login; with it, the same one does", async () => {
  await places.openDetail(first.name);
  await reauthorizes("Arjun Mehta");
  await says(/The person lacks a role at Meta Ads: Analyst\./u);
  await says(/At Meta Ads this is missing: Analyst\. Please grant it/u);
  await drawer().getByText("Switch account").waitFor();
  await isWell(second.name);
  await places.openDetail(first.name);
  await reauthorizes("Priya Sharma");
  await says(/Another account came back: .+\. Nothing was read from it\./u);
  await drawer()
    .getByRole("link", { name: `Replace ${first.name} by another account` })
    .waitFor();
  await atDesk(own.stack.sandboxUrl, `meta-ads/people/${arjun}`, { action: "role", account: first.id, on: "yes" });
  await places.openDetail(first.name);
  await reauthorizes("Arjun Mehta");
  await says(/The access works again/u);
  for (const { name } of [first, second]) await isWell(name);
});

test("the ad account goes to another owner: that login no longer reaches it, and it goes on with the new owner's", async () => {
  await places.disconnect(first.name, "1 of 3 connected apps used");
  await atDesk(own.stack.sandboxUrl, `meta-ads/accounts/${second.id}`, { action: "owner", to: priya });
  await noticesLoss(second.name);
  await reauthorizes("Arjun Mehta");
  await says(/The person lacks a role at Meta Ads: Analyst\./u);
  await places.openDetail(second.name);
  await reauthorizes("Priya Sharma");
  await says(/The access works again/u);
  await isWell(second.name);
  await expectNoComplaints(merchant);
});
