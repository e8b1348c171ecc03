/** What becomes of a new credential while it is judged, and of the one that it would replace: nothing unproven takes anything away. */
import type { Connector } from "@headwater/connectors/contract.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import { answerWith, outboundThat } from "@headwater/connectors/testing/answer.ts";
import type { GrantId } from "@headwater/db";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { makeRig, options, type Rig } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { endGrant, eraseCredential } from "./end-grant.ts";
import { revokeGrant } from "./revoke-grant.ts";
import { carryOut, orderRevocation } from "./revoke-platform.ts";
import { addCandidate, judged, verifiedAs } from "./testing/candidate.ts";

/** A source that answers every call, whoever makes it. */
const willing = outboundThat(() => answerWith(200, {}));

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig(inject("postgresUrl"), shows("nothing yet"), { outbound: willing });
});
afterEach(() => rig.close());

/** Asks the source once with the credential that is judged, as every platform's check does, then says what it saw. */
function shows(
  externalId: string,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
  more: Partial<Connector> = {},
): Connector {
  const verified = verifiedAs(externalId, ["read_orders"]);
  return scriptedConnector({
    pages: scripted([]),
    connector: {
      ...more,
      account: {
        reaches: "one",
        list: () => Promise.resolve([verified.account]),
        verify: async (session) => {
          const url = "https://source.test/account";
          await session.http.call(
            { method: "GET", url, credential: "attached", cost: 1, purpose: "account" },
            (answer) => answer.discard(),
          );
          await meanwhile();
          return verified;
        },
      },
    },
  });
}

/** Which of the grant's credentials can still be opened, and what each is; a login laid aside is another grant's. */
const readable = async () =>
  (
    await rig.owner<{ id: string; role: string }[]>`
      select c.id, case c.id when g.credential_id then 'current' when g.candidate_credential_id then 'candidate' else 'left over' end as role
      from credentials c join grants g on g.id = c.grant_id where c.sealed is not null and g.id = ${rig.grantId} order by c.version`
  ).map(({ id, role }) => ({ id, role }));

test("a candidate that the source answers, but for another account, takes nothing from the credential that works", async () => {
  const [current] = await readable();
  await addCandidate(rig, "another person's");
  rig.use(shows("another-shop"));
  expect(await judged(rig)).toMatchObject({ kind: "otherAccount" });
  expect(await readable()).toEqual([current]);
});

test("what the account's pages say stays with it when it is proven anew", async () => {
  const readNotices = [{ code: "shopify.customerData", stream: "orders", heardAt: "2026-11-21T05:10:00.000Z" }];
  await rig.owner`update accounts set details = ${JSON.stringify({ plan: "Basic", readNotices })}::text::jsonb`;
  rig.use(shows(`shop-${rig.accountId}`));
  expect(await judged(rig)).toMatchObject({ kind: "verified" });
  const [account] = await rig.owner`select details from accounts where id = ${rig.accountId}`;
  expect(account).toMatchObject({ details: { readNotices } });
});

test("of two consents one after another that are both of no use, neither stays in the vault", async () => {
  const [current] = await readable();
  await addCandidate(rig, "first");
  await addCandidate(rig, "second");
  rig.use(shows("another-shop"));
  expect(await judged(rig)).toMatchObject({ kind: "otherAccount" });
  expect(await readable()).toEqual([current]);
});

test("a consent that comes while an earlier one is judged is kept to be judged itself", async () => {
  await addCandidate(rig, "first");
  let second = "";
  rig.use(
    shows(`shop-${rig.accountId}`, async () => {
      second = await addCandidate(rig, "second");
    }),
  );
  expect(await judged(rig)).toMatchObject({ kind: "verified" });
  expect(await readable()).toContainEqual({ id: second, role: "candidate" });
  rig.use(shows(`shop-${rig.accountId}`));
  expect(await judged(rig)).toMatchObject({ kind: "verified" });
  expect(await readable()).toEqual([{ id: second, role: "current" }]);
});

