/** What becomes of a new credential while it is judged, and of the one that it would replace: nothing unproven takes anything away. */
import type { Connector } from "@headwater/connectors/contract.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import type { GrantId } from "@headwater/db";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { makeRig, options, type Rig } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { endGrant } from "./end-grant.ts";
import { addCandidate, verifiedAs } from "./testing/candidate.ts";
import { verifyGrant } from "./verify-grant.ts";

/** A source that answers every call, whoever makes it. */
const willing: Outbound = {
  send: () =>
    Promise.resolve({
      status: 200,
      headers: {},
      text: () => Promise.resolve("{}"),
      json: () => Promise.resolve({}),
      lines: async function* () {},
      chunks: async function* () {},
      discard: () => Promise.resolve(),
      bytes: () => 2,
    }),
  browserAddress: String,
  close: () => Promise.resolve(),
};

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

/** Which of the grant's credentials can still be opened, and what each is. */
const readable = async () =>
  (
    await rig.owner<{ id: string; role: string }[]>`
      select c.id, case c.id when g.credential_id then 'current' when g.candidate_credential_id then 'candidate' else 'left over' end as role
      from credentials c join grants g on g.id = c.grant_id where c.sealed is not null order by c.version`
  ).map(({ id, role }) => ({ id, role }));

test("a candidate that the source answers, but for another account, takes nothing from the credential that works", async () => {
  const [current] = await readable();
  await addCandidate(rig, "another person's");
  rig.use(shows("another-shop"));
  expect(await verifyGrant(rig.deps, rig.ref, options())).toMatchObject({ kind: "otherAccount" });
  expect(await readable()).toEqual([current]);
});

test("of two consents one after another that are both of no use, neither stays in the vault", async () => {
  const [current] = await readable();
  await addCandidate(rig, "first");
  await addCandidate(rig, "second");
  rig.use(shows("another-shop"));
  expect(await verifyGrant(rig.deps, rig.ref, options())).toMatchObject({ kind: "otherAccount" });
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
  expect(await verifyGrant(rig.deps, rig.ref, options())).toMatchObject({ kind: "verified" });
  expect(await readable()).toContainEqual({ id: second, role: "candidate" });
  rig.use(shows(`shop-${rig.accountId}`));
  expect(await verifyGrant(rig.deps, rig.ref, options())).toMatchObject({ kind: "verified" });
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
  await verifyGrant(rig.deps, rig.ref, options());
  expect(await holder()).toEqual(priya);
  await signIn();
  rig.use(shows(`shop-${rig.accountId}`));
  await verifyGrant(rig.deps, rig.ref, options());
  expect(await holder()).toEqual({ name: "Mallory", login: { name: "Mallory" } });
});

test("a login that is of no use here is given back at the source, unless something stands on it", async () => {
  const ended: string[] = [];
  const revoke: Connector["revoke"] = async ({ login, http }) => {
    ended.push(login.key);
    const url = "https://source.test/permissions";
    await http.call({ method: "DELETE", url, credential: "attached", cost: 1, purpose: "revoke" }, (answer) =>
      answer.discard(),
    );
  };
  const signIn = async (loginKey: string, ending = revoke) => {
    await addCandidate(rig, loginKey);
    await rig.owner`update grants set holder = ${JSON.stringify({ candidate: { name: "x", login: {}, loginKey } })}::text::jsonb
      where id = ${rig.grantId}`;
    rig.use(shows("another-shop", undefined, { revoke: ending }));
    expect(await verifyGrant(rig.deps, rig.ref, options())).toMatchObject({ kind: "otherAccount" });
    expect(await readable()).toHaveLength(1);
  };
  await signIn("mallory");
  expect(ended).toEqual(["mallory"]);
  await signIn(`${rig.grantId}.test`);
  expect(ended, "their own, which the connection stands on").toEqual(["mallory"]);
  const [organisation, grant] = [randomUUID(), randomUUID()];
  await rig.owner`insert into organisations (id, slug, name, zone, currency) values (${organisation}, ${organisation}, 'Other', 'UTC', 'EUR')`;
  await rig.owner`insert into grants (organisation_id, id, platform, login_key) values (${organisation}, ${grant}, 'shopify', 'agency')`;
  await rig.owner`insert into datasources (organisation_id, platform, grant_id, name) values (${organisation}, 'shopify', ${grant}, 'Other')`;
  await signIn("agency");
  expect(ended, "another organisation's").toEqual(["mallory"]);
  const refuses = shows("any", undefined, { revoke });
  refuses.account.verify = () =>
    Promise.reject(
      new SourceFailure({ class: "permission", lacks: "Analyst", curedBy: "grant", code: "role", said: "" }),
    );
  await addCandidate(rig, "stranger");
  await rig.owner`update grants set holder = '{"candidate":{"loginKey":"stranger"}}' where id = ${rig.grantId}`;
  rig.use({ ...refuses, account: { ...refuses.account, reaches: "many" } });
  expect(await verifyGrant(rig.deps, rig.ref, options())).toMatchObject({ kind: "failed" });
  expect(ended, "who does not reach the account at all").toEqual(["mallory", "stranger"]);
  await signIn("silent", () => Promise.reject(new SourceFailure({ class: "transient", code: "down", said: "503" })));
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
  return verifyGrant(rig.deps, rig.ref, options());
};
beforeEach(() => {
  ended.length = 0;
  shown.length = 0;
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
    const [organisation, grant] = [randomUUID(), randomUUID()];
    await rig.owner`insert into organisations (id, slug, name, zone, currency) values (${organisation}, ${organisation}, 'Other', 'UTC', 'EUR')`;
    await rig.owner`insert into grants (organisation_id, id, platform, login_key) values (${organisation}, ${grant}, 'shopify', ${`${rig.grantId}.test`})`;
    await rig.owner`insert into datasources (organisation_id, platform, grant_id, name) values (${organisation}, 'shopify', ${grant}, 'Other')`;
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
  const down = () =>
    Promise.reject(new SourceFailure({ class: "permission", lacks: "x", curedBy: "source", code: "no", said: "" }));
  /** Of logins that were laid aside: which, and whether their credential can still be opened. */
  const aside = () =>
    rig.owner<{ id: GrantId; login_key: string; open: boolean }[]>`
      select g.id, g.login_key, c.sealed is not null as open from grants g join credentials c on c.grant_id = g.id
      where g.id <> ${rig.grantId}`;

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
