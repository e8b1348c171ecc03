/** What a look at the source comes to for whoever consented: answered by what was found, whoever dies or looks meanwhile. */
import type { Connector } from "@headwater/connectors/contract.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import { credentialId, grantId, openDatabase, publicKeyOf, seal } from "@headwater/db";
import type { Database } from "@headwater/db";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { BUDGET } from "../lifecycle/budget.ts";
import { loadPath } from "../load/load-path.ts";
import { makeRig, options, silent } from "../load/testing/rig.ts";
import type { Rig } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { addCandidate, verifiedAs } from "../source/testing/candidate.ts";
import { RULES } from "../temporal/testing/rules.ts";
import type { WorkDeps } from "./deps.ts";
import { createEntityActivities } from "./entity.ts";
import { endOrphans } from "./orphans.ts";
import { interrupted } from "./testing/interrupted.ts";
import { verify } from "./looking.ts";

let rig: Rig;
let db: Database;
let deps: WorkDeps;
beforeEach(async () => {
  rig = await makeRig(inject("postgresUrl"), shows("another-shop"));
  db = openDatabase({ url: rig.workerUrl, max: 4, name: "looking test" });
  deps = { db, log: silent, platformRules: () => RULES, budget: BUDGET, load: loadPath, loadDeps: rig.deps };
});
afterEach(async () => {
  await db.close();
  await rig.close();
});

/** A source where the newest credential shows this account. */
function shows(externalId: string, revoke?: Connector["revoke"]): Connector {
  const verified = verifiedAs(externalId, ["read_orders"]);
  return scriptedConnector({
    pages: scripted([]),
    connector: {
      ...(revoke === undefined ? {} : { revoke }),
      account: {
        reaches: "one",
        list: () => Promise.resolve([verified.account]),
        verify: () => Promise.resolve(verified),
      },
    },
  });
}

const consented = async (datasource: string = rig.ref.datasourceId): Promise<string> => {
  const [row] = await rig.owner<[{ id: string }]>`
    insert into commands (organisation_id, datasource_id, kind, args, args_hash, idempotency_key, actor, intent_version)
    values (${rig.ref.organisationId}, ${datasource}, 'reauthorized', '{}', 'hash', ${randomUUID()}, '{"kind":"system","name":"test"}', 1)
    returning id`;
  return row.id;
};
const answer = async (command: string) =>
  (await rig.owner`select state, outcome->>'code' as code from commands where id = ${command}`)[0];

async function look(over: Partial<WorkDeps> = {}, datasourceId: string = rig.ref.datasourceId) {
  const [row] = await rig.owner`select seq from datasources where id = ${datasourceId}`;
  const ref = { ...rig.ref, datasourceId, seq: Number(row?.["seq"]) + 1 };
  const environment = new MockActivityEnvironment(
    { attempt: 1 },
    { logger: new DefaultLogger("ERROR", () => undefined) },
  );
  return environment.run(() => verify({ ...deps, ...over }, ref));
}
const loadIntent = (datasourceId: string = rig.ref.datasourceId) =>
  createEntityActivities(deps).loadIntent({ ...rig.ref, datasourceId });

const REFUSED = { state: "refused", code: "otherAccount" };

