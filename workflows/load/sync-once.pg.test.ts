import { SourceFailure } from "@headwater/connectors/failure.ts";
import { Unmappable } from "@headwater/connectors/read-fields.ts";
import type { Page, SliceSpec } from "@headwater/connectors/contract.ts";
import type { SourceRecord } from "@headwater/connectors/records.ts";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { planRun } from "./plan-run.ts";
import { syncOnce } from "./sync-once.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { order, scripted, scriptedConnector } from "./testing/scripted-source.ts";

const OVERLAP_MS = 300_000;
const rig = ownRig();

const checkpoint = async () => {
  const [row] = await rig.owner<[{ cursor: object | null; through: Date }?]>`
    select cursor, through from checkpoints where stream = 'orders'`;
  return row;
};
const records = (all: readonly SourceRecord[], next: number, done: boolean): Page => ({
  kind: "records",
  records: all,
  rejected: [],
  cursor: { next },
  done,
});

test("a sync reads from the checkpoint with overlap and moves it to the end of its window", async () => {
  const asked: SliceSpec[] = [];
  rig.use(
    scriptedConnector({
      overlapMs: OVERLAP_MS,
      pages: async function* pages(slice) {
        asked.push(slice);
        yield records([order(String(asked.length))], 1, true);
      },
    }),
  );
  await planRun(rig.deps, rig.run("backfill"), [
    { stream: "orders", from: "2026-01-01", to: "2026-12-01", position: 0 },
  ]);
  const planned = await checkpoint();
  const first = await syncOnce(rig.deps, rig.run("sync", 1), options());
  expect(first).toMatchObject({ kind: "done", ledger: { read: 1, merged: 1, written: 1 }, failedStreams: [] });
  expect(asked[0]?.from?.getTime()).toBe((planned?.through.getTime() ?? 0) - OVERLAP_MS);
  // Never past the window's end, and short of it by the moment that a busy machine takes between two readings of its clock.
  const through = (await checkpoint())?.through.getTime() ?? 0;
  expect(first.completeThrough).toBe(new Date(through).toISOString());
  expect(through).toBeLessThanOrEqual(asked[0]?.to.getTime() ?? 0);
  expect(through).toBeGreaterThan(planned?.through.getTime() ?? Infinity);
  await syncOnce(rig.deps, rig.run("sync", 2), options());
  expect(asked[1]?.from?.getTime()).toBe(through - OVERLAP_MS);
  const [run] = await rig.owner`select * from runs where id = ${rig.run("sync", 2).runId}`;
  expect(run).toMatchObject({ state: "succeeded", read: "1", merged: "1", written: "1" });
  const [datasource] = await rig.owner`select last_success_at, complete_through, first_numbers_at from datasources`;
  expect(datasource?.["complete_through"]).toEqual((await checkpoint())?.through);
  expect(datasource?.["last_success_at"]).toBeInstanceOf(Date);
});

test("a sync beside the history neither fills, ends nor mends it, and one after it leaves the time that it took", async () => {
  const history = async () => {
    const [row] = await rig.owner`select state, windows_done, finished_at from progress where stream = 'orders'`;
    return row;
  };
  rig.use(scriptedConnector({ pages: scripted([order("1")]) }));
  await planRun(rig.deps, rig.run("backfill"), [
    { stream: "orders", from: "2026-01-01", to: "2026-12-01", position: 0 },
  ]);
  await syncOnce(rig.deps, rig.run("sync", 1), options());
  expect(await history()).toEqual({ state: "queued", windows_done: 0, finished_at: null });
  await rig.owner`update progress set state = 'failed'`;
  await syncOnce(rig.deps, rig.run("sync", 2), options());
  expect(await history()).toEqual({ state: "failed", windows_done: 0, finished_at: null });
  const ended = new Date("2026-11-01T00:00:00Z");
  await rig.owner`update progress set state = 'done', windows_done = windows_total, finished_at = ${ended}`;
  await syncOnce(rig.deps, rig.run("sync", 3), options());
  expect(await history()).toEqual({ state: "done", windows_done: 1, finished_at: ended });
});

test("a stream that no history was planned for, as one that was granted later, has ended once a sync has read it", async () => {
  rig.use(scriptedConnector({ pages: scripted([order("1")]) }));
  await syncOnce(rig.deps, rig.run("sync", 1), options());
  expect(await rig.owner`select state, finished_at is not null as ended from progress where stream = 'orders'`).toEqual(
    [{ state: "done", ended: true }],
  );
});

