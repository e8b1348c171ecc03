// Days that a source changes long after: read again as far back as the connector says, and no further.
import type { Page, Stream } from "@headwater/connectors/contract.ts";
import type { MessageDayRecord } from "@headwater/connectors/records.ts";
import { type Failure, SourceFailure } from "@headwater/connectors/failure.ts";
import { describe, expect, test } from "vitest";
import { dayCutter, dayStart } from "./days.ts";
import { refreshStreams } from "./refresh-streams.ts";
import { dayAgo, zoneAtNoon } from "./testing/days.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { scriptedConnector } from "./testing/scripted-source.ts";

const zone = zoneAtNoon();
const rig = ownRig({ zone });

const ago = (days: number) => dayAgo(zone, days);
const dayOf = (at: Date | null) => (at === null ? "" : dayCutter(zone)(at.getTime()));

const cell = (day: string, revenue: string, versionAt: string): MessageDayRecord => ({
  kind: "messageDay",
  id: `placed:${day}`,
  versionAt,
  document: "{}",
  day,
  part: "placed",
  counts: true,
  channel: "email",
  campaignId: null,
  flowId: null,
  messageId: "m",
  sends: null,
  opens: null,
  clicks: null,
  unsubscribes: null,
  orders: null,
  revenue,
  currency: "EUR",
});

/** What the source says of each day now; a window gives its days, and says that they are whole. */
function speaking(
  revenueByDay: ReadonlyMap<string, string>,
  window: Partial<Stream["window"]>,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
) {
  const asked: string[] = [];
  const connector = scriptedConnector({
    stream: {
      kinds: ["messageDay"],
      window: { history: "byTime", overlapMs: 0, restatedDays: 2, longestMs: null, ...window },
    },
    pages: async function* pages(slice) {
      const [from, until] = [dayOf(slice.from), dayOf(slice.to)];
      asked.push(`${from} ${until}`);
      await meanwhile();
      const since = new Date().toISOString();
      const records = [...revenueByDay]
        .filter(([day]) => day >= from && day < until)
        .map(([day, revenue]) => cell(day, revenue, since));
      const whole = [{ kind: "messageDay", part: "placed", from, until, since }] as const;
      yield { kind: "records", records, rejected: [], cursor: { next: 1 }, whole, done: true } satisfies Page;
    },
  });
  return { connector, asked };
}
const revenue = () =>
  rig.owner`select day::text, value::text from rollups where metric = 'email_revenue' and value <> 0 order by day`;

test("restated days of a month are read aside in weeks and swapped in; older days stay as they are", async () => {
  const refresh = { days: 28, everyDays: 1 };
  const before = new Map([
    [ago(40), "7.00"],
    [ago(20), "10.00"],
    [ago(3), "5.00"],
  ]);
  const first = speaking(before, { refresh: { days: 45, everyDays: 1 } });
  rig.use(first.connector);
  expect(await refreshStreams(rig.deps, rig.run("refresh", 1), options())).toMatchObject({ kind: "done" });
  expect(await revenue()).toHaveLength(3);

  const second = speaking(new Map([[ago(20), "12.50"]]), { refresh });
  rig.use(second.connector);
  expect(await refreshStreams(rig.deps, rig.run("refresh", 2), options())).toMatchObject({ kind: "done" });
  expect(second.asked).toEqual([0, 1, 2, 3].map((week) => `${ago(7 * week + 6)} ${ago(7 * week - 1)}`));
  expect(await revenue()).toEqual([
    { day: ago(40), value: "7.00" },
    { day: ago(20), value: "12.50" },
  ]);
  expect(await rig.owner`select state from runs where n = 2`).toEqual([{ state: "succeeded" }]);
  expect(await rig.owner`select * from checkpoints`).toEqual([]);
  expect(await rig.owner`select windows_total from progress where windows_total > 0`).toEqual([]);
});

test("killed in the middle it goes on with what is left", async () => {
  const month = { refresh: { days: 28, everyDays: 1 }, longestMs: 14 * 86_400_000 };
  const { connector, asked } = speaking(new Map(), month);
  rig.use(connector);
  const stop = new AbortController();
  const heartbeat = () => (asked.length === 2 ? stop.abort() : undefined);
  const killed = refreshStreams(rig.deps, rig.run("refresh"), options({ signal: stop.signal, heartbeat }));
  await expect(killed).rejects.toThrow();
  const before = asked.length;
  expect(before).toBeLessThan(4);
  expect(await refreshStreams(rig.deps, rig.run("refresh"), options())).toMatchObject({ kind: "done" });
  expect(new Set(asked).size).toBe(4);
  expect(asked.length).toBeLessThanOrEqual(before + 4 - 1);
});