describe("a consent that is refused is never told as taken", () => {
  test("though the worker dies between seeing it and writing it down", async () => {
    await addCandidate(rig, "another person's");
    const command = await consented();
    const dies = interrupted(loadPath, (_ref, moment) =>
      moment === "after" ? Promise.reject(new Error("the worker dies")) : Promise.resolve(),
    );
    await expect(look({ load: dies })).rejects.toThrow("the worker dies");
    await loadIntent();
    expect(await answer(command)).toMatchObject({ state: "accepted" });
    await look();
    expect(await answer(command)).toEqual(REFUSED);
    const told = await rig.owner`select after->>'code' as code from audit_log where verb = 'datasource.consentRefused'`;
    expect([...told], "on the timeline, once").toEqual([{ code: "otherAccount" }]);
  });

  test("though another datasource on the same grant finds it out first", async () => {
    const beside = randomUUID();
    await rig.owner`insert into datasources (organisation_id, id, platform, grant_id, account_id, name, phase, auth)
      select organisation_id, ${beside}, platform, grant_id, account_id, 'Beside', 'LIVE', 'ok' from datasources`;
    await addCandidate(rig, "another person's");
    const commands = [await consented(), await consented(beside)];
    await look();
    await loadIntent(beside);
    expect(await Promise.all(commands.map(answer))).toEqual([REFUSED, REFUSED]);
  });

  test("nor is one refused that came while the one before it was judged", async () => {
    await addCandidate(rig, "another person's");
    const first = await consented();
    let second = "";
    const meanwhile = interrupted(loadPath, async (_ref, moment) => {
      if (moment === "before" || second !== "") return;
      await addCandidate(rig, "the holder's");
      second = await consented();
    });
    await look({ load: meanwhile });
    expect(await Promise.all([first, second].map(answer))).toMatchObject([
      { state: "accepted" },
      { state: "accepted" },
    ]);
    rig.use(shows(`shop-${rig.accountId}`));
    await look();
    expect(await Promise.all([first, second].map(answer))).toEqual([
      { state: "done", code: "verified" },
      { state: "done", code: "verified" },
    ]);
  });
});

test.each(["first", "last"])(
  "each of two is answered by its own account, the one it opens looked at %s",
  async (at) => {
    const [beside, account] = [randomUUID(), randomUUID()];
    const { organisationId } = rig.ref;
    await rig.owner`insert into accounts (organisation_id, id, platform, external_id, name) values (${organisationId}, ${account}, 'shopify', 'opened', 'Beside')`;
    await rig.owner`insert into datasources (organisation_id, id, platform, grant_id, account_id, name, phase, auth)
    values (${organisationId}, ${beside}, 'shopify', ${rig.grantId}, ${account}, 'Beside', 'VERIFYING', 'revoked')`;
    const opened = verifiedAs("opened", ["read_orders"]);
    const lacks = { class: "permission", lacks: "Analyst", curedBy: "grant", code: "notReached", said: "" } as const;
    const reaching = (_session: unknown, expected: string | null) =>
      expected === "opened" ? Promise.resolve(opened) : Promise.reject(new SourceFailure(lacks));
    const list = () => Promise.resolve([opened.account]);
    rig.use(
      scriptedConnector({ pages: scripted([]), connector: { account: { reaches: "many", list, verify: reaching } } }),
    );
    await addCandidate(rig, "somebody's who reaches one");
    await rig.owner`update datasources set auth = 'revoked'`;
    const commands = [await consented(), await consented(beside)];
    const ids = [rig.ref.datasourceId, beside];
    for (const id of at === "first" ? ids.toReversed() : ids) {
      await loadIntent(id);
      await look({}, id);
    }
    expect(await Promise.all(commands.map(answer))).toMatchObject([{ state: "refused" }, { state: "done" }]);
  },
);

describe("a login of no use that its source will not end", () => {
  const entries = () =>
    rig.owner<{ verb: string; kind: string }[]>`
      select verb, after->>'kind' as kind from audit_log where datasource_id = ${rig.ref.datasourceId} and verb like '%LoginEnded' order by n`;
  const refusing: Connector["revoke"] = () =>
    Promise.reject(new SourceFailure({ class: "transient", code: "down", said: "503" }));
  const sweep = () =>
    endOrphans({
      ...deps,
      ringer: { ring: () => Promise.resolve() },
      endOrphan: (ref) => loadPath.endGrant(rig.deps, ref, options()),
      probe: () => Promise.resolve("answers"),
      runningEntities: () => Promise.resolve(null),
    });
  const aged = (by: string) =>
    rig.owner`update grants set created_at = created_at - ${by}::text::interval where id <> ${rig.grantId}`;
  const signIn = async (externalId: string) => {
    rig.use(shows(externalId, refusing));
    await addCandidate(rig, "mallory's");
    await rig.owner`update grants set holder = '{"candidate":{"loginKey":"mallory"}}' where id = ${rig.grantId}`;
    await consented();
    await look();
    await aged("2 minutes");
  };

  test.each([
    ["unusedLoginEnded", "another-shop"],
    ["formerLoginEnded", null],
  ])("%s: told, tried by each sweep, and told again when it has ended", async (verb, other) => {
    await signIn(other ?? `shop-${rig.accountId}`);
    expect(await entries()).toEqual([{ verb, kind: "failed" }]);
    await sweep();
    expect(await entries()).toHaveLength(1);
    rig.use(shows("any", () => Promise.resolve()));
    await sweep();
    await sweep();
    expect(await entries()).toEqual([
      { verb, kind: "failed" },
      { verb, kind: "revoked" },
    ]);
  });

  test("for a day: then it is told that nobody but its holder can end it", async () => {
    await signIn("another-shop");
    await aged("1 day");
    await sweep();
    await sweep();
    expect((await entries()).map(({ kind }) => kind)).toEqual(["failed", "gaveUp"]);
  });
});

