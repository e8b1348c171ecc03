/** A login to which the source refuses the account: one that lacks a role there, or one that has nothing to do with it. */
import { SourceFailure } from "@headwater/connectors/failure.ts";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { makeRig, type Rig } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { addCandidate, judged, verifiedAs } from "./testing/candidate.ts";

/** By name, and `own` is the account that stands here. */
type Listed = readonly string[];

const lacksRole = () =>
  new SourceFailure({ class: "permission", lacks: "Analyst", curedBy: "grant", code: "role", said: "" });
const refusing = (accounts: Listed) =>
  scriptedConnector({
    pages: scripted([]),
    connector: {
      account: {
        reaches: "many",
        list: () => Promise.resolve(accounts.map((id) => ({ ...verifiedAs(id, []).account, name: id }))),
        verify: () => Promise.reject(lacksRole()),
      },
    },
  });

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig(inject("postgresUrl"), refusing([]));
});
afterEach(() => rig.close());

/** Whoever signs in, by the source's own name for the login, and what it lists. */
async function signIn(loginKey: string, accounts: Listed) {
  await addCandidate(rig, "new");
  await rig.owner`
    update grants set holder = ${JSON.stringify({ candidate: { loginKey } })}::text::jsonb where id = ${rig.grantId}`;
  rig.use(refusing(accounts.map((name) => (name === "own" ? `shop-${rig.accountId}` : name))));
  return judged(rig);
}

test("another login that does not list the account came with other accounts, which are named", async () => {
  expect(await signIn("stranger", ["Fern", "Iron"])).toMatchObject({ kind: "otherAccount", saw: "Fern, Iron" });
  expect(await signIn("stranger", ["A", "B", "C", "D", "E"])).toMatchObject({ saw: "A, B, C (+2)" });
});

test.each([
  ["whose login lists the account", "stranger", ["own", "Fern"]],
  ["whose login stands here", null, ["Fern"]],
  ["whose login lists none", "stranger", []],
])("whoever lacks a role there is told so: one %s", async (_who, loginKey, accounts) => {
  const own = `${rig.grantId}.test`;
  expect(await signIn(loginKey ?? own, accounts)).toMatchObject({ kind: "failed", failure: { class: "permission" } });
});
