// On a running stack, what a person chooses beside a command: which app a smaller plan pauses, a stop's note and date, what becomes
// of the data after a disconnect. Each is read back.
import type { Locator } from "playwright-core";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownStack } from "./own-stack.ts";
import { tellInOrder } from "./story.ts";
import { connectShopify, expectNoComplaints, paths, signIn, type Visit } from "./visit.ts";

const own = ownStack();
let owner: Visit;
const shops = ["monsoon-and-moss", "kathmandu-tea", "kuwait-oud", "lord-howe-surf"];
const stands: { id: string; name: string }[] = [];

tellInOrder();
beforeAll(async () => {
  owner = await own.visit();
  await signIn(owner);
});
afterAll(async () => {
  await owner?.[Symbol.asyncDispose]();
});

const nth = (n: number): { id: string; name: string } => {
  const one = stands[n];
  if (!one) throw new Error(`Shop ${n} is not connected.`);
  return one;
};
const open = (n: number) => owner.go(`${paths.datasources}/${nth(n).id}`);
const head = (): Locator => owner.page.locator("#main .hd");
const textOf = async (place: Locator): Promise<string> => (await place.innerText()).replaceAll(/\s+/gu, " ");

test("four stores are connected", async () => {
  for (const shop of shops) {
    await connectShopify(owner, `${shop}.myshopify.com`);
    await head().getByText("Active", { exact: true }).waitFor();
    const id = new URL(owner.page.url()).pathname.split("/").at(-1) ?? "";
    stands.push({ id, name: await owner.page.getByRole("heading", { level: 1 }).innerText() });
  }
});

test("a smaller plan pauses the one that was chosen, and no other", async () => {
  const { page } = owner;
  await owner.go(paths.plan);
  await page.getByLabel("Plan", { exact: true }).selectOption("free");
  await page.getByRole("button", { name: "Change the plan" }).click();
  await page.getByRole("checkbox", { name: nth(0).name }).check();
  await page.getByRole("button", { name: "Pause 1 app and change the plan" }).click();
  await page.getByRole("heading", { name: "Free", exact: true }).waitFor();
  await open(0);
  await head().getByText("Inactive", { exact: true }).waitFor();
  for (const n of [1, 2, 3]) {
    await open(n);
    await head().getByText("Active", { exact: true }).waitFor();
  }
});

test("a stop is shown with its note, and with the day on which it goes on by itself", async () => {
  const { page } = owner;
  await open(1);
  await page.getByRole("button", { name: /^Stop data sync/u }).click();
  const dialog = page.getByRole("dialog");
  const day = dialog.getByLabel("Resume by itself on (optional)");
  const soonest = (await day.getAttribute("min")) ?? "";
  const chosen = new Date(Date.parse(soonest) + 9 * 86_400_000).toISOString().slice(0, 10);
  await dialog.getByLabel("Note for the others (optional)").fill("stock take in the north");
  await day.fill(chosen);
  await dialog.getByRole("button", { name: "Stop data sync" }).click();
  await head().getByText("Inactive", { exact: true }).waitFor();
  await page.reload();
  const why = head().getByText("stock take in the north");
  await why.waitFor();
  const month = new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" }).format(Date.parse(chosen));
  const onThat = `${Number(chosen.slice(8))} ${month}`;
  expect(await textOf(why)).toMatch(
    new RegExp(`^Paused by .+: stock take in the north It goes on by itself ${onThat}`, "u"),
  );
});

