import { randomUUID } from "node:crypto";
import { credentialId } from "@headwater/db";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { makeRig, type Rig } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { openSource } from "./session.ts";
import { readStanding } from "./standing.ts";
import { type RotatingProvider, startRotatingProvider } from "./testing/rotating-provider.ts";
import { callOnce, plainOutbound, rotatingSource } from "./testing/rotating-source.ts";
import { watchVault } from "./vault-watch.ts";

let provider: RotatingProvider;
let rig: Rig;
let told: string[];
let counted: string[];
beforeEach(async () => {
  [told, counted] = [[], []];
  provider = await startRotatingProvider();
  rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]) }), {
    outbound: plainOutbound(provider.origin),
    accessExpiresAt: new Date(Date.now() + 3_600_000),
  });
  rig.use(rotatingSource(provider.origin));
});
afterEach(async () => {
  await rig.close();
  await provider.close();
});

const watch = (more: { most?: number; now?: () => number } = {}) =>
  watchVault({
    sql: rig.deps.sql,
    log: { ...rig.deps.log, error: (event) => told.push(event) },
    workerId: "worker",
    count: (outcome) => counted.push(outcome),
    ...more,
  });

async function standing() {
  const found = await readStanding(rig.deps.sql, rig.ref);
  if (found?.grant_id == null) throw new Error("the datasource has no grant");
  return { ...found, grant_id: found.grant_id };
}

/** How often on each day: a midnight may come between two opens. */
const audited = async () =>
  (
    await rig.owner<{ n: number }[]>`
      select count(*)::int as n from audit_log where verb = 'credential.opened' group by date_trunc('day', at, 'UTC')`
  ).map(({ n }) => n);

test("every open is counted; a credential is in the log once a day, however many processes open it", async () => {
  for (const vaultWatch of [watch(), watch()])
    for (let session = 0; session < 3; session += 1) {
      const signal = AbortSignal.timeout(300_000);
      const opened = openSource({ ...rig.deps, vaultWatch }, rig.ref, await standing(), { signal });
      expect(await callOnce(opened.session)).toBe(200);
      expect(await callOnce(opened.session)).toBe(200);
    }
  expect(counted).toEqual(Array.from({ length: 6 }, () => "opened"));
  const before = await audited();
  expect(new Set(before)).toEqual(new Set([1]));
  await rig.owner`update audit_log set at = at - interval '1 day' where verb = 'credential.opened'`;
  const { grant_id: grantId } = await standing();
  const [row] = await rig.owner<
    { object_id: string }[]
  >`select object_id from audit_log where verb = 'credential.opened'`;
  await watch().opening({ ...rig.ref, grantId }, credentialId(row?.object_id ?? ""));
  expect(await audited()).toEqual([1, ...before]);
});

test("more credentials in a minute than work can need: refused until the minute is over, and told once", async () => {
  let now = Date.now();
  const vault = watch({ most: 2, now: () => now });
  const { grant_id: grantId } = await standing();
  const open = (credential: ReturnType<typeof credentialId>) => vault.opening({ ...rig.ref, grantId }, credential);
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()].map(credentialId);
  if (first === undefined || second === undefined || third === undefined) throw new Error("three credentials");
  for (const credential of [first, second, first, first]) await open(credential);
  for (const _ of "twice!")
    await expect(open(third)).rejects.toMatchObject({ failure: { class: "rate_limit", code: "vault.limit" } });
  expect(told).toEqual(["vault opened in bulk"]);
  await open(first);
  now += 60_000;
  await open(third);
  expect(counted.filter((outcome) => outcome === "refused")).toHaveLength(6);
  expect(counted.filter((outcome) => outcome === "opened")).toHaveLength(6);
});