test("whose the grant is, a sign-in says that is proven, and none that is not", async () => {
  const holder = async () => (await rig.owner<{ holder: object }[]>`select holder from grants`)[0]?.holder;
  const priya = { name: "Priya", login: { name: "Priya" } };
  const mallory = { name: "Mallory", login: { name: "Mallory" }, loginKey: "mallory" };
  const signIn = async () => {
    await addCandidate(rig, "mallory's");
    await rig.owner`update grants set holder = ${JSON.stringify({ ...priya, candidate: mallory })}::text::jsonb`;
  };
  await signIn();
  rig.use(shows("another-shop"));
  await judged(rig);
  expect(await holder()).toEqual(priya);
  await signIn();
  rig.use(shows(`shop-${rig.accountId}`));
  await judged(rig);
  expect(await holder()).toEqual({ name: "Mallory", login: { name: "Mallory" } });
});

const ended: string[] = [];
const shown: string[] = [];
const noting: Outbound = {
  ...willing,
  send: (request) => {
    if (request.method === "DELETE") shown.push(request.headers?.["authorization"] ?? "");
    return willing.send(request);
  },
};
const revoke: Connector["revoke"] = async ({ login, http }) => {
  ended.push(login.key);
  const url = "https://source.test/permissions";
  await http.call({ method: "DELETE", url, credential: "attached", cost: 1, purpose: "revoke" }, (answer) =>
    answer.discard(),
  );
};
const renewedBy = async (loginKey: string, ending = revoke) => {
  rig.deps.outbound = noting;
  await addCandidate(rig, `${loginKey}'s`);
  await rig.owner`update grants set holder = ${JSON.stringify({ candidate: { name: "x", login: {}, loginKey } })}::text::jsonb
    where id = ${rig.grantId}`;
  rig.use(shows(`shop-${rig.accountId}`, undefined, { revoke: ending }));
  return judged(rig);
};
beforeEach(() => {
  ended.length = 0;
  shown.length = 0;
});

/** A source that will not end anything now. */
const down = () =>
  Promise.reject(new SourceFailure({ class: "permission", lacks: "x", curedBy: "source", code: "no", said: "" }));
/** Of logins that were laid aside: which, and whether their credential can still be opened. */
const aside = () =>
  rig.owner<{ id: GrantId; login_key: string; open: boolean }[]>`
    select g.id, g.login_key, c.sealed is not null as open from grants g join credentials c on c.grant_id = g.id
    where g.id <> ${rig.grantId} order by g.created_at`;
/** A datasource of another organisation. */
async function anotherStandsOn(loginKey: string): Promise<void> {
  const [organisation, grant] = [randomUUID(), randomUUID()];
  await rig.owner`insert into organisations (id, slug, name, zone, currency) values (${organisation}, ${organisation}, 'Other', 'UTC', 'EUR')`;
  await rig.owner`insert into grants (organisation_id, id, platform, login_key) values (${organisation}, ${grant}, 'shopify', ${loginKey})`;
  await rig.owner`insert into datasources (organisation_id, platform, grant_id, name) values (${organisation}, 'shopify', ${grant}, 'Other')`;
}

