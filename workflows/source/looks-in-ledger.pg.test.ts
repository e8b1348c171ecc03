/** Each call of a look was made with the merchant's credential, whatever the look came to: it is in the ledger. */
import type { AccountFacts, Connector } from "@headwater/connectors/contract.ts";
import { type Failure, SourceFailure } from "@headwater/connectors/failure.ts";
import type { SourceSession } from "@headwater/connectors/session.ts";
import { answerWith, outboundThat } from "@headwater/connectors/testing/answer.ts";
import { beforeEach, describe, expect, test } from "vitest";
import { ownRig } from "../load/testing/own-rig.ts";
import { options } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { listAccounts } from "./list-accounts.ts";
import { addCandidate, verifiedAs } from "./testing/candidate.ts";
import { verifyGrant } from "./verify-grant.ts";

let sent = 0;
beforeEach(() => {
  sent = 0;
});
const rig = ownRig({
  outbound: outboundThat(() => {
    sent += 1;
    return answerWith(200, {});
  }),
});

const asks = (session: SourceSession) =>
  session.http.call(
    { method: "GET", url: "https://source.test/account", credential: "attached", cost: 1, purpose: "account" },
    (answer) => answer.discard(),
  );

/** One call for each look at an account, and one for the list of them. */
function finding(looked: (expected: string | null) => Promise<string>, reaches: "one" | "many" = "one"): Connector {
  return scriptedConnector({
    pages: scripted([]),
    connector: {
      account: {
        reaches,
        list: (session) => asks(session).then(() => looked(null).then(() => [])),
        verify: (session, expected) =>
          asks(session).then(async () => verifiedAs(await looked(expected), ["read_orders"])),
      },
    },
  });
}

const ledger = async () => Number((await rig.owner`select coalesce(sum(calls), 0) as n from calls`)[0]?.["n"]);
const own = () => Promise.resolve(`shop-${rig.accountId}`);
const overtaken = () => rig.owner`update datasources set generation = generation + 2`.then(own);
const fails = (failure: Failure) => () => Promise.reject(new SourceFailure(failure));
const lacksRole: Failure = { class: "permission", lacks: "Analyst", curedBy: "grant", code: "notReached", said: "" };
const revoked: Failure = { class: "reauthorize", why: "revoked", code: "dead", said: "" };

test.each([
  ["proves it", "verified", own],
  ["is overtaken by a disconnect and its undo", "fenced", overtaken],
  ["shows another account", "otherAccount", () => Promise.resolve("another-shop")],
  ["is refused", "failed", fails(revoked)],
  ["meets an outage", "providerDown", fails({ class: "transient", code: "down", said: "" })],
] as const)("of one that %s", async (_what, kind, looked) => {
  rig.use(finding(looked));
  expect(await verifyGrant(rig.deps, rig.ref, options())).toMatchObject({ kind });
  expect(sent).toBeGreaterThan(0);
  expect(await ledger()).toBe(sent);
});

test("of one that no other account of the login opens either", async () => {
  await addCandidate(rig, "somebody's");
  await rig.owner`with other as (insert into accounts (organisation_id, platform, external_id, name)
      select organisation_id, 'shopify', 'beside', 'Beside' from datasources returning organisation_id, id)
    insert into datasources (organisation_id, platform, grant_id, account_id, name, phase, auth)
    select organisation_id, 'shopify', ${rig.grantId}, id, 'Beside', 'LIVE', 'ok' from other`;
  rig.use(finding(fails(lacksRole), "many"));
  expect(await verifyGrant(rig.deps, rig.ref, options())).toMatchObject({ kind: "failed" });
  expect([sent, await ledger()]).toEqual([2, 2]);
});

test("of a list of accounts that is refused", async () => {
  rig.use(finding(fails(revoked), "many"));
  expect(await listAccounts(rig.deps, rig.ref, options())).toMatchObject({ kind: "failed" });
  expect([sent, await ledger()]).toEqual([1, 1]);
});

describe("of one whose transaction the database undoes at its end", () => {
  const failsAtItsEnd = async (table: string) => {
    await rig.owner.unsafe(`
      create function gives_up() returns trigger language plpgsql as $$ begin raise exception 'given up'; end $$;
      create constraint trigger gives_up after insert or update on ${table} deferrable initially deferred
        for each row execute function gives_up()`);
  };
  const oneThere: AccountFacts = { ...verifiedAs("there", []).account };

  test.each(["verify", "list"] as const)("%s", async (look) => {
    const found = finding(own, look === "list" ? "many" : "one");
    rig.use({ ...found, account: { ...found.account, list: (session) => asks(session).then(() => [oneThere]) } });
    await failsAtItsEnd(look === "list" ? "account_candidates" : "grants");
    const looked = look === "list" ? listAccounts : verifyGrant;
    await expect(looked(rig.deps, rig.ref, options())).rejects.toThrow("given up");
    expect([sent, await ledger()]).toEqual([1, 1]);
  });
});
