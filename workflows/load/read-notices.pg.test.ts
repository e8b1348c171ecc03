import type { Notice, Page } from "@headwater/connectors/contract.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import type { SourceRecord } from "@headwater/connectors/records.ts";
import { describe, expect, test } from "vitest";
import { inOrganisation } from "./fence.ts";
import { keepReadNotices, noticesAfter, type ReadNotice } from "./read-notices.ts";
import { syncOnce } from "./sync-once.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { order, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const rig = ownRig();
const denied: Notice = { code: "shopify.customerData" };

const says = (pages: readonly (readonly [records: readonly SourceRecord[], notices: readonly Notice[]])[]) =>
  rig.use(
    scriptedConnector({
      pages: async function* pagesOf() {
        for (const [at, [records, notices]] of pages.entries()) {
          const done = at === pages.length - 1;
          yield { kind: "records", records, rejected: [], cursor: { next: at + 1 }, notices, done } satisfies Page;
        }
      },
    }),
  );
const sync = (n: number) => syncOnce(rig.deps, rig.run("sync", n), options());
const shown = async (): Promise<string[]> => {
  const [account] = await rig.owner<[{ shown: { code: string; stream: string }[] | null }]>`
    select details->'readNotices' as shown from accounts`;
  return (account.shown ?? []).map(({ code, stream }) => `${stream} ${code}`);
};
const told = () => rig.owner`select after from audit_log where verb = 'sourceNoticed' order by n`;
const heardDaysAgo = (days: number) => rig.owner`
  update accounts set details = jsonb_set(details, '{readNotices,0,heardAt}', to_jsonb(now() - ${days} * interval '1 day'))`;

test("what pages say is shown with the account and told once, however many pages and syncs say it", async () => {
  says([
    [[order("1")], [denied]],
    [[order("2")], [denied]],
  ]);
  for (const n of [1, 2]) expect(await sync(n)).toMatchObject({ kind: "done" });
  expect(await shown()).toEqual(["orders shopify.customerData"]);
  expect(await told()).toEqual([{ after: { stream: "orders", notices: [denied] } }]);
});

test("what the account keeps of itself stays beside it", async () => {
  await rig.owner`update accounts set details = '{"plan":"Basic","notices":[]}'`;
  says([[[order("1")], [denied]]]);
  await sync(1);
  const [account] = await rig.owner`select details from accounts`;
  expect(account?.["details"]).toMatchObject({ plan: "Basic", notices: [] });
});

test("it is gone a day after it was last heard, once records come without it; an hour in which nothing came says nothing", async () => {
  says([[[order("1")], [denied]]]);
  await sync(1);
  says([[[order("2")], []]]);
  await sync(2);
  expect(await shown(), "an hour later").toHaveLength(1);
  await heardDaysAgo(2);
  says([[[], []]]);
  await sync(3);
  expect(await shown(), "nothing came").toHaveLength(1);
  says([[[order("3")], []]]);
  await sync(4);
  expect(await shown()).toEqual([]);
  expect(await told()).toHaveLength(1);
});

test("a window of the history says it too", async () => {
  says([[[order("1")], [denied]]]);
  expect(await workOnSlice(rig.deps, await rig.slice(), options())).toMatchObject({ kind: "done" });
  expect(await shown()).toEqual(["orders shopify.customerData"]);
  expect(await told()).toHaveLength(1);
});

const outage = new SourceFailure({ class: "transient", code: "test.down", said: "503" });
test.each([
  ["the source", outage],
  ["a fault of ours", new TypeError("not a function")],
])("a read that fails by %s after it was said has said it all the same", async (_whose, error) => {
  let failing = true;
  rig.use(
    scriptedConnector({
      pages: async function* pagesOf(_slice, from) {
        if (from === null)
          yield {
            kind: "records",
            records: [order("1")],
            rejected: [],
            cursor: { next: 1 },
            notices: [denied],
            done: false,
          };
        if (failing) throw error;
        yield { kind: "records", records: [order("2")], rejected: [], cursor: { next: 2 }, done: true };
      },
    }),
  );
  const ref = await rig.slice();
  await Promise.allSettled([workOnSlice(rig.deps, ref, options())]);
  expect(await shown()).toEqual(["orders shopify.customerData"]);
  await rig.owner`update accounts set details = '{}'`;
  await Promise.allSettled([sync(1)]);
  expect(await shown()).toEqual(["orders shopify.customerData"]);
  failing = false;
  expect(await workOnSlice(rig.deps, ref, options())).toMatchObject({ kind: "done" });
});

