// What a merchant asks to have deleted is gone: rows, findings, the sealed files, the secrets of feeds.
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { credentialId, grantId, inTenant, openDatabase, publicKeyOf, seal } from "@headwater/db";
import type { Database } from "@headwater/db";
import { endOrphans } from "../activities/orphans.ts";
import { retain } from "../activities/sweeps.ts";
import type { SweepDeps } from "../activities/deps.ts";
import { BUDGET } from "../lifecycle/budget.ts";
import { endGrant } from "../source/end-grant.ts";
import { purgeBatch } from "../load/purge-batch.ts";
import { RULES } from "../temporal/testing/rules.ts";
import { makeLedgerRig, sheet } from "./testing/ledger-rig.ts";
import type { LedgerRig } from "./testing/ledger-rig.ts";

let rig: LedgerRig;
let worker: Database;
let sweeps: SweepDeps;
beforeEach(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
  worker = openDatabase({ url: rig.workerUrl, max: 2 });
  sweeps = {
    db: worker,
    log: rig.deps.log,
    platformRules: () => RULES,
    budget: BUDGET,
    ringer: { ring: () => Promise.resolve() },
    endOrphan: (ref) =>
      endGrant({ ...rig.deps, connectorOf: connectorFor }, ref, {
        signal: new AbortController().signal,
        heartbeat: () => undefined,
      }),
    probe: () => Promise.resolve("cannotAsk"),
    runningEntities: () => Promise.resolve(null),
    uploadsFolder: folder(),
  };
});
afterEach(async () => {
  await worker.close();
  await rig.close();
});

const folder = () => rig.deps.uploadsFolder ?? "";
const filesLeft = () => readdirSync(folder());
const TABLES = "cost_rows cost_days cost_books cost_mappings cost_feeds feed_files uploads upload_findings".split(" ");

async function rowsLeft(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of TABLES) {
    const [row] = await rig.owner<[{ n: number }]>`select count(*)::int as n from ${rig.owner(table)}`;
    if (row.n > 0) counts[table] = row.n;
  }
  return counts;
}

/** As the API leaves one, an hour ago, with a secret of its own. */
async function feed(secret = "s3cret"): Promise<{ feed: string; grant: string }> {
  const { organisationId, datasourceId } = rig.ref;
  const ids = { organisationId, grantId: grantId(randomUUID()), credentialId: credentialId(randomUUID()) };
  const id = randomUUID();
  const box = seal(publicKeyOf(rig.privateKey), ids, { secret });
  await rig.owner`insert into grants (organisation_id, id, platform, login_key, candidate_credential_id, created_at)
    values (${organisationId}, ${ids.grantId}, 'custom-costs', ${id}, ${ids.credentialId}, now() - interval '1 hour')`;
  await rig.owner`insert into credentials (organisation_id, id, grant_id, version, sealed, wrapped_key, key_id)
    values (${organisationId}, ${ids.credentialId}, ${ids.grantId}, 1, ${box.sealed}, ${box.wrappedKey}, ${box.keyId})`;
  await rig.owner`insert into cost_feeds (organisation_id, id, datasource_id, kind, name, address, grant_id, every_minutes, mode)
    values (${organisationId}, ${id}, ${datasourceId}, 'https', 'Daily', '{}', ${ids.grantId}, 60, 'upsert')`;
  await rig.owner`insert into feed_files (organisation_id, feed_id, name, size, modified_at) values (${organisationId}, ${id}, 'a', 1, now())`;
  return { feed: id, grant: ids.grantId };
}

const readable = async () =>
  (await rig.owner<{ id: string }[]>`select grant_id as id from credentials where sealed is not null`).map(
    ({ id }) => id,
  );