describe("a login that is of no use here", () => {
  const signIn = async (loginKey: string, ending = revoke) => {
    rig.deps.outbound = noting;
    await addCandidate(rig, `${loginKey}'s`);
    await rig.owner`update grants set holder = ${JSON.stringify({ candidate: { name: "x", login: {}, loginKey } })}::text::jsonb
      where id = ${rig.grantId}`;
    rig.use(shows("another-shop", undefined, { revoke: ending }));
    expect(await judged(rig)).toMatchObject({ kind: "otherAccount" });
    expect(await readable()).toHaveLength(1);
  };

  test("is given back at the source with its own credential, unless something stands on it", async () => {
    await signIn("mallory");
    expect([ended, shown]).toEqual([["mallory"], ["Bearer mallory's"]]);
    await signIn(`${rig.grantId}.test`);
    expect(ended, "their own, which the connection stands on").toEqual(["mallory"]);
    await anotherStandsOn("agency");
    await signIn("agency");
    expect(ended, "another organisation's").toEqual(["mallory"]);
    expect(await aside(), "nothing of either can be opened here").toMatchObject([{ open: false }, { open: false }]);
  });

  test("is given back where it does not reach the account at all", async () => {
    const refuses = shows("any", undefined, { revoke });
    refuses.account.verify = () =>
      Promise.reject(
        new SourceFailure({ class: "permission", lacks: "Analyst", curedBy: "grant", code: "role", said: "" }),
      );
    await addCandidate(rig, "stranger");
    await rig.owner`update grants set holder = '{"candidate":{"loginKey":"stranger"}}' where id = ${rig.grantId}`;
    rig.use({ ...refuses, account: { ...refuses.account, reaches: "many" } });
    expect(await judged(rig)).toMatchObject({ kind: "otherAccount", saw: "Shop" });
    expect(ended).toEqual(["stranger"]);
  });

  test("is tried again until it has ended, and given up after a day", async () => {
    await signIn("silent", down);
    const [left] = await aside();
    expect(left).toMatchObject({ login_key: "silent", open: true });
    const grant = { organisationId: rig.ref.organisationId, grantId: left?.id ?? rig.grantId };
    expect(await endGrant(rig.deps, grant, options())).toMatchObject({ kind: "failed" });
    rig.use(shows("any", undefined, { revoke }));
    expect(await endGrant(rig.deps, grant, options())).toEqual({ kind: "revoked" });
    expect([ended, shown, (await aside())[0]?.open]).toEqual([["silent"], ["Bearer silent's"], false]);
    await signIn("deaf", down);
    await rig.owner`update grants set created_at = now() - interval '25 hours' where login_key = 'deaf'`;
    const deaf = (await aside()).find((one) => one.login_key === "deaf");
    const last = { organisationId: rig.ref.organisationId, grantId: deaf?.id ?? rig.grantId };
    expect(await endGrant(rig.deps, last, options())).toMatchObject({ kind: "failed" });
    expect(await aside()).toMatchObject([{ open: false }, { open: false }]);
  });

  test("is ended by the operator who ends every token of its platform, though nobody has judged it yet", async () => {
    await addCandidate(rig, "mallory's");
    await rig.owner`update grants set holder = '{"candidate":{"loginKey":"mallory"}}' where id = ${rig.grantId}`;
    rig.deps.outbound = noting;
    rig.use(
      shows("any", undefined, { revoke: (session) => (session.login.key === "mallory" ? down() : revoke(session)) }),
    );
    expect(await orderRevocation(rig.deps, "shopify")).toBe(1);
    const order = { eraseFailed: false, signal: new AbortController().signal };
    expect(await carryOut(rig.deps, "shopify", order)).toMatchObject({ revoked: 0, failed: 1 });
    expect(await readable()).toHaveLength(2);
    rig.use(shows("any", undefined, { revoke }));
    expect(await carryOut(rig.deps, "shopify", order)).toMatchObject({ revoked: 1, failed: 0 });
    expect(shown.at(-1)).toBe("Bearer mallory's");
    expect(await readable()).toEqual([]);
  });
});

test("a login that nobody has judged yet is ended with a disconnect, unless somebody else's judging waits for it", async () => {
  await addCandidate(rig, "mallory's");
  await rig.owner`update grants set holder = '{"candidate":{"loginKey":"mallory"}}' where id = ${rig.grantId}`;
  rig.deps.outbound = noting;
  rig.use(shows("any", undefined, { revoke }));
  const sibling = randomUUID();
  await rig.owner`insert into datasources (organisation_id, id, platform, grant_id, name)
    values (${rig.ref.organisationId}, ${sibling}, 'shopify', ${rig.grantId}, 'Beside')`;
  expect(await revokeGrant(rig.deps, rig.ref, options())).toEqual({ kind: "kept", because: "othersStandOnIt" });
  expect([ended, (await readable()).length]).toEqual([[], 2]);
  await rig.owner`update datasources set disconnected_at = now() where id = ${sibling}`;
  expect(await revokeGrant(rig.deps, rig.ref, options())).toEqual({ kind: "revoked" });
  expect(await eraseCredential(rig.deps, rig.ref)).toEqual({ kind: "erased" });
  expect([ended.toSorted(), await readable()]).toEqual([["mallory", `${rig.grantId}.test`].toSorted(), []]);
  expect(shown).toContain("Bearer mallory's");
});

