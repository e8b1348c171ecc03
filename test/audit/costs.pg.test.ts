// Costs that are pulled, through the importer into a real database: every row, every figure of a day and the control totals
// equal the ledger's own, after its history, a week of corrections, a pause, a secret that was refused, and the same file again.
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import { credentialId, grantId, publicKeyOf, runId, seal, uploadId } from "@headwater/db";
import { makeLedgerRig, type LedgerRig } from "@headwater/workflows/imports/testing/ledger-rig.ts";
import { options } from "@headwater/workflows/load/testing/rig.ts";
import { syncOnce } from "@headwater/workflows/load/sync-once.ts";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { demo } from "../sandbox/custom-costs/twin.ts";
import { startTestSandbox, type TestSandbox } from "../sandbox/testing.ts";
import { auditCosts, auditStandingFile } from "./costs.ts";

const ledger = "ledger.csv";
const DAY_MS = 86_400_000;
let sandbox: TestSandbox;
let outbound: Outbound;
let rig: LedgerRig;
let runs = 0;
let todayMs = 0;

beforeEach(async () => {
  sandbox = await startTestSandbox();
  todayMs = sandbox.clock.nowMs();
  await passDays(0);
  rig = await makeLedgerRig(inject("postgresUrl"));
  outbound = makeOutbound({ routes: new Map([["files.costs.example", new URL(sandbox.origin)]]) });
  runs = 0;
});
afterEach(async () => {
  await outbound.close();
  await rig.close();
  await sandbox.close();
});

/** The ledger stands still between two of these. */
async function passDays(days: number): Promise<void> {
  todayMs += days * DAY_MS;
  await sandbox.desk("custom-costs/settings", { asOf: new Date(todayMs).toISOString() });
}

/** As the API saves one, behind a secret. */
async function feedWith(secret: string): Promise<void> {
  const { organisationId, datasourceId } = rig.ref;
  const ids = { organisationId, grantId: grantId(randomUUID()), credentialId: credentialId(randomUUID()) };
  const box = seal(publicKeyOf(rig.privateKey), ids, { secret, host: "files.costs.example" });
  await rig.owner`update cost_feeds set removed_at = now()`;
  await rig.owner`insert into grants (organisation_id, id, platform, login_key, candidate_credential_id)
    values (${organisationId}, ${ids.grantId}, 'custom-costs', ${ids.grantId}, ${ids.credentialId})`;
  await rig.owner`insert into credentials (organisation_id, id, grant_id, version, sealed, wrapped_key, key_id)
    values (${organisationId}, ${ids.credentialId}, ${ids.grantId}, 1, ${box.sealed}, ${box.wrappedKey}, ${box.keyId})`;
  const address = { kind: "https", url: `https://files.costs.example/bearer/${ledger}`, auth: "bearer", name: "" };
  await rig.owner`insert into cost_feeds (organisation_id, id, datasource_id, kind, name, address, grant_id, every_minutes, mode, asked_at)
    values (${organisationId}, ${randomUUID()}, ${datasourceId}, 'https', ${ledger}, ${JSON.stringify(address)}::text::jsonb, ${ids.grantId},
      60, 'upsert', now())`;
}

/** A wake at which the feed is due, and then all that stands in line, a person saying yes where one is asked. */
async function pulled() {
  await rig.owner`update cost_feeds set due_at = now() - interval '1 second'`;
  const n = (runs += 1);
  const run = { ...rig.ref, runId: runId(rig.ref.datasourceId, "sync", n), kind: "sync" as const, n };
  const deps = { ...rig.deps, connectorOf: connectorFor, outbound };
  const outcome = await syncOnce(deps, run, { ...options(), nextRunAt: () => new Date(Date.now() + 900_000) });
  for (const { id } of await rig.owner<{ id: string }[]>`select id from uploads where asked is not null`)
    await rig.work(uploadId(id));
  for (const { id } of await rig.owner<{ id: string }[]>`select id from uploads where state = 'needs_confirmation'`)
    await rig.ask(uploadId(id), "commit");
  return outcome;
}

