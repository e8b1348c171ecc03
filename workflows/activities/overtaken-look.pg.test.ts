/** A look that ends after a disconnect and its undo, and did not prove anything: it says nothing of what stands then. */
import type { Connector } from "@headwater/connectors/contract.ts";
import { type Failure, SourceFailure } from "@headwater/connectors/failure.ts";
import { datasourceId, openDatabase } from "@headwater/db";
import type { Database } from "@headwater/db";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BUDGET } from "../lifecycle/budget.ts";
import { isUnproven } from "../lifecycle/phases.ts";
import { loadPath } from "../load/load-path.ts";
import { ownRig } from "../load/testing/own-rig.ts";
import { options, silent } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { addCandidate, verifiedAs } from "../source/testing/candidate.ts";
import { verifyGrant } from "../source/verify-grant.ts";
import { RULES } from "../temporal/testing/rules.ts";
import type { Look } from "./contract.ts";
import { verify } from "./looking.ts";
import { interrupted } from "./testing/interrupted.ts";

const rig = ownRig();
let db: Database;
beforeEach(() => {
  db = openDatabase({ url: rig.workerUrl, max: 2, name: "overtaken look test" });
});
afterEach(() => db.close());

async function look({ generation = rig.ref.generation, load = loadPath } = {}): Promise<Look> {
  const deps = { db, log: silent, platformRules: () => RULES, budget: BUDGET, load, loadDeps: rig.deps };
  const [row] = await rig.owner`select seq from datasources where id = ${rig.ref.datasourceId}`;
  const environment = new MockActivityEnvironment(
    { attempt: 1 },
    { logger: new DefaultLogger("ERROR", () => undefined) },
  );
  const found: Promise<Look> = environment.run(() =>
    verify(deps, { ...rig.ref, generation, seq: Number(row?.["seq"]) + 1 }),
  );
  return found;
}

const answers = (
  looked: Connector["account"]["verify"],
  { many = false, ...more }: Partial<Connector> & { readonly many?: boolean } = {},
) =>
  rig.use(
    scriptedConnector({
      pages: scripted([]),
      connector: {
        ...more,
        account: { reaches: many ? "many" : "one", list: () => Promise.resolve([]), verify: looked },
      },
    }),
  );
const proves = () => Promise.resolve(verifiedAs(`shop-${rig.accountId}`, ["read_orders"]));
/** The disconnect and its undo come once the source's answer is kept, and before it is written down. */
const undoneAfter = () => interrupted(loadPath, async (_ref, moment) => void (moment === "after" && (await undone())));

const undone = () => rig.owner`update datasources set generation = generation + 2, auth = 'revoked',
  auth_reason = '{"code":"disconnectUndone"}', auth_since = clock_timestamp() where id = ${rig.ref.datasourceId}`;

const consented = async () => {
  const [row] = await rig.owner<[{ id: string }]>`
    insert into commands (organisation_id, datasource_id, kind, args, args_hash, idempotency_key, actor, intent_version)
    values (${rig.ref.organisationId}, ${rig.ref.datasourceId}, 'reauthorized', '{}', 'hash', ${randomUUID()},
      '{"kind":"system","name":"test"}', 1) returning id`;
  return row.id;
};
/** By more than any two stamps could fall together. */
const consentedBefore = async () => {
  const command = await consented();
  await rig.owner`update commands set created_at = now() - interval '1 minute' where id = ${command}`;
  return command;
};
const answer = async (command: string) =>
  (await rig.owner`select state, outcome->>'code' as code from commands where id = ${command}`)[0];

