import type { Connector, Verified } from "@headwater/connectors/contract.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
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
    await rig.owner`select verb, after->>'kind' as kind from audit_log where verb in ('accountChanged', 'sourceNoticed')`
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
