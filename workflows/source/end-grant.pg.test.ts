import type { Connector } from "@headwater/connectors/contract.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { makeRig, options, type Rig } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { endGrant, eraseCredential } from "./end-grant.ts";
import { revokeGrant } from "./revoke-grant.ts";
import { addCandidate, judged, verifiedAs } from "./testing/candidate.ts";

let rig: Rig;
let revoked = 0;
const connector = (more: Partial<Connector> = {}): Connector =>
  scriptedConnector({
    pages: scripted([]),
    connector: {
      revoke: () => {
        revoked += 1;
        return Promise.resolve();
      },
      ...more,
    },
  });
beforeEach(async () => {
  revoked = 0;
  rig = await makeRig(inject("postgresUrl"), connector());
});
afterEach(() => rig.close());

const addOrganisationOnTheSameLogin = async (): Promise<void> => {
  const [organisation, grant] = [randomUUID(), randomUUID()];
  await rig.owner`insert into organisations (id, slug, name, zone, currency) values (${organisation}, ${organisation}, 'Other', 'UTC', 'EUR')`;
  await rig.owner`insert into grants (organisation_id, id, platform, login_key)
    select ${organisation}, ${grant}, platform, login_key from grants where id = ${rig.grantId}`;
  await rig.owner`insert into datasources (organisation_id, platform, grant_id, name) values (${organisation}, 'shopify', ${grant}, 'Other')`;
};
const readable = async () => (await rig.owner`select 1 from credentials where sealed is not null`).length;

test("a grant is revoked at the source only when no datasource of any organisation stands on that login", async () => {
  await addOrganisationOnTheSameLogin();
  expect(await revokeGrant(rig.deps, rig.ref, options())).toEqual({ kind: "kept", because: "othersStandOnIt" });
  expect(revoked).toBe(0);
  await rig.owner`update datasources set disconnected_at = now() where name = 'Other'`;
  expect(await revokeGrant(rig.deps, rig.ref, options())).toEqual({ kind: "revoked" });
  expect(revoked).toBe(1);
  expect(await eraseCredential(rig.deps, rig.ref)).toEqual({ kind: "erased" });
  expect(await readable()).toBe(0);
});

/** The end of the credential, begun while all of this is under way and held up by it. */
async function erasedBeside(work: (tx: TransactionSql) => Promise<unknown>) {
  const begun = Promise.withResolvers<ReturnType<typeof eraseCredential>>();
  await rig.owner.begin(async (tx) => {
    await work(tx);
    begun.resolve(eraseCredential(rig.deps, rig.ref));
    await expect
      .poll(
        () => rig.owner`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      .toHaveLength(1);
  });
  return begun.promise;
}

test("a credential is kept for what came to stand on its grant while the end of another waited for that", async () => {
  const ended = await erasedBeside(
    (tx) => tx`insert into datasources (organisation_id, platform, grant_id, name)
      select organisation_id, platform, id, 'Further' from grants where id = ${rig.grantId}`,
  );
  expect([ended, await readable()]).toEqual([{ kind: "kept" }, 1]);
});

test("a consent that comes after an undo is not erased by the end that waited for both", async () => {
  await addCandidate(rig, "renewed");
  await erasedBeside(async (tx) => {
    await tx`update datasources set generation = generation + 1 where id = ${rig.ref.datasourceId}`;
    await tx`update grants set version = version where id = ${rig.grantId}`;
  });
  expect(await readable()).toBe(2);
});

test("a consent that came after an undo is not erased by the disconnect before it, however long that one took", async () => {
  await rig.owner`update datasources set generation = generation + 1 where id = ${rig.ref.datasourceId}`;
  await addCandidate(rig, "renewed");
  await eraseCredential(rig.deps, rig.ref);
  expect(await readable()).toBe(2);
  expect((await rig.owner`select 1 from grants where candidate_credential_id is not null`).length).toBe(1);
});

test("a sign-in that waits on a grant that has ended before is erased with it, and waits no more", async () => {
  await rig.owner`update grants set ended_at = now(), credential_id = null`;
  await addCandidate(rig, "after an undo");
  expect(await eraseCredential(rig.deps, rig.ref)).toEqual({ kind: "erased" });
  expect(await readable()).toBe(0);
  expect(await rig.owner`select 1 from grants where candidate_credential_id is not null`).toEqual([]);
});

test("what a late callback brought is ended there and erased here; a grant that is stood on is left alone", async () => {
  const grant = { organisationId: rig.ref.organisationId, grantId: rig.grantId };
  expect(await endGrant(rig.deps, grant, options())).toEqual({ kind: "kept", because: "othersStandOnIt" });
  expect([revoked, await readable()]).toEqual([0, 1]);
  await rig.owner`update datasources set grant_id = null`;
  expect(await endGrant(rig.deps, grant, options())).toEqual({ kind: "revoked" });
  expect([revoked, await readable()]).toEqual([1, 0]);
  expect((await rig.owner`select 1 from grants where ended_at is null`).length).toBe(0);
});

test("a revoke that failed keeps the credential for the next try", async () => {
  await rig.owner`update datasources set grant_id = null`;
  rig.use(
    connector({ revoke: () => Promise.reject(new SourceFailure({ class: "transient", code: "down", said: "503" })) }),
  );
  const grant = { organisationId: rig.ref.organisationId, grantId: rig.grantId };
  expect(await endGrant(rig.deps, grant, options())).toMatchObject({ kind: "failed" });
  expect(await readable()).toBe(1);
});

const shows = (externalId: string, scopes: string[]): Connector => {
  const verified = verifiedAs(externalId, scopes);
  return connector({
    account: {
      reaches: "one",
      list: () => Promise.resolve([verified.account]),
      verify: () => Promise.resolve(verified),
    },
  });
};
const grantNow = async () =>
  (
    await rig.owner`select g.version, candidate_credential_id is null as is_settled, c.version as credential, c.sealed is not null as is_readable
    from grants as g join credentials as c on c.id = g.credential_id`
  )[0];

test.each([
  ["another account", "another-shop", ["read_orders"], { kind: "otherAccount" }],
  ["a required scope missing", null, [], { kind: "failed", failure: { class: "permission", lacks: "read_orders" } }],
])(
  "a candidate that shows %s is thrown away, and the old credential goes on",
  async (_title, other, scopes, expected) => {
    await addCandidate(rig, "candidate");
    rig.use(shows(other ?? `shop-${rig.accountId}`, scopes));
    expect(await judged(rig)).toMatchObject(expected);
    expect(await grantNow()).toEqual({ version: 1, is_settled: true, credential: 1, is_readable: true });
  },
);

test("a candidate that shows the same account takes the old one's place, which nobody can read any more", async () => {
  await addCandidate(rig, "candidate");
  rig.use(shows(`shop-${rig.accountId}`, ["read_orders", "read_all_orders"]));
  expect(await judged(rig)).toMatchObject({ kind: "verified" });
  expect(await grantNow()).toMatchObject({ version: 2, is_settled: true, is_readable: true });
  expect(await readable()).toBe(1);
  expect((await rig.owner`select scopes from grants`)[0]?.["scopes"]).toEqual(["read_orders", "read_all_orders"]);
});
