// Undo where several datasources stand on one login: it is ended with the last of them, and never before.
import { beforeEach, expect, test } from "vitest";
import { disconnected, give } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
let gone: Made;
let other: Made;
beforeEach(async () => {
  owner = await signUp(api);
  gone = await makeDatasource(api, owner.organisationId, { facts: disconnected(600_000) });
  other = await makeDatasource(api, owner.organisationId);
  const { sql } = api.owner;
  await sql`update datasources set grant_id = ${gone.grantId} where id = ${other.id}`;
  await sql`
    with kept as (
      insert into credentials (organisation_id, grant_id, version, key_id, sealed, wrapped_key)
      values (${owner.organisationId}, ${gone.grantId}, 1, 'test', '\\x00', '\\x00') returning id)
    update grants set credential_id = kept.id from kept where grants.id = ${gone.grantId}`;
});

const undo = ({ gid }: Made = gone) => give(owner, "undoDisconnect", gid);
const asItWas = { connection: { status: "CONNECTED" }, dataSync: { status: "ACTIVE" } };
const asksToSignIn = { connection: { status: "REAUTHORIZE", reason: { code: "disconnectUndone" } } };

test("while another stands on the login nothing was ended, and it comes back connected with no sign-in", async () => {
  expect(await undo()).toMatchObject({ is: "UndoDisconnectSuccess", datasource: asItWas });
  const [row] = await api.owner.sql`
    select auth, auth_reason as reason, generation, exists (select 1 from slots where datasource_id = d.id) as "hasSlot"
    from datasources d where id = ${gone.id}`;
  expect(row).toEqual({ auth: "ok", reason: null, generation: 2, hasSlot: true });
});

test("what had lost its access before the disconnect has lost it still, by the same cause", async () => {
  await api.owner.sql`
    update datasources set auth = 'notPermitted', auth_reason = '{"code": "roleMissing"}' where id = ${gone.id}`;
  expect(await undo()).toMatchObject({
    datasource: { connection: { status: "REAUTHORIZE", reason: { code: "roleMissing" } } },
  });
});

test("where the last has left as well each needs a sign-in: the login may be ending while they are undone", async () => {
  await give(owner, "disconnect", other.gid);
  expect(await undo()).toMatchObject({ datasource: asksToSignIn });
  expect(await undo(other), "the first stands on it again, and waits for a sign-in itself").toMatchObject({
    datasource: asksToSignIn,
  });
});

test.each([
  ["was ended", "ended_at = now(), credential_id = null"],
  ["is to be ended by whoever runs this installation", "revoking_since = now()"],
])("a login that %s needs a sign-in, whoever stands on it", async (_title, change) => {
  await api.owner.sql.unsafe(`update grants set ${change} where id = $1`, [gone.grantId]);
  expect(await undo()).toMatchObject({ datasource: asksToSignIn });
});

test("the other leaves at the same moment: the undo waits for that, and then needs the sign-in", async () => {
  const begun = Promise.withResolvers<ReturnType<typeof undo>>();
  await api.owner.sql.begin(async (tx) => {
    await tx`update datasources set disconnected_at = now() where id = ${other.id}`;
    begun.resolve(undo());
    await expect
      .poll(() => tx`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
      .toHaveLength(1);
  });
  expect(await begun.promise).toMatchObject({ datasource: asksToSignIn });
});
