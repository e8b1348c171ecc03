// Looking around before anything is connected: numbers come in that equal their source's to the cent, every page says that they
// are made up, and one click leaves nothing but the brand of one's own.
import { connector as store } from "@headwater/connectors/sample-store/index.ts";
import type { SourceSession } from "@headwater/connectors/session.ts";
import { makeTestSession } from "@headwater/connectors/testing/session.ts";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signUp } from "./newcomer.ts";
import { ownStack } from "./own-stack.ts";
import { expectNoComplaints, picture } from "./visit.ts";

const own = ownStack();
let sql: Sql;
beforeAll(() => {
  sql = postgres(own.stack.ownerUrl, { max: 1 });
});
afterAll(() => sql?.end());

const hourIn = (timeZone: string): number =>
  Number(new Intl.DateTimeFormat("en", { timeZone, hour: "numeric", hourCycle: "h23" }).format());
/** Where yesterday stays yesterday for as long as this takes. */
const zone =
  ["Asia/Kolkata", "America/Los_Angeles", "Pacific/Auckland"].find((one) => hourIn(one) >= 4 && hourIn(one) < 20) ??
  "Asia/Kolkata";
const yesterday = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(Date.now() - 86_400_000);

const slug = "dew-and-dusk";

interface Made {
  readonly organisation: string;
  readonly datasource: string;
  readonly currency: string;
}

async function madeFor(sample: string): Promise<Made> {
  const [made] = await sql<Made[]>`
    select o.id as organisation, d.id as datasource, o.currency from organisations o
    join datasources d on d.organisation_id = o.id and d.platform = 'sample-store' where o.slug = ${sample}`;
  if (made === undefined) throw new Error(`${sample} has no store`);
  return made;
}

const sessionOf = ({ datasource: seed, currency }: Made): SourceSession =>
  makeTestSession({
    connector: store,
    outbound: { send: () => Promise.reject(new Error("called")), browserAddress: String, close: async () => undefined },
    login: { key: seed, details: {} },
    credential: {},
    scopes: [],
    account: { externalId: seed, name: "Sample Store", domain: null, currency, zone, state: "open", details: {} },
  });

/** Yesterday, as the source reports it and as it stands here. */
async function figures(made: Made): Promise<{ theirs: Record<string, number>; ours: Record<string, number> }> {
  const theirs = await store.reconcile?.aggregates(sessionOf(made), yesterday);
  const rows = await sql<{ metric: string; value: string }[]>`
    select r.metric, r.value::text as value from rollups r join datasources d on d.organisation_id = r.organisation_id
      and d.account_id = r.account_id where d.id = ${made.datasource} and r.day = ${yesterday}`;
  const told = Object.fromEntries((theirs ?? []).map(({ metric, value }) => [metric, Number(value)]));
  const ours = Object.fromEntries(Object.keys(told).map((metric) => [metric, 0]));
  for (const { metric, value } of rows) if (metric in ours) ours[metric] = Number(value);
  return { theirs: told, ours };
}

test("look around with sample data, see its numbers come in, remove it, and be back in one's own brand", async () => {
  await using newcomer = await own.visit({ timezoneId: zone });
  const { page, go } = newcomer;
  await signUp(newcomer, { email: "ila@dew.example", brand: "Dew & Dusk", slug });
  await page.getByRole("button", { name: "Look around with sample data" }).click();
  await page.waitForURL(/\/sample-[\da-f]{8}\/overview$/u);
  const sample = new URL(page.url()).pathname.split("/")[1] ?? "";
  const made = await madeFor(sample);
  const bar = page.getByRole("region", { name: "Sample data" });

  const truth = (await figures(made)).theirs;
  const tile = page
    .locator("#main")
    .getByRole("article")
    .filter({ has: page.getByRole("heading", { name: "Orders", exact: true }) });
  await tile.getByText(String(truth["orders"]), { exact: true }).first().waitFor();
  await expect.poll(async () => (await figures(made)).ours).toEqual(truth);
  await bar.getByText("Made up, and removed on").waitFor();
  await page.getByRole("button", { name: "Sample brand" }).waitFor();
  await picture(newcomer, "sample-overview");

  const list = `/${sample}/settings/integrations/datasources`;
  await go(list);
  await bar.getByRole("button", { name: "Remove sample data" }).waitFor();
  const rows = page.getByRole("table", { name: "Connected datasources" }).getByRole("row");
  await rows.filter({ hasText: "Sample Ads" }).getByText("Active").waitFor();
  await rows.filter({ hasText: "Sample Store" }).getByRole("link").first().click();
  await page.waitForURL(/\/datasources\/[^/]+$/u);
  await page.getByText("History complete").first().waitFor();
  await bar.getByRole("link", { name: "Back to Dew & Dusk" }).waitFor();
  expect(await page.getByRole("button", { name: /Sync now|Stop data sync/u }).count()).toBe(0);
  await picture(newcomer, "sample-detail");

  await bar.getByRole("button", { name: "Remove sample data" }).click();
  await page.waitForURL(`**/${slug}/**`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(await bar.count()).toBe(0);
  await page.getByText("Sample data is removed. Dew & Dusk is as it was.").first().waitFor();
  await page.getByRole("navigation", { name: "Main" }).getByText("Dew & Dusk", { exact: true }).waitFor();
  expect(await page.getByRole("button", { name: "Dew & Dusk" }).count(), "no other brand to switch to").toBe(0);
  const left = async () =>
    sql`select d.phase, (select count(*)::int from orders where organisation_id = ${made.organisation})
        + (select count(*)::int from rollups where organisation_id = ${made.organisation}) as rows
      from datasources d where d.organisation_id = ${made.organisation}`;
  await expect
    .poll(async () => [...(await left())])
    .toEqual([
      { phase: "END", rows: 0 },
      { phase: "END", rows: 0 },
    ]);
  expect([...(await sql`select 1 from memberships where organisation_id = ${made.organisation}`)]).toEqual([]);
  await go(`/${sample}/overview`);
  await page.getByText("Nothing is here").first().waitFor();
  await expectNoComplaints(newcomer);
});
