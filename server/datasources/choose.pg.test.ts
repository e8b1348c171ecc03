import { expect, test } from "vitest";
import { eq } from "drizzle-orm";
import { accountCandidates, datasources, outbox, slots } from "@headwater/db/schema/tables.ts";
import { authorizing, give, key, MUTATIONS } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { joinAs, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();

/** A login that came home and reaches several accounts. */
async function arrive(owner: Visitor, names: readonly string[]) {
  const { grantId: _none, ...waiting } = authorizing;
  const made = await makeDatasource(api, owner.organisationId, { facts: waiting });
  await api.owner.drizzle.insert(accountCandidates).values(
    names.map((name) => ({
      organisationId: owner.organisationId,
      datasourceId: made.id,
      externalId: name,
      name: `Account ${name}`,
      state: name === "closed" ? "restricted" : "available",
    })),
  );
  return made;
}
const rowsOf = (owner: Visitor) =>
  api.owner.drizzle.select().from(datasources).where(eq(datasources.organisationId, owner.organisationId));

test("the first account is this datasource's; each other one is a datasource with a slot of its own on the same grant", async () => {
  const owner = await signUp(api);
  const made = await arrive(owner, ["a", "b", "c"]);
  const idempotencyKey = key();
  const chosen = await give(owner, "chooseAccount", made.gid, { accounts: ["b", "a", "b"], idempotencyKey });
  expect(chosen).toMatchObject({
    is: "ChooseAccountSuccess",
    datasource: { id: made.gid },
    datasources: [{ id: made.gid }, { name: "Account a" }],
  });
  const rows = await rowsOf(owner);
  expect(rows.map(({ grantId, phase }) => [grantId, phase])).toEqual([
    [made.grantId, "AUTHORIZING"],
    [made.grantId, "AUTHORIZING"],
  ]);
  expect(
    await api.owner.drizzle.select().from(slots).where(eq(slots.organisationId, owner.organisationId)),
  ).toHaveLength(2);
  const rung = await api.owner.drizzle.select().from(outbox).where(eq(outbox.organisationId, owner.organisationId));
  expect(rung).toHaveLength(2);
  const states = await api.owner.drizzle
    .select()
    .from(accountCandidates)
    .where(eq(accountCandidates.organisationId, owner.organisationId));
  expect(
    states
      .filter(({ state }) => state === "chosen")
      .map(({ externalId }) => externalId)
      .toSorted((x, y) => x.localeCompare(y)),
  ).toEqual(["a", "b"]);
  const again = await give(owner, "chooseAccount", made.gid, { accounts: ["b", "a"], idempotencyKey });
  expect(again.datasources.map(({ id }: { id: string }) => id)).toEqual(
    chosen.datasources.map(({ id }: { id: string }) => id),
  );
  expect(await rowsOf(owner)).toHaveLength(2);
  const said = await api.owner.sql`
    select actor from audit_log where organisation_id = ${owner.organisationId} and verb = 'datasource.chooseAccount'`;
  expect([...said], "on record once").toEqual([{ actor: { kind: "person", userId: owner.userId } }]);
});

test("more accounts than slots: none is chosen, and nothing of it is written", async () => {
  const owner = await signUp(api);
  const made = await arrive(owner, ["a", "b", "c", "d"]);
  expect(await give(owner, "chooseAccount", made.gid, { accounts: ["a", "b", "c", "d"] })).toMatchObject({
    is: "SlotLimitReached",
    limit: 3,
    used: 1,
  });
  expect(await rowsOf(owner)).toHaveLength(1);
  expect(await give(owner, "chooseAccount", made.gid, { accounts: ["a", "b", "c"] })).toMatchObject({
    is: "ChooseAccountSuccess",
  });
});

test("accounts that are not behind the login, are closed, or are connected here already", async () => {
  const owner = await signUp(api);
  const standing = await makeDatasource(api, owner.organisationId, { shop: "standing" });
  const made = await arrive(owner, ["a", "closed", "standing"]);
  for (const accounts of [[], ["nothing"], ["closed"], ["a", "closed"]])
    expect(await give(owner, "chooseAccount", made.gid, { accounts }), accounts.join()).toMatchObject({
      is: "InvalidInput",
      fields: [{ path: "accounts" }],
    });
  expect(await give(owner, "chooseAccount", made.gid, { accounts: ["standing"] })).toMatchObject({
    is: "AlreadyConnected",
    standing: { id: standing.gid },
  });
  const { data } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { accountCandidates { externalId isSelectable reason { code } } viewerCan { action isAllowed } } }`,
    { id: made.gid },
  );
  expect(data.datasource.accountCandidates).toMatchObject([
    { externalId: "a", isSelectable: true },
    { externalId: "closed", isSelectable: false, reason: { code: "restricted" } },
    { externalId: "standing" },
  ]);
  expect(data.datasource.viewerCan).toContainEqual({ action: "CHOOSE_ACCOUNT", isAllowed: true });
});

test("an account that was replaced, and is read once more, is told as that and is nobody's", async () => {
  const owner = await signUp(api);
  const replaced = { facts: { replacedAt: new Date() } };
  await makeDatasource(api, owner.organisationId, { ...replaced, shop: "former" });
  const made = await arrive(owner, ["former"]);
  expect(await give(owner, "chooseAccount", made.gid, { accounts: ["former"] })).toMatchObject({
    is: "AlreadyConnected",
    message: expect.stringMatching(/^former was replaced/),
  });
  const { data } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { accountCandidates { isSelectable connected { id } reason { code meaning } } } }`,
    { id: made.gid },
  );
  const reason = { code: "replaced", meaning: "Try again then. Nothing was changed." };
  expect(data.datasource.accountCandidates).toEqual([{ isSelectable: false, connected: null, reason }]);
});

test("a sign-in that waits for its choice is told as what it is, to whoever begins another", async () => {
  const owner = await signUp(api);
  const made = await arrive(owner, ["a", "b"]);
  await api.owner.sql`update datasources set authorizing_until = now() + interval '1 hour' where id = ${made.id}`;
  const [grant] = await api.owner.sql`select login_key as shop from grants where id = ${made.grantId}`;
  const other = await joinAs(api, owner, "admin");
  const asked = await other.ask(MUTATIONS.connect, {
    input: { platform: "shopify", fields: [{ name: "shop", value: grant?.["shop"] }], idempotencyKey: key() },
  });
  expect(asked.data.result).toMatchObject({
    is: "AlreadyConnected",
    standing: { id: made.gid },
    message: expect.stringMatching(/^A sign-in at Shopify waits for its accounts to be chosen. It is kept until /),
    meaning: expect.stringContaining("begin anew"),
  });
});