test("a login that was signed in to again is ended with what it brought, and before what it was to replace", async () => {
  await addCandidate(rig, "anew");
  await rig.owner`update grants set holder = ${JSON.stringify({ candidate: { loginKey: `${rig.grantId}.test` } })}::text::jsonb`;
  rig.deps.outbound = noting;
  rig.use(shows("any", undefined, { revoke: down }));
  expect(await revokeGrant(rig.deps, rig.ref, options())).toMatchObject({ kind: "failed" });
  expect(await readable(), "for the next try").toMatchObject([{ role: "current" }, { role: "candidate" }]);
  const oldIsDead: Connector["revoke"] = async (session) => {
    await revoke(session);
    if (shown.at(-1) !== "Bearer access-1") return;
    throw new SourceFailure({ class: "reauthorize", why: "revoked", code: "dead", said: "" });
  };
  rig.use(shows("any", undefined, { revoke: oldIsDead }));
  expect(await revokeGrant(rig.deps, rig.ref, options())).toEqual({ kind: "revoked" });
  expect(shown).toEqual(["Bearer anew", "Bearer access-1"]);
  expect(await eraseCredential(rig.deps, rig.ref)).toEqual({ kind: "erased" });
  expect(await readable()).toEqual([]);
});

describe("another person's consent takes the place of the one before", () => {
  test("that login is ended at the source with its own credential, once the new one works", async () => {
    expect(await renewedBy("arjun")).toMatchObject({ kind: "verified", formerLogin: "revoked" });
    expect([ended, shown]).toEqual([[`${rig.grantId}.test`], ["Bearer access-1"]]);
    expect(await readable()).toMatchObject([{ role: "current" }]);
    expect(await renewedBy("arjun"), "the same person again").not.toHaveProperty("formerLogin");
    expect(ended).toHaveLength(1);
  });

  test("unless somebody stands on it, of whatever organisation", async () => {
    await anotherStandsOn(`${rig.grantId}.test`);
    expect(await renewedBy("arjun")).toMatchObject({ kind: "verified", formerLogin: "kept" });
    expect(ended).toEqual([]);
  });

  test("refused there, no newer credential is shown in its place, and the new one stands all the same", async () => {
    const refused = { class: "reauthorize", why: "revoked", code: "dead", said: "190" } as const;
    const refusing: Connector["revoke"] = ({ http }) =>
      http.call(
        {
          method: "DELETE",
          url: "https://source.test/permissions",
          credential: "attached",
          cost: 1,
          purpose: "revoke",
        },
        () => Promise.reject(new SourceFailure(refused)),
      );
    expect(await renewedBy("arjun", refusing)).toMatchObject({ kind: "verified", formerLogin: "revoked" });
    expect(new Set(shown)).toEqual(new Set(["Bearer access-1"]));
  });
});

describe("a former login that the source will not end now", () => {
  test("waits with its credential until it is, whoever renews the grant meanwhile", async () => {
    expect(await renewedBy("arjun", down)).toMatchObject({ kind: "verified", formerLogin: "failed" });
    const [former, ...more] = await aside();
    expect([former?.login_key, former?.open, more]).toEqual([`${rig.grantId}.test`, true, []]);
    if (former === undefined) throw new Error("it was not laid aside");
    const grant = { organisationId: rig.ref.organisationId, grantId: former.id };
    expect(await endGrant(rig.deps, grant, options())).toMatchObject({ kind: "failed" });
    expect((await aside())[0]?.open).toBe(true);
    expect(await renewedBy("dev")).toMatchObject({ formerLogin: "revoked" });
    expect(await endGrant(rig.deps, grant, options())).toEqual({ kind: "revoked" });
    expect(shown.toSorted()).toEqual(["Bearer access-1", "Bearer arjun's"]);
    expect((await aside()).map(({ open }) => open)).toEqual([false, false]);
  });

  test("is given up after a day: ours is unreadable then", async () => {
    await renewedBy("arjun", down);
    const [former] = await aside();
    if (former === undefined) throw new Error("it was not laid aside");
    await rig.owner`update grants set created_at = now() - interval '25 hours' where id = ${former.id}`;
    const grant = { organisationId: rig.ref.organisationId, grantId: former.id };
    expect(await endGrant(rig.deps, grant, options())).toMatchObject({ kind: "failed" });
    expect((await aside())[0]?.open).toBe(false);
    expect(await readable()).toMatchObject([{ role: "current" }]);
  });
});