describe("undone within a look, a datasource waits for somebody to sign in", () => {
  const now = async () =>
    (
      await rig.owner`select auth, auth_reason->>'code' as code, phase from datasources where id = ${rig.ref.datasourceId}`
    )[0];
  const waiting = { auth: "revoked", code: "disconnectUndone", phase: "REAUTHORIZE" };

  test.each(["while the source answers", "once the source's answer is kept"])(
    "%s: nobody asks it again",
    async (when) => {
      let asked = 0;
      const before = await consentedBefore();
      answers(async () => {
        asked += 1;
        if (asked === 1 && when === "while the source answers") await undone();
        return proves();
      });
      const first = await look(when === "while the source answers" ? {} : { load: undoneAfter() });
      expect(first).toMatchObject({ saw: "later", retryAt: expect.any(Number) });
      const { saw, intent } = await look({ generation: rig.ref.generation + 2 });
      expect({ saw, asked }).toEqual({ saw: "refused", asked: 1 });
      expect(await now()).toEqual(waiting);
      expect(intent === null || isUnproven(intent.facts)).toBe(false);
      expect(await answer(before)).toEqual({ state: "refused", code: "disconnected" });
      await addCandidate(rig, "signed in again");
      const since = await consented();
      expect(await look({ generation: rig.ref.generation + 2 })).toMatchObject({ saw: "proven" });
      expect(await now()).toMatchObject({ auth: "ok", code: null });
      expect(await answer(since)).toEqual({ state: "done", code: "verified" });
    },
  );

  const since = () => rig.ref.generation + 2;

  test("what was consented to before, and nobody has judged yet, goes with the disconnect", async () => {
    let asked = 0;
    answers(() => {
      asked += 1;
      return proves();
    });
    await addCandidate(rig, "before");
    await rig.owner`update credentials set created_at = now() - interval '1 minute'`;
    const before = await consentedBefore();
    await undone();
    const { saw, intent } = await look({ generation: since() });
    expect({ saw, asked }).toEqual({ saw: "refused", asked: 0 });
    expect(await now()).toEqual(waiting);
    expect(intent === null || isUnproven(intent.facts)).toBe(false);
    expect(await answer(before)).toEqual({ state: "refused", code: "disconnected" });
    await addCandidate(rig, "signed in again");
    expect(await look({ generation: since() })).toMatchObject({ saw: "proven" });
  });

  test("a look at another on the same login is no sign-in; once somebody signed in there, it is", async () => {
    answers((_session, expected) => Promise.resolve(verifiedAs(expected ?? "", ["read_orders"])), { many: true });
    const [beside] = await rig.owner<[{ id: string; generation: number }]>`
      with other as (insert into accounts (organisation_id, platform, external_id, name)
        select organisation_id, 'shopify', 'beside', 'Beside' from datasources returning organisation_id, id)
      insert into datasources (organisation_id, platform, grant_id, account_id, name, phase, auth)
      select organisation_id, 'shopify', ${rig.grantId}, id, 'Beside', 'PAUSED', 'ok' from other
      returning id, generation`;
    const ref = { ...rig.ref, datasourceId: datasourceId(beside.id), generation: beside.generation };
    const lookBeside = () => verifyGrant(rig.deps, ref, options());
    await undone();
    expect(await lookBeside()).toMatchObject({ kind: "verified" });
    expect(await look({ generation: since() })).toMatchObject({ saw: "refused" });
    expect(await now()).toEqual(waiting);
    await addCandidate(rig, "signed in beside");
    const command = await consented();
    expect(await lookBeside()).toMatchObject({ kind: "verified" });
    expect(await look({ generation: since() })).toMatchObject({ saw: "proven" });
    expect(await answer(command)).toEqual({ state: "done", code: "verified" });
  });
});

test("the store was frozen: whoever consented anew is answered by the look after it", async () => {
  let command = "";
  answers(async () => {
    await undone();
    await addCandidate(rig, "renewed");
    command = await consented();
    throw new SourceFailure({ class: "permission", lacks: "", curedBy: "source", code: "shop.frozen", said: "frozen" });
  });
  await look();
  expect(await answer(command)).toEqual({ state: "accepted", code: null });
  answers(() => Promise.resolve(verifiedAs(`shop-${rig.accountId}`, ["read_orders"])));
  await look({ generation: rig.ref.generation + 2 });
  expect(await answer(command)).toEqual({ state: "done", code: "verified" });
});

test("the login before, ended for the one that took its place, is told of whatever stands then", async () => {
  answers(proves, { revoke: () => Promise.resolve() });
  await addCandidate(rig, "another person's");
  await rig.owner`update grants set holder = '{"candidate":{"loginKey":"another person"}}'`;
  expect(await look({ load: undoneAfter() })).toMatchObject({ saw: "later" });
  expect(await rig.owner`select after->>'kind' as kind from audit_log where verb = 'formerLoginEnded'`).toEqual([
    { kind: "revoked" },
  ]);
});

const IN_AN_HOUR = new Date(Date.now() + 3_600_000).toISOString();

test.each<[string, Failure, string | null]>([
  ["limited us", { class: "rate_limit", retryAt: IN_AN_HOUR, code: "test.limited", said: "429" }, IN_AN_HOUR],
  ["was down", { class: "transient", code: "test.down", said: "503" }, null],
  ["was down for a while", { class: "transient", retryAt: IN_AN_HOUR, code: "test.down", said: "503" }, IN_AN_HOUR],
])(
  "the source %s: the rows say no more than that somebody must sign in, and the next look is soon, but never early",
  async (_how, failure, until) => {
    const before = await consentedBefore();
    answers(async () => {
      await undone();
      throw new SourceFailure(failure);
    });
    const { saw, retryAt } = await look();
    expect(saw).toBe("later");
    if (until === null) expect(retryAt).toBeLessThan(Date.now() + 10_000);
    else expect(retryAt).toBe(Date.parse(until));
    const [row] = await rig.owner`select throttled_until, throttle_reason, phase from datasources`;
    expect(row).toEqual({ throttled_until: null, throttle_reason: null, phase: "REAUTHORIZE" });
    expect(await answer(before)).toEqual({ state: "refused", code: "disconnected" });
    expect(await rig.owner`select 1 from notices`).toHaveLength(0);
  },
);
