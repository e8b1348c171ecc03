// Feeds of cost files against the stand-in of a merchant's own server: what is new is put in line once, what leads where
// it may not is never asked, and what is wrong is said of the feed it is wrong with.
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import { credentialId, grantId, publicKeyOf, runId, seal, uploadId } from "@headwater/db";
import { LIMITS } from "@headwater/workflows/costs/limits.ts";
import { makeLedgerRig } from "@headwater/workflows/imports/testing/ledger-rig.ts";
import type { LedgerRig } from "@headwater/workflows/imports/testing/ledger-rig.ts";
import type { LoadDeps } from "@headwater/workflows/load/contract.ts";
import type { SyncOutcome } from "@headwater/workflows/load/outcome.ts";
import { syncOnce } from "@headwater/workflows/load/sync-once.ts";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { demo } from "../sandbox/custom-costs/twin.ts";
import { startTestSandbox, type TestSandbox } from "../sandbox/testing.ts";

let sandbox: TestSandbox;
let outbound: Outbound;
let rig: LedgerRig;
let deps: LoadDeps;
let asked: string[] = [];
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
  const routes = new Map([["*.costs.example", new URL(sandbox.origin)]]);
  const guarded = makeOutbound({ routes, resolve: async () => [{ address: "127.0.0.1", family: 4 }] });
  asked = [];
  outbound = {
    ...guarded,
    send: (request) => {
      asked.push(new URL(request.url).host);
      return guarded.send(request);
    },
  };
  deps = { ...rig.deps, connectorOf: connectorFor, outbound };
});
afterEach(async () => {
  await outbound.close();
  await rig.close();
});

let runs = 0;
async function sync(): Promise<SyncOutcome> {
  runs += 1;
  const run = { ...rig.ref, runId: runId(rig.ref.datasourceId, "sync", runs), kind: "sync" as const, n: runs };
  const nextRunAt = () => new Date(Date.now() + 15 * 60_000);
  return syncOnce(deps, run, { signal: new AbortController().signal, heartbeat: () => undefined, nextRunAt });
}

interface Given {
  readonly auth?: "none" | "basic" | "bearer" | "header";
  readonly name?: string;
  readonly secret?: string;
  readonly mode?: string;
  /** What the secret was given for. */
  readonly host?: string;
}

/** As the API saves one. */
async function feed(
  path: string,
  { auth = "none", name = "", secret, mode = "upsert", host = "files.costs.example" }: Given = {},
): Promise<string> {
  const { organisationId, datasourceId } = rig.ref;
  const id = randomUUID();
  const ids = { organisationId, grantId: grantId(randomUUID()), credentialId: credentialId(randomUUID()) };
  if (secret !== undefined) {
    const box = seal(publicKeyOf(rig.privateKey), ids, { secret, host });
    await rig.owner`insert into grants (organisation_id, id, platform, login_key, candidate_credential_id)
      values (${organisationId}, ${ids.grantId}, 'custom-costs', ${id}, ${ids.credentialId})`;
    await rig.owner`insert into credentials (organisation_id, id, grant_id, version, sealed, wrapped_key, key_id)
      values (${organisationId}, ${ids.credentialId}, ${ids.grantId}, 1, ${box.sealed}, ${box.wrappedKey}, ${box.keyId})`;
  }
  const url = path.startsWith("https:") ? path : `https://files.costs.example/${path}`;
  const address = JSON.stringify({ kind: "https", url, auth, name });
  await rig.owner`insert into cost_feeds (organisation_id, id, datasource_id, kind, name, address, grant_id, every_minutes, mode, asked_at)
    values (${organisationId}, ${id}, ${datasourceId}, 'https', ${path}, ${address}::text::jsonb, ${secret === undefined ? null : ids.grantId},
      60, ${mode}, now())`;
  return id;
}

const lay = (name: string, text: string) => sandbox.desk(`custom-costs/files/${name}`, { text });
const rows = (...amounts: number[]) =>
  ["date,cost_type,amount,name", ...amounts.map((amount, n) => `2026-11-18,fixed,${amount},R${n}`)].join("\n");