const disconnected = () => rig.owner`update datasources set disconnected_at = now(), generation = generation + 1`;
const paused = () => rig.owner`update datasources set user_paused_at = now(), user_paused_by = '{}'`;
const HEARD = ["orders shopify.customerData"];

test.each([
  ["nothing", "a disconnect", disconnected, []],
  ["what was said", "a pause", paused, HEARD],
])("%s is kept of a read that %s breaks off", async (_what, _why, stop, kept) => {
  const broken = () => {
    const abort = new AbortController();
    rig.use(
      scriptedConnector({
        pages: async function* pagesOf() {
          yield { kind: "records", records: [], rejected: [], cursor: { next: 1 }, notices: [denied], done: false };
          await stop();
          abort.abort(new Error("cancelled"));
          abort.signal.throwIfAborted();
        },
      }),
    );
    return { ...options(), signal: abort.signal };
  };
  await Promise.allSettled([workOnSlice(rig.deps, await rig.slice(), broken())]);
  await rig.owner`update datasources set disconnected_at = null, user_paused_at = null, user_paused_by = null, generation = ${rig.ref.generation}`;
  await Promise.allSettled([syncOnce(rig.deps, rig.run("sync"), broken())]);
  expect(await shown()).toEqual(kept);
  expect(await told()).toHaveLength(kept.length);
});

test.each([
  ["nothing", "a disconnect", disconnected, []],
  ["what was said", "a pause", paused, HEARD],
])("%s is kept of a read whose last rows were in when %s came", async (_what, _why, stop, kept) => {
  await stop();
  const heard = { stream: "orders", hasRecords: true, notices: [denied] };
  await inOrganisation(rig.deps.sql, rig.ref, (tx) => keepReadNotices(tx, rig.ref, [heard]));
  expect(await shown()).toEqual(kept);
  expect(await told()).toHaveLength(kept.length);
});

test("a sync without it, and one where it stands already, write nothing of it", async () => {
  const asked = async (n: number) => {
    rig.statements.length = 0;
    await sync(n);
    return rig.statements.filter((text) => /readNotices|sourceNoticed|for no key update of a/.test(text));
  };
  says([[[], []]]);
  expect(await asked(1)).toEqual([]);
  says([[[order("1")], [denied]]]);
  expect(await asked(2)).not.toEqual([]);
  expect(await asked(3)).toEqual([]);
});

describe("what stands after a call", () => {
  const now = new Date("2026-11-20T12:00:00Z");
  const held = (hoursAgo: number, more: Partial<ReadNotice> = {}): ReadNotice => ({
    ...denied,
    stream: "orders",
    heardAt: new Date(now.getTime() - hoursAgo * 3_600_000).toISOString(),
    ...more,
  });
  const heard = (notices: readonly Notice[], stream = "orders") => [{ stream, hasRecords: true, notices }];

  test("is the very same where the same was heard lately", () => {
    const standing = [held(1)];
    expect(noticesAfter(standing, heard([denied]), now)).toBe(standing);
    expect(noticesAfter(standing, [], now)).toBe(standing);
  });
  test("is heard anew after some hours, and takes the values of the newest", () => {
    expect(noticesAfter([held(7)], heard([denied]), now)).toEqual([held(0)]);
    const fewer = (rows: number) => ({ code: "shopify.fewerThanCounted", values: { rows, counted: 9 } });
    expect(noticesAfter([held(1, fewer(1))], heard([fewer(3), fewer(4)]), now)).toEqual([held(0, fewer(4))]);
  });
  test("names each right that is missing", () => {
    const lacks = (scope: string): Notice => ({ code: "shopify.fieldDenied", values: { scope } });
    const both = [lacks("read_customers"), lacks("read_inventory")];
    expect(noticesAfter([], heard(both), now).map(({ values }) => values)).toEqual(both.map(({ values }) => values));
  });
  test("keeps what another stream has said", () => {
    const standing = [held(48)];
    expect(noticesAfter(standing, heard([], "customers"), now)).toBe(standing);
  });
});
