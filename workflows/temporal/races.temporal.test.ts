import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { reconcile } from "../activities/reconcile.ts";
import { backfillWorkflowId, datasourceWorkflowId } from "../client.ts";
import type { RingTarget } from "../client.ts";
import { dayAgo } from "../load/testing/days.ts";
import { sendOutbox } from "../worker/outbox.ts";
import { startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import { runsOf } from "./testing/histories.ts";
import { commandUntil, connected, phaseUntil, syncsAgain } from "./testing/waiting.ts";
import { until } from "./testing/until.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ postgresUrl: inject("postgresUrl"), temporalAddress: inject("temporalAddress") });
  await engine.startWorkers();
});
afterAll(() => engine.close());

const slotsOf = async ({ datasourceId }: RingTarget): Promise<number> =>
  (await engine.merchant.sql`select 1 from slots where datasource_id = ${datasourceId}`).length;

const landed = (target: RingTarget) =>
  until(
    () => engine.merchant.row(target),
    (row) => row?.backfill === "done" && row.phase === "LIVE",
  );

/** Pages that landed, by slice: a page served twice or a slice worked through twice shows here. */
const pagesOf = async ({ datasourceId }: RingTarget): Promise<number[]> => {
  const slices = await engine.merchant.sql<{ pages: number }[]>`
    select s.pages::int as pages from slices s join runs r on r.id = s.run_id and r.kind = 'backfill'
    where s.datasource_id = ${datasourceId} order by s.position`;
  return slices.map(({ pages }) => pages);
};

const done = { kind: "done" } as const;

/** A slice takes a moment, so that a test can act in the middle of a history. */
const slowly = (ms: number) => ({
  slice: () => new Promise<{ kind: "done" }>((resolve) => setTimeout(() => resolve({ kind: "done" }), ms)),
});

/** The newest days are in; what is older has begun, and ends when the test lets it. */
async function heldBehindNewest(): Promise<{ target: RingTarget; goOn: () => void }> {
  const rest = Promise.withResolvers<{ kind: "done" }>();
  const older = new Set<number>();
  const target = await engine.merchant.connect();
  engine.source.when(target.datasourceId, {
    slice: ({ position }) => (position < 2 ? done : older.add(position) && rest.promise),
  });
  await engine.merchant.comeBack(target);
  await until(
    () => pagesOf(target),
    (pages) => pages.filter((count) => count > 0).length === 2 && older.size > 0,
  );
  return { target, goOn: () => rest.resolve(done) };
}

async function inMidHistory(): Promise<RingTarget> {
  const target = await engine.merchant.connect();
  engine.source.when(target.datasourceId, slowly(150));
  await engine.merchant.comeBack(target);
  await until(
    async () => (await pagesOf(target)).filter((pages) => pages > 0).length,
    (count) => count >= 2,
  );
  return target;
}

describe("a consent that comes late, or never, or as it is cancelled", () => {
  test.concurrent.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "the first commit wins, and the slot goes with the row (%i)",
    async (n) => {
      const { merchant } = engine;
      const isLate = n % 2 === 0;
      const target = await merchant.connect(isLate ? { forMs: 2_000 } : {});
      const race = isLate
        ? until(
            async () => Date.now(),
            (now) => now >= since + 1_900 + n * 15,
          )
        : merchant.command(target, "cancelConnect");
      const since = Date.now();
      const [came] = await Promise.all([race.then(() => merchant.comeBack(target)), race]);
      const row = await until(
        () => merchant.row(target),
        (found) => found === undefined || found.phase === "LIVE",
      );
      expect(await slotsOf(target)).toBe(row === undefined ? 0 : 1);
      if (came === "too late") expect(row).toBeUndefined();
    },
  );
});

describe("an account", () => {
  test("is connected once: who proves it second gives back slot and row, and is told", async () => {
    const { merchant, source } = engine;
    const first = await connected(engine, { account: "the-same" });
    const second = await merchant.connect();
    source.when(second.datasourceId, { account: "the-same" });
    await merchant.sql`
      insert into connect_attempts (organisation_id, state_hash, browser_hash, user_id, platform, datasource_id, purpose, expires_at)
      values (${second.organisationId}, ${second.datasourceId}, '', ${second.datasourceId}, 'shopify', ${second.datasourceId},
        'connect', now() + interval '10 minutes')`;
    await merchant.comeBack(second);
    await until(
      () => merchant.row(second),
      (row) => row === undefined,
    );
    expect(await slotsOf(second)).toBe(0);
    const [attempt] =
      await merchant.sql`select outcome from connect_attempts where datasource_id = ${second.datasourceId}`;
    expect(attempt).toEqual({ outcome: { kind: "failed", problem: { code: "alreadyConnected" } } });
    expect((await merchant.row(first))?.phase).toBe("LIVE");
  });
});