test("cut off by a disconnect and taken up again once that was undone, it is under way and then over: not disconnected", async () => {
  const stateNow = async () =>
    (
      await rig.owner`
        select state, outcome, started_at > '2026-01-01' as "beginsNow", finished_at > '2026-01-01' as "endsNow"
        from runs where kind = 'refresh'`
    )[0];
  const states: unknown[] = [];
  const month = { refresh: { days: 28, everyDays: 1 } };
  rig.use(speaking(new Map(), month, async () => states.push(await stateNow())).connector);
  const stop = new AbortController();
  const heartbeat = () => stop.abort();
  const cut = refreshStreams(rig.deps, rig.run("refresh"), options({ signal: stop.signal, heartbeat }));
  await expect(cut).rejects.toThrow();
  await rig.owner`
    update runs set state = 'cancelled', started_at = '2024-12-31', finished_at = '2025-01-01',
      outcome = '{"code":"disconnected"}'`;
  await rig.owner`update datasources set generation = generation + 2`;
  const anew = { ...rig.run("refresh"), generation: rig.ref.generation + 2 };
  expect(await refreshStreams(rig.deps, anew, options())).toMatchObject({ kind: "done" });
  expect(states.at(-1)).toEqual({ state: "running", outcome: null, beginsNow: true, endsNow: null });
  expect(await stateNow()).toEqual({ state: "succeeded", outcome: null, beginsNow: true, endsNow: true });
});

test("what has ended is not begun again where its call is made once more", async () => {
  const { connector } = speaking(new Map(), { refresh: { days: 28, everyDays: 1 } });
  rig.use(connector);
  await refreshStreams(rig.deps, rig.run("refresh"), options());
  await rig.owner`update runs set started_at = '2024-12-31', finished_at = '2025-01-01'`;
  await refreshStreams(rig.deps, rig.run("refresh"), options());
  expect(
    await rig.owner`select state, started_at::date::text as began, finished_at::date::text as ended from runs`,
  ).toEqual([{ state: "succeeded", began: "2024-12-31", ended: "2025-01-01" }]);
});

test("nights that were missed make the next one look as much further back, and one that failed no more than 60 days", async () => {
  const { connector, asked } = speaking(new Map(), { refresh: { days: 14, everyDays: 1 } });
  rig.use(connector);
  const refresh = async (n: number): Promise<string[]> => {
    asked.length = 0;
    expect(await refreshStreams(rig.deps, rig.run("refresh", n), options())).toMatchObject({ kind: "done" });
    return [...asked];
  };
  const daysAgo = (days: number) =>
    rig.owner`update slices set from_at = from_at - ${days} * interval '1 day', to_at = to_at - ${days} * interval '1 day'`;
  expect(await refresh(1)).toEqual([`${ago(6)} ${ago(-1)}`, `${ago(13)} ${ago(6)}`]);
  await daysAgo(10);
  expect((await refresh(2)).at(-1)).toBe(`${ago(23)} ${ago(20)}`);
  // The next night nothing is missing any more.
  expect(await refresh(3)).toHaveLength(2);
  await rig.owner`update runs set state = 'failed'`;
  expect((await refresh(4)).at(-1)).toBe(`${ago(73)} ${ago(69)}`);
});

test("nights that an outage broke off were missed, however many", async () => {
  const window = { refresh: { days: 14, everyDays: 1 } };
  rig.use(speaking(new Map(), window).connector);
  await refreshStreams(rig.deps, rig.run("refresh", 1), options());
  await rig.owner`update slices set from_at = from_at - interval '80 days', to_at = to_at - interval '80 days'`;
  const away = { class: "transient", code: "x", said: "502" } as const;
  rig.use(speaking(new Map(), window, () => Promise.reject(new SourceFailure(away))).connector);
  expect(await refreshStreams(rig.deps, rig.run("refresh", 2), options())).toMatchObject({ kind: "providerDown" });
  await rig.owner`update runs set state = 'failed', finished_at = now() where n = 2`;
  const { connector, asked } = speaking(new Map(), window);
  rig.use(connector);
  await refreshStreams(rig.deps, rig.run("refresh", 3), options());
  expect(asked.at(-1)).toBe(`${ago(93)} ${ago(90)}`);
});

test("a platform that declares none is asked nothing", async () => {
  const { connector, asked } = speaking(new Map(), {});
  rig.use(connector);
  expect(await refreshStreams(rig.deps, rig.run("refresh"), options())).toMatchObject({ kind: "done", pages: 0 });
  expect(asked).toEqual([]);
});