describe("what a disconnect tells of the access", () => {
  const beside = () =>
    rig.owner`insert into datasources (organisation_id, platform, grant_id, name, phase, auth)
      select organisation_id, platform, grant_id, 'Beside', 'LIVE', 'ok' from datasources where id = ${rig.ref.datasourceId}`;
  const refuses: Connector["revoke"] = () =>
    Promise.reject(new SourceFailure({ class: "transient", code: "down", said: "503" }));
  const noGrant = () => rig.owner`update datasources set grant_id = null`;
  const nothing = () => Promise.resolve();

  test.each([
    ["ended", nothing, nothing, ["revoked", "erased"]],
    ["left, for another stands on the login", nothing, beside, ["kept", "kept"]],
    ["that the source does not end", refuses, nothing, ["failed", "erased"]],
    ["that only its holder can end", undefined, nothing, ["notRevocable", "erased"]],
    ["of files, which need none", undefined, noGrant, []],
  ])("%s", async (_what, revoke, given, told) => {
    rig.use(shows("any", revoke));
    await given();
    await rig.owner`update datasources set disconnected_at = now(), generation = 1 where id = ${rig.ref.datasourceId}`;
    const last = new MockActivityEnvironment({ attempt: 3 });
    await last.run(() => createEntityActivities(deps).compensate({ ...rig.ref, generation: 1, seq: 2 }));
    const entries = await rig.owner<{ kind: string }[]>`
      select after->>'kind' as kind from audit_log where datasource_id = ${rig.ref.datasourceId}
        and verb in ('grantRevoked', 'credentialErased') order by n`;
    expect(entries.map(({ kind }) => kind)).toEqual(told);
  });
});

test.each([
  ["connected in another tab meanwhile", "null", "alreadyConnected"],
  ["replaced, and read once more up to the switch", "now()", "replaced"],
])(
  "one of two accounts of a login, %s, gives back itself and leaves the other its login",
  async (_how, replacedAt, code) => {
    const [chosen, elsewhere, account] = [randomUUID(), randomUUID(), randomUUID()];
    const { organisationId } = rig.ref;
    await rig.owner`insert into accounts (organisation_id, id, platform, external_id, name) values (${organisationId}, ${account}, 'shopify', 'wanted-twice', 'Wanted')`;
    await rig.owner`insert into datasources (organisation_id, id, platform, account_id, name, phase, auth)
    values (${organisationId}, ${elsewhere}, 'shopify', ${account}, 'Wanted', 'LIVE', 'ok')`;
    await rig.owner.unsafe(`update datasources set replaced_at = ${replacedAt} where id = $1`, [elsewhere]);
    await rig.owner`insert into datasources (organisation_id, id, platform, grant_id, name, phase, auth, authorizing_until)
    values (${organisationId}, ${chosen}, 'shopify', ${rig.grantId}, 'Wanted', 'AUTHORIZING', 'none', now() + interval '1 hour')`;
    await rig.owner`insert into account_candidates (organisation_id, datasource_id, external_id, name, state)
    values (${organisationId}, ${chosen}, 'wanted-twice', 'Wanted', 'chosen')`;
    await rig.owner`insert into connect_attempts (organisation_id, state_hash, browser_hash, user_id, platform, datasource_id, purpose, expires_at)
    values (${organisationId}, ${chosen}, '', ${chosen}, 'shopify', ${chosen}, 'connect', now() + interval '10 minutes')`;
    rig.use(shows("wanted-twice"));
    await look({}, chosen);
    const [attempt] =
      await rig.owner`select phase, grant_id, authorizing_until <= now() as is_over from datasources where id = ${chosen}`;
    expect(attempt).toEqual({ phase: "AUTHORIZING", grant_id: null, is_over: true });
    expect((await rig.owner`select outcome from connect_attempts`)[0]?.["outcome"].problem).toEqual({ code });
    expect(
      await rig.owner`select 1 from grants g join credentials c on c.id = g.credential_id and c.sealed is not null
    where g.id = ${rig.grantId}`,
    ).toHaveLength(1);
  },
);