describe("an undone disconnect whose account was connected anew meanwhile", () => {
  test("is refused when it is authorized again, and keeps its row", async () => {
    const { merchant } = engine;
    const first = await connected(engine, { account: "overtaken" });
    await merchant.command(
      first,
      "disconnect",
      "disconnected_at = now(), undo_until = now() + interval '10 minutes', generation = generation + 1",
    );
    await phaseUntil(engine, first, "DISCONNECTING");
    const second = await connected(engine, { account: "overtaken" });
    await merchant.command(first, "undoDisconnect");
    await phaseUntil(engine, first, "REAUTHORIZE");
    await merchant.comeBack(first);
    await until(
      () => merchant.sql`select auth, auth_reason->>'code' as code from datasources where id = ${first.datasourceId}`,
      ([row]) => row?.["code"] === "alreadyConnected" && row["auth"] === "revoked",
    );
    expect((await merchant.row(second))?.phase).toBe("LIVE");
  });
});

describe("a grant that reaches back sixty days", () => {
  test("cuts the first history, and authorized again without the limit the whole is read", async () => {
    const { merchant, source } = engine;
    const target = await connected(engine, { historyFrom: dayAgo("Asia/Kolkata", 60) });
    const earliest = async () =>
      (
        await merchant.sql<{ days: number }[]>`
        select (current_date - min(from_at)::date)::int as days from slices where datasource_id = ${target.datasourceId}`
      )[0]?.days ?? 0;
    expect(await earliest()).toBeLessThan(63);
    source.when(target.datasourceId, {});
    await merchant.command(target, "reauthorized");
    await merchant.comeBack(target);
    await until(earliest, (days) => days > 700);
    const runs = () => merchant.sql<{ n: number; state: string }[]>`
      select n, state from runs where datasource_id = ${target.datasourceId} and kind = 'backfill' order by n`;
    // The plan stands a moment before the row says that it is carried out.
    const settled = await until(runs, (seen) => seen.every(({ state }) => state !== "running"));
    expect(settled).toEqual([
      { n: 1, state: "succeeded" },
      { n: 2, state: "succeeded" },
    ]);
    await landed(target);
  });

  test("authorized again without the limit while that history is read, the whole is read too", async () => {
    const { merchant, source } = engine;
    const gate = Promise.withResolvers<{ kind: "done" }>();
    const slice = ({ position }: { readonly position: number }) =>
      position < 2 ? ({ kind: "done" } as const) : gate.promise;
    const target = await merchant.connect();
    source.when(target.datasourceId, { historyFrom: dayAgo("Asia/Kolkata", 60), slice });
    await merchant.comeBack(target);
    await phaseUntil(engine, target, "LIVE");
    source.when(target.datasourceId, { slice });
    const again = await merchant.command(target, "reauthorized");
    await merchant.comeBack(target);
    await commandUntil(engine, again);
    gate.resolve({ kind: "done" });
    const earliest = async () =>
      (
        await merchant.sql<{ days: number }[]>`
        select (current_date - min(from_at)::date)::int as days from slices where datasource_id = ${target.datasourceId}`
      )[0]?.days ?? 0;
    await until(earliest, (days) => days > 700);
    await landed(target);
  });
});

