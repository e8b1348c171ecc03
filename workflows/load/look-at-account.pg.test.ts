import type { Connector, Verified } from "@headwater/connectors/contract.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { verifiedAs } from "../source/testing/candidate.ts";
import { lookAtAccount } from "./look-at-account.ts";
import { makeRig, options, type Rig } from "./testing/rig.ts";
import { scripted, scriptedConnector } from "./testing/scripted-source.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]) }), { zone: "Asia/Kolkata" });
});
afterEach(() => rig.close());

const says = (verify: () => Promise<Verified>): Connector => {
  const connector = scriptedConnector({ pages: scripted([]) });
  return { ...connector, account: { ...connector.account, verify } };
};
async function look(facts: Partial<Verified["account"]>, more: Partial<Verified> = {}) {
  const { account, ...verified } = verifiedAs(`shop-${rig.accountId}`, ["read_orders"]);
  const seen = { ...verified, account: { ...account, zone: "Asia/Kolkata", ...facts }, ...more };
  rig.use(says(() => Promise.resolve(seen)));
  return lookAtAccount(rig.deps, rig.run("spotCheck"), options());
}
const accountNow = async () => (await rig.owner`select name, zone, currency, details from accounts`)[0];
const asked = async () =>
  (await rig.owner`select kind, args, state from commands`).map(({ kind, args, state }) => [kind, args, state]);
const told = async () =>
  (
    await rig.owner`select verb, after->>'kind' as kind from audit_log where verb in ('accountChanged', 'sourceNoticed') order by n`
  ).map(({ verb, kind }) => [verb, kind]);

test("a new name and state are kept, and what else is known of the account stays", async () => {
  await rig.owner`update accounts set details = '{"status":"active","kept":1}'`;
  expect(await look({ name: "Another name", details: { status: "disabled" } })).toMatchObject({ kind: "done" });
  expect(await accountNow()).toMatchObject({
    name: "Another name",
    zone: "Asia/Kolkata",
    details: { status: "disabled", kept: 1 },
  });
  expect(await asked()).toEqual([]);
});

test("what the source wants a person to know is in the timeline once, and once more when it is over", async () => {
  const notices = [{ code: "meta-ads.accountDisabled" }];
  for (let day = 0; day < 2; day += 1) await look({}, { notices });
  expect(await told()).toEqual([["sourceNoticed", null]]);
  expect(await accountNow()).toMatchObject({ details: { notices } });
  for (let day = 0; day < 2; day += 1) await look({});
  expect(await told()).toHaveLength(2);
});

test("what a sync was told meanwhile does not make the daily look tell its own again", async () => {
  const notices = [{ code: "meta-ads.accountDisabled" }];
  await look({}, { notices });
  await rig.owner.begin(async (tx) => {
    await tx`select set_config('app.tenant', ${rig.ref.organisationId}, true)`;
    await tx`select append_audit('{"kind":"system","name":"engine"}', 'sourceNoticed', 'datasource', ${rig.ref.datasourceId},
      ${rig.ref.datasourceId}::uuid, null, '{"stream":"orders","notices":[{"code":"shopify.customerData"}]}')`;
  });
  await look({}, { notices });
  expect(await told()).toHaveLength(2);
});

test.each([
  ["zone", { zone: "America/New_York" }],
  ["currency", { currency: "USD" }],
  ["both", { zone: "America/New_York", currency: "USD" }],
] as const)(
  "another %s: every day that has a number is asked to be read again, once, and it is told",
  async (kind, facts) => {
    for (let day = 0; day < 2; day += 1) await look(facts);
    expect(await accountNow()).toMatchObject(facts);
    expect(await asked()).toEqual([["resync", { because: "accountChanged" }, "accepted"]]);
    expect(await told()).toEqual([["accountChanged", kind]]);
    expect(await rig.owner`select d.intent_version = o.intent_version as rung from datasources d, outbox o`).toEqual([
      { rung: true },
    ]);
  },
);

test("what changes while a reading anew waits is read with it, and told; once it has begun, another is asked for", async () => {
  const waiting = ["resync", { because: "accountChanged" }, "accepted"];
  await look({ zone: "America/New_York" });
  await look({ currency: "USD", zone: "America/New_York" });
  expect([await asked(), await told()]).toEqual([
    [waiting],
    [
      ["accountChanged", "zone"],
      ["accountChanged", "currency"],
    ],
  ]);
  await rig.owner`insert into runs (organisation_id, id, datasource_id, kind, n, asked_by)
    select organisation_id, 'begun', datasource_id, 'resync', 1, id from commands`;
  await look({ zone: "Asia/Kolkata", currency: "USD" });
  expect(await asked()).toEqual([waiting, waiting]);
});

