// A reading that comes late, by a slow answer or a busy database, overwrites nothing that was read after it. A source's own
// times are whole seconds: two edits of one second have one version, and only when each was read tells them apart.
import type { Page } from "@headwater/connectors/contract.ts";
import { afterAll, beforeEach, expect, inject, test } from "vitest";
import { BATCH } from "./batch.ts";
import { sweepDeletes } from "./sweep-deletes.ts";
import { syncOnce } from "./sync-once.ts";
import { makeRig, options, type Rig } from "./testing/rig.ts";
import { line, order, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

let rig: Rig;
const rigs: Rig[] = [];
beforeEach(async () => {
  rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]) }));
  rigs.push(rig);
});
afterAll(() => Promise.all(rigs.map((each) => each.close())));

const before = order("1", { total: "100.00" });
/** Edited in the same second: the version is the same. */
const after = order("1", { total: "80.00" });
const totals = () => rig.owner`select id, total::text from orders where deleted_at is null order by id`;

/** History gives `late` when told to, and says when it was asked; whatever else is asked is answered at once. */
function slowHistory(late: readonly Page[], changes: readonly Page[]) {
  const [asked, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const connector = scriptedConnector({
    pages: async function* pages(slice): AsyncGenerator<Page> {
      if (slice.mode === "changes") return yield* changes;
      for (const [n, page] of late.entries()) {
        if (n === late.length - 1) {
          asked.resolve();
          await told.promise;
        }
        yield page;
      }
    },
  });
  return { connector, asked: asked.promise, tell: told.resolve };
}
const last = (records: Extract<Page, { kind: "records" }>["records"]): Page => ({
  kind: "records",
  records,
  rejected: [],
  cursor: { next: 9 },
  done: true,
});

test.each(["backfill", "resync"] as const)(
  "a %s whose answer was slow leaves a sync's later reading as it is",
  async (kind) => {
    const slow = slowHistory([last([before])], [last([after])]);
    rig.use(slow.connector);
    const slice = await rig.slice(kind);
    const history = workOnSlice(rig.deps, slice, options());
    await slow.asked;
    expect(await syncOnce(rig.deps, rig.run("sync"), options())).toMatchObject({ kind: "done" });
    slow.tell();
    expect(await history).toMatchObject({ kind: "done" });
    expect(await totals()).toEqual([{ id: "1", total: "80.00" }]);
  },
);

test("what was read ahead while the database was busy is as old as its asking", async () => {
  const full = JSON.stringify({ note: "x".repeat(BATCH.characters) });
  const page = (n: number, id: string): Page => {
    const records = [order(id, { versionAt: `2026-03-01T10:00:0${n}Z`, document: full })];
    return { kind: "records", records, rejected: [], cursor: { next: n }, done: false };
  };
  rig.use(scriptedConnector({ pages: scripted([order("0")]) }));
  await workOnSlice(rig.deps, await rig.slice("backfill", 1), options()); // a row that can be held
  const readAhead = Promise.withResolvers<void>();
  const connector = scriptedConnector({
    pages: async function* pages(slice): AsyncGenerator<Page> {
      if (slice.mode === "changes") return yield last([after]);
      yield page(1, "0");
      yield page(2, "2");
      readAhead.resolve();
      yield last([before]);
    },
  });
  rig.use(connector);
  const slice = await rig.slice("backfill", 2);
  await rig.owner
    .begin(async (tx) => {
      await tx`select 1 from orders where id = '0' for update`;
      const history = workOnSlice(rig.deps, slice, options());
      await readAhead.promise;
      expect(await syncOnce(rig.deps, rig.run("sync"), options())).toMatchObject({ kind: "done" });
      return { history };
    })
    .then(({ history }) => history);
  expect(await totals()).toContainEqual({ id: "1", total: "80.00" });
});

test("a later reading of the same version still brings what it has in it", async () => {
  for (const [n, record] of [before, after].entries()) {
    rig.use(scriptedConnector({ pages: scripted([record]) }));
    const slice = await rig.slice(n === 0 ? "backfill" : "resync");
    expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "done" });
  }
  expect(await totals()).toEqual([{ id: "1", total: "80.00" }]);
});

/** A page that is asked for, and comes when it is told to. */
function gated(records: Extract<Page, { kind: "records" }>["records"]) {
  const [asked, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  async function* pages(): AsyncGenerator<Page> {
    asked.resolve();
    await told.promise;
    yield last(records);
  }
  return { pages, asked: asked.promise, tell: told.resolve };
}

test("a night that began after a window read aside, and ends after it, buries no line that the window brought", async () => {
  const stream = { kinds: ["order", "orderLine"] as const };
  const edited = { versionAt: "2026-03-01T11:00:00Z" };
  const window = gated([order("1", edited), line("a", "1", edited), line("b", "1", edited)]);
  const night = gated([order("1"), line("a", "1")]);
  rig.use(scriptedConnector({ stream, pages: window.pages }));
  const resync = workOnSlice(rig.deps, await rig.slice("resync", 1), options());
  await window.asked;
  rig.use(scriptedConnector({ stream, pages: night.pages }));
  const reread = workOnSlice(rig.deps, await rig.slice("reread", 1), options());
  await night.asked;
  window.tell();
  expect(await resync).toMatchObject({ kind: "done" });
  night.tell();
  expect(await reread).toMatchObject({ kind: "done" });
  const lines = await rig.owner`select id from order_lines where deleted_at is null order by id`;
  expect(lines).toEqual([{ id: "a" }, { id: "b" }]);
});

test("a sweep that listed before an order was there does not bury it where a window read aside brought it meanwhile", async () => {
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const recent = (id: string) => order(id, { sourceCreatedAt: hourAgo, orderedAt: hourAgo });
  rig.use(scriptedConnector({ pages: scripted([recent("1")]) }));
  await workOnSlice(rig.deps, await rig.slice("backfill", 1), options());
  const window = gated([recent("1"), recent("2")]);
  const [listed, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  async function* ids(): AsyncGenerator<string[]> {
    yield ["1"];
    listed.resolve();
    await over.promise;
  }
  rig.use(scriptedConnector({ pages: window.pages, stream: { ids } }));
  const resync = workOnSlice(rig.deps, await rig.slice("resync", 1), options());
  await window.asked;
  const sweep = sweepDeletes(rig.deps, rig.run("sweep"), options());
  await listed.promise;
  window.tell();
  expect(await resync).toMatchObject({ kind: "done" });
  over.resolve();
  await sweep;
  expect(await rig.owner`select id from orders where deleted_at is null order by id`).toEqual([
    { id: "1" },
    { id: "2" },
  ]);
});
