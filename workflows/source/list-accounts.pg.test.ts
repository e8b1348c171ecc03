/** The accounts that a sign-in reaches, and what becomes of them when another one comes home while they are asked for. */
import type { Connector } from "@headwater/connectors/contract.ts";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { makeRig, options, type Rig } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { listAccounts } from "./list-accounts.ts";
import { addCandidate, verifiedAs } from "./testing/candidate.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig(inject("postgresUrl"), reaching("a"));
});
afterEach(() => rig.close());

function reaching(name: string, meanwhile: () => Promise<unknown> = () => Promise.resolve()): Connector {
  return scriptedConnector({
    pages: scripted([]),
    connector: {
      account: {
        reaches: "many",
        list: async () => {
          await meanwhile();
          return [verifiedAs(name, []).account];
        },
        verify: () => Promise.reject(new Error("not asked")),
      },
    },
  });
}
const shown = async () =>
  (await rig.owner<{ account: string }[]>`select external_id as account from account_candidates order by 1`).map(
    ({ account }) => account,
  );

test("what one sign-in reaches is not written down for another that came home while it was asked", async () => {
  await addCandidate(rig, "first");
  rig.use(reaching("a", () => addCandidate(rig, "another person's")));
  expect(await listAccounts(rig.deps, rig.ref, options())).toMatchObject({ kind: "listed" });
  expect(await shown()).toEqual([]);
  rig.use(reaching("b"));
  await listAccounts(rig.deps, rig.ref, options());
  expect(await shown()).toEqual(["b"]);
});
