// A first source of which nothing comes: after a quarter of an hour its person is told what to do, instead of a wait.
import postgres from "postgres";
import { expect, test } from "vitest";
import { atDesk } from "./desk.ts";
import { drawerOf, placesOf, signUp } from "./newcomer.ts";
import { expectNoComplaints, picture } from "./visit.ts";
import { ownStack } from "./own-stack.ts";

const slug = "reed-and-rush";
const own = ownStack();

test("no row for a quarter of an hour: the welcome says what holds it up, else what is missing most often, and how to mend it", async () => {
  await using newcomer = await own.visit();
  const { page, go } = newcomer;
  await signUp(newcomer, { email: "lata@reed.example", brand: "Reed & Rush", slug });
  const { key } = await atDesk(own.stack.sandboxUrl, "klaviyo/accounts/MnMoss", { action: "makeKey" });
  // Who is proven there reads nothing for the next hour.
  const limited = {
    kind: "tooMany",
    shop: "a.klaviyo.com",
    match: '"by":',
    retryAfter: "3600",
    count: null,
  };
  await atDesk(own.stack.sandboxUrl, "faults", limited);
  await placesOf(newcomer, slug).openConnect("klaviyo");
  const drawer = drawerOf(page);
  await drawer.getByRole("button", { name: "Paste the key" }).click();
  await drawer.getByLabel("Private API key").fill(String(key));
  await drawer.getByRole("button", { name: "Try the key" }).click();
  await drawer.getByRole("button", { name: "Connect Klaviyo" }).click();
  await drawer.getByRole("link", { name: "Watch it come in" }).waitFor();
  await go(`/${slug}/welcome`);
  const card = page.getByRole("region", { name: /Monsoon & Moss/u });
  await card.getByText("Reading the newest days first").waitFor();
  const sql = postgres(own.stack.ownerUrl, { max: 1 });
  try {
    await expect.poll(() => sql`select 1 from progress where waiting_for is not null`).not.toEqual([]);
    await sql`update datasources set connected_at = now() - interval '16 minutes' where platform = 'klaviyo'`;
    await page.reload();
    await card.getByText(/Klaviyo limits how fast it may be read/u).waitFor();
    // Asked for again in an hour, so that this is what stands now: a source that gives nothing and says nothing.
    await sql`update progress set waiting_for = null`;
  } finally {
    await sql.end();
  }
  await page.reload();
  await card.getByText("Nothing has come in for a quarter of an hour.").waitFor();
  await card.getByText(/key or login of Klaviyo may not read events or metrics/u).waitFor();
  await card.getByRole("link", { name: "Reauthorize" }).waitFor();
  await picture(newcomer, "no-numbers");
  await expectNoComplaints(newcomer);
});