test("of several on one login, all proven anew in the same moment, none waits for a row that another holds", async () => {
  const { organisationId } = rig.ref;
  const own = `shop-${rig.accountId}`;
  for (const account of [randomUUID(), randomUUID()]) {
    await rig.owner`insert into accounts (organisation_id, id, platform, external_id, name) values (${organisationId}, ${account}, 'shopify', ${account}, 'Beside')`;
    await rig.owner`insert into datasources (organisation_id, id, platform, grant_id, account_id, name, phase, auth)
      values (${organisationId}, ${randomUUID()}, 'shopify', ${rig.grantId}, ${account}, 'Beside', 'LIVE', 'ok')`;
  }
  const each = verifiedAs(own, ["read_orders"]);
  rig.use(
    scriptedConnector({
      pages: scripted([]),
      connector: {
        account: {
          reaches: "many",
          list: () => Promise.resolve([each.account]),
          verify: (_session, expected) =>
            Promise.resolve({ ...each, account: { ...each.account, externalId: expected ?? own } }),
        },
      },
    }),
  );
  const ids = (await rig.owner<{ id: string }[]>`select id from datasources`).map(({ id }) => id);
  for (let round = 0; round < 20; round += 1) {
    await rig.owner`update datasources set auth = 'revoked', phase = 'VERIFYING'`;
    await Promise.all(ids.map((id) => look({}, id)));
    expect(await rig.owner`select 1 from datasources where auth <> 'ok'`).toHaveLength(0);
  }
});

describe("a look that is overtaken by a disconnect and its undo", () => {
  const undone = () => rig.owner`update datasources set generation = generation + 2, auth = 'revoked',
    auth_reason = '{"code":"disconnectUndone"}'`;
  const now = async () =>
    (
      await rig.owner`select d.auth, d.auth_reason->>'code' as code, g.version, g.candidate_credential_id is not null as waits
        from datasources d join grants g on g.id = d.grant_id`
    )[0];

  test("while the source answers: what came is judged by the look after it", async () => {
    await addCandidate(rig, "renewed");
    const verified = verifiedAs(`shop-${rig.accountId}`, ["read_orders"]);
    const account = {
      reaches: "one",
      list: () => Promise.resolve([]),
      verify: () => undone().then(() => verified),
    } as const;
    rig.use(scriptedConnector({ pages: scripted([]), connector: { account } }));
    expect(await look()).toMatchObject({ saw: "later" });
    expect(await now()).toEqual({ auth: "revoked", code: "disconnectUndone", version: 1, waits: true });
  });

  test.each([`shop-`, "another-shop"])(
    "before it is written down: it says nothing of what stands then (%s)",
    async (shop) => {
      rig.use(shows(shop === "shop-" ? `shop-${rig.accountId}` : shop));
      await look({
        load: interrupted(loadPath, async (_ref, moment) => void (moment === "after" && (await undone()))),
      });
      expect(await now()).toMatchObject({ auth: "revoked", code: "disconnectUndone" });
    },
  );
});

