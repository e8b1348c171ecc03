// One sign-in, many ad accounts, from a sign-up to a disconnect: every way the consent can end, the choice, the source's own
// numbers, a token about to end, an app removed by its owner; and on the way each of the eight pairs of statuses.
import type { Page } from "playwright-core";
import postgres from "postgres";
import { expect, test } from "vitest";
import { atDesk } from "./desk.ts";
import { drawerOf, placesOf, signUp } from "./newcomer.ts";
import { allPairs, type Pair, showsPair, type Told } from "./pairs.ts";
import { tellOfOne } from "./story.ts";
import { comesWithinMs, expectNoComplaints, openedBy, picture, press, syncUntil, type Visit } from "./visit.ts";
import { ownStack } from "./own-stack.ts";

const agency = "Arjun Mehta";
const agencyId = "10220000000000102";
/** Two of the agency's: of India in rupees, of Japan in yen. */
const chosen = [
  { id: "202000000000002", name: "Birch Prospecting" },
  { id: "202000000000004", name: "Dahlia Prospecting" },
] as const;
const third = "Elm Prospecting";
const oneTooMany = "Cedar Prospecting";
const disabled = "Fern Prospecting";
/** Priya Sharma's two that are open; her third is disabled. */
const ofPriya = ["101000000000001", "101000000000002"] as const;
const byMeera = /since (?:today|yesterday) \d{2}:\d{2} .*by Meera Iyer\b/u;
const byMeta = /since (?:today|yesterday) \d{2}:\d{2} .*\bMeta Ads\b/u;

const slug = "fern-and-iron";

const own = ownStack();
let merchant: Visit;
let places: ReturnType<typeof placesOf>;

tellOfOne(own, "meta", (person) => {
  merchant = person;
  places = placesOf(person, slug);
});

const openOwner = () => postgres(own.stack.ownerUrl, { max: 1, connect_timeout: comesWithinMs / 1000 });
const drawer = () => drawerOf(merchant.page);
async function consentWindow(): Promise<Page> {
  const consent = await openedBy(merchant, () =>
    drawer().getByRole("button", { name: "Continue to Meta Ads" }).click(),
  );
  await consent.getByRole("heading", { name: "Headwater asks to see your ad accounts" }).waitFor();
  return consent;
}
async function allowAs(consent: Page, person: string): Promise<void> {
  await consent.getByRole("radio", { name: person }).check();
  await press(consent, "Continue");
}
const says = (words: RegExp) => drawer().getByText(words).first().waitFor();
const startAgain = () => drawer().getByRole("button", { name: "Start again" }).click();

/** The twin's clock, by which tokens are given and end. */
const moveClock = (byDays: number) => atDesk(own.stack.sandboxUrl, "clock", { byDays });
/** How long Meta takes for a report: while it takes long, a history stands at Fetching. */
const reportsTake = (ms: number) => atDesk(own.stack.sandboxUrl, "meta-ads/settings", { reportRunMs: ms });
const soonMs = 160;
const longMs = 3_600_000;

const seen = new Set<Pair>();
/** In a tab of its own: whatever is open on the merchant's page goes on. */
async function seesPair(name: string, pair: Pair, told: Told): Promise<void> {
  const page = await merchant.context.newPage();
  await placesOf(
    { ...merchant, page, go: async (path) => void (await page.goto(`${own.stack.appUrl}${path}`)) },
    slug,
  ).openDetail(name);
  await showsPair(page, pair, told);
  await page.close();
  seen.add(pair);
}

/** A sign-in whose accounts wait to be chosen has had its hour: the engine hears of it and lets it go. */
async function hourPasses(): Promise<void> {
  const sql = openOwner();
  try {
    const rung = await sql`
      with late as (update datasources set authorizing_until = now(), intent_version = intent_version + 1
        where phase = 'AUTHORIZING' returning organisation_id, id, intent_version)
      insert into outbox (organisation_id, datasource_id, intent_version) select * from late`;
    expect(rung.count).toBe(1);
  } finally {
    await sql.end();
  }
}

test("signs up and goes to connect Meta Ads", async () => {
  await signUp(merchant, { email: "isha@fern.example", brand: "Fern & Iron", slug });
  await places.openConnect("meta-ads");
  await drawer().getByText("ads_read", { exact: true }).waitFor();
});

test("consent refused: said as what it is, and it can begin again", async () => {
  const consent = await consentWindow();
  await press(consent, "Not now");
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
  await seesPair("Meta Ads", "Reauthorize + Not synced", {
    cause: /did not grant: ads_read/u,
    connection: byMeta,
    dataSync: byMeta,
    next: /^Grant the missing access$/u,
  });
  await drawer().getByRole("button", { name: "Grant the missing access" }).click();
});