describe("rings", () => {
  test("twenty at once start one workflow", async () => {
    const target = await engine.merchant.connect();
    await Promise.all(Array.from({ length: 20 }, () => engine.ringer.ring(target, 0)));
    const runs = await until(
      () => runsOf(engine.client, datasourceWorkflowId(target.datasourceId)),
      (found) => found.length > 0,
    );
    expect(runs.map(({ status }) => status)).toEqual(["RUNNING"]);
  });

  test("one that the API never sent goes out with the outbox", async () => {
    const target = await connected(engine);
    const id = await engine.merchant.command(target, "syncNow", "", { ring: false });
    await engine.merchant.sql`update outbox set created_at = now() - interval '1 minute' where sent_at is null`;
    await sendOutbox(engine.deps.db, engine.ringer);
    await commandUntil(engine, id);
    const unsent = await engine.merchant.sql`
      select 1 from outbox where datasource_id = ${target.datasourceId} and sent_at is null`;
    expect(unsent).toHaveLength(0);
  });

  test("thirty sync-nows at once are all answered", async () => {
    const target = await connected(engine);
    const asked = await Promise.all(Array.from({ length: 30 }, () => engine.merchant.command(target, "syncNow")));
    for (const id of asked) await commandUntil(engine, id);
  });

  test("a sync-now beside a sync under way, which may have read before the asking, is answered by one of its own", async () => {
    const { merchant, source } = engine;
    const target = await connected(engine);
    const gates = [1, 2, 3].map(() => Promise.withResolvers<{ kind: "done" }>());
    /** For whom each run reads: a busy machine may have one repeated. */
    const readsFor = new Map<number, readonly string[]>();
    source.when(target.datasourceId, {
      sync: ({ run, askedBy }) => {
        readsFor.set(run.n, askedBy);
        return gates[Math.min(readsFor.size, gates.length) - 1]?.promise ?? done;
      },
    });
    const begins = (count: number) =>
      until(
        () => Promise.resolve(readsFor.size),
        (seen) => seen >= count,
      );
    const stateOf = async (id: string) =>
      (await merchant.sql<{ state: string }[]>`select state from commands where id = ${id}`)[0]?.state;
    // The rhythm may have begun the first one, so whose asking each of them answers is followed from one to the next.
    const first = await merchant.command(target, "syncNow");
    await begins(1);
    const second = await merchant.command(target, "syncNow");
    gates[0]?.resolve(done);
    await begins(2);
    expect(await stateOf(second), "the one under way is not its answer").toBe("accepted");
    gates[1]?.resolve(done);
    gates[2]?.resolve(done);
    await commandUntil(engine, first);
    await commandUntil(engine, second);
    const answers = [...readsFor.values()].flat();
    expect(answers.toSorted(), "each is told for whom it reads").toEqual([first, second].toSorted());
  });

  test("a sync-now that a pause overtakes is refused, not forgotten", async () => {
    const { merchant } = engine;
    const target = await connected(engine);
    const asked = await merchant.command(target, "syncNow", "user_paused_at = now()", { ring: false });
    await merchant.command(target, "pause");
    await commandUntil(engine, asked, "refused");
    await phaseUntil(engine, target, "PAUSED");
  });
});

describe("in the middle of a history", () => {
  test("a disconnect writes no row afterwards", async () => {
    const target = await inMidHistory();
    await engine.merchant.command(target, "disconnect");
    const atCommit = await pagesOf(target);
    await phaseUntil(engine, target, "END");
    await until(
      () => runsOf(engine.client, backfillWorkflowId(target.datasourceId, 1)),
      (runs) => runs.every(({ status }) => status !== "RUNNING"),
    );
    expect(await pagesOf(target)).toEqual(atCommit);
    expect(await slotsOf(target)).toBe(0);
  });

  test("a pause stops it, a resume goes on where it stopped, and no page comes twice", async () => {
    const { merchant } = engine;
    const { target, goOn } = await heldBehindNewest();
    await merchant.command(target, "pause");
    goOn();
    await phaseUntil(engine, target, "PAUSED");
    const atPause = await pagesOf(target);
    expect(atPause).toContain(0);
    await merchant.command(target, "resume");
    await landed(target);
    expect(new Set(await pagesOf(target))).toEqual(new Set([1]));
  });

  test("it goes on through its parent's continue-as-new", async () => {
    const { target, goOn } = await heldBehindNewest();
    await until(
      () => runsOf(engine.client, datasourceWorkflowId(target.datasourceId)),
      (parents) => parents.length > 1,
    );
    goOn();
    await landed(target);
    expect(await runsOf(engine.client, backfillWorkflowId(target.datasourceId, 1))).toHaveLength(1);
    expect(new Set(await pagesOf(target))).toEqual(new Set([1]));
  });

  test("an entity that was terminated is found by the reconciler and goes on", async () => {
    const target = await inMidHistory();
    const handle = engine.client.workflow.getHandle(datasourceWorkflowId(target.datasourceId));
    await handle.terminate("test");
    // The list that it looks through follows what happens a moment later.
    await until(
      async () => {
        await reconcile(engine.deps);
        return (await handle.describe()).status.name;
      },
      (status) => status === "RUNNING",
    );
    await landed(target);
    expect(new Set(await pagesOf(target))).toEqual(new Set([1]));
  });

  test("a deploy in the middle loses nothing", async () => {
    const target = await inMidHistory();
    await engine.stopWorkers();
    await engine.startWorkers();
    await landed(target);
    expect(new Set(await pagesOf(target))).toEqual(new Set([1]));
  });
});