const due = () => rig.owner`update cost_feeds set due_at = now() - interval '1 second'`;
const seen = async (id: string) => {
  const [row] = await rig.owner<{ state: string; code: string | null; misses: number; minutes: number }[]>`
    select state, reason->>'code' as code, misses, ceil(extract(epoch from due_at - now()) / 60)::int as minutes from cost_feeds where id = ${id}`;
  return row;
};
const uploads = () =>
  rig.owner<{ id: string; state: string; asked: string | null; filename: string; how: string }[]>`
    select id, state, asked, filename, how from uploads order by created_at, id`;
async function confirmed(): Promise<void> {
  for (const { id, asked: wanted } of await uploads()) if (wanted !== null) await rig.work(uploadId(id));
  for (const { id, state } of await uploads())
    if (state === "needs_confirmation") await rig.ask(uploadId(id), "commit", { goodRowsOnly: true });
}

test("the first file is shown to a person, the next ones commit by themselves, and what is unchanged is not even sent", async () => {
  await lay("own.csv", rows(1, 2));
  const id = await feed("open/own.csv");
  expect(await sync()).toMatchObject({ kind: "done", pages: 1, failedStreams: [] });
  const [first] = await uploads();
  expect(first).toMatchObject({ state: "received", asked: "prepare", filename: "own.csv", how: "https" });
  const [sealed] = readdirSync(rig.deps.uploadsFolder ?? "");
  expect(sealed).toBe(first?.id);
  expect(readFileSync(join(rig.deps.uploadsFolder ?? "", sealed ?? "")).includes("fixed")).toBe(false);
  await rig.work(uploadId(first?.id ?? ""));
  expect((await uploads())[0]).toMatchObject({ state: "needs_confirmation" });
  expect(await rig.costs()).toEqual([]);
  await confirmed();
  expect(await rig.costs()).toEqual(["R0 1", "R1 2"]);

  const before = (await rig.owner`select intent_version as v from datasources`)[0]?.["v"];
  await due();
  expect(await sync()).toMatchObject({ kind: "done", pages: 0 });
  expect(await seen(id)).toMatchObject({ state: "ok", minutes: 60 });
  expect((await rig.owner`select intent_version as v from datasources`)[0]?.["v"]).toBe(before);
  const served = (
    await rig.owner<[{ calls: string; bytes: string }]>`select sum(calls) as calls, sum(bytes) as bytes from calls`
  )[0];
  expect([Number(served.calls), Number(served.bytes)], "answered with 304").toEqual([2, rows(1, 2).length]);

  await lay("own.csv", rows(1, 5, 7));
  await due();
  const outcome = await sync();
  expect(outcome.intentVersion, "the workflow reads again").toBeGreaterThan(Number(before));
  expect((await uploads()).at(-1)).toMatchObject({ state: "received", asked: "commit" });
  await confirmed();
  expect(await rig.costs()).toEqual(["R0 1", "R1 5", "R2 7"]);
  expect((await rig.owner`select last_success_at is not null as well from datasources`)[0]).toEqual({ well: true });
});

test("nothing is asked before its time, and a wake without anything due leaves no run", async () => {
  await lay("own.csv", rows(1));
  await feed("open/own.csv");
  await sync();
  asked = [];
  const count = async () => Number((await rig.owner`select count(*) as n from runs where kind = 'sync'`)[0]?.["n"]);
  expect(await count()).toBe(1);
  expect(await sync()).toMatchObject({ kind: "done", pages: 0, failedStreams: [] });
  expect([asked, await count()]).toEqual([[], 1]);
  expect((await rig.owner`select next_run_at > now() as planned from datasources`)[0]).toEqual({ planned: true });
  await rig.owner`update cost_feeds set removed_at = now()`;
  await sync();
  expect((await rig.owner`select next_run_at as at from datasources`)[0]).toEqual({ at: null });
});

