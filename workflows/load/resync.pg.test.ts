import type { Page } from "@headwater/connectors/contract.ts";
import type { SourceRecord } from "@headwater/connectors/records.ts";
import { expect, test } from "vitest";
import { closeRun } from "./plan-run.ts";
import { rereadWeek } from "./reread-week.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { line, order, refund, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const rig = ownRig();

const march = { from: "2026-03-01T00:00:00Z", to: "2026-04-01T00:00:00Z" };
const made = (id: string, day: string, more = {}) =>
  order(id, { orderedAt: `2026-${day}T09:00:00Z`, sourceCreatedAt: `2026-${day}T09:00:00Z`, ...more });
const figure = async (metric: string, day: string) =>
  (await rig.owner`select value::text from rollups where metric = ${metric} and day = ${day}`)[0]?.["value"] ?? null;
const alive = async () =>
  (await rig.owner<{ id: string }[]>`select id from orders where deleted_at is null order by id`).map(({ id }) => id);
const load = async (...records: SourceRecord[]) => {
  rig.use(scriptedConnector({ pages: scripted(records) }));
  await workOnSlice(rig.deps, await rig.slice("backfill", 1), options());
};

test("a window read aside changes nothing until it is whole, then takes the old one's place with its deletes", async () => {
  await load(made("a", "03-02"), made("b", "03-03"), made("outside", "04-02"), line("b1", "b"), refund("r", "b"));
  const version = { versionAt: "2026-06-01T00:00:00Z" };
  rig.use(
    scriptedConnector({
      pages: scripted(
        [made("a", "03-02", { ...version, total: "1.00" })],
        [made("new", "03-04", version), line("n1", "new")],
      ),
    }),
  );
  const slice = await rig.slice("resync", 1, march);
  const first = await workOnSlice(rig.deps, slice, options({ budget: { ms: 60_000, pages: 1 } }));
  expect(first.kind).toBe("more");
  expect([await alive(), await figure("revenue", "2026-03-02")]).toEqual([["a", "b", "outside"], "114.00"]);
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "done" });
  expect(await alive()).toEqual(["a", "new", "outside"]);
  expect(await figure("revenue", "2026-03-02")).toBe("1.00");
  expect(await figure("orders", "2026-03-03")).toBeNull();
  expect(await figure("refunds", "2026-03-05")).toBeNull();
  expect(await rig.owner`select id from order_lines where deleted_at is null`).toEqual([{ id: "n1" }]);
  expect(await rig.owner`select * from stage_aside`).toEqual([]);
  const ledger = await closeRun(rig.deps, rig.run("resync", 1), "succeeded");
  expect(ledger).toMatchObject({ read: 3, merged: 3, unchanged: 0, deduplicated: 0, rejected: 0 });
  expect(ledger.read).toBe(ledger.merged + ledger.unchanged + ledger.deduplicated + ledger.rejected);
});

test("an order whose lines come with a later call is no changed order, and one whose line has changed is summed again", async () => {
  const open = (id: string, more = {}) => made(id, "03-02", { gross: null, lineCount: null, ...more });
  const resync = async (n: number, ...pages: (readonly SourceRecord[])[]) => {
    rig.use(scriptedConnector({ pages: scripted(...pages) }));
    const slice = await rig.slice("resync", n, march);
    for (;;) {
      const { kind } = await workOnSlice(rig.deps, slice, options({ budget: { ms: 60_000, pages: 1 } }));
      if (kind === "done") return closeRun(rig.deps, rig.run("resync", n), "succeeded");
    }
  };
  const sums = () => rig.owner`select id, gross::text, line_count from orders order by id`;
  await load(open("a"), open("b"), line("a1", "a"), line("a2", "a"), line("b1", "b"));
  const first = await sums();
  const same = await resync(1, [open("a"), open("b"), line("a1", "a")], [line("a2", "a"), line("b1", "b")]);
  expect(same).toMatchObject({ read: 5, merged: 0, written: 0, unchanged: 5 });
  expect(await sums()).toEqual(first);
  const newer = { versionAt: "2026-06-01T00:00:00Z" };
  const changed = await resync(
    2,
    [open("a", newer), open("b"), open("c", newer), line("a1", "a", newer)],
    [line("a2", "a", { ...newer, gross: "7.00" }), line("b1", "b"), line("c1", "c", newer)],
  );
  expect(changed).toMatchObject({ read: 7, merged: 5, written: 5, unchanged: 2 });
  expect(await sums()).toEqual([
    { id: "a", gross: "107.00", line_count: 2 },
    { id: "b", gross: "100.00", line_count: 1 },
    { id: "c", gross: "100.00", line_count: 1 },
  ]);
  expect(await figure("gross_sales", "2026-03-02")).toBe("307.00");
});

