/* oxlint-disable typescript/no-unsafe-type-assertion -- answers of GraphQL and of SQL are of any shape; each expectation checks what it reads */
/** The address by which a calendar program reads when grants end: whose, what it tells, and when it stops. */
import ical from "ical.js";
import { memberships } from "@headwater/db/schema/tables.ts";
import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { globalId } from "../graphql/node.ts";
import { makeLinkToken } from "../links/link-text.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { joinAs, makeToken, signUp, withToken } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
beforeEach(async () => {
  owner = await signUp(api, 'Tea; House, "Ltd"');
});

const RENEW = `mutation ($i: RenewCalendarAddressInput!) { r: renewCalendarAddress(input: $i) {
  is: __typename ... on RenewCalendarAddressSuccess { url organisation { calendarAddressMadeAt } } ... on UserError { code } } }`;
const renew = async (who: Pick<Visitor, "ask">, organisation: string = owner.organisationId) =>
  (await who.ask(RENEW, { i: { organisation: globalId("Organisation", organisation) } })).data.r;
const addressOf = async (who: Visitor): Promise<string> => {
  const made = await renew(who);
  expect(made).toMatchObject({ is: "RenewCalendarAddressSuccess" });
  const { pathname } = new URL(made.url);
  return `${api.url}${pathname}`;
};
const eventsAt = async (address: string) => {
  const text = await (await fetch(address)).text();
  return new ical.Component(ical.parse(text)).getAllSubcomponents("vevent").map((each) => new ical.Event(each));
};

async function endingGrant(zone = "Asia/Kolkata") {
  const made = await makeDatasource(api, owner.organisationId, { shop: "tea.myshopify.com" });
  await api.owner.sql`update organisations set zone = ${zone} where id = ${owner.organisationId}`;
  await api.owner.sql`update grants set credential_id = gen_random_uuid(), holder = '{"name":"Priya"}',
    ends_at = date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' + interval '9 days 22 hours' where id = ${made.grantId}`;
  return made;
}

test("tells whose access ends, where, on which day of the brand's own, and moves when it is renewed; nothing that opens anything", async () => {
  const made = await endingGrant();
  const address = await addressOf(owner);
  const answer = await fetch(address);
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "text/calendar; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
  });
  const text = await answer.text();
  const [only, ...more] = await eventsAt(address);
  expect(more).toEqual([]);
  expect(only?.summary).toBe("Priya’s access at Shopify ends");
  expect(only?.description).toContain("tea");
  // 22:00 of UTC is the next day in India.
  const [ends] = await api.owner
    .sql`select ((ends_at at time zone 'Asia/Kolkata')::date)::text as day from grants where id = ${made.grantId}`;
  expect(only?.startDate.toString()).toBe(ends?.["day"]);
  const token = address.split("/").at(-1)?.replace(".ics", "") ?? "";
  for (const secret of [token, "credential", "shpat", "@example"]) expect(text).not.toContain(secret);

  await api.owner.sql`update grants set ends_at = ends_at + interval '3 days' where id = ${made.grantId}`;
  const [moved] = await eventsAt(address);
  expect([moved?.uid, moved?.startDate.toString()]).toEqual([
    only?.uid,
    expect.not.stringContaining(String(ends?.["day"])),
  ]);
});

test("names what stands on one grant in the order of every list", async () => {
  const made = await endingGrant();
  const other = await makeDatasource(api, owner.organisationId, { shop: "assam.myshopify.com" });
  await api.owner.sql`update datasources set grant_id = ${made.grantId} where id = ${other.id}`;
  const [only] = await eventsAt(await addressOf(owner));
  expect(only?.description).toMatch(/assam.*tea/u);
});

test("tells nothing of what another took the place of, while that is read once more", async () => {
  const made = await endingGrant();
  const address = await addressOf(owner);
  expect(await eventsAt(address)).toHaveLength(1);
  await api.owner.sql`update datasources set replaced_at = now() where id = ${made.id}`;
  expect(await eventsAt(address)).toEqual([]);
});