test("while one window's report is prepared the others are asked for, and the first to be ready says when", async () => {
  const asked: string[] = [];
  const ready = new Set<string>();
  const connector = scriptedConnector({
    stream: {
      kinds: ["messageDay"],
      window: {
        history: "byTime",
        overlapMs: 0,
        restatedDays: 2,
        longestMs: null,
        refresh: { days: 14, everyDays: 1 },
      },
    },
    pages: async function* pages(slice, from): AsyncGenerator<Page> {
      const id = slice.to.toISOString();
      asked.push(`${from === null ? "new" : "again"} ${id}`);
      const waitMs = asked.length === 1 ? 900_000 : 600_000;
      if (!ready.has(id))
        yield { kind: "waiting", until: new Date(Date.now() + waitMs), because: { code: "report" }, cursor: { id } };
      yield { kind: "records", records: [], rejected: [], cursor: { id }, done: true };
    },
  });
  rig.use(connector);
  const outcome = await refreshStreams(rig.deps, rig.run("refresh"), options());
  expect(outcome).toMatchObject({ kind: "throttled", because: "waitingForReport" });
  expect(asked.map((one) => one.split(" ")[0])).toEqual(["new", "new"]);
  const until = outcome.kind === "throttled" ? Date.parse(outcome.until) - Date.now() : 0;
  expect(until).toBeLessThan(700_000);
  for (const day of [ago(-1), ago(6)]) ready.add(dayStart(day, zone).toISOString());
  expect(await refreshStreams(rig.deps, rig.run("refresh"), options())).toMatchObject({ kind: "done" });
  expect(asked.slice(2).map((one) => one.split(" ")[0])).toEqual(["again", "again"]);
});

describe("a night that could not read all", () => {
  const told = { code: "x", said: "no" };
  const givenUp: readonly [string, Failure, Partial<Stream>][] = [
    ["a window whose object is gone", { class: "gone", what: "object", ...told }, {}],
    ["a shape that nobody understands", { class: "invalid_request", ...told }, {}],
    [
      "a right that only an optional stream needs",
      { class: "permission", lacks: "read_x", curedBy: "grant", ...told },
      { optional: true },
    ],
  ];

  /** Two windows: the newest fails, and the report of the other is ready on the second call. */
  function failing(failure: Failure, stream: Partial<Stream>) {
    const asked: string[] = [];
    const connector = scriptedConnector({
      stream: {
        kinds: ["messageDay"],
        window: {
          history: "byTime",
          overlapMs: 0,
          restatedDays: 2,
          longestMs: null,
          refresh: { days: 14, everyDays: 1 },
        },
        ...stream,
      },
      pages: async function* pages(slice, from): AsyncGenerator<Page> {
        const isNewest = dayOf(slice.to) === ago(-1);
        asked.push(isNewest ? "newest" : "older");
        if (isNewest) throw new SourceFailure(failure);
        const until = new Date(Date.now() + 900_000);
        if (from === null) yield { kind: "waiting", until, because: { code: "report" }, cursor: { id: "1" } };
        yield { kind: "records", records: [], rejected: [], cursor: { id: "1" }, done: true };
      },
    });
    return { connector, asked };
  }
  const runNow = () => rig.owner`select state from runs where kind = 'refresh'`;

  test.each(givenUp)(
    "%s: the others are read, and neither that call nor a later one says done",
    async (_w, failure, stream) => {
      const { connector, asked } = failing(failure, stream);
      rig.use(connector);
      expect(await refreshStreams(rig.deps, rig.run("refresh"), options())).toMatchObject({ kind: "throttled" });
      const later = await refreshStreams(rig.deps, rig.run("refresh"), options());
      expect(later).toMatchObject({ kind: "failed", failure });
      expect(asked).toEqual(["newest", "older", "older"]);
      expect(await runNow()).toEqual([{ state: "failed" }]);
    },
  );

  test("an account that is gone ends it at once, told as that, by a later call too", async () => {
    const failure: Failure = { class: "gone", what: "account", ...told };
    const { connector, asked } = failing(failure, {});
    rig.use(connector);
    for (let call = 0; call < 2; call += 1) {
      const outcome = await refreshStreams(rig.deps, rig.run("refresh"), options());
      expect(outcome).toMatchObject({ kind: "failed", failure });
      expect(outcome).not.toHaveProperty("onlyItsStream");
      expect(await runNow()).toEqual([{ state: "failed" }]);
    }
    expect(asked).toEqual(["newest"]);
  });
});