test("what a sync wrote while the window was read aside wins over it", async () => {
  await load(made("a", "03-02"));
  const sync = async (): Promise<void> => {
    await rig.owner`update orders set version_at = '2026-07-01', total = 7, read_at = now()`;
    await rig.owner`insert into orders select (jsonb_populate_record(o, '{"id":"fresh"}')).* from orders as o where id = 'a'`;
  };
  rig.use(
    scriptedConnector({
      pages: async function* pages(): AsyncGenerator<Page> {
        const records = [made("a", "03-02", { versionAt: "2026-06-01T00:00:00Z", total: "1.00" })];
        yield { kind: "records", records, rejected: [], cursor: { next: 1 }, done: false };
        await sync();
        yield { kind: "records", records: [], rejected: [], cursor: { next: 2 }, done: true };
      },
    }),
  );
  expect(await workOnSlice(rig.deps, await rig.slice("resync", 1, march), options())).toMatchObject({ kind: "done" });
  expect(await alive()).toEqual(["a", "fresh"]);
  expect(await rig.owner`select total::text from orders where id = 'a'`).toEqual([{ total: "7" }]);
});

test("a stage that a crash of Postgres emptied begins its window again: nothing is buried for it", async () => {
  await load(made("a", "03-02"), made("b", "03-03"));
  rig.use(scriptedConnector({ pages: scripted([made("a", "03-02")], [made("b", "03-03")]) }));
  const slice = await rig.slice("resync", 1, march);
  await workOnSlice(rig.deps, slice, options({ budget: { ms: 60_000, pages: 1 } }));
  await rig.owner`truncate stage_aside`;
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "more" });
  expect(await alive()).toEqual(["a", "b"]);
  expect(await workOnSlice(rig.deps, slice, options())).toMatchObject({ kind: "done" });
  expect(await alive()).toEqual(["a", "b"]);
});

test("an old week is read again and repaired, and the next night takes the week before", async () => {
  const daysAgo = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString();
  const old = (id: string, ago: number) => order(id, { orderedAt: daysAgo(ago), sourceCreatedAt: daysAgo(ago) });
  const [good, gone] = [old("good", 16), old("gone", 16)];
  await load(good, gone, old("older", 40));
  const asked: Date[] = [];
  rig.use(
    scriptedConnector({
      pages: async function* pages(slice): AsyncGenerator<Page> {
        asked.push(slice.from ?? new Date(0));
        const isTheirs =
          slice.from !== null && slice.from <= new Date(good.orderedAt) && new Date(good.orderedAt) < slice.to;
        yield { kind: "records", records: isTheirs ? [good] : [], rejected: [], cursor: { next: 1 }, done: true };
      },
    }),
  );
  expect(await rereadWeek(rig.deps, rig.run("reread", 1), options())).toMatchObject({ kind: "done" });
  expect(await alive()).toEqual(["gone", "good", "older"]);
  expect(await rereadWeek(rig.deps, rig.run("reread", 2), options())).toMatchObject({ kind: "done" });
  expect((asked[0]?.getTime() ?? 0) - (asked[1]?.getTime() ?? 0)).toBe(7 * 86_400_000);
  expect(await alive()).toEqual(["good", "older"]);
  const [changed] = await rig.owner`select before::text, after::text, cause from restatements where metric = 'orders'`;
  expect(changed).toEqual({ before: "2", after: "1", cause: "reread" });
});

test("an order that cannot be mapped any more is alive at the source: a window that rejects some or all buries nobody", async () => {
  await load(made("a", "03-02"), made("b", "03-03"), line("b1", "b"), refund("r", "b"));
  const reject = (id: string | null) => ({
    kind: "order" as const,
    id,
    reason: "missing",
    detail: "total",
    document: "{}",
  });
  const resync = async (
    n: number,
    records: SourceRecord[],
    rejected: ReturnType<typeof reject>[],
    mayBeShort = false,
  ) => {
    rig.use(
      scriptedConnector({
        pages: async function* pages(): AsyncGenerator<Page> {
          yield { kind: "records", records, rejected, cursor: { next: 1 }, mayBeShort, done: true };
        },
      }),
    );
    expect(await workOnSlice(rig.deps, await rig.slice("resync", n, march), options())).toMatchObject({ kind: "done" });
    expect(await alive()).toEqual(["a", "b"]);
    expect(await figure("orders", "2026-03-03")).toBe("1");
    expect(await figure("refunds", "2026-03-05")).toBe("30.00");
    expect(await rig.owner`select id from order_lines where deleted_at is null`).toEqual([{ id: "b1" }]);
  };
  await resync(1, [made("a", "03-02")], [reject("b")]);
  await resync(2, [], [reject("a"), reject("b")]);
  await resync(3, [made("a", "03-02")], [reject(null)]);
  await resync(4, [made("a", "03-02")], [], true);
  // What maps again is no longer kept aside.
  expect(await rig.owner`select source_id from quarantine order by source_id nulls last`).toEqual([
    { source_id: "b" },
    { source_id: null },
  ]);
});
