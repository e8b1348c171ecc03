// Feeds over SFTP against a server as merchants run one: nothing but its key is asked before somebody agreed to that key,
// what stands still comes in once, oldest first, and nothing over there is changed.
import { makeDial } from "@headwater/connectors/outbound/dial.ts";
import { credentialId, grantId, publicKeyOf, runId, seal, uploadId } from "@headwater/db";
import { LIMITS } from "@headwater/workflows/costs/limits.ts";
import { makeLedgerRig } from "@headwater/workflows/imports/testing/ledger-rig.ts";
import type { LedgerRig } from "@headwater/workflows/imports/testing/ledger-rig.ts";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import type { LoadDeps } from "@headwater/workflows/load/contract.ts";
import type { SyncOutcome } from "@headwater/workflows/load/outcome.ts";
import { syncOnce } from "@headwater/workflows/load/sync-once.ts";
import { randomUUID } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { openSftpDouble, type SftpDouble } from "../sandbox/custom-costs/sftp-double.ts";
import type { LaidFile } from "../sandbox/custom-costs/sftp-ground.ts";
import { sftpDemo } from "../sandbox/custom-costs/sftp.ts";

const DAY = 86_400;
let files = new Map<string, LaidFile>();
let double: SftpDouble;
let rig: LedgerRig;
let deps: LoadDeps;
beforeAll(async () => {
  double = await openSftpDouble({
    ...sftpDemo,
    port: 0,
    key: null,
    keepKey: () => undefined,
    publicKey: null,
    files: () => [...files.values()],
    find: (name) => files.get(name) ?? null,
    grow: (name) => lay(name, `${files.get(name)?.bytes.toString() ?? ""}\n2026-11-18,fixed,9,Grown`, 0),
  });
});
beforeAll(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
});
afterAll(async () => {
  await rig.close();
  await double.close();
});
beforeEach(async () => {
  for (const table of [
    "cost_feeds",
    "uploads",
    "cost_books",
    "cost_rows",
    "cost_days",
    "runs",
    "credentials",
    "grants",
  ])
    await rig.owner`delete from ${rig.owner(table)}`;
  await rig.owner`update datasources set auth = 'ok', failures = '{}'`;
  for (const name of readdirSync(rig.deps.uploadsFolder ?? "")) rmSync(join(rig.deps.uploadsFolder ?? "", name));
  const dial = makeDial({ routes: new Map([[sftpDemo.host, new URL(`sftp://127.0.0.1:${double.port}`)]]) });
  deps = { ...rig.deps, connectorOf: connectorFor, dial };
  files = new Map();
  double.operations.length = 0;
  double.attempts.length = 0;
});
afterEach(() => {
  for (const way of Object.keys(double.ways)) Reflect.deleteProperty(double.ways, way);
});

function lay(name: string, text: string, agoSeconds: number): void {
  files.set(name, { name, bytes: Buffer.from(text), modifiedMs: Date.now() - agoSeconds * 1000 });
}
function laid(name: string): LaidFile {
  const file = files.get(name);
  if (file === undefined) throw new Error(`${name} was not laid`);
  return file;
}
const rows = (...amounts: number[]) =>
  ["date,cost_type,amount,name", ...amounts.map((amount) => `2026-11-18,fixed,${amount},R${amount}`)].join("\n");

let runs = 0;
async function sync(): Promise<SyncOutcome> {
  runs += 1;
  const run = { ...rig.ref, runId: runId(rig.ref.datasourceId, "sync", runs), kind: "sync" as const, n: runs };
  const nextRunAt = () => new Date(Date.now() + 15 * 60_000);
  await rig.owner`update cost_feeds set due_at = now() where due_at is not null`;
  return syncOnce(deps, run, { signal: new AbortController().signal, heartbeat: () => undefined, nextRunAt });
}

interface Given {
  readonly secret?: string;
  readonly hostKey?: string | null;
  readonly pattern?: string;
  readonly host?: string;
}