test("an extension of a history leaves a stream that came after it to its first sync, which reads it from the beginning", async () => {
  const asked: SliceSpec[] = [];
  rig.use(
    scriptedConnector({
      pages: async function* pages(slice) {
        asked.push(slice);
        yield records([order("1")], 1, true);
      },
    }),
  );
  const askedBy = crypto.randomUUID();
  await planRun(rig.deps, { ...rig.run("backfill", 2), askedBy }, [
    { stream: "orders", from: "2023-01-01", to: "2024-01-01", position: 0 },
  ]);
  expect(await checkpoint()).toBeUndefined();
  await syncOnce(rig.deps, rig.run("sync", 1), options());
  expect(asked[0]?.from).toBeNull();
});

test("an hour with nothing new costs at most five statements, BEGIN and COMMIT counted, and moves the checkpoint", async () => {
  rig.use(scriptedConnector({ pages: scripted([]) }));
  await syncOnce(rig.deps, rig.run("sync", 1), options()); // the connection is opened and its statements prepared
  const took: number[] = [];
  const one: number[] = [];
  let began = 0;
  const next = new Date("2027-01-01T00:00:00.000Z");
  for (const n of [2, 3, 4]) {
    rig.statements.length = 0;
    began = Date.now();
    const outcome = await syncOnce(rig.deps, rig.run("sync", n), { ...options(), nextRunAt: () => next });
    took.push(Date.now() - began);
    expect(outcome).toMatchObject({ kind: "done", rows: 0 });
    expect(rig.statements.length, rig.statements.join("\n")).toBeLessThanOrEqual(5);
    const asked = Date.now();
    await rig.owner`update organisations set name = name`;
    one.push(Date.now() - asked);
  }
  // Of three, and beside what one statement takes, so that what else the machine does at that moment is not counted.
  expect(Math.min(...took)).toBeLessThan(300 + 20 * Math.min(...one));
  expect((await checkpoint())?.through.getTime()).toBeGreaterThanOrEqual(began - 1);
  expect(await rig.owner`select next_run_at as at from datasources`).toEqual([{ at: next }]);
});

test("a window left half way is taken up where it stood, and only then the checkpoint moves", async () => {
  const asked: { slice: SliceSpec; from: object | null }[] = [];
  rig.use(
    scriptedConnector({
      pages: async function* pages(slice, from) {
        asked.push({ slice, from });
        if (from === null) yield records([order("1")], 1, false);
        yield records([order("2")], 2, true);
      },
    }),
  );
  const half = await syncOnce(rig.deps, rig.run("sync", 1), options({ budget: { ms: 60_000, pages: 1 } }));
  expect(half).toMatchObject({ kind: "more", completeThrough: null });
  expect(await checkpoint()).toMatchObject({ through: null, cursor: { cursor: { next: 1 } } });
  const whole = await syncOnce(rig.deps, rig.run("sync", 1), options());
  expect(whole.kind).toBe("done");
  expect(asked[1]?.from).toEqual({ next: 1 });
  expect(asked[1]?.slice.to).toEqual(asked[0]?.slice.to);
  expect((await checkpoint())?.cursor).toBeNull();
  const [run] = await rig.owner`select read, merged, state from runs where id = ${rig.run("sync", 1).runId}`;
  expect(run).toEqual({ read: "2", merged: "2", state: "succeeded" });
});