describe("R37: a sync that takes longer than its interval", () => {
  test("never runs beside itself; what it skipped is counted, and caught up for once", async () => {
    const target = await connected(engine);
    // By run: a busy machine may have an attempt at one repeated.
    const under = new Set<number>();
    let most = 0;
    let long: number | null = null;
    engine.source.when(target.datasourceId, {
      sync: async ({ run }) => {
        most = Math.max(most, under.add(run.n).size);
        const threeHours = Date.now() + 6_500;
        if ((long ??= run.n) === run.n)
          await until(
            () => Promise.resolve(Date.now()),
            (now) => now > threeHours,
          );
        under.delete(run.n);
        return { kind: "done" };
      },
    });
    // Of those behind it: a busy machine may have skipped a point before.
    await until(
      async () =>
        (
          await engine.merchant.sql<{ most: number }[]>`
          select coalesce(max((outcome->>'skipped')::int), 0) as most from runs
          where datasource_id = ${target.datasourceId} and kind = 'sync' and n > ${long}::int`
        )[0]?.most ?? 0,
      (count) => count >= 2,
    );
    expect(most).toBe(1);
  });
});

describe("a stream that fails while the others go on", () => {
  test("is said once, claims no success, and is forgotten when it is read again", async () => {
    const { merchant, source } = engine;
    const target = await connected(engine);
    const failure = { class: "invalid_request", code: "fake.shape", said: "no such field" } as const;
    source.when(target.datasourceId, {
      sync: () => ({ kind: "done", failedStreams: [{ stream: "refunds", failure }] }),
    });
    const asked = await merchant.command(target, "syncNow");
    await commandUntil(engine, asked, "failed");
    const before = (await merchant.row(target))?.lastSuccessAt;
    await commandUntil(engine, await merchant.command(target, "syncNow"), "failed");
    const [row] = await merchant.sql`
      select failures->'streams'->'names' as names, last_success_at from datasources where id = ${target.datasourceId}`;
    expect(row).toEqual({ names: ["refunds"], last_success_at: before });
    const notices = await merchant.sql`
      select kind, times, detail, resolved_at from notices where datasource_id = ${target.datasourceId}`;
    const detail = { said: "no such field", streams: ["refunds"] };
    // The rhythm may have met it too.
    expect(notices).toEqual([{ kind: "streamsFailed", times: expect.any(Number), detail, resolved_at: null }]);
    expect(notices[0]?.["times"]).toBeGreaterThanOrEqual(2);
    source.when(target.datasourceId, {});
    await commandUntil(engine, await merchant.command(target, "syncNow"));
    const [well] = await merchant.sql`select failures from datasources where id = ${target.datasourceId}`;
    expect(well).toEqual({ failures: {} });
    expect((await merchant.row(target))?.phase).toBe("LIVE");
  });
});

describe("failures that nobody understands", () => {
  test("five in a row, and the platform pauses the sync itself; a resume tries again", async () => {
    const { merchant, source } = engine;
    const target = await connected(engine);
    const failure = { class: "invalid_request", code: "fake.shape", said: "what is this" } as const;
    source.when(target.datasourceId, { sync: () => ({ kind: "failed", failure }) });
    await merchant.command(target, "syncNow");
    await phaseUntil(engine, target, "PAUSED");
    const holds = await merchant.sql`
      select reason, detail from holds where datasource_id = ${target.datasourceId} and released_at is null`;
    expect(holds).toEqual([
      {
        reason: "repeatedFailures",
        detail: { said: "what is this", rule: "inARow", counters: { inARow: 5, inAll: 5, withProgress: 0 } },
      },
    ]);
    source.when(target.datasourceId, {});
    await merchant.sql`update holds set released_at = now() where datasource_id = ${target.datasourceId}`;
    await merchant.command(target, "resume");
    await phaseUntil(engine, target, "LIVE");
  });
});

describe("losing Temporal's whole database", () => {
  test("the reconciler rebuilds every datasource from its row, and histories go on where they stood", async () => {
    const { merchant } = engine;
    const alive = await connected(engine);
    const paused = await connected(engine);
    await merchant.command(paused, "pause");
    await phaseUntil(engine, paused, "PAUSED");
    const filling = await inMidHistory();
    const attempt = await merchant.connect({ forMs: 4_000 });

    await engine.loseTemporal();
    await reconcile(engine.deps);

    await landed(filling);
    expect(new Set(await pagesOf(filling))).toEqual(new Set([1]));
    await syncsAgain(engine, alive);
    await until(
      () => merchant.row(attempt),
      (row) => row === undefined,
    );
    await merchant.command(paused, "resume");
    await phaseUntil(engine, paused, "LIVE");
  });
});