/** As the API saves one, and as somebody agreed to its key. */
async function feed({ secret = sftpDemo.password, hostKey = double.hostKey(), ...more }: Given = {}): Promise<string> {
  const { organisationId, datasourceId } = rig.ref;
  const { pattern = "/out/*.csv", host = sftpDemo.host } = more;
  const id = randomUUID();
  const ids = { organisationId, grantId: grantId(randomUUID()), credentialId: credentialId(randomUUID()) };
  const box = seal(publicKeyOf(rig.privateKey), ids, { secret, host });
  await rig.owner`insert into grants (organisation_id, id, platform, login_key, candidate_credential_id)
    values (${organisationId}, ${ids.grantId}, 'custom-costs', ${id}, ${ids.credentialId})`;
  await rig.owner`insert into credentials (organisation_id, id, grant_id, version, sealed, wrapped_key, key_id)
    values (${organisationId}, ${ids.credentialId}, ${ids.grantId}, 1, ${box.sealed}, ${box.wrappedKey}, ${box.keyId})`;
  const address = JSON.stringify({ kind: "sftp", host, port: 22, user: sftpDemo.user, pattern, auth: "password" });
  await rig.owner`insert into cost_feeds (organisation_id, id, datasource_id, kind, name, address, grant_id, every_minutes, mode, asked_at, host_key, met_key)
    values (${organisationId}, ${id}, ${datasourceId}, 'sftp', 'Warehouse', ${address}::text::jsonb, ${ids.grantId}, 60, 'upsert', now(),
      ${hostKey}, ${hostKey})`;
  return id;
}

interface Seen {
  readonly state: string;
  readonly code: string | null;
  readonly met: string | null;
  readonly minutes: number | null;
  readonly values: Record<string, string> | null;
}
const seen = async (id: string) => {
  const [row] = await rig.owner<Seen[]>`
    select state, reason->>'code' as code, met_key as met, reason->'values' as values,
      ceil(extract(epoch from due_at - now()) / 60)::int as minutes from cost_feeds where id = ${id}`;
  return row;
};
const uploads = () =>
  rig.owner<{ id: string; filename: string; state: string; asked: string | null; how: string }[]>`
    select id, filename, state, asked, how from uploads order by created_at, id`;
const names = async () => (await uploads()).map(({ filename }) => filename);
async function workedThrough(): Promise<void> {
  for (const { id, asked } of await uploads()) if (asked !== null) await rig.work(uploadId(id));
  for (const { id, state } of await uploads())
    if (state === "needs_confirmation") await rig.ask(uploadId(id), "commit", { goodRowsOnly: true });
}
/** As a minute later. */
const later = (seconds: number) =>
  rig.owner`update feed_files set seen_at = seen_at - ${seconds}::int * interval '1 second'`;
const minuteLater = () => later(61);
const hasChanged = () => double.operations.filter((name) => !/^(OPENDIR|READDIR|OPEN|READ|FSTAT|CLOSE)$/.test(name));

describe("the server's key", () => {
  test("is met first, and nothing else is asked before somebody agreed to it", async () => {
    lay("a.csv", rows(1), 2 * DAY);
    const id = await feed({ hostKey: null });
    expect(await sync()).toMatchObject({ kind: "done", pages: 0, failedStreams: [] });
    expect(await seen(id)).toMatchObject({ state: "unproven", code: "custom-costs.hostKeyNew", met: double.hostKey() });
    expect([double.attempts, double.operations, await names()]).toEqual([[], [], []]);
    await sync();
    expect(double.attempts, "and it is not even met again by itself").toEqual([]);
    await rig.owner`update cost_feeds set host_key = met_key, asked_at = now()`;
    expect(await sync()).toMatchObject({ kind: "done", pages: 1 });
    expect(await seen(id)).toMatchObject({ state: "ok", code: null });
    expect([double.attempts, await names()]).toEqual([["password demo"], ["a.csv"]]);
  });

  test("that is another one than before stops everything: no secret is shown to it, and both are told", async () => {
    lay("a.csv", rows(1), 2 * DAY);
    const id = await feed();
    await sync();
    const before = double.hostKey();
    double.changeKey();
    double.attempts.length = 0;
    expect(await sync()).toMatchObject({ kind: "failed", failure: { class: "reauthorize" } });
    const after = await seen(id);
    expect(after).toMatchObject({ state: "refused", code: "custom-costs.hostKeyChanged", met: double.hostKey() });
    expect(after?.values).toMatchObject({ before, now: double.hostKey() });
    expect(double.attempts).toEqual([]);
    await rig.owner`update cost_feeds set host_key = met_key, asked_at = now()`;
    expect(await sync()).toMatchObject({ kind: "done" });
    expect(await seen(id)).toMatchObject({ state: "ok" });
  });
});