describe("a window that an earlier sync left half read", () => {
  const asked: { slice: SliceSpec; from: object | null }[] = [];
  /** The first call sees one page of two; whoever goes on sees the second, and whoever begins anew all of it. */
  const twoPages = scriptedConnector({
    overlapMs: OVERLAP_MS,
    pages: async function* pages(slice, from) {
      asked.push({ slice, from });
      if (from === null) yield records([order(`first ${asked.length}`)], 1, asked.length > 1);
      else yield records([order(`second ${asked.length}`)], 2, true);
    },
  });
  beforeEach(async () => {
    asked.length = 0;
    rig.use(twoPages);
    const half = await syncOnce(rig.deps, rig.run("sync", 1), options({ budget: { ms: 60_000, pages: 1 } }));
    expect(half).toMatchObject({ kind: "more" });
  });

  test("is finished, and then the next sync reads on up to its own time", async () => {
    const outcome = await syncOnce(rig.deps, rig.run("sync", 2), options());
    expect(outcome).toMatchObject({ kind: "done", ledger: { read: 2 } });
    const [left, finished, since] = asked;
    expect(asked).toHaveLength(3);
    expect(finished).toMatchObject({ from: { next: 1 }, slice: { to: left?.slice.to } });
    expect(since?.from).toBeNull();
    // From the end of what is known, less the overlap: there is no hole between the two.
    expect(since?.slice.from?.getTime()).toBeLessThanOrEqual((left?.slice.to.getTime() ?? 0) - OVERLAP_MS);
    expect(since?.slice.to.getTime()).toBeGreaterThan(left?.slice.to.getTime() ?? Infinity);
    const through = (await checkpoint())?.through.getTime();
    expect(through).toBeGreaterThan(left?.slice.to.getTime() ?? Infinity);
    expect(outcome.completeThrough).toBe(new Date(through ?? 0).toISOString());
    const [datasource] = await rig.owner`select complete_through from datasources`;
    expect(datasource?.["complete_through"].getTime()).toBe(through);
  });

  test("is not enough for whoever asked after it was begun, though the run is the same", async () => {
    const askedBy = ["0190b6f0-0000-7000-8000-000000000001"];
    await syncOnce(rig.deps, rig.run("sync", 1), { ...options(), askedBy });
    expect(asked).toHaveLength(3);
    expect((await checkpoint())?.through.getTime()).toBeGreaterThan(asked[0]?.slice.to.getTime() ?? Infinity);
  });

  test("is left half read again by a small budget, and is then no reason for a third reading", async () => {
    const small = options({ budget: { ms: 60_000, pages: 1 } });
    asked.length = 0;
    rig.use(
      scriptedConnector({
        pages: async function* pages(slice, from) {
          asked.push({ slice, from });
          const isLast = from !== null;
          yield records([order(`page ${asked.length}`)], asked.length, isLast);
        },
      }),
    );
    expect(await syncOnce(rig.deps, rig.run("sync", 2), small)).toMatchObject({ kind: "more" });
    expect(await syncOnce(rig.deps, rig.run("sync", 2), small)).toMatchObject({ kind: "done" });
    expect(asked.map(({ from }) => from === null)).toEqual([false, true, false]);
  });
});

test("a window that began again because less came than was announced is over once nothing more comes of it", async () => {
  const isShort = { now: true };
  rig.use(
    scriptedConnector({
      pages: async function* pages() {
        yield isShort.now ? { ...records([order("1")], 0, true), announced: 2 } : records([], 0, true);
      },
    }),
  );
  const short = await syncOnce(rig.deps, rig.run("sync", 1), options());
  expect(short.failedStreams).toMatchObject([{ failure: { code: "pages.announced" } }]);
  expect((await checkpoint())?.cursor).toMatchObject({ cursor: null });
  isShort.now = false;
  expect(await syncOnce(rig.deps, rig.run("sync", 2), options())).toMatchObject({ kind: "done" });
  expect((await checkpoint())?.cursor).toBeNull();
});

test.each([
  [{ class: "transient", code: "x", said: "down" } as const, { kind: "providerDown", said: "down" }],
  [
    { class: "rate_limit", code: "x", said: "", retryAt: new Date(Date.now() + 900_000).toISOString() } as const,
    { kind: "throttled", because: "rateLimit" },
  ],
  [
    { class: "reauthorize", why: "revoked", code: "x", said: "gone" } as const,
    { kind: "failed", failure: { class: "reauthorize" } },
  ],
  [{ class: "gone", what: "account", code: "x", said: "" } as const, { kind: "failed", failure: { class: "gone" } }],
])("%j leaves the checkpoint where it was", async (failure, expected) => {
  rig.use(
    scriptedConnector({
      // oxlint-disable-next-line require-yield -- it fails before its first page
      pages: async function* pages(): AsyncGenerator<Page> {
        throw new SourceFailure(failure);
      },
    }),
  );
  const outcome = await syncOnce(rig.deps, rig.run("sync", 1), options());
  expect(outcome).toMatchObject({ ...expected, completeThrough: null });
  expect(await checkpoint()).toBeUndefined();
  expect(await rig.owner`select last_success_at from datasources`).toEqual([{ last_success_at: null }]);
});