const of = () => ({ sandboxUrl: sandbox.origin, sql: rig.owner, datasourceId: rig.ref.datasourceId, ledger });

async function expectClean(): Promise<void> {
  const report = await auditCosts(of());
  expect(report.findings.slice(0, 10)).toEqual([]);
  expect(report.rows).toBeGreaterThan(1_500);
  expect(report.figures).toBeGreaterThan(1_500);
  expect(await auditStandingFile(of())).toEqual({ version: expect.any(Number), findings: [] });
}

test("two years, a week of corrections, a pause and a refused secret: every day to the cent each time", async () => {
  expect(await auditStandingFile(of()), "nothing counts yet").toEqual({ version: null, findings: [] });
  await feedWith(demo.bearer);
  expect(await pulled()).toMatchObject({ kind: "done", pages: 1 });
  await expectClean();
  for (let day = 1; day <= 7; day += 1) {
    await passDays(1);
    expect(await pulled()).toMatchObject({ kind: "done", pages: 1 });
    await expectClean();
  }
  const [met] = await rig.owner<[{ updated: number; deleted: number }]>`
    select sum((counts->>'updated')::int)::int as updated, sum((counts->>'deleted')::int)::int as deleted from uploads where version > 1`;
  expect(met.updated + met.deleted, "corrections were really met").toBeGreaterThan(0);

  await passDays(5);
  expect((await auditCosts(of())).findings.length, "nothing was pulled meanwhile").toBeGreaterThan(0);
  expect(await pulled()).toMatchObject({ kind: "done", pages: 1 });
  await expectClean();

  await feedWith("another");
  await passDays(1);
  const before = await rig.costs();
  expect(await pulled()).toMatchObject({ kind: "failed", failure: { class: "reauthorize" } });
  expect(await rig.costs(), "what stands is kept").toEqual(before);
  await feedWith(demo.bearer);
  expect(await pulled()).toMatchObject({ kind: "done", pages: 1 });
  await expectClean();
});

test("the same file again moves nothing; taken back, the file before counts whole, and the same file counts once more", async () => {
  await feedWith(demo.bearer);
  await pulled();
  await passDays(3);
  await pulled();
  await expectClean();
  await rig.owner`update cost_feeds set marks = '{}'`;
  expect(await pulled()).toMatchObject({ kind: "done", pages: 0 });
  await expectClean();
  const [newest] = await rig.owner<[{ id: string }]>`select id from uploads order by version desc nulls last limit 1`;
  await rig.ask(uploadId(newest.id), "undo");
  expect(await auditStandingFile(of())).toEqual({ version: 1, findings: [] });
  await passDays(-3);
  await expectClean();
  await passDays(4);
  await pulled();
  await expectClean();
});

const one = "line = (select min(line) from cost_rows where recurrence = 'none')";
/** Each on top of the one before. The sum of a day is no part of a file's own. */
const planted = [
  [
    "wrong figure",
    "update cost_days set value = value - 0.01 where day = (select max(day) from cost_days where value > 1 and day < current_date)",
  ],
  ["wrong row", `update cost_rows set amount = amount + 0.01 where ${one}`],
  [
    "doubled",
    `update cost_rows set cost_id = (select cost_id from cost_rows where ${one})
      where line = (select min(line) from cost_rows where recurrence = 'none' and not (${one}))`,
  ],
  ["lost row", `update cost_rows set until = 1 where line = (select max(line) from cost_rows)`],
] as const;

test("the auditor finds a day a cent off, a row a cent off, one id twice and a row that is lost", async () => {
  await feedWith(demo.bearer);
  await pulled();
  await expectClean();
  for (const [found, hurt] of planted) {
    expect((await rig.owner.unsafe(hurt)).count, hurt).toBeGreaterThan(0);
    const { findings } = await auditCosts(of());
    expect(findings.map((finding) => finding.split(":")[0])).toContain(found);
    expect((await auditStandingFile(of())).findings, found).toHaveLength(found === "wrong figure" ? 0 : 1);
  }
});
