import { randomUUID } from "node:crypto";
import { inTenant, organisationId } from "@headwater/db";
import { ownDatabase } from "@headwater/db/testing/own-database.ts";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { newMerchant } from "../temporal/testing/merchant.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import type { SweepDeps } from "./deps.ts";
import { tellReview } from "./review-due.ts";
import { tellPeople } from "./telling.ts";
import { sweepDeps } from "./testing/own-rows.ts";

const own = ownDatabase();
let deps: SweepDeps;
let merchant: Merchant;
beforeAll(() => {
  deps = sweepDeps(own.worker);
});
beforeEach(async () => {
  merchant = await newMerchant(own.ownerUrl, deps.ringer);
  return () => merchant.close();
});

async function member(role: string, off: readonly string[] = []): Promise<string> {
  const id = randomUUID();
  await merchant.sql`insert into users (id, name, email, mails_off) values (${id}, ${role}, ${`${id}@example.com`}, ${[...off]})`;
  await merchant.sql`insert into memberships (organisation_id, user_id, role) values (${merchant.organisationId}, ${id}, ${role})`;
  return `${id}@example.com`;
}

async function connectedAgo(days: number): Promise<void> {
  const { datasourceId } = await merchant.connect();
  await merchant.sql`update datasources set connected_at = now() - ${days} * interval '1 day' where id = ${datasourceId}`;
}

const told = () => merchant.sql<{ over: boolean; about: string }[]>`
  select resolved_at is not null as over, detail->>'about' as about from notices
  where organisation_id = ${merchant.organisationId} and kind = 'reviewDue' order by since`;
const mailed = async () =>
  (
    await merchant.sql<{ to: string }[]>`
      select to_address as to from mails where organisation_id = ${merchant.organisationId} and kind = 'reviewDue'`
  ).map(({ to }) => to);
const signed = (daysAgo: number) => merchant.sql`
  insert into access_reviews (organisation_id, signed_by, signed_at, record, hash)
  values (${merchant.organisationId}, gen_random_uuid(), now() - ${daysAgo} * interval '1 day', 'r', encode(sha256('r'), 'hex'))`;

test("two weeks before a review is due, those who may sign it are told: once, and by one mail each that wants it", async () => {
  const admin = await member("admin");
  await member("admin", ["reviewDue"]);
  await member("analyst");
  await connectedAgo(75.9);
  await tellPeople(deps);
  expect([...(await told())], "75 days after the first connection").toEqual([]);
  await connectedAgo(76.1);
  await tellPeople(deps);
  await tellPeople(deps);
  expect([...(await told())]).toEqual([{ over: false, about: "seeAccessReview" }]);
  expect(await mailed()).toEqual([admin]);
});

test("it is over once it is signed, and told anew when the next one is due: the same mail is never sent twice", async () => {
  await member("admin");
  await connectedAgo(100);
  await tellPeople(deps);
  expect((await told()).map(({ over }) => over)).toEqual([false]);
  const mails = (await mailed()).length;
  await signed(0);
  await tellPeople(deps);
  expect((await told()).map(({ over }) => over)).toEqual([true]);
  const later = (days: number) =>
    inTenant(own.worker, organisationId(merchant.organisationId), (tx) =>
      tellReview(tx, new Date(Date.now() + days * 86_400_000)),
    );
  expect(await later(75)).toBe(0);
  expect(await later(77)).toBe(1);
  expect(await later(95), "still the same").toBe(0);
  expect((await told()).map(({ over }) => over)).toEqual([true, false]);
  expect((await mailed()).length).toBe(2 * mails);
});

test("nobody is told of the review of a sample brand, nor where nothing was ever connected", async () => {
  await merchant.connect();
  await tellPeople(deps);
  expect([...(await told())]).toEqual([]);
  await connectedAgo(100);
  await merchant.sql`update organisations set sample_until = now() + interval '1 day' where id = ${merchant.organisationId}`;
  await tellPeople(deps);
  expect([...(await told())]).toEqual([]);
});