test("trouble that stood is over with the first sync that ends well, in the statement that ends it; not with half of one", async () => {
  const { organisationId, datasourceId } = rig.ref;
  const raise = () => rig.owner`insert into notices (organisation_id, datasource_id, kind)
    select ${organisationId}, ${datasourceId}, unnest(array['sourceDown', 'versionRetired'])`;
  const standing = async () => (await rig.owner`select 1 from notices where resolved_at is null`).length;
  await raise();
  const cut = new SourceFailure({ class: "invalid_request", code: "shape", said: "no such field" });
  rig.use(
    scriptedConnector({
      pages: async function* pages() {
        yield* [];
        throw cut;
      },
    }),
  );
  await syncOnce(rig.deps, rig.run("sync", 1), options());
  expect(await standing()).toBe(2);
  rig.use(scriptedConnector({ pages: scripted([]) }));
  expect(await syncOnce(rig.deps, rig.run("sync", 2), options())).toMatchObject({ kind: "done" });
  expect(await standing()).toBe(0);
});

/** Customers, who cannot be read, before the orders, which can. */
function besideOrders(odd: Error, optional: boolean): void {
  const healthy = scriptedConnector({ pages: scripted([order("1")]) });
  const [orders] = healthy.streams;
  const broken = {
    ...orders,
    name: "broken",
    kinds: ["customer"] as const,
    // oxlint-disable-next-line require-yield -- it fails before its first page
    pages: async function* pages(): AsyncGenerator<Page> {
      throw odd;
    },
    optional,
    needs: [],
    window: { history: "byTime" as const, overlapMs: 0, restatedDays: 0, longestMs: null },
  };
  rig.use({ ...healthy, streams: [broken, ...healthy.streams] });
}

test.each([
  new SourceFailure({ class: "invalid_request", code: "field.gone", said: "no such field" }),
  new Unmappable("notList", "nodes"),
])("a stream whose shape we do not understand fails alone: $failure.code", async (odd) => {
  besideOrders(odd, false);
  const outcome = await syncOnce(rig.deps, rig.run("sync", 1), options());
  expect(outcome).toMatchObject({
    kind: "done",
    completeThrough: null,
    failedStreams: [{ stream: "broken", failure: { class: odd.failure.class } }],
    troubles: [{ stream: "broken", read: 0, failure: { code: odd.failure.code, said: odd.failure.said } }],
  });
  expect(await rig.owner`select id from orders`).toEqual([{ id: "1" }]);
  expect(await rig.owner`select state from runs`).toEqual([{ state: "failed" }]);
});

test("a right that only an optional stream needs holds back no word of how far the others are", async () => {
  const said = "not approved to access the Customer object";
  const failure = { class: "permission", lacks: "customerData", curedBy: "operator", code: "denied", said } as const;
  besideOrders(new SourceFailure(failure), true);
  await planRun(
    rig.deps,
    rig.run("backfill"),
    ["orders", "broken"].map((stream, position) => ({ stream, from: "2026-01-01", to: "2026-12-01", position })),
  );
  await rig.owner`insert into notices (organisation_id, datasource_id, kind)
    select organisation_id, id, kind from datasources, unnest(array['streamsFailed', 'sourceDown']) as kind`;
  await rig.owner`update datasources set failures = '{"streams":{"names":["broken"],"since":1,"said":"not approved"}}'`;
  const throughOf = async (stream: string) => {
    const [row] = await rig.owner<[{ through: Date | null }?]>`select through from progress where stream = ${stream}`;
    return row?.through ?? null;
  };
  const before = await throughOf("broken");
  const outcome = await syncOnce(rig.deps, rig.run("sync", 1), options());
  expect(outcome).toMatchObject({ kind: "done", failedStreams: [{ stream: "broken", lacksItsRight: true }] });
  const through = new Date(outcome.completeThrough ?? 0);
  expect(await throughOf("orders")).toEqual(through);
  expect(await throughOf("broken")).toEqual(before);
  const [datasource] = await rig.owner`
    select last_success_at, complete_through, failures->'streams'->'names' as names from datasources`;
  expect(datasource).toEqual({ last_success_at: expect.any(Date), complete_through: through, names: ["broken"] });
  const standing = await rig.owner`select kind from notices where resolved_at is null`;
  expect([...standing]).toEqual([{ kind: "streamsFailed" }]);
  expect(await rig.owner`select state from runs where kind = 'sync'`).toEqual([{ state: "succeeded" }]);
});

test("a disconnect during a quiet sync fences its end: nothing of it is written", async () => {
  rig.use(
    scriptedConnector({
      pages: async function* pages() {
        await rig.owner`update datasources set disconnected_at = now(), generation = 1`;
        yield records([], 1, true);
      },
    }),
  );
  expect(await syncOnce(rig.deps, rig.run("sync", 1), options())).toMatchObject({ kind: "fenced", by: "disconnected" });
  expect(await checkpoint()).toBeUndefined();
  expect(await rig.owner`select id from runs`).toEqual([]);
});

