import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { makeRig } from "../load/testing/rig.ts";
import type { Rig } from "../load/testing/rig.ts";
import { scriptedConnector } from "../load/testing/scripted-source.ts";
import { endOrphan } from "./end-orphan.ts";

let rig: Rig;
let revoked = 0;
let answer: () => Promise<void>;
beforeEach(async () => {
  revoked = 0;
  answer = () => Promise.resolve(void (revoked += 1));
  const connector = scriptedConnector({ pages: async function* () {}, connector: { revoke: () => answer() } });
  rig = await makeRig(inject("postgresUrl"), connector);
  return () => rig.close();
});
afterEach(() => undefined);

const orphan = async () => {
  await rig.owner`update grants set candidate_credential_id = credential_id, credential_id = null where id = ${rig.grantId}`;
  await rig.owner`delete from datasources where id = ${rig.ref.datasourceId}`;
};
const end = () =>
  endOrphan(rig.deps, { organisationId: rig.ref.organisationId, grantId: rig.grantId }, AbortSignal.timeout(5_000));
const left = async () =>
  (
    await rig.owner`
    select c.sealed is null as erased, g.ended_at is not null as ended
    from grants g join credentials c on c.grant_id = g.id where g.id = ${rig.grantId}`
  )[0];

test("what came home too late is ended at the source and unreadable here", async () => {
  await orphan();
  expect(await end()).toEqual({ kind: "revoked" });
  expect(revoked).toBe(1);
  expect(await left()).toEqual({ erased: true, ended: true });
  expect(await end()).toBeNull();
});

test("a grant on which a datasource stands is left alone", async () => {
  expect(await end()).toBeNull();
  expect(revoked).toBe(0);
  expect(await left()).toEqual({ erased: false, ended: false });
});

test("where another datasource stands on the same login, ours alone is erased", async () => {
  await orphan();
  await rig.owner`
    with other as (insert into grants (organisation_id, platform, login_key)
      select organisation_id, platform, login_key from grants where id = ${rig.grantId} returning organisation_id, id)
    insert into datasources (organisation_id, platform, grant_id, name, phase, auth)
      select organisation_id, 'shopify', id, 'Other', 'LIVE', 'ok' from other`;
  expect(await end()).toEqual({ kind: "kept", because: "othersStandOnIt" });
  expect(revoked).toBe(0);
  expect(await left()).toEqual({ erased: true, ended: true });
});
