// While a release is rolled out the code before it still runs, on the new schema: it writes its mails, and nobody gets one twice.
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { organisationId, userId } from "./schema/ids.ts";
import { inTenant } from "./tenant.ts";
import { ownDatabase } from "./testing/own-database.ts";

const made = ownDatabase();

test("what the code before calls to write to managers and to a member stands, and tells nobody twice", async () => {
  const { sql } = made.owner;
  const [organisation, owner, viewer] = [organisationId(randomUUID()), userId(randomUUID()), userId(randomUUID())];
  await sql`insert into organisations ${sql({ id: organisation, slug: organisation, name: "Brand", zone: "UTC", currency: "INR" })}`;
  for (const [id, role] of [
    [owner, "owner"],
    [viewer, "viewer"],
  ] as const) {
    await sql`insert into users ${sql({ id, name: role, email: `${role}@example.com` })}`;
    await sql`insert into memberships ${sql({ organisation_id: organisation, user_id: id, role })}`;
  }
  const wrote = await inTenant(made.worker, organisation, async (tx) => {
    await tx.sql`select mail_managers('grantEnded', '{}', 'lost 1')`;
    await tx.sql`select mail_people('grantEnded', '{}', 'lost 1')`;
    await tx.sql`select mail_member(${viewer}, 'platformOpened', '{}', 'opened 1')`;
    return tx.sql`select to_address as to, kind from mails order by kind`;
  });
  expect([...wrote]).toEqual([
    { to: "owner@example.com", kind: "grantEnded" },
    { to: "viewer@example.com", kind: "platformOpened" },
  ]);
});