describe("after whole points of its rhythm were missed", () => {
  const told = () =>
    rig.owner<{ after: { from: string; to: string; written: number } }[]>`
      select after from audit_log where verb = 'gapFilled' order by abs(n)`;
  const missed = (hours: number) => rig.owner`
    update datasources set last_success_at = now() - ${hours} * interval '1 hour', complete_through = now() - ${hours} * interval '1 hour'`;

  test("the sync that fills the gap says so once, from where it was complete to where it is", async () => {
    rig.use(scriptedConnector({ pages: scripted([order("1")]) }));
    await missed(54);
    const outcome = await syncOnce(rig.deps, rig.run("sync", 1), options());
    const [gap, ...more] = await told();
    expect(more).toEqual([]);
    expect(gap?.after.written).toBe(1);
    expect(Date.parse(gap?.after.to ?? "")).toBe(Date.parse(outcome.completeThrough ?? ""));
    const hours = (Date.parse(gap?.after.to ?? "") - Date.parse(gap?.after.from ?? "")) / 3_600_000;
    expect(Math.round(hours)).toBe(54);
    await syncOnce(rig.deps, rig.run("sync", 2), options());
    expect(await told()).toHaveLength(1);
  });

  test("a first sync, one in its rhythm, and one that is not whole yet fill none", async () => {
    rig.use(scriptedConnector({ pages: scripted([order("1")], [order("2")]) }));
    await syncOnce(rig.deps, rig.run("sync", 1), options());
    await missed(1.5);
    await syncOnce(rig.deps, rig.run("sync", 2), options());
    await missed(54);
    await syncOnce(rig.deps, rig.run("sync", 3), options({ budget: { ms: 60_000, pages: 1 } }));
    expect(await told()).toEqual([]);
  });
});

test("a run that was begun again after a worker died counts its attempts", async () => {
  rig.use(scriptedConnector({ pages: scripted([order("1")], [order("2")]) }));
  const small = { budget: { ms: 60_000, pages: 1 } };
  await syncOnce(rig.deps, rig.run("sync", 1), options({ ...small, attempt: 2 }));
  await syncOnce(rig.deps, rig.run("sync", 1), options({ attempt: 3 }));
  rig.use(scriptedConnector({ pages: scripted([]) }));
  await syncOnce(rig.deps, rig.run("sync", 2), options());
  expect(await rig.owner`select n, attempts from runs order by n`).toEqual([
    { n: 1, attempts: 4 },
    { n: 2, attempts: 1 },
  ]);
});

test("since when a run has been going is said by the database's clock, whatever the worker's shows", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  onTestFinished(() => void vi.useRealTimers());
  await syncOnce(rig.deps, rig.run("sync", 1), options());
  const runs = await rig.owner`select started_at <= finished_at and state = 'succeeded' as "isSo" from runs`;
  expect([...runs]).toEqual([{ isSo: true }]);
});

test("an edit, a sync beside a backfill and the restatement of a settled day agree in the end", async () => {
  rig.use(scriptedConnector({ pages: scripted([order("1", { total: "10.00" })]) }));
  await syncOnce(rig.deps, rig.run("sync", 1), options());
  rig.use(scriptedConnector({ pages: scripted([order("1", { total: "7.00", versionAt: "2026-05-01T00:00:00Z" })]) }));
  await syncOnce(rig.deps, rig.run("sync", 2), options());
  const [changed] = await rig.owner`
    select before::text, after::text, cause, run_id from restatements where metric = 'revenue' and before is not null`;
  expect(changed).toEqual({ before: "10.00", after: "7.00", cause: "edit", run_id: rig.run("sync", 2).runId });
});

test("what the engine folds in is committed with the end of the sync, or not at all", async () => {
  rig.use(scriptedConnector({ pages: scripted([]) }));
  const mark = options({
    alsoInTransaction: async (tx) => {
      await tx`update datasources set phase = 'SYNCING'`;
      throw new Error("the engine changed its mind");
    },
  });
  await expect(syncOnce(rig.deps, rig.run("sync", 1), mark)).rejects.toThrow("changed its mind");
  expect(await rig.owner`select phase, last_success_at from datasources`).toEqual([
    { phase: "LIVE", last_success_at: null },
  ]);
});
