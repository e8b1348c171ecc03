import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

test("access at the source: revoked, or left to whoever else stands on the login, or the holder's own to end", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  const twin = await makeDatasource(api, owner.organisationId);
  const { sql } = api.owner;
  const at = async (): Promise<string> =>
    (await owner.ask("query ($id: ID!) { datasource(id: $id) { rehearsal { atProvider } } }", { id: made.gid })).data
      .datasource.rehearsal.atProvider;
  const login = (grant: string, key: string) => sql`update grants set login_key = ${key} where id = ${grant}`;
  // Whether another brand does is nobody's to know here: what is so then is said to all.
  const revoked =
    /it is revoked at Shopify; where another brand on this installation stands on the same login, it stays there/;
  const stays = /^Access at Shopify stays: another datasource/;
  expect(await at()).toMatch(revoked);
  await login(made.grantId, "the same");
  await login(twin.grantId, "the same");
  expect(await at(), "by a consent of its own").toMatch(stays);
  await login(twin.grantId, "another");
  expect(await at()).toMatch(revoked);
  await sql`update datasources set grant_id = ${made.grantId} where id = ${twin.id}`;
  expect(await at()).toMatch(stays);
  await sql`update datasources set disconnected_at = now() where id = ${twin.id}`;
  expect(await at()).toMatch(revoked);
  for (const [platform, said] of [
    ["klaviyo", /lets only its holder end it/],
    ["custom-costs", /no access to end/],
  ] as const) {
    await sql`update datasources set platform = ${platform} where id = ${made.id}`;
    expect(await at(), platform).toMatch(said);
  }
});