test("nobody chooses an account for an hour: nothing was kept, and it begins anew", async () => {
  await allowAs(await consentWindow(), agency);
  await says(/^This sign-in reaches 41 accounts\./u);
  await hourPasses();
  await says(/No account was chosen in time/u);
  await drawer().getByRole("link", { name: "Start again" }).click();
  await drawer().getByRole("heading", { name: "Connect Meta Ads" }).waitFor();
});

test("where none of the accounts can be chosen, that sign-in is ended and another can begin", async () => {
  const none = /None of them can be chosen/u;
  for (const id of ofPriya)
    await atDesk(own.stack.sandboxUrl, `meta-ads/accounts/${id}`, { action: "status", to: "2" });
  await allowAs(await consentWindow(), "Priya Sharma");
  await says(none);
  await picture(merchant, "meta-none-to-choose");
  await places.openList();
  await merchant.page.getByRole("link", { name: "Continue" }).click();
  await says(none);
  await startAgain();
  await drawer().getByRole("button", { name: "Continue to Meta Ads" }).waitFor();
  for (const id of ofPriya)
    await atDesk(own.stack.sandboxUrl, `meta-ads/accounts/${id}`, { action: "status", to: "1" });
});

test("in the same tab: there, and back at the accounts to choose", async () => {
  const { page } = merchant;
  const consent = await consentWindow();
  await consent.close();
  await says(/looks closed/u);
  await drawer().getByRole("link", { name: "Open in this tab" }).click();
  await page.getByRole("heading", { name: "Headwater asks to see your ad accounts" }).waitFor();
  await allowAs(page, agency);
  await page.waitForURL(/\/connect\/meta-ads\?continue=/u);
  await says(/^This sign-in reaches 41 accounts\./u);
});

test("who begins another sign-in is told of the one that waits, goes on with it, or ends it", async () => {
  const waits = drawer().getByText(/^A sign-in at Meta Ads waits for its accounts to be chosen\. It is kept until /u);
  const begin = async (): Promise<void> => {
    await places.openConnect("meta-ads");
    await drawer().getByRole("button", { name: "Continue to Meta Ads" }).click();
    await waits.waitFor();
  };
  await begin();
  await picture(merchant, "meta-sign-in-waits");
  await drawer().getByRole("link", { name: "Continue", exact: true }).click();
  await says(/^This sign-in reaches 41 accounts\./u);
  await begin();
  await startAgain();
  await waits.waitFor({ state: "detached" });
});

test("41 accounts are searched, a disabled one is folded with its reason, two are connected at once", async () => {
  await moveClock(-50);
  await reportsTake(longMs);
  await allowAs(await consentWindow(), agency);
  await says(/^This sign-in reaches 41 accounts\./u);
  await moveClock(50);
  const search = drawer().getByRole("searchbox", { name: "Find an account" });
  for (const { name } of chosen) {
    await search.fill(name);
    await drawer()
      .getByRole("checkbox", { name: new RegExp(`${name}.* [A-Z]{0,3}\\p{Sc}[\\d,.]+ spent in 30 days`, "u") })
      .check();
  }
  await search.fill("no such account");
  await says(/No account matches/u);
  await search.fill("");
  await drawer()
    .getByText(/inactive accounts?, which cannot be chosen$/u)
    .click();
  await drawer()
    .getByRole("listitem")
    .filter({ hasText: disabled })
    .getByText(/disabled/iu)
    .first()
    .waitFor();
  await picture(merchant, "meta-chooser");
  await drawer().getByRole("button", { name: "Connect 2 accounts" }).click();
  await drawer().getByRole("link", { name: "See all datasources" }).click();
  await seesPair(chosen[0].name, "Reauthorize + Fetching historical data", {
    cause: /The grant at Meta Ads ends .*\d{1,2}/u,
    connection: /^Reauthorize since .+ The grant at Meta Ads ends /u,
    dataSync: byMeera,
    next: /^Reauthorize$/u,
  });
  await reportsTake(soonMs);
  await places.openList();
  for (const { name } of chosen) await places.rowOf(name).getByText("Active", { exact: true }).waitFor();
});