describe("a sign-in", () => {
  test("that the server refuses asks for a person", async () => {
    lay("a.csv", rows(1), 2 * DAY);
    const id = await feed({ secret: "wrong" });
    expect(await sync()).toMatchObject({ kind: "failed", failure: { class: "reauthorize", why: "revoked" } });
    expect(await seen(id)).toMatchObject({ state: "refused", code: "custom-costs.refused" });
    double.attempts.length = 0;
    await sync();
    expect(double.attempts, "and is not tried again by itself").toEqual([]);
  });

  test("by a question for the password works as well", async () => {
    lay("a.csv", rows(1), 2 * DAY);
    await feed();
    double.ways.asksQuestions = true;
    expect(await sync()).toMatchObject({ kind: "done", pages: 1 });
  });

  test("with a secret of another host shows it to nobody", async () => {
    lay("a.csv", rows(1), 2 * DAY);
    await feed();
    await rig.owner`update cost_feeds set address = jsonb_set(address, '{host}', '"elsewhere.costs.example"')`;
    const dial = makeDial({ routes: new Map([["*.costs.example", new URL(`sftp://127.0.0.1:${double.port}`)]]) });
    deps = { ...deps, dial };
    expect(await sync()).toMatchObject({ kind: "failed", failure: { class: "reauthorize" } });
    expect(double.attempts).toEqual([]);
  });
});

describe("files", () => {
  test("the first is shown to a person; then all come in, oldest first and once, and nothing over there changes", async () => {
    lay("c.csv", rows(3), 2 * DAY);
    lay("a.csv", rows(1), 4 * DAY);
    lay("b.csv", rows(2), 3 * DAY);
    lay("b.txt", rows(7), 3 * DAY);
    const id = await feed();
    await sync();
    await sync();
    expect(await uploads()).toMatchObject([{ filename: "a.csv", asked: "prepare", how: "sftp" }]);
    expect(await seen(id)).toMatchObject({ state: "ok", code: "custom-costs.firstFile" });
    await workedThrough();
    expect(await sync()).toMatchObject({ kind: "done", pages: 2 });
    expect(await names()).toEqual(["a.csv", "b.csv", "c.csv"]);
    await workedThrough();
    expect(await rig.costs()).toEqual(["R1 1", "R2 2", "R3 3"]);
    double.operations.length = 0;
    expect(await sync()).toMatchObject({ kind: "done", pages: 0 });
    expect([double.operations.includes("READ"), hasChanged()], "not even read again").toEqual([false, []]);
    // Touched, it is read and found to be the same; changed, it comes as a new version of itself.
    lay("a.csv", rows(1), 1.5 * DAY);
    expect(await sync()).toMatchObject({ pages: 0 });
    lay("a.csv", rows(1, 10), 1.2 * DAY);
    expect(await sync()).toMatchObject({ pages: 1 });
    // What it was before is no news of another file, but it is of its own.
    lay("a.csv", rows(1), 1.1 * DAY);
    expect(await sync()).toMatchObject({ pages: 1 });
    expect(await names()).toEqual(["a.csv", "b.csv", "c.csv", "a.csv", "a.csv"]);
    expect(hasChanged()).toEqual([]);
  });

  test("one that is still written waits until it has stood still for a minute, by two looks", async () => {
    lay("day.csv", rows(1), 5);
    const id = await feed();
    expect((await sync()).againAt).toBeDefined();
    expect(await seen(id)).toMatchObject({ state: "ok", code: "custom-costs.settling" });
    double.ways.growing = "day.csv";
    for (let look = 0; look < 3; look += 1) {
      await minuteLater();
      await sync();
    }
    expect(await names()).toEqual([]);
    delete double.ways.growing;
    await sync();
    await later(30);
    await sync();
    expect(await names(), "not a minute yet").toEqual([]);
    await later(31);
    expect(await sync()).toMatchObject({ pages: 1 });
    expect(await names()).toEqual(["day.csv"]);
    expect(await seen(id)).toMatchObject({ state: "ok", code: null });
  });

  test("one that grows while it is read is not taken, and leaves nothing behind", async () => {
    lay("long.csv", rows(...Array.from({ length: 20_000 }, (_, n) => n)), 2 * DAY);
    await feed();
    const heard = double.operations.push.bind(double.operations);
    let reads = 0;
    double.operations.push = (...given) => {
      if (given.includes("READ") && (reads += 1) === 3) lay("long.csv", rows(1, 2, 3), 1);
      return heard(...given);
    };
    expect(await sync()).toMatchObject({ kind: "done", pages: 0 });
    double.operations.push = heard;
    expect([await names(), readdirSync(rig.deps.uploadsFolder ?? "")]).toEqual([[], []]);
  });
});

/** Whose first file somebody has taken. */
async function withOneTooLarge(): Promise<string> {
  deps = { ...deps, costLimits: { ...LIMITS, rawBytes: 1_000 } };
  lay("a.csv", rows(1), 4 * DAY);
  const id = await feed();
  await sync();
  await workedThrough();
  lay("b.csv", rows(...Array.from({ length: 3_000 }, (_, n) => n)), 3 * DAY);
  return id;
}