test("the same bytes are nothing new without a mark too, also where a person took them back", async () => {
  await lay("own.csv", rows(1));
  await feed("open/own.csv");
  await sync();
  await confirmed();
  const [first] = await uploads();
  await rig.ask(uploadId(first?.id ?? ""), "undo");
  await rig.owner`update cost_feeds set marks = '{}'`;
  await due();
  expect(await sync()).toMatchObject({ kind: "done", pages: 0 });
  expect(await uploads()).toHaveLength(1);
  expect(readdirSync(rig.deps.uploadsFolder ?? "")).toHaveLength(1);
});

test("a newer file takes the place of one that still waits in line, but not of one that a person has confirmed", async () => {
  await lay("own.csv", rows(1));
  await feed("open/own.csv");
  await sync();
  await lay("own.csv", rows(2));
  await due();
  await sync();
  expect((await uploads()).map(({ state }) => state)).toEqual(["discarded", "received"]);
  await rig.owner`update uploads set state = 'needs_confirmation', asked = 'commit', asked_by = '{"kind":"person"}' where state = 'received'`;
  await lay("own.csv", rows(3));
  await due();
  await sync();
  expect((await uploads()).map(({ state }) => state)).toEqual(["discarded", "needs_confirmation", "received"]);
});

describe("a secret", () => {
  const ways: [string, Given][] = [
    ["bearer", { auth: "bearer", secret: demo.bearer }],
    ["basic", { auth: "basic", name: demo.user, secret: demo.password }],
    ["keyed", { auth: "header", name: "X-Feed-Key", secret: demo.key }],
  ];
  test.each(ways)("as %s opens the file, and is proven by it", async (way, given) => {
    await lay("own.csv", rows(1));
    const id = await feed(`${way}/own.csv`, given);
    expect(await sync()).toMatchObject({ kind: "done", pages: 1 });
    expect(await seen(id)).toMatchObject({ state: "ok" });
    expect(await rig.owner`select candidate_credential_id as c, verified_at is not null as v from grants`).toEqual([
      { c: null, v: true },
    ]);
  });

  test("that is refused asks for a person, is not tried again by itself, and stops no other feed of this wake", async () => {
    await lay("own.csv", rows(1));
    const id = await feed("bearer/own.csv", { auth: "bearer", secret: "wrong" });
    await feed("open/own.csv");
    const refused = { class: "reauthorize", why: "revoked" };
    const outcome = await sync();
    expect(outcome, "one works, so the datasource does").toMatchObject({
      kind: "done",
      pages: 1,
      failedStreams: [{ stream: "bearer/own.csv", failure: refused }],
    });
    expect(await seen(id)).toMatchObject({ state: "refused", code: "custom-costs.refused" });
    expect(await uploads()).toHaveLength(1);
    await rig.owner`update cost_feeds set due_at = now() - interval '1 day' where id = ${id}`;
    asked = [];
    await sync();
    expect(asked).toEqual([]);
    const planned = async () =>
      (await rig.owner`select next_run_at > now() as planned from datasources`)[0]?.["planned"];
    expect(await planned()).toBe(true);
    await rig.owner`update cost_feeds set removed_at = now() where id <> ${id}`;
    expect(await sync(), "the one that worked is gone").toMatchObject({ kind: "failed", failure: refused });
  });

  test("that was given for another host is shown to nobody", async () => {
    await lay("own.csv", rows(1));
    const id = await feed("bearer/own.csv", { auth: "bearer", secret: demo.bearer, host: "elsewhere.costs.example" });
    expect(await sync()).toMatchObject({ kind: "failed", failure: { class: "reauthorize" } });
    expect([asked, (await seen(id))?.state]).toEqual([[], "refused"]);
  });

  test("goes to its own host and to no other, through redirects as well", async () => {
    await lay("own.csv", rows(1));
    await feed("moved/own.csv", { auth: "bearer", secret: demo.bearer });
    await feed("stays/own.csv", { auth: "bearer", secret: demo.bearer });
    expect(await sync()).toMatchObject({ kind: "done", pages: 2, failedStreams: [] });
    expect(asked).toEqual([
      "files.costs.example",
      "elsewhere.costs.example",
      "files.costs.example",
      "files.costs.example",
    ]);
  });
});