test("data go with a disconnect only where that was chosen, and only by the account's name", async () => {
  const { page } = owner;
  const dialog = page.getByRole("alertdialog");
  const ask = async (n: number): Promise<void> => {
    await open(n);
    await page.getByRole("button", { name: /^More actions for/u }).click();
    await page.getByRole("menuitem", { name: "Disconnect…" }).click();
  };
  const send = () => dialog.getByRole("button", { name: /^Disconnect / }).click();
  const isGone = (n: number) =>
    page
      .getByRole("region", { name: "Just disconnected" })
      .getByText(`${nth(n).name} is disconnected.`)
      .waitFor();
  await ask(3);
  await send();
  await isGone(3);
  await ask(2);
  await dialog.getByRole("radio", { name: "Delete it" }).check();
  await send();
  const asked = dialog.getByText(/^Type “.+” exactly as it stands here\.$/u);
  const name = /“(.+)”/u.exec(await textOf(asked))?.[1] ?? "";
  await dialog.getByRole("textbox").fill(name);
  await send();
  await isGone(2);
  const sql = postgres(own.stack.ownerUrl, { max: 1 });
  const kept = await sql<{ name: string; deleteData: boolean }[]>`
    select name, delete_data as "deleteData" from datasources where disconnected_at is not null order by disconnected_at`;
  await sql.end();
  expect([...kept]).toEqual([
    { name: nth(3).name, deleteData: false },
    { name: nth(2).name, deleteData: true },
  ]);
});

test("what a disconnect kept is listed as kept, and is deleted later, once its name is typed", async () => {
  const { page } = owner;
  const { name } = nth(3);
  const sql = postgres(own.stack.ownerUrl, { max: 1 });
  await sql`update datasources set undo_until = now() - interval '1 second' where name = ${name}`;
  const listed = (n: number): Locator =>
    page
      .getByRole("region", { name: "Disconnected", exact: true })
      .getByRole("listitem")
      .filter({ hasText: nth(n).name });
  await owner.go(`${paths.datasources}?show=disconnected`);
  await listed(2)
    .getByText(/^Its data is deleted at .+ unless the disconnect is undone\.$/u)
    .waitFor();
  await listed(3)
    .getByText(/^Its data is kept: [1-9][\d,]* rows?\.$/u)
    .waitFor();
  await listed(3)
    .getByRole("link", { name: /^Delete its data…/u })
    .press("Enter");
  const dialog = page.getByRole("alertdialog");
  await dialog.getByText("These tiles change").waitFor();
  expect(await textOf(dialog)).toMatch(/What goes [1-9][\d,]* rows? The days from .+ to .+ It cannot be undone\./u);
  const send = () => dialog.getByRole("button", { name: `Delete the data of ${name}` }).press("Enter");
  await send();
  const asked = await textOf(dialog.getByText(/^Type “.+” exactly as it stands here\.$/u));
  await dialog.getByRole("textbox").fill(/“(.+)”/u.exec(asked)?.[1] ?? "");
  await send();
  await page
    .locator("#main .card.undo")
    .getByText(/^Its data was deleted .+, as .+ chose\.$/u)
    .waitFor();
  const verbs = await sql<{ verb: string }[]>`
    select verb from audit_log where verb in ('datasource.deleteData', 'dataDeleted') order by n`;
  await sql.end();
  expect(verbs.map(({ verb }) => verb)).toEqual(["datasource.deleteData", "dataDeleted"]);
  await owner.go(`${paths.datasources}?show=disconnected`);
  await listed(3)
    .getByText(/^Its data was deleted /u)
    .waitFor();
  expect(await listed(3).getByRole("link").count(), "its page alone").toBe(1);
});

test("a page that is older than the server says so, and comes anew by one press", async () => {
  const { page } = owner;
  await open(0);
  const older = (body: string | null): boolean => body?.includes('"DatasourceRuns"') ?? false;
  await page.route("**/graphql", (route) =>
    older(route.request().postData())
      ? route.fulfill({
          json: { errors: [{ message: "unknown", extensions: { code: "PERSISTED_DOCUMENT_UNKNOWN" } }] },
        })
      : route.continue(),
  );
  await page
    .getByRole("navigation", { name: nth(0).name })
    .getByRole("link", { name: "Runs" })
    .click();
  const told = page.getByRole("status").filter({ hasText: "A new version is ready." });
  await told.waitFor();
  await page.unroute("**/graphql");
  await told.getByRole("button", { name: "Reload" }).click();
  await told.waitFor({ state: "detached" });
  await page.getByRole("table").first().waitFor();
});

test("all that without one breach of the content policy, script error or failed answer", () =>
  expectNoComplaints(owner));
