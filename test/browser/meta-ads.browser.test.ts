// One sign-in, many ad accounts, from a sign-up to a disconnect: every way the consent can end, the choice, the source's own
// numbers, a token about to end, an app removed by its owner.
import type { Browser, Page } from "playwright-core";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startStack, type RunningStack } from "../setup/stack.ts";
import { launchChromium } from "./chromium.ts";
import { atDesk } from "./desk.ts";
import { drawerOf, placesOf, signUp } from "./newcomer.ts";
import { tellInOrder } from "./story.ts";
import { expectNoComplaints, picture, visit, type Visit } from "./visit.ts";

const slowMs = 60_000;
const agency = "Arjun Mehta";
const agencyId = "10220000000000102";
/** Two of the agency's: of India in rupees, of Japan in yen. */
const chosen = [
  { id: "202000000000002", name: "Birch Prospecting" },
  { id: "202000000000004", name: "Dahlia Prospecting" },
] as const;
const disabled = "Fern Prospecting";

let stack: RunningStack;
let browser: Browser;
let merchant: Visit;
let places: ReturnType<typeof placesOf>;

tellInOrder();
beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchChromium()]);
  merchant = await visit(browser, stack);
  places = placesOf(merchant, "fern-and-iron");
});
afterAll(async () => {
  await merchant?.[Symbol.asyncDispose]();
  await browser?.close();
  await stack?.close();
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await picture(merchant, "meta-failed");
});

const drawer = () => drawerOf(merchant.page);
async function consentWindow(): Promise<Page> {
  const opening = merchant.page.waitForEvent("popup");
  await drawer().getByRole("button", { name: "Continue to Meta Ads" }).click();
  const consent = await opening;
  await consent.getByRole("heading", { name: "Headwater asks to see your ad accounts" }).waitFor();
  return consent;
}
async function allowAs(consent: Page, person: string): Promise<void> {
  await consent.getByRole("radio", { name: person }).check();
  await consent.getByRole("button", { name: "Continue" }).click();
}
const says = (words: RegExp) => drawer().getByText(words).first().waitFor({ timeout: slowMs });
const startAgain = () => drawer().getByRole("button", { name: "Start again" }).click();

/** The twin's clock, by which tokens are given and end. */
const moveClock = (byDays: number) => atDesk(stack.sandboxUrl, "clock", { byDays });

test("signs up and goes to connect Meta Ads", async () => {
  await signUp(merchant, { email: "isha@fern.example", brand: "Fern & Iron", slug: "fern-and-iron" });
  await places.openConnect("meta-ads");
  await drawer().getByText("ads_read", { exact: true }).waitFor();
});

test("consent refused: said as what it is, and it can begin again", async () => {
  const consent = await consentWindow();
  await consent.getByRole("button", { name: "Not now" }).click();
  await says(/consent was refused|was not given consent/iu);
  await picture(merchant, "meta-refused");
  await startAgain();
});

test("a sign-in that reaches no ad account: the role that is lacking is named, and another can sign in", async () => {
  await allowAs(await consentWindow(), "Dev Nair");
  await says(/lacks a role at Meta Ads: Analyst/u);
  await drawer().getByRole("link", { name: "Reauthorize" }).click();
  await drawer().getByRole("heading", { name: "Reauthorize Meta Ads" }).waitFor();
});

test("the permission is left out: named, and it is asked for again", async () => {
  const consent = await consentWindow();
  await consent.getByRole("checkbox", { name: "ads_read" }).uncheck();
  await allowAs(consent, agency);
  await says(/did not grant: ads_read/u);
  await drawer().getByRole("button", { name: "Grant the missing access" }).click();
});

test("41 accounts are searched, a disabled one is folded with its reason, two are connected at once", async () => {
  await moveClock(-50);
  const consent = await consentWindow();
  await allowAs(consent, agency);
  await says(/^This sign-in reaches 41 accounts\./u);
  await moveClock(50);
  const search = drawer().getByRole("searchbox", { name: "Find an account" });
  for (const { name } of chosen) {
    await search.fill(name);
    await drawer()
      .getByRole("checkbox", { name: new RegExp(name, "u") })
      .check();
  }
  await search.fill("no such account");
  await says(/No account matches/u);
  await search.fill("");
  await drawer()
    .getByText(/that cannot be chosen$/u)
    .click();
  await drawer()
    .getByRole("listitem")
    .filter({ hasText: disabled })
    .getByText(/disabled/iu)
    .waitFor();
  await picture(merchant, "meta-chooser");
  await drawer().getByRole("button", { name: "Connect 2 accounts" }).click();
  await drawer().getByRole("link", { name: "Watch it come in" }).click({ timeout: slowMs });
  await places.openList();
  for (const { name } of chosen)
    await places.rowOf(name).getByText("Active", { exact: true }).waitFor({ timeout: slowMs });
});