test("of two attempts that prove one account in the same moment one is connected, however they overtake each other", async () => {
  rig.use(shows("one-shop"));
  await rig.owner`update datasources set auth = 'none', phase = 'VERIFYING', account_id = null`;
  const older = "00000000-0000-4000-8000-000000000001";
  const ids = {
    organisationId: rig.ref.organisationId,
    grantId: grantId(randomUUID()),
    credentialId: credentialId(randomUUID()),
  };
  const { sealed, wrappedKey, keyId } = seal(publicKeyOf(rig.deps.vaultPrivateKey), ids, { access: "a" });
  await rig.owner`insert into grants (organisation_id, id, platform, login_key, credential_id, scopes, version)
    values (${ids.organisationId}, ${ids.grantId}, 'shopify', 'another-login', ${ids.credentialId}, '{read_orders}', 1)`;
  await rig.owner`insert into credentials (organisation_id, id, grant_id, version, sealed, wrapped_key, key_id)
    values (${ids.organisationId}, ${ids.credentialId}, ${ids.grantId}, 1, ${sealed}, ${wrappedKey}, ${keyId})`;
  await rig.owner`insert into datasources (organisation_id, id, platform, grant_id, name, phase, auth)
    values (${ids.organisationId}, ${older}, 'shopify', ${ids.grantId}, 'Shop', 'VERIFYING', 'none')`;
  const held = Promise.withResolvers<void>();
  const mayGoOn = Promise.withResolvers<void>();
  let holding: Promise<unknown> = Promise.resolve();
  const seen = interrupted(loadPath, async (_ref, moment) => {
    if (moment === "before") return;
    holding = rig.owner.begin(async (tx) => {
      await tx`select 1 from datasources where id = ${rig.ref.datasourceId} for update`;
      held.resolve();
      await mayGoOn.promise;
    });
    await held.promise;
  });
  const younger = look({ load: seen });
  await held.promise;
  await expect
    .poll(
      () => rig.owner`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    .toHaveLength(1);
  await look({}, older);
  mayGoOn.resolve();
  await Promise.all([younger, holding]);
  const connected = await rig.owner`select id from datasources where auth = 'ok'`;
  expect([...connected]).toEqual([{ id: older }]);
});

describe("the accounts behind a login", () => {
  const reaching = (...names: readonly string[]): Connector => {
    const listed = names.map((name) => ({ ...verifiedAs(name, []).account, name }));
    return scriptedConnector({
      pages: scripted([]),
      connector: {
        account: {
          reaches: "many",
          list: () => Promise.resolve(listed),
          verify: () => Promise.reject(new Error("not asked")),
        },
      },
    });
  };
  const list = async (...names: readonly string[]) => {
    rig.use(reaching(...names));
    expect(await loadPath.listAccounts(rig.deps, rig.ref, options())).toMatchObject({ kind: "listed" });
  };
  const shown = async () =>
    (await rig.owner`select external_id as account, state from account_candidates order by 1`).map(
      ({ account, state }) => `${account} ${state}`,
    );
  const isListed = async () => (await loadIntent())?.facts.accountsListed;
  beforeEach(
    () => rig.owner`update datasources set auth = 'none', phase = 'AUTHORIZING', account_id = null,
    authorizing_until = now() + interval '1 hour'`,
  );

  test("stay chosen where they are listed once more, as after a worker that died", async () => {
    await addCandidate(rig, "first");
    await list("a", "b");
    await rig.owner`update account_candidates set state = 'chosen' where external_id = 'b'`;
    await list("a", "b");
    expect(await shown()).toEqual(["a available", "b chosen"]);
  });

  test("are listed anew for another sign-in, and those that it does not reach are offered no more", async () => {
    await addCandidate(rig, "first");
    expect(await isListed()).toBe(false);
    await list("a", "b");
    expect(await isListed()).toBe(true);
    await addCandidate(rig, "another person's");
    expect(await isListed()).toBe(false);
    await list("b", "c");
    expect([await isListed(), await shown()]).toEqual([true, ["b available", "c available"]]);
  });
});