test("a token about to end is Reauthorize and Active, with the day on which it ends", async () => {
  for (const { name } of chosen) {
    await places.openList();
    const row = places.rowOf(name);
    await row.getByText("Reauthorize", { exact: true }).first().waitFor();
    await row.getByText("Active", { exact: true }).waitFor();
    await seesPair(name, "Reauthorize + Active", {
      cause: /The grant at Meta Ads ends .*\d{1,2}/u,
      connection: /^Reauthorize since .+ The grant at Meta Ads ends /u,
      dataSync: /^hourly last one /u,
      next: /^Reauthorize$/u,
    });
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
  const sql = openOwner();
  try {
    for (const { id } of chosen) {
      const served = async (): Promise<Map<string, bigint>> => {
        const response = await fetch(`${own.stack.sandboxUrl}/_desk/meta-ads/rows/${id}?level=campaign&of=served`);
        const { rows }: { rows: TwinRow[] } = await response.json();
        return byDay(rows);
      };
      const held = async (): Promise<Map<string, bigint>> =>
        byDay(
          await sql<TwinRow[]>`
            select r.day::text as day, trim_scale(r.value)::text as spend from rollups r
            join accounts a on a.organisation_id = r.organisation_id and a.id = r.account_id
            where a.external_id = ${id} and r.metric = 'ad_spend'`,
        );
      expect((await served()).size).toBeGreaterThan(30);
      // What was served a moment ago may be on its way in: an hourly sync begins when it likes.
      const daysThatDiffer = async (): Promise<string[]> => {
        const [told, here] = [await served(), await held()];
        return [...new Set([...told.keys(), ...here.keys()])].filter((day) => told.get(day) !== here.get(day));
      };
      await expect.poll(daysThatDiffer).toEqual([]);
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
  for (const { name } of chosen)
    await seesPair(name, "Connected + Active", {
      cause: null,
      connection: byMeera,
      dataSync: /^hourly last one /u,
      next: /^Nothing to do$/u,
    });
});

test("costs that wait for their first file are connected and not synced", async () => {
  await places.openConnect("custom-costs");
  await drawer().getByRole("button", { name: "Add Custom costs" }).click();
  await merchant.page.waitForURL(/\/datasources\/[^/]+\/files$/u);
  await seesPair("Custom costs", "Connected + Not synced", {
    cause: /No file has been taken yet/u,
    connection: byMeera,
    dataSync: byMeera,
    next: /^Give a file/u,
  });
});

test("a third account of the sign-in takes the last slot; a fourth source is refused with the ways out", async () => {
  await reportsTake(longMs);
  await places.openConnect("meta-ads");
  await allowAs(await consentWindow(), agency);
  const search = drawer().getByRole("searchbox", { name: "Find an account" });
  await search.fill(third);
  await drawer()
    .getByRole("checkbox", { name: new RegExp(third, "u") })
    .check();
  await search.fill(oneTooMany);
  const more = drawer().getByRole("checkbox", { name: new RegExp(oneTooMany, "u") });
  await more.check();
  await drawer().getByText("The plan has room for 1 of these. Choose one.").waitFor();
  await more.uncheck();
  await search.fill("");
  for (const { name } of chosen)
    await drawer()
      .getByRole("listitem")
      .filter({ hasText: name })
      .getByText(/connected already/iu)
      .first()
      .waitFor();
  await drawer().getByRole("button", { name: "Connect 1 account" }).click();
  await drawer().getByRole("link", { name: "Watch it come in" }).click();
  await seesPair(third, "Connected + Fetching historical data", {
    cause: /The newest days come first/u,
    connection: byMeera,
    dataSync: byMeera,
    next: /^Nothing to do$/u,
  });
  await reportsTake(soonMs);
  await places.openConnect("shopify");
  const refused = drawer().getByRole("alert").filter({ hasText: "All 3 slots of the plan are in use." });
  for (const way of ["Disconnect one", "Replace one", "Upgrade the plan"])
    await refused.getByRole("link", { name: way }).waitFor();
  expect(await drawer().getByRole("button", { name: "Continue to Shopify" }).count()).toBe(0);
  await picture(merchant, "no-slot-left");
});

test("stopped by a person: by whom, since when, and resumed", async () => {
  const { page } = merchant;
  await places.openDetail(chosen[1].name);
  await page.getByRole("button", { name: /^Stop data sync/u }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop data sync" }).click();
  await seesPair(chosen[1].name, "Connected + Inactive", {
    cause: /Paused by Meera Iyer/u,
    connection: byMeera,
    dataSync: byMeera,
    next: /^Resume$/u,
  });
  await page.getByRole("button", { name: /^Resume data sync/u }).click();
  await places.reads("Active");
});

test("the app is removed in the person's Facebook settings: both say so, one consent mends both", async () => {
  await atDesk(own.stack.sandboxUrl, `meta-ads/people/${agencyId}`, { action: "removeApp" });
  for (const { name } of chosen) {
    await places.openDetail(name);
    await syncUntil(merchant.page, "Reauthorize");
    await seesPair(name, "Reauthorize + Inactive", {
      cause: /The access was revoked at Meta Ads \(.*\d/u,
      connection: byMeta,
      dataSync: byMeta,
      next: /^Reauthorize$/u,
    });
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
    await places.reads("Connected");
    await places.reads("Active");
  }
});

test("all eight pairs of statuses were shown on the way", () =>
  expect([...seen].toSorted()).toEqual([...allPairs].toSorted()));

test("disconnecting one leaves the other as it was; then all slots are free", async () => {
  await places.disconnect(third, "2 of 3 connected apps used");
  await places.disconnect(chosen[0].name, "1 of 3 connected apps used");
  await places.openDetail(chosen[1].name);
  await places.reads("Connected");
  await places.reads("Active");
  await places.disconnect(chosen[1].name, "0 of 3 connected apps used");
});

test("all that without one breach of the content policy, script error or failed answer", () =>
  expectNoComplaints(merchant));