test("what was heard when somebody authorized today is not asked for again", async () => {
  await rig.owner`update grants set verified_at = now() - interval '1 hour'`;
  await look({ name: "Another name" });
  expect(await accountNow()).toMatchObject({ name: "Shop" });
  await rig.owner`update grants set verified_at = now() - interval '13 hours'`;
  await look({ name: "Another name" });
  expect(await accountNow()).toMatchObject({ name: "Another name" });
});

test("the same zone under its other name, and one that the source does not say, change nothing", async () => {
  await look({ zone: "Asia/Calcutta" });
  await look({ zone: null, currency: null });
  expect(await accountNow()).toMatchObject({ zone: "Asia/Calcutta", currency: "EUR" });
  expect([await asked(), await told()]).toEqual([[], []]);
});

test("another account under the same login is left to be judged; a refusal is told as what it is", async () => {
  await look({ externalId: "somebody else's", name: "Other" });
  expect(await accountNow()).toMatchObject({ name: "Shop" });
  const failure = { class: "permission", lacks: "Analyst", curedBy: "grant", code: "role", said: "" } as const;
  rig.use(says(() => Promise.reject(new SourceFailure(failure))));
  expect(await lookAtAccount(rig.deps, rig.run("spotCheck"), options())).toMatchObject({ kind: "failed", failure });
});

describe("the grant beside the account", () => {
  const ENDS = "2031-05-06T07:08:09.000Z";
  const inspected = (inspect: Connector["inspect"]) => {
    const seen = verifiedAs(`shop-${rig.accountId}`, ["read_orders"]);
    rig.use({ ...says(() => Promise.resolve(seen)), ...(inspect === undefined ? {} : { inspect }) });
    return lookAtAccount(rig.deps, rig.run("spotCheck"), options());
  };
  const ending = (at: string | null, scopes: readonly string[] = ["read_orders"]): Connector["inspect"] => {
    const date = at === null ? null : new Date(at);
    return () => Promise.resolve({ scopes, accessExpiresAt: date, endsAt: date });
  };
  const grantNow = async () => (await rig.owner`select scopes, ends_at from grants`)[0];
  const moved = () => rig.owner`select after from audit_log where verb = 'grantEndMoved' order by n`;

  test("its scopes and its end are kept as the source has them; an end that was moved is told once", async () => {
    for (let day = 0; day < 2; day += 1)
      expect(await inspected(ending(ENDS, ["read_orders", "more"]))).toMatchObject({ kind: "done" });
    expect(await grantNow()).toEqual({ scopes: ["read_orders", "more"], ends_at: new Date(ENDS) });
    expect(await moved()).toEqual([{ after: { endsAt: ENDS } }]);
    await inspected(ending(null));
    expect(await grantNow()).toMatchObject({ ends_at: null });
    expect(await moved()).toHaveLength(2);
  });

  test("is shown by the credential that stands, and one that is dead is told before a sync finds it out", async () => {
    const shown: unknown[] = [];
    await inspected((_outbound, { credential, login, client }) => {
      shown.push([credential, login.key, client.clientId]);
      return Promise.resolve({ scopes: [], accessExpiresAt: null, endsAt: null });
    });
    expect(shown).toEqual([[{ access: "access-1", refresh: "refresh-1" }, `${rig.grantId}.test`, "client"]]);
    const failure = { class: "reauthorize", why: "revoked", code: "dead", said: "" } as const;
    expect(await inspected(() => Promise.reject(new SourceFailure(failure)))).toMatchObject({
      kind: "failed",
      failure,
    });
  });

  test("a source that does not answer this one says nothing of the account, nor of the grant", async () => {
    await inspected(ending(ENDS));
    const down = { class: "transient", code: "down", said: "503" } as const;
    expect(await inspected(() => Promise.reject(new SourceFailure(down)))).toMatchObject({ kind: "done" });
    expect(await grantNow()).toMatchObject({ ends_at: new Date(ENDS) });
  });

  test("what is told of a credential that another consent has replaced meanwhile is not kept", async () => {
    const replacing: Connector["inspect"] = async () => {
      await rig.owner`update grants set credential_id = ${randomUUID()}`;
      return { scopes: [], accessExpiresAt: null, endsAt: new Date(ENDS) };
    };
    await inspected(replacing);
    expect(await grantNow()).toEqual({ scopes: ["read_orders"], ends_at: null });
  });
});