test("a token about to end is Reauthorize and Active, with the day on which it ends", async () => {
  for (const { name } of chosen) {
    await places.openList();
    const row = places.rowOf(name);
    await row.getByText("Reauthorize", { exact: true }).first().waitFor({ timeout: slowMs });
    await row.getByText("Active", { exact: true }).waitFor();
    await places.openDetail(name);
    await places.reads("Reauthorize", slowMs);
    await places.reads("Active", slowMs);
    await merchant.page
      .locator("#main")
      .getByText(/The grant at Meta Ads ends on \d{1,2}/u)
      .first()
      .waitFor();
  }
  await picture(merchant, "meta-ending");
});

interface TwinRow {
  readonly day: string;
  readonly spend: string;
}

const exact = (amount: string): bigint => {
  const [whole = "0", part = ""] = amount.split(".");
  return BigInt(whole + part.padEnd(3, "0").slice(0, 3));
};

function byDay(rows: readonly TwinRow[]): Map<string, bigint> {
  const days = new Map<string, bigint>();
  for (const { day, spend } of rows) days.set(day, (days.get(day) ?? 0n) + exact(spend));
  return new Map([...days].filter(([, spend]) => spend > 0n).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

test("what each account spent on each day is what the source served for it", async () => {
  const sql = postgres(stack.ownerUrl, { max: 1 });
  try {
    for (const { id } of chosen) {
      const response = await fetch(`${stack.sandboxUrl}/_desk/meta-ads/rows/${id}?level=campaign&of=served`);
      const { rows }: { rows: TwinRow[] } = await response.json();
      const told = byDay(rows);
      expect(told.size).toBeGreaterThan(30);
      const held = await sql<TwinRow[]>`
        select r.day::text as day, trim_scale(r.value)::text as spend from rollups r
        join accounts a on a.organisation_id = r.organisation_id and a.id = r.account_id
        where a.external_id = ${id} and r.metric = 'ad_spend'`;
      expect(byDay(held)).toEqual(told);
    }
  } finally {
    await sql.end();
  }
});

test("the same sign-in renews it for both", async () => {
  await places.openDetail(chosen[0].name);
  await merchant.page
    .locator("#main")
    .getByRole("link", { name: /^Reauthorize/u })
    .first()
    .click();
  await allowAs(await consentWindow(), agency);
  await says(/The access works again/u);
  for (const { name } of chosen) {
    await places.openDetail(name);
    await places.reads("Connected", slowMs);
    await places.reads("Active", slowMs);
  }
});

test("the app is removed in the person's Facebook settings: both say so, one consent mends both", async () => {
  await atDesk(stack.sandboxUrl, `meta-ads/people/${agencyId}`, { action: "removeApp" });
  for (const { name } of chosen) {
    await places.openDetail(name);
    const sync = merchant.page.getByRole("button", { name: "Sync now" });
    const dead = merchant.page.locator("#main .hd").getByText("Reauthorize", { exact: true });
    await sync.or(dead).first().waitFor();
    if (await sync.isVisible()) await sync.click();
    await places.reads("Reauthorize", slowMs);
    await merchant.page
      .locator("#main")
      .getByText(/The access was revoked at Meta Ads \(\d/u)
      .first()
      .waitFor({ timeout: slowMs });
  }
  await merchant.page
    .locator("#main")
    .getByRole("link", { name: /^Reauthorize/u })
    .first()
    .click();
  await allowAs(await consentWindow(), agency);
  await says(/The access works again/u);
  for (const { name } of chosen) {
    await places.openDetail(name);
    await places.reads("Connected", slowMs);
    await places.reads("Active", slowMs);
  }
});

test("disconnecting one leaves the other as it was; then both slots are free", async () => {
  await places.disconnect(chosen[0].name, "1 of 3 connected apps used");
  await places.openDetail(chosen[1].name);
  await places.reads("Connected", slowMs);
  await places.reads("Active", slowMs);
  await places.disconnect(chosen[1].name, "0 of 3 connected apps used");
});

test("all that without one breach of the content policy, script error or failed answer", () =>
  expectNoComplaints(merchant));
