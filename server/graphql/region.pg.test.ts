/** Where an organisation is: said at sign-up by its zone, and in how the server writes its numbers and times. */
import { expect, test } from "vitest";
import { PASSWORD } from "../testing/api.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { signUpAs, visitor } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let made = 0;

async function brandIn(place: { readonly zone: string; readonly region?: string }): Promise<Visitor> {
  made += 1;
  const email = `person${made}@region.example`;
  const input = { name: "Mira", email, password: PASSWORD, organisation: "Tea House", currency: "USD", ...place };
  return visitor(api, await signUpAs(api, input));
}

const regionTold = async (person: Visitor): Promise<unknown> =>
  (await person.ask("{ organisation { region } }")).data.organisation.region;

test.each([
  ["the zone says it, whatever the browser", { zone: "America/New_York", region: "IN" }, "US"],
  ["the browser says it for a zone that is no place", { zone: "UTC", region: "GB" }, "GB"],
  ["nobody says it", { zone: "UTC" }, "001"],
])("at sign-up %s", async (_case, place, region) => {
  expect(await regionTold(await brandIn(place))).toBe(region);
});

test("of an organisation that never said it, its zone does", async () => {
  const old = await brandIn({ zone: "Asia/Kolkata" });
  await api.owner.sql`update organisations set region = null where id = ${old.organisationId}`;
  expect(await regionTold(old)).toBe("IN");
});

test.each([
  ["America/New_York", /\d:\d\d\u00A0[AP]M/u],
  ["Asia/Kolkata", /\u00A0\d\d:\d\d(?!\u00A0[AP]M)/u],
])("a sentence tells the time as it is written there: %s", async (zone, time) => {
  const owner = await brandIn({ zone });
  const userPausedAt = new Date(api.serving.services.clock().getTime() - 3 * 86_400_000);
  const userPausedBy = { kind: "system" as const, name: "headwater" };
  const { gid } = await makeDatasource(api, owner.organisationId, { facts: { userPausedAt, userPausedBy } });
  const { data } = await owner.ask(`query ($id: ID!) { datasource(id: $id) { dataSync { reason { message } } } }`, {
    id: gid,
  });
  expect(data.datasource.dataSync.reason.message).toMatch(time);
});