describe("an address that leads inside", () => {
  test.each([
    ["a redirect to loopback", "inside/own.csv", "custom-costs.address"],
    ["a redirect to where clouds keep their secrets", "metadata", "custom-costs.address"],
    ["a redirect out of TLS", "unsafe/own.csv", "custom-costs.address"],
    ["a name that resolves to loopback", "https://rebound.example.com/own.csv", "custom-costs.address"],
    ["a bare private address", "https://10.0.0.8/own.csv", "custom-costs.address"],
    ["a redirect without an end", "round/own.csv", "custom-costs.redirects"],
  ])("%s is never followed", async (_what, path, code) => {
    await lay("own.csv", rows(1));
    const id = await feed(path);
    const served = async () =>
      Number(sandbox.store.first("select count(*) as n from requests where operation = 'file'")?.["n"] ?? 0);
    const before = await served();
    expect(await sync()).toMatchObject({
      kind: "done",
      failedStreams: [{ failure: { class: "invalid_request", code } }],
    });
    expect(await seen(id)).toMatchObject({ state: "invalid", code });
    expect([await served(), (await uploads()).length]).toEqual([before, 0]);
  });
});

test("a source that asks to wait says nothing of the address that a person gives instead", async () => {
  await lay("own.csv", rows(1));
  const id = await feed("open/own.csv");
  await sandbox.desk("faults", { kind: "tooMany", count: 1, retryAfter: "480" });
  await sync();
  expect(await seen(id)).toMatchObject({ code: "custom-costs.throttled" });
  await rig.owner`update cost_feeds set asked_at = now(),
    address = jsonb_set(address, '{url}', to_jsonb((address->>'url') || '?mended'))`;
  expect(await sync()).toMatchObject({ kind: "done", pages: 1 });
});

describe("trouble", () => {
  const fault = (kind: string, more: object = {}) => sandbox.desk("faults", { kind, count: 1, ...more });

  test("is tried again after 1, 5 and 30 minutes, and said of the feed once it lasts", async () => {
    await lay("own.csv", rows(1));
    const id = await feed("open/own.csv");
    for (const [n, minutes] of [1, 5, 30, 60].entries()) {
      await fault("serverError", { status: 503 });
      await due();
      const outcome = await sync();
      expect(outcome).toMatchObject({ kind: "done", failedStreams: n < 2 ? [] : [{ stream: "open/own.csv" }] });
      expect(await seen(id)).toMatchObject({ state: "failing", code: "custom-costs.trouble", misses: n + 1, minutes });
      expect(outcome.againAt === undefined, "sooner than the next wake, or with it").toBe(minutes > 15);
    }
    await due();
    expect(await sync()).toMatchObject({ kind: "done", pages: 1, failedStreams: [] });
    expect(await seen(id)).toMatchObject({ state: "ok", code: null, misses: 0 });
  });

  test("a file that is gone three times over is missing; back again, it is well", async () => {
    const id = await feed("open/none.csv");
    for (const state of ["failing", "failing", "missing"]) {
      await due();
      await sync();
      expect(await seen(id)).toMatchObject({ state, code: "custom-costs.missing" });
    }
    await lay("none.csv", rows(1));
    await due();
    await sync();
    expect(await seen(id)).toMatchObject({ state: "ok" });
    await sandbox.desk("custom-costs/files/none.csv", { action: "remove" });
  });

  test("a source that asks to wait is waited for", async () => {
    await lay("own.csv", rows(1));
    const id = await feed("open/own.csv");
    await fault("tooMany", { retryAfter: "480" });
    expect((await sync()).againAt).toBeDefined();
    expect(await seen(id)).toMatchObject({ state: "failing", code: "custom-costs.throttled", minutes: 8 });
    await rig.owner`update cost_feeds set asked_at = now()`;
    expect(await sync(), "also where somebody asks for it").toMatchObject({ kind: "done", pages: 0 });
    await due();
    expect(await sync()).toMatchObject({ kind: "done", pages: 1 });
  });

  test("a page instead of a file asks for a person; a body cut short leaves nothing behind", async () => {
    const page = await feed("signin/own.csv");
    expect(await sync()).toMatchObject({ kind: "failed", failure: { class: "reauthorize" } });
    expect(await seen(page)).toMatchObject({ state: "refused", code: "custom-costs.signInPage" });
    await rig.owner`update cost_feeds set removed_at = now()`;
    await lay("long.csv", rows(...Array.from({ length: 3_000 }, (_, n) => n)));
    const cut = await feed("open/long.csv");
    await fault("cut", { bytes: 5_000 });
    await sync();
    expect(await seen(cut)).toMatchObject({ state: "failing", code: "custom-costs.trouble" });
    expect([await uploads(), readdirSync(rig.deps.uploadsFolder ?? "")]).toEqual([[], []]);
  });

  test("a file larger than it may be is not taken in", async () => {
    deps = { ...deps, costLimits: { ...LIMITS, rawBytes: 1_000 } };
    await lay("long.csv", rows(...Array.from({ length: 3_000 }, (_, n) => n)));
    const id = await feed("open/long.csv");
    await sync();
    expect(await seen(id)).toMatchObject({ state: "invalid", code: "custom-costs.tooLarge" });
    expect([await uploads(), readdirSync(rig.deps.uploadsFolder ?? "")]).toEqual([[], []]);
  });
});