describe("a folder", () => {
  test("with no file for three expected runs is told so; once one is there it is well", async () => {
    const id = await feed();
    for (const state of ["failing", "failing", "missing"]) {
      await sync();
      expect(await seen(id)).toMatchObject({ state, code: "custom-costs.missing", minutes: 60 });
    }
    lay("a.csv", rows(1), 2 * DAY);
    await sync();
    expect(await seen(id)).toMatchObject({ state: "ok" });
    const nowhere = await feed({ pattern: "/nowhere/*.csv" });
    await sync();
    expect(await seen(nowhere)).toMatchObject({ state: "failing", code: "custom-costs.missing" });
  });

  test("that lists a name of a hundred thousand letters gives the others all the same", async () => {
    double.ways.hugeName = 100_000;
    lay("a.csv", rows(1), 2 * DAY);
    await feed();
    expect(await sync()).toMatchObject({ kind: "done", pages: 1 });
    expect(await rig.owner`select name from feed_files`).toEqual([{ name: "a.csv" }]);
  });

  test("that may be listed and not read asks for a person", async () => {
    double.ways.closedFiles = true;
    lay("a.csv", rows(1), 2 * DAY);
    const id = await feed();
    expect(await sync()).toMatchObject({ kind: "failed", failure: { class: "reauthorize" } });
    expect(await seen(id)).toMatchObject({ state: "refused", code: "custom-costs.notReadable" });
  });
});

describe("a folder of which not all can be taken", () => {
  test("with a file that is too large gives the others, and the large one is told", async () => {
    const id = await withOneTooLarge();
    lay("c.csv", rows(3), 2 * DAY);
    await sync();
    expect(await names()).toEqual(["a.csv", "c.csv"]);
    expect(await seen(id)).toMatchObject({ state: "invalid", code: "custom-costs.tooLarge", minutes: 60 });
  });

  test("with a file that is too large looks again in a minute at one that is still written", async () => {
    const id = await withOneTooLarge();
    lay("day.csv", rows(2), 5);
    expect((await sync()).againAt).toBeDefined();
    const told = await seen(id);
    expect(told).toMatchObject({ state: "invalid", code: "custom-costs.tooLarge" });
    expect(told?.minutes).toBeLessThanOrEqual(2);
    await minuteLater();
    await sync();
    expect(await names()).toEqual(["a.csv", "day.csv"]);
    expect(await seen(id)).toMatchObject({ state: "invalid", minutes: 60 });
  });

  test("with a file that may not be read gives the others, the first one as well, and goes on", async () => {
    const close = (name: string) => files.set(name, { ...laid(name), isClosed: true });
    lay("a.csv", rows(1), 5 * DAY);
    lay("b.csv", rows(2), 4 * DAY);
    close("a.csv");
    const id = await feed();
    const told = { state: "invalid", code: "custom-costs.notReadable" };
    expect(await sync()).toMatchObject({ kind: "done" });
    expect(await seen(id)).toMatchObject({ ...told, minutes: 60 });
    await workedThrough();
    lay("c.csv", rows(3), 3 * DAY);
    expect(await sync()).toMatchObject({ kind: "done" });
    expect([await names(), await seen(id)]).toMatchObject([["b.csv", "c.csv"], told]);
    files.delete("a.csv");
    await sync();
    expect(await seen(id)).toMatchObject({ state: "ok", code: null });
  });

  test("with more wrong files than are taken at once gives the others all the same", async () => {
    const id = await withOneTooLarge();
    for (let n = 0; n < 21; n += 1) lay(`b${n}.csv`, laid("b.csv").bytes.toString(), 3 * DAY);
    lay("c.csv", rows(3), 2 * DAY);
    await sync();
    expect(await names()).toEqual(["a.csv", "c.csv"]);
    expect(await seen(id)).toMatchObject({ state: "invalid", code: "custom-costs.tooLarge", minutes: 60 });
  });
});

test("an address that leads inside is never dialled", async () => {
  const dial = makeDial({ resolve: async () => [{ address: "127.0.0.1", family: 4 }] });
  deps = { ...deps, dial };
  const id = await feed({ host: "rebound.example.com" });
  expect(await sync()).toMatchObject({ failedStreams: [{ failure: { class: "invalid_request" } }] });
  expect(await seen(id)).toMatchObject({ state: "invalid", code: "custom-costs.address" });
  expect(double.attempts).toEqual([]);
});