test("is in the language of whoever made it, and without a grant that ends it is empty", async () => {
  const address = await addressOf(owner);
  expect(await eventsAt(address)).toEqual([]);
  await endingGrant();
  await api.owner.sql`update users set locale = 'hi' where id = ${owner.userId}`;
  expect((await eventsAt(address))[0]?.summary).toBe("Shopify पर Priya की पहुँच समाप्त होती है");
});

test("renewed, the address before is nothing from then on; each admin has one, and loses it with the role", async () => {
  const other = await joinAs(api, owner, "admin");
  const [first, theirs] = [await addressOf(owner), await addressOf(other)];
  const second = await addressOf(owner);
  const statuses = async () => Promise.all([first, second, theirs].map(async (one) => (await fetch(one)).status));
  expect(await statuses()).toEqual([404, 200, 200]);
  const role = (is: "viewer" | "admin") =>
    api.owner.drizzle.update(memberships).set({ role: is }).where(eq(memberships.userId, other.userId));
  await role("viewer");
  expect(await statuses(), "no admin any more").toEqual([404, 200, 404]);
  expect(await renew(other)).toMatchObject({ is: "NotAllowed" });
  await role("admin");
  expect(await statuses()).toEqual([404, 200, 200]);
  await api.owner.drizzle.delete(memberships).where(eq(memberships.userId, other.userId));
  expect(await statuses()).toEqual([404, 200, 404]);
  const rows = await api.owner
    .sql`select calendar_hash from memberships where organisation_id = ${owner.organisationId}`;
  const token = second.split("/").at(-1)?.replace(".ics", "") ?? "";
  expect(JSON.stringify(rows)).not.toContain(token.slice(24));
});

test("is made by a person for their own organisation alone, is written down, and is told to nobody else", async () => {
  const other = await signUp(api);
  const token = { ask: withToken(api, (await makeToken(owner, ["READ", "MANAGE"])).secret) };
  expect(await renew(token)).toMatchObject({ is: "NotAllowed" });
  expect(await renew(other)).toMatchObject({ is: "NotAllowed" });
  expect(await renew(owner, "nonsense")).toMatchObject({ is: "NotAllowed" });
  const madeAt = "{ organisation { calendarAddressMadeAt } }";
  expect((await owner.ask(madeAt)).data.organisation.calendarAddressMadeAt).toBeNull();
  const made = await renew(owner);
  expect(made.organisation.calendarAddressMadeAt).not.toBeNull();
  expect((await other.ask(madeAt)).data.organisation.calendarAddressMadeAt).toBeNull();
  expect((await token.ask(madeAt)).data.organisation.calendarAddressMadeAt).toBeNull();
  const log = await api.owner
    .sql`select verb, before, after from audit_log where organisation_id = ${owner.organisationId} and verb like 'calendar%'`;
  expect(log).toEqual([{ verb: "calendarAddress.made", before: null, after: null }]);
});

test("what is no address of ours is not there, and does not say why", async () => {
  const address = await addressOf(owner);
  const wrong = [
    `${api.url}/v1/calendars/${makeLinkToken(owner.organisationId)}.ics`,
    address.replace(/.(?=\.ics$)/, (last) => (last === "A" ? "B" : "A")),
    address.replace(".ics", ""),
    address.replace(".ics", ".ics.ics"),
    `${address}/more`,
    `${api.url}/v1/calendars/`,
    `${api.url}/v1/calendars/%00.ics`,
    `${api.url}/v1/calendars/${"x".repeat(5_000)}.ics`,
  ];
  for (const one of wrong) {
    const answer = await fetch(one);
    expect([answer.status, await answer.text(), answer.headers.get("cache-control")], one).toEqual([
      404,
      "",
      "no-store",
    ]);
  }
  expect((await fetch(address, { method: "POST" })).status).toBe(405);
  const head = await fetch(address, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  const lent = await fetch(address, { headers: { authorization: "Bearer nonsense", cookie: "headwater-session=x" } });
  expect(lent.status, "nothing but the address counts").toBe(200);
});