test("a purge leaves nothing of a datasource of costs: no row, no finding, no sealed file, no secret", async () => {
  const many = Array.from({ length: 6_000 }, (_, n) => `2026-11-18,fixed,1,R${n},K${n}`);
  await rig.take(sheet(...many, "2026-11-18,fixed,wrong,X"), { confirm: { goodRowsOnly: true } });
  await rig.take(sheet("2026-11-18,fixed,2,R1,K1"), { mapping: { answers: { decimal: "." } } });
  await rig.put(sheet("2026-11-18,fixed,2,R1,K1"));
  await feed();
  expect(Object.keys(await rowsLeft()).toSorted()).toEqual([...TABLES].toSorted());
  expect(filesLeft().length).toBe(3);
  expect((await purgeBatch(rig.deps, rig.ref)).rows).toBe(0);
  expect(filesLeft().length, "as long as it is connected").toBe(3);
  await rig.owner`update datasources set disconnected_at = now()`;
  expect(await purgeBatch(rig.deps, rig.ref)).toEqual({ kind: "more", rows: 5_000 });
  while ((await purgeBatch(rig.deps, rig.ref)).kind === "more") continue;
  expect(await rowsLeft()).toEqual({});
  expect(filesLeft()).toEqual([]);
  expect(await readable()).toEqual([]);
});

test("more files than one call removes are removed all the same, and another datasource's stay", async () => {
  const [other] = await rig.owner<[{ id: string }]>`insert into datasources (organisation_id, platform, name)
    values (${rig.ref.organisationId}, 'custom-costs', 'Other') returning id`;
  for (let n = 0; n < 405; n += 1) {
    const id = randomUUID();
    writeFileSync(join(folder(), id), "sealed");
    await rig.owner`insert into uploads (organisation_id, id, datasource_id, how, filename, by, mode, size, sha256)
      values (${rig.ref.organisationId}, ${id}, ${n < 404 ? rig.ref.datasourceId : other.id}, 'api', 'a.csv', '{}', 'upsert', 1, '0')`;
  }
  await rig.owner`update datasources set disconnected_at = now() where id = ${rig.ref.datasourceId}`;
  while ((await purgeBatch(rig.deps, rig.ref)).kind === "more") continue;
  expect(await rowsLeft()).toEqual({ uploads: 1 });
  expect(filesLeft().length).toBe(1);
});

test("the secret of a feed is erased once it is removed, given another, or its datasource is gone past undoing", async () => {
  const kept = await feed();
  const removed = await feed();
  const replaced = await feed();
  const another = await feed();
  await rig.owner`update cost_feeds set removed_at = now() where id = ${removed.feed}`;
  await rig.owner`update cost_feeds set grant_id = ${another.grant} where id = ${replaced.feed}`;
  await endOrphans(sweeps);
  expect((await readable()).toSorted()).toEqual([kept.grant, another.grant].toSorted());
  await rig.owner`update datasources set disconnected_at = now(), undo_until = now() + interval '10 minutes'`;
  await endOrphans(sweeps);
  expect((await readable()).length, "what can be undone comes back as it was").toBe(2);
  await rig.owner`update datasources set undo_until = now() - interval '1 second'`;
  await endOrphans(sweeps);
  expect(await readable()).toEqual([]);
  expect(await rig.owner`select id from grants where ended_at is null`).toEqual([]);
});

test("a raw file goes after 90 days, its key with it; what it brought stays, and a younger one is kept", async () => {
  const old = await rig.take(sheet("2026-11-18,fixed,5,A"));
  const young = await rig.take(sheet("2026-11-18,fixed,6,B"));
  await rig.owner`update uploads set created_at = now() - interval '91 days' where id = ${old.id}`;
  const half = join(folder(), `${randomUUID()}.${randomUUID()}.part`);
  const coming = join(folder(), `${randomUUID()}.${randomUUID()}.part`);
  for (const path of [half, coming]) writeFileSync(path, "half");
  utimesSync(half, 0, 0);
  await retain(sweeps);
  expect(filesLeft().toSorted()).toEqual([String(young.id), coming.slice(folder().length + 1)].toSorted());
  expect(await rig.owner`select id from uploads where wrapped_key is not null and erased_at is null`).toEqual([
    { id: young.id },
  ]);
  const cells = await rig.owner`select id from uploads where survey ? 'samples'`;
  expect(cells, "what its columns began with goes with it").toEqual([{ id: young.id }]);
  expect(await rig.costs()).toEqual(["A 5", "B 6"]);
  expect(await rig.ask(old.id, "undo"), "going back needs no file").toMatchObject({ state: "undone" });
});

test("retention does well without a folder", async () => {
  mkdirSync(folder(), { recursive: true });
  await retain({ ...sweeps, uploadsFolder: join(folder(), "none") });
  await inTenant(worker, rig.ref.organisationId, (tx) => tx.sql`select 1`);
});
