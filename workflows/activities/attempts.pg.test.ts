// What a run met, attempt by attempt: what is written, what is not, how much of it is kept, and when it goes.
import { MockActivityEnvironment } from "@temporalio/testing";
import { runId } from "@headwater/db";
import type { Failure } from "@headwater/connectors/failure.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { BUDGET } from "../lifecycle/budget.ts";
import { sourceOutcome, troubleOf } from "../load/failures.ts";
import { emptyLedger } from "../load/outcome.ts";
import type { SyncOutcome, WorkOutcome } from "../load/outcome.ts";
import { purgeBatch } from "../load/purge-batch.ts";
import { KEPT } from "../load/write-attempts.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import type { RingTarget } from "../client.ts";
import type { WorkDeps } from "./deps.ts";
import { createEntityActivities } from "./entity.ts";
import { loadRef } from "./refs.ts";
import { daily, sync } from "./running.ts";
import { workOnSlice } from "./slices.ts";
import { ownRows, rowDeps } from "./testing/own-rows.ts";

const own = ownRows();
let merchant: Merchant;
let deps: Omit<WorkDeps, "load" | "loadDeps">;
beforeAll(() => {
  ({ merchant } = own);
  deps = rowDeps(own.worker);
});

const worked = { pages: 1, rows: 40, intentVersion: 0 };
const down = { class: "transient", code: "fake.down", said: "502 Bad Gateway", requestId: "req-1" } as const;
const limited = (ms: number): Failure => ({
  class: "rate_limit",
  code: "fake.limit",
  said: "slow down",
  retryAt: new Date(Date.now() + ms).toISOString(),
});
const refused = { class: "invalid_request", code: "fake.shape", said: "what is this" } as const;

const nightly = <T>(next: T) => ({ refreshStreams: next, rereadWeek: next, sweepDeletes: next });

