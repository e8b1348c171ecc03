import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { datasourceId } from "@headwater/db";
import { makeRig, type Rig } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { LEASE_MS } from "./refresh.ts";
import { openSource } from "./session.ts";
import { readStanding } from "./standing.ts";
import { type RotatingProvider, startRotatingProvider } from "./testing/rotating-provider.ts";
import { callOnce, plainOutbound, rotatingSource } from "./testing/rotating-source.ts";

let provider: RotatingProvider;
let rig: Rig;

async function begin(options: { oldSurvives?: boolean } = {}): Promise<void> {
  provider = await startRotatingProvider(options);
  rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]) }), {
    outbound: plainOutbound(provider.origin),
    accessExpiresAt: new Date(Date.now() + 3_600_000),
  });
  rig.use(rotatingSource(provider.origin));
}
beforeEach(() => begin());
afterEach(async () => {
  await rig.close();
  await provider.close();
});

const endAccess = async (): Promise<void> => {
  provider.expireAccess();
  await rig.owner`update grants set access_expires_at = now() - interval '1 minute'`;
};
async function openHere(ref = rig.ref) {
  const standing = await readStanding(rig.deps.sql, ref);
  if (standing === undefined) throw new Error("the datasource is not there");
  return openSource(rig.deps, ref, standing, { signal: AbortSignal.timeout(300_000) }).session;
}

test.each([
  [4, 1],
  [7, 0],
])(
  "R18: of an hour's token %i minutes before its end, whichever clock is wrong by less, %i are renewed",
  async (left, renewed) => {
    await rig.owner`update grants set refreshed_at = now() - (60 - ${left}::int) * interval '1 minute',
    access_expires_at = now() + ${left}::int * interval '1 minute'`;
    expect(await callOnce(await openHere())).toBe(200);
    expect(provider).toMatchObject({ refreshes: renewed, reuses: 0, calls: 1 });
  },
);

test("a 401 that is a blip is one refresh and one repeat; nobody is asked to authorize again", async () => {
  provider.expireAccess();
  expect(await callOnce(await openHere())).toBe(200);
  expect(provider).toMatchObject({ refreshes: 1, reuses: 0, calls: 2 });
});

test("several datasources on one grant that has ended are served by one refresh, at once or one after the other", async () => {
  const { organisationId } = rig.ref;
  const sisters = await rig.owner<{ id: string }[]>`
    insert into datasources (organisation_id, platform, grant_id, account_id, name, phase, auth)
    select ${organisationId}, 'shopify', ${rig.grantId}, ${rig.accountId}, 'Sister ' || n, 'LIVE', 'ok' from generate_series(1, 3) as n
    returning id`;
  const all = [rig.ref, ...sisters.map(({ id }) => ({ ...rig.ref, datasourceId: datasourceId(id) }))];
  await endAccess();
  const sessions = await Promise.all(all.map((ref) => openHere(ref)));
  expect(await Promise.all(sessions.map(callOnce))).toEqual([200, 200, 200, 200]);
  expect(provider).toMatchObject({ refreshes: 1, reuses: 0 });
  await endAccess();
  for (const ref of all) expect(await callOnce(await openHere(ref))).toBe(200);
  expect(provider).toMatchObject({ refreshes: 2, reuses: 0 });
});

test("an answer lost between the provider and us is asked for again with the old pair, where that is allowed", async () => {
  await rig.close();
  await provider.close();
  await begin({ oldSurvives: true });
  await endAccess();
  provider.loseNextAnswer();
  await expect(callOnce(await openHere())).resolves.toBe(200);
  expect(provider.refreshes).toBe(2);
});

test("where the old pair is dead it says so within three calls, and never loops", async () => {
  await endAccess();
  provider.loseNextAnswer();
  await expect(callOnce(await openHere())).rejects.toMatchObject({ failure: { class: "reauthorize" } });
  expect(provider.refreshes + provider.reuses).toBeLessThanOrEqual(3);
});

test("the holder of the lease died: others go on when it has run out, within fifteen seconds", async () => {
  expect(LEASE_MS).toBeLessThanOrEqual(15_000);
  await endAccess();
  const began = Date.now();
  await rig.owner`update grants set lease_owner = 'dead', lease_until = now() + interval '1 second'`;
  expect(await callOnce(await openHere())).toBe(200);
  expect(Date.now() - began).toBeGreaterThan(900);
  expect(provider.refreshes).toBe(1);
});

test("the old pair stays readable until the new one has been used once", async () => {
  await endAccess();
  const readable = async () =>
    (
      await rig.owner<{ version: number }[]>`select version from credentials where sealed is not null order by version`
    ).map(({ version }) => version);
  const session = await openHere();
  const seen: number[][] = [];
  await session.http.call(
    { method: "GET", url: "https://source.test/call", credential: "attached", cost: 0, purpose: "call" },
    async () => {
      seen.push(await readable());
    },
  );
  expect(seen).toEqual([[1, 2]]);
  expect(await readable()).toEqual([2]);
  const told = await rig.owner`select last_four from credentials where version = 2`;
  expect([...told], "of a token that nobody ever saw, nothing is told").toEqual([{ last_four: null }]);
});