test("a bad certificate is trouble for a day, and from then on somebody has to see to it", async () => {
  await lay("own.csv", rows(1));
  const id = await feed("open/own.csv");
  const works = outbound;
  const bad = (code: string) => {
    const failure = { class: "transient", code: `outbound.${code}`, said: "CERT_HAS_EXPIRED" } as const;
    deps = { ...deps, outbound: { ...works, send: () => Promise.reject(new SourceFailure(failure)) } };
  };
  const hoursLater = (hours: number) =>
    rig.owner`update cost_feeds set certificate_since = certificate_since - make_interval(hours => ${hours}), due_at = now()`;
  bad("certificate");
  for (let hours = 0; hours < 23; hours += 8) {
    await sync();
    expect(await seen(id)).toMatchObject({ state: "failing", code: "custom-costs.certificate" });
    await hoursLater(hours === 16 ? 7 : 8);
  }
  bad("network"); // says nothing of the certificate, neither good nor bad
  await sync();
  expect(await seen(id)).toMatchObject({ state: "failing", code: "custom-costs.unreachable" });
  await hoursLater(1);
  bad("certificate");
  const told = { class: "invalid_request", code: "custom-costs.certificateDay" };
  expect(await sync()).toMatchObject({ kind: "done", failedStreams: [{ failure: told }] });
  expect(await seen(id)).toMatchObject({ state: "invalid", code: "custom-costs.certificateDay", minutes: 60 });
  deps = { ...deps, outbound: works };
  await due();
  await sync();
  expect(await seen(id)).toMatchObject({ state: "ok", code: null });
  bad("certificate");
  await due();
  await sync();
  expect(await seen(id), "a day anew").toMatchObject({ state: "failing", code: "custom-costs.certificate" });
});

test("what a person changed while it was pulled is left alone, and a pause stops it", async () => {
  await lay("own.csv", rows(1));
  const id = await feed("open/own.csv");
  /** Somebody does something while the file is on its way. */
  const meanwhile = (work: () => Promise<unknown>): LoadDeps => ({
    ...deps,
    outbound: {
      ...outbound,
      send: async (request) => {
        await work();
        return outbound.send(request);
      },
    },
  });
  const pulling = deps;
  deps = meanwhile(() => rig.owner`update cost_feeds set removed_at = now() where id = ${id}`);
  expect(await sync()).toMatchObject({ kind: "done", pages: 0 });
  expect([await uploads(), readdirSync(rig.deps.uploadsFolder ?? "")]).toEqual([[], []]);
  await rig.owner`update cost_feeds set removed_at = null`;
  deps = pulling;
  deps = meanwhile(() => rig.owner`update datasources set user_paused_at = now()`);
  expect(await sync()).toMatchObject({ kind: "fenced", by: "paused" });
  expect([await uploads(), readdirSync(rig.deps.uploadsFolder ?? "")]).toEqual([[], []]);
});