/** The load path answers these, one a call; an error is thrown. */
function answering(...outcomes: (WorkOutcome | Error | (() => WorkOutcome))[]): WorkDeps {
  const next = () => {
    const first = outcomes.shift();
    const outcome = typeof first === "function" ? first() : first;
    if (outcome === undefined) throw new Error("Asked once more than the test foresaw");
    return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
  };
  const ended = async (): Promise<SyncOutcome> => ({
    ledger: emptyLedger(),
    failedStreams: [],
    completeThrough: null,
    ...(await next()),
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else of the load path is called here
  return { ...deps, load: { workOnSlice: next, syncOnce: ended, ...nightly(next) }, loadDeps: {} } as never;
}

const alive = async (): Promise<RingTarget> => {
  const target = await merchant.connect();
  await merchant.sql`update datasources set phase = 'LIVE', auth = 'ok', seq = 4 where id = ${target.datasourceId}`;
  return target;
};
async function withHistory(): Promise<RingTarget & { readonly runId: string }> {
  const target = await alive();
  const id = `${target.datasourceId}:backfill:1`;
  const { organisationId, datasourceId } = target;
  await merchant.sql`insert into runs (organisation_id, id, datasource_id, kind, n)
    values (${organisationId}, ${id}, ${datasourceId}, 'backfill', 1)`;
  await merchant.sql`insert into slices (organisation_id, run_id, datasource_id, stream, position)
    values (${organisationId}, ${id}, ${datasourceId}, 'orders', 0)`;
  return { ...target, runId: id };
}

const inActivity = <T>(work: () => Promise<T>, attempt = 1): Promise<T> =>
  new MockActivityEnvironment({ attempt }).run(work);
const readOn = (answers: WorkDeps, target: RingTarget & { readonly runId: string }, attempt = 1) =>
  inActivity(() => workOnSlice(answers, { ...target, generation: 0, position: 0 }), attempt);
const syncOn = (answers: WorkDeps, target: RingTarget & { askedBy?: string[] }, n: number, attempt = 1) =>
  inActivity(
    () => sync(answers, { askedBy: [], ...target, generation: 0, n, skipped: 0, intervalMs: 3_600_000 }),
    attempt,
  );

interface Attempt {
  readonly n: number;
  readonly stream: string | null;
  readonly ended: string;
  readonly code: string | null;
  readonly said: string | null;
  readonly read: string;
  readonly next: string | null;
  readonly next_at: Date | null;
  readonly budget: object | null;
  readonly inOrder: boolean;
}
const attemptsOf = (run: string): Promise<Attempt[]> => merchant.sql<Attempt[]>`
  select n, stream, ended, code, said, request_id, read, next, next_at, budget, started_at <= finished_at as "inOrder"
  from run_attempts where run_id = ${run} order by n`;
const runOf = async (run: string) => (await merchant.sql`select state, noted from runs where id = ${run}`)[0];

describe("a window of a history", () => {
  test.each([
    ["of an optional stream", { onlyItsStream: true } as const, "failed", "ok"],
    ["that all of it needs", {}, "stopped", "notPermitted"],
  ])("refused for a right %s", async (_what, more, kind, auth) => {
    const target = await withHistory();
    const failure = { class: "permission", lacks: "read_x", curedBy: "grant", code: "fake.no", said: "no" } as const;
    expect(await readOn(answering({ kind: "failed", failure, ...worked, ...more }), target)).toMatchObject({ kind });
    const rows = await merchant.sql`select auth from datasources where id = ${target.datasourceId}`;
    expect(rows).toEqual([{ auth }]);
  });

  test("that met an outage, then a limit, and came in: three attempts in order, each with what came next", async () => {
    const [target, began] = [await withHistory(), Date.now()];
    const later = limited(90_000);
    const answers = answering(
      () => sourceOutcome(down, worked, { read: 40 }),
      () => sourceOutcome(later, worked, { read: 0 }),
      { kind: "more", ...worked },
      { kind: "done", ...worked, rows: 7 },
    );
    for (let call = 0; call < 4; call += 1) await readOn(answers, target);
    const attempts = await attemptsOf(target.runId);
    expect(attempts).toMatchObject([
      { n: 1, ended: "transient", code: "fake.down", said: "502 Bad Gateway", request_id: "req-1", read: "40" },
      { n: 2, ended: "rate_limit", code: "fake.limit", said: "slow down", request_id: null, next: "waits" },
      { n: 3, ended: "well", code: null, said: null, read: "7", next: null, next_at: null },
    ]);
    expect(attempts.every(({ stream, inOrder }) => stream === "orders" && inOrder)).toBe(true);
    expect(attempts[1]?.next_at?.toISOString()).toBe(later.class === "rate_limit" ? later.retryAt : "");
    expect(attempts[0]?.next_at?.getTime()).toBeGreaterThan(began);
    expect(await runOf(target.runId)).toEqual({ state: "running", noted: 3 });
  });

  test("that nothing happened to leaves no row, and one that waits for its report none either", async () => {
    const target = await withHistory();
    const until = new Date(Date.now() + 60_000).toISOString();
    const waiting = { kind: "throttled", until, because: "waitingForReport", ...worked } as const;
    const answers = answering(waiting, { kind: "done", ...worked });
    for (let call = 0; call < 2; call += 1) await readOn(answers, target);
    expect(await attemptsOf(target.runId)).toEqual([]);
    expect(await runOf(target.runId)).toEqual({ state: "running", noted: 0 });
  });

  test("whose shape is not understood is set aside; a login that is refused asks a person", async () => {
    const [odd, refusedTo] = [await withHistory(), await withHistory()];
    await readOn(answering(sourceOutcome(refused, worked)), odd);
    const gone = { class: "reauthorize", why: "revoked", code: "fake.revoked", said: "no more" } as const;
    await readOn(answering(sourceOutcome(gone, worked)), refusedTo);
    expect(await attemptsOf(odd.runId)).toMatchObject([{ ended: "invalid_request", next: "setAside" }]);
    expect(await attemptsOf(refusedTo.runId)).toMatchObject([{ ended: "reauthorize", next: "asks", next_at: null }]);
  });

  test("that fails again and again: the newest fifty are kept, and all are counted", async () => {
    const target = await withHistory();
    const answers = answering(
      ...Array.from({ length: KEPT + 3 }, (_, at) => sourceOutcome(down, worked, { read: at })),
    );
    for (let call = 0; call < KEPT + 3; call += 1) await readOn(answers, target);
    const kept = await attemptsOf(target.runId);
    expect([kept.length, kept[0]?.n, kept.at(-1)?.n]).toEqual([KEPT, 4, KEPT + 3]);
    expect(await runOf(target.runId)).toMatchObject({ noted: KEPT + 3 });
  });

  test("that a fault of ours ended is tried again: told without a word that is not the source's", async () => {
    const target = await withHistory();
    const answers = answering(new TypeError("cannot read the orders of asha@example.com"), { kind: "done", ...worked });
    await expect(readOn(answers, target)).rejects.toMatchObject({ type: "bug" });
    await readOn(answers, target, 2);
    expect(await attemptsOf(target.runId)).toMatchObject([
      { ended: "bug", code: "bug", said: null, next: "again", stream: "orders" },
      { ended: "well" },
    ]);
  });
});

test("a window of a history whose source has retired the version of its interface that we use says so, with every stream that met it", async () => {
  const target = await withHistory();
  await merchant.sql`insert into slices (organisation_id, run_id, datasource_id, stream, position)
    values (${target.organisationId}, ${target.runId}, ${target.datasourceId}, 'campaigns', 1)`;
  const retired = { class: "invalid_request", code: "klaviyo.revisionRetired", said: "410 gone" } as const;
  const answers = answering(
    sourceOutcome(retired, worked),
    sourceOutcome(refused, worked),
    sourceOutcome(retired, worked),
  );
  for (const position of [0, 0, 1])
    await inActivity(() => workOnSlice(answers, { ...target, generation: 0, position }));
  const standing = await merchant.sql`
    select kind, times, detail from notices where datasource_id = ${target.datasourceId} and resolved_at is null`;
  expect([...standing]).toEqual([
    { kind: "versionRetired", times: 2, detail: { said: "410 gone", streams: ["orders", "campaigns"] } },
  ]);
});

describe("a sync", () => {
  const nameOf = (target: RingTarget, n: number): string => `${target.datasourceId}:sync:${n}`;

  test("that failed before its first page has a row all the same; each is counted, the last pauses it", async () => {
    const target = await alive();
    for (let n = 1; n <= BUDGET.inARow; n += 1)
      await syncOn(answering(sourceOutcome(refused, { ...worked, rows: 0 })), target, n);
    const attempts = (await Promise.all([1, 2, 5].map((n) => attemptsOf(nameOf(target, n))))).flat();
    expect(attempts).toMatchObject([
      { n: 1, next: "counted", budget: { rule: "inARow", count: 1, most: BUDGET.inARow } },
      { n: 1, next: "counted", budget: { rule: "inARow", count: 2, most: BUDGET.inARow } },
      { n: 1, next: "paused", budget: null, next_at: null },
    ]);
    expect(await runOf(nameOf(target, 1))).toEqual({ state: "failed", noted: 1 });
  });

  test.each([
    ["bucket.ceiling", "ceiling", 0],
    ["fake.limit", "rateLimit", 1],
  ])("that waits over %s says that it is %s", async (code, said, attempts) => {
    const target = await alive();
    await syncOn(answering(sourceOutcome({ ...limited(90_000), code }, worked)), target, 1);
    const rows = await merchant.sql`select throttle_reason from datasources where id = ${target.datasourceId}`;
    expect(rows).toEqual([{ throttle_reason: { code: said } }]);
    expect(await attemptsOf(nameOf(target, 1))).toHaveLength(attempts);
  });

  test("some of whose streams failed names each of them, to be read with the next one", async () => {
    const target = await alive();
    const troubles = ["refunds", "payouts"].map((stream) => troubleOf(refused, { stream, read: 3 }));
    const failedStreams = troubles.map(({ stream = "", failure }) => ({ stream, failure }));
    const outcome = { kind: "done", ...worked, failedStreams, troubles } as const;
    await syncOn(answering(outcome), target, 1);
    expect(await attemptsOf(nameOf(target, 1))).toMatchObject([
      { n: 1, stream: "refunds", next: "nextSync", read: "3", code: "fake.shape" },
      { n: 2, stream: "payouts", next: "nextSync" },
    ]);
  });

  test("whose source has retired the version of its interface that we use says that, apart from other trouble", async () => {
    const target = await alive();
    const retired = { class: "invalid_request", code: "klaviyo.revisionRetired", said: "410 gone" } as const;
    const failedStreams = [
      { stream: "messagesByDay", failure: retired },
      { stream: "campaigns", failure: refused },
    ];
    const outcome = { kind: "done", ...worked, failedStreams, troubles: failedStreams } as const;
    for (const n of [1, 2]) await syncOn(answering(outcome), target, n);
    const standing = await merchant.sql`
      select kind, times, detail from notices where datasource_id = ${target.datasourceId} and resolved_at is null order by kind`;
    expect([...standing]).toEqual([
      { kind: "streamsFailed", times: 2, detail: { said: "what is this", streams: ["campaigns"] } },
      { kind: "versionRetired", times: 2, detail: { said: "410 gone", streams: ["messagesByDay"] } },
    ]);
  });

  test("that a fault of ours ended five times over is failed and counted; ended well at last, it says so", async () => {
    const target = await alive();
    const bug = new TypeError("x is undefined");
    await expect(syncOn(answering(bug), target, 1, 4)).rejects.toMatchObject({ nonRetryable: false });
    expect(await runOf(nameOf(target, 1))).toEqual({ state: "running", noted: 1 });
    await expect(syncOn(answering(bug), target, 1, 5)).rejects.toMatchObject({ nonRetryable: true });
    expect(await runOf(nameOf(target, 1))).toEqual({ state: "failed", noted: 2 });
    expect(await attemptsOf(nameOf(target, 1))).toMatchObject([{ next: "again" }, { next: "counted" }]);
    await expect(syncOn(answering(bug), target, 2, 1)).rejects.toMatchObject({ type: "bug" });
    await syncOn(answering({ kind: "done", ...worked }), target, 2, 2);
    expect((await attemptsOf(nameOf(target, 2))).map(({ ended }) => ended)).toEqual(["bug", "well"]);
  });

  test("of a datasource that was disconnected meanwhile writes nothing", async () => {
    const target = await alive();
    await merchant.sql`update datasources set disconnected_at = now(), generation = 1 where id = ${target.datasourceId}`;
    await syncOn(answering(sourceOutcome(down, worked)), target, 1);
    expect(await runOf(nameOf(target, 1))).toBeUndefined();
  });
});

test.each([
  ["a right of its own alone", { lacksItsRight: true } as const, "done", "done"],
  ["more than that", {}, "failed", "failed"],
])("a sync in which a stream lacks %s answers who asked for it with %s", async (_lack, also, kind, state) => {
  const target = await alive();
  const commandId = await merchant.command(target, "syncNow");
  const failedStreams = [{ stream: "customers", failure: refused, ...also }];
  const outcome = { kind: "done", ...worked, failedStreams } as const;
  expect(await syncOn(answering(outcome), { ...target, askedBy: [commandId] }, 1)).toMatchObject({ kind });
  const [command] = await merchant.sql`select state from commands where id = ${commandId}`;
  expect(command).toEqual({ state });
  const [row] = await merchant.sql`
    select failures->'streams'->'names' as names from datasources where id = ${target.datasourceId}`;
  expect(row).toEqual({ names: ["customers"] });
});

describe("a nightly run", () => {
  const KINDS = ["refresh", "reread", "sweep"] as const;
  type Kind = (typeof KINDS)[number];

  /** Begun, with a piece of it read. */
  async function begun(kind: Kind): Promise<RingTarget & { readonly runId: string }> {
    const target = await alive();
    const id = runId(loadRef({ ...target, generation: 0 }).datasourceId, kind, 1);
    const { organisationId, datasourceId } = target;
    await merchant.sql`insert into runs (organisation_id, id, datasource_id, kind, n)
      values (${organisationId}, ${id}, ${datasourceId}, ${kind}, 1)`;
    await merchant.sql`insert into slices (organisation_id, run_id, datasource_id, stream, position, state, read, written)
      values (${organisationId}, ${id}, ${datasourceId}, 'orders', 0, 'done', 40, 3)`;
    return { ...target, runId: id };
  }
  const nightOf = (answers: WorkDeps, target: RingTarget, kind: Kind, attempt = 1) =>
    inActivity(
      () => daily(answers, { ...target, generation: 0, n: 1, askedBy: [], skipped: 0, intervalMs: 3_600_000, kind }),
      attempt,
    );
  const endOf = async (run: string) =>
    (
      await merchant.sql`select state, read, written, finished_at is not null as "isOver" from runs where id = ${run}`
    )[0];
  const going = { state: "running", read: "0", written: "0", isOver: false };
  const failed = { state: "failed", read: "40", written: "3", isOver: true };

  test.each(KINDS)("that fails is over with it, and says why: a %s", async (kind) => {
    const target = await begun(kind);
    await nightOf(answering(sourceOutcome(down, worked)), target, kind);
    expect(await endOf(target.runId)).toEqual(failed);
    // No point of the rhythm: it comes again on another of its days.
    expect(await attemptsOf(target.runId)).toMatchObject([{ ended: "transient", next: "again", next_at: null }]);
  });

  test.each(KINDS)("that a fault of ours ended is tried four times more, and then over: a %s", async (kind) => {
    const target = await begun(kind);
    const bug = new TypeError("x is undefined");
    await expect(nightOf(answering(bug), target, kind, 4)).rejects.toMatchObject({ type: "bug" });
    expect(await endOf(target.runId)).toEqual(going);
    await expect(nightOf(answering(bug), target, kind, 5)).rejects.toMatchObject({ type: "bug" });
    expect(await endOf(target.runId)).toEqual(failed);
  });

  test("that a limit holds up goes on by itself, and its end is told", async () => {
    const target = await begun("refresh");
    const answers = answering(sourceOutcome(limited(1_000), worked, { stream: "orders" }), { kind: "done", ...worked });
    await nightOf(answers, target, "refresh");
    expect(await endOf(target.runId)).toEqual(going);
    await nightOf(answers, target, "refresh");
    expect(await attemptsOf(target.runId)).toMatchObject([
      { stream: "orders", next: "waits" },
      { ended: "well", stream: null },
    ]);
    expect(await endOf(target.runId)).toEqual({ ...failed, state: "succeeded" });
  });

  test("that lacks a right of one optional stream has failed, and asks nobody for a consent", async () => {
    const target = await begun("refresh");
    const failure = { class: "permission", lacks: "read_x", curedBy: "grant", code: "fake.no", said: "no" } as const;
    const troubles = [troubleOf(failure, { stream: "orders" })];
    const answers = answering({ kind: "failed", failure, onlyItsStream: true, ...worked, troubles });
    expect(await nightOf(answers, target, "refresh")).toMatchObject({ kind: "failed" });
    const rows = await merchant.sql`select auth from datasources where id = ${target.datasourceId}`;
    expect(rows).toEqual([{ auth: "ok" }]);
    expect(await attemptsOf(target.runId)).toMatchObject([{ ended: "permission", next: "counted" }]);
    expect(await endOf(target.runId)).toEqual(failed);
  });
});

test("a run that broke for good is over as it stands, and whoever asked for it is answered", async () => {
  const target = await alive();
  const ids = [await merchant.command(target, "syncNow"), await merchant.command(target, "syncNow")];
  const [asked = "", later = ""] = ids;
  for (const n of [7, 8])
    await merchant.sql`insert into runs (organisation_id, id, datasource_id, kind, n) values (${target.organisationId},
      ${runId(loadRef({ ...target, generation: 0 }).datasourceId, "sync", n)}, ${target.datasourceId}, 'sync', ${n})`;
  const entity = createEntityActivities(answering());
  const run = { kind: "sync", n: 7, askedBy: [asked] } as const;
  expect(await entity.countFailure({ ...target, generation: 0, said: "boom", run })).toMatchObject({ kind: "failed" });
  const states = await merchant.sql`
    select n, state, finished_at is not null as over from runs where datasource_id = ${target.datasourceId} order by n`;
  expect([...states]).toEqual([
    { n: 7, state: "failed", over: true },
    { n: 8, state: "running", over: false },
  ]);
  const answers = await merchant.sql`select id, state, outcome from commands where id = any(${ids}) order by state`;
  expect([...answers]).toEqual([
    { id: later, state: "accepted", outcome: null },
    { id: asked, state: "failed", outcome: { code: "bug" } },
  ]);
});

test("they go with what they tell of: with the run, and with the data that a person wants deleted", async () => {
  const [swept, purged] = [await withHistory(), await withHistory()];
  for (const target of [swept, purged]) await readOn(answering(sourceOutcome(down, worked)), target);
  await merchant.sql`delete from runs where id = ${swept.runId}`;
  expect(await attemptsOf(swept.runId)).toEqual([]);
  await merchant.sql`update datasources set disconnected_at = now(), generation = 1 where id = ${purged.datasourceId}`;
  await purgeBatch({ sql: deps.db.sql }, loadRef({ ...purged, generation: 1 }));
  expect(await attemptsOf(purged.runId)).toEqual([]);
  expect(await runOf(purged.runId)).toMatchObject({ noted: 1 });
});