describe("a login that is signed in to again, for a further account", () => {
  const beside = { datasource: randomUUID(), grant: randomUUID(), account: randomUUID() };
  /** What one account of the login is shown with; every other is what it is asked for. */
  const reaching = (unreached?: string): Connector => {
    const one = shows("any");
    return {
      ...one,
      account: {
        ...one.account,
        reaches: "many",
        verify: (_session, account) =>
          account === null || account === unreached
            ? Promise.reject(
                new SourceFailure({ class: "permission", lacks: "x", curedBy: "grant", code: "no", said: "" }),
              )
            : Promise.resolve(verifiedAs(account, ["read_orders"])),
      },
    };
  };
  const connectedBefore = async () => {
    const { organisationId } = rig.ref;
    await rig.owner`insert into grants (organisation_id, id, platform, login_key, version) values (${organisationId}, ${beside.grant}, 'shopify', 'agency', 1)`;
    await rig.owner`insert into credentials (organisation_id, grant_id, version, key_id, sealed, wrapped_key, last_used_at)
      values (${organisationId}, ${beside.grant}, 1, 'test', '\\x00', '\\x00', now())`;
    await rig.owner`update grants g set credential_id = c.id from credentials c where c.grant_id = g.id and g.id = ${beside.grant}`;
    await rig.owner`insert into accounts (organisation_id, id, platform, external_id, name) values (${organisationId}, ${beside.account}, 'shopify', 'first', 'First')`;
    await rig.owner`insert into datasources (organisation_id, id, platform, grant_id, account_id, name, phase, auth)
      values (${organisationId}, ${beside.datasource}, 'shopify', ${beside.grant}, ${beside.account}, 'First', 'REAUTHORIZE', 'revoked')`;
    await addCandidate(rig, "agency's");
    await rig.owner`update grants set candidate_credential_id = null where id = ${beside.grant}`;
    await rig.owner`update grants set holder = '{"candidate":{"name":"x","login":{},"loginKey":"agency"}}' where id = ${rig.grantId}`;
  };
  const standing = async () => ({
    onOne: (await rig.owner`select distinct grant_id from datasources`).length === 1,
    rung: (await rig.owner`select 1 from outbox where datasource_id = ${beside.datasource}`).length,
    open: (await rig.owner`select 1 from credentials where sealed is not null`).length,
    living: (await rig.owner`select 1 from grants where ended_at is null`).length,
  });

  test("is one grant from then on, renewed once for all that stands on it", async () => {
    await connectedBefore();
    rig.use(reaching());
    expect(await judged(rig)).toMatchObject({ kind: "verified" });
    expect(await standing()).toEqual({ onOne: true, rung: 1, open: 1, living: 1 });
  });

  test("stays apart where the older is to be ended at the source, for only there it can be found", async () => {
    await connectedBefore();
    await rig.owner`update grants set revoking_since = now() where id = ${beside.grant}`;
    rig.use(reaching());
    expect(await judged(rig)).toMatchObject({ kind: "verified" });
    expect(await standing()).toEqual({ onOne: false, rung: 0, open: 2, living: 2 });
  });

  test("stays apart where the newer consent does not open what stands on the older", async () => {
    await connectedBefore();
    rig.use(reaching("first"));
    expect(await judged(rig)).toMatchObject({ kind: "verified" });
    expect(await standing()).toEqual({ onOne: false, rung: 0, open: 2, living: 2 });
  });
});
