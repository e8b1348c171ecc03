/** Why our number of a day is not the source's own: each part as the rows and the source show it, and nothing else a part. */
import type { Aggregate, Range } from "@headwater/connectors/contract.ts";
import type { SourceRecord } from "@headwater/connectors/records.ts";
import * as fc from "fast-check";
import type { GapPart } from "@headwater/db/schema/tables.ts";
import { describe, expect, test } from "vitest";
import { dayAfter, dayStart } from "./days.ts";
import { partsOfGap } from "./gap.ts";
import { spotCheck } from "./spot-check.ts";
import { dayAgo, zoneAtNoon } from "./testing/days.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { order, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const zone = zoneAtNoon();
const rig = ownRig({ zone });
const yesterday = dayAgo(zone, 1);
const settles = { settledAfterHours: 0 };

/** An instant of a day of the account's. */
const at = (day: string, hour = 10): string => new Date(dayStart(day, zone).getTime() + hour * 3_600_000).toISOString();

async function load(records: readonly SourceRecord[], n = 1): Promise<void> {
  rig.use(scriptedConnector({ pages: scripted(records) }));
  await workOnSlice(rig.deps, await rig.slice("backfill", n), options());
}

const everyOrderMade = (value: string, day = yesterday): Aggregate => ({
  metric: "orders",
  day,
  value,
  currency: null,
  figure: "ordersCount",
  takesIn: { kind: "everyOrderMade" },
});

/** What is kept of a check in which the source says these. */
async function checked(
  told: readonly Aggregate[],
  { n = 1, count }: { n?: number; count?: (range: Range) => number } = {},
) {
  rig.use(
    scriptedConnector({
      pages: scripted([]),
      ...(count === undefined ? {} : { stream: { count: (_session, range) => Promise.resolve(count(range)) } }),
      connector: { reconcile: { ...settles, aggregates: () => Promise.resolve(told) } },
    }),
  );
  await spotCheck(rig.deps, rig.run("spotCheck", n), options());
  return rig.owner<{ ours: string; theirs: string; parts: GapPart[]; rest: string }[]>`
    select ours::text, theirs::text, parts, trim_scale(ours - theirs - explained)::text as rest
    from spot_checks order by metric`;
}
const named = (...ids: readonly string[]) => ids.map((id) => ({ id, name: `#${id}` }));
const readThrough = (instant: string) => rig.owner`
  insert into checkpoints (organisation_id, datasource_id, stream, through)
  values (${rig.ref.organisationId}, ${rig.ref.datasourceId}, 'orders', ${instant})
  on conflict (organisation_id, datasource_id, stream) do update set through = excluded.through`;

describe("a count of every order that was made", () => {
  test("takes in test orders and those dated on other days; ours takes in what is dated on this one", async () => {
    const made = { sourceCreatedAt: at(yesterday), orderedAt: at(yesterday) };
    await load([
      order("plain", made),
      order("test", { ...made, isTest: true }),
      order("imported", { ...made, orderedAt: at("2024-03-01") }),
      order("imported test", { ...made, orderedAt: at("2024-03-01"), isTest: true }),
      order("made since", { orderedAt: at(yesterday), sourceCreatedAt: at(dayAfter(yesterday), 1) }),
      order("test made since", { orderedAt: at(yesterday), sourceCreatedAt: at(dayAfter(yesterday), 1), isTest: true }),
      order("of another day", { orderedAt: at(dayAgo(zone, 3)), sourceCreatedAt: at(dayAgo(zone, 3)) }),
    ]);
    expect(await checked([everyOrderMade("5")])).toEqual([
      {
        ours: "2",
        theirs: "5",
        parts: [
          { because: "testOrders", amount: "-2", records: 2, first: named("imported test", "test") },
          { because: "datedHere", amount: "1", records: 1, first: named("made since") },
          { because: "datedElsewhere", amount: "-1", records: 1, first: named("imported") },
        ],
        rest: "-1",
      },
    ]);
    expect(await rig.owner`select outcome from runs where kind = 'spotCheck'`).toEqual([{ outcome: { differ: 1 } }]);
  });

  test("names the first twenty of its orders, by when they were made, and says how many there are", async () => {
    const made = (minute: number) => new Date(Date.parse(at(yesterday)) + minute * 60_000).toISOString();
    const ids = Array.from({ length: 23 }, (_, n) => `t${n}`);
    await load(
      ids
        .toReversed()
        .map((id, n) => order(id, { sourceCreatedAt: made(23 - n), orderedAt: at(yesterday), isTest: true })),
    );
    expect(await checked([everyOrderMade("23")])).toMatchObject([
      { parts: [{ because: "testOrders", amount: "-23", records: 23, first: named(...ids.slice(0, 20)) }], rest: "0" },
    ]);
  });

  test("is no difference of ours where all of the gap is known", async () => {
    await load([order("test", { sourceCreatedAt: at(yesterday), orderedAt: at(yesterday), isTest: true })]);
    expect(await checked([everyOrderMade("1")])).toMatchObject([{ ours: "0", theirs: "1", rest: "0" }]);
    expect(await rig.owner`select outcome from runs where kind = 'spotCheck'`).toEqual([{ outcome: { differ: 0 } }]);
  });

  test("takes in what was made after we had read; the source itself says how much of the day that is", async () => {
    const dated = (id: string, hour: number) =>
      order(id, { sourceCreatedAt: at(yesterday, hour), orderedAt: at(yesterday, hour) });
    await load([dated("morning", 8), dated("late", 23)]);
    await readThrough(at(yesterday, 22));
    const asked: Range[] = [];
    const count = (range: Range): number => {
      asked.push(range);
      return 4;
    };
    expect(await checked([everyOrderMade("6")], { count })).toEqual([
      { ours: "2", theirs: "6", parts: [{ because: "notRead", amount: "-3", records: 3, first: [] }], rest: "-1" },
    ]);
    expect(asked).toEqual([{ from: new Date(at(yesterday, 22)), to: dayStart(dayAfter(yesterday), zone) }]);
  });

  test("of a day that was read whole leaves nothing to be read, and nobody is asked", async () => {
    await readThrough(at(dayAfter(yesterday), 0));
    const count = (): number => {
      throw new Error("nobody asks");
    };
    expect(await checked([everyOrderMade("6")], { count })).toMatchObject([{ theirs: "6", parts: [], rest: "-6" }]);
  });
});

test("what a source shows at no level that we read is a part to the last digit, and a figure that means ours has none", async () => {
  await rig.owner`insert into rollups (organisation_id, account_id, metric, day, currency, value)
    values (${rig.ref.organisationId}, ${rig.accountId}, 'ad_spend', ${yesterday}, 'EUR', 20.30)`;
  const spend = { metric: "ad_spend", day: yesterday, value: "30.005", currency: "EUR", figure: "accountInsightsOnly" };
  const clicks = { metric: "ad_clicks", day: yesterday, value: "7", currency: "EUR", figure: "accountInsights" };
  expect(await checked([{ ...spend, takesIn: { kind: "otherLevels", amount: "9.6" } }, clicks])).toEqual([
    { ours: "0", theirs: "7", parts: [], rest: "-7" },
    {
      ours: "20.30",
      theirs: "30.005",
      parts: [{ because: "otherLevels", amount: "-9.6", records: null, first: [] }],
      rest: "-0.105",
    },
  ]);
});

interface Campaign {
  readonly id: string;
  /** In thousandths, as we read it and as the source has it now; null where one of the two has none. */
  readonly held: number | null;
  readonly now: number | null;
  /** While the day was on, after it, or once more while the source was asked. */
  readonly read: "during" | "after" | "meanwhile";
}
const exact = (thousandths: number): string => (thousandths / 1000).toFixed(3);
const sumOf = (all: readonly (number | null)[]): number => all.reduce<number>((sum, one) => sum + (one ?? 0), 0);

/** We hold these days of campaigns, and our number is their sum. */
async function hold(campaigns: readonly Campaign[]): Promise<void> {
  const [{ organisationId }, { accountId }] = [rig.ref, rig];
  const readAt = {
    during: new Date(at(yesterday)),
    after: new Date(Date.now() - 3_600_000),
    meanwhile: new Date(Date.now() + 3_600_000),
  };
  for (const { id, held, read } of campaigns)
    if (held !== null)
      await rig.owner`insert into ad_days (organisation_id, account_id, id, version_at, day, part, counts, level, currency, spend, purchase_value)
        values (${organisationId}, ${accountId}, ${id}, ${readAt[read]}, ${yesterday},
          'campaign', true, 'campaign', 'EUR', ${exact(held)}, ${exact(held)})`;
  const ours = exact(sumOf(campaigns.map(({ held }) => held)));
  await rig.owner`insert into rollups (organisation_id, account_id, metric, day, currency, value)
    select ${organisationId}, ${accountId}, metric, ${yesterday}, 'EUR', ${ours}::numeric
    from unnest(array['ad_spend', 'ad_purchase_value']) as metric`;
}
const asNow = (metric: string, campaigns: readonly Campaign[]): Aggregate => ({
  metric,
  day: yesterday,
  value: exact(sumOf(campaigns.map(({ now }) => now))),
  currency: "EUR",
  figure: "accountInsights",
  byRecord: Object.fromEntries(campaigns.flatMap(({ id, now }) => (now === null ? [] : [[id, exact(now)]]))),
});

describe("a day that the source has changed since we read it", () => {
  test("is known by the records that both have; what only one has, or was read again meanwhile, is no part", async () => {
    const campaigns = [
      { id: "less", held: 10_000, now: 9_500, read: "after" },
      { id: "more", held: 1_000, now: 3_005, read: "after" },
      { id: "more of a day that went on", held: 1_000, now: 1_250, read: "during" },
      { id: "same", held: 5_005, now: 5_005, read: "after" },
      { id: "only ours", held: 3_000, now: null, read: "after" },
      { id: "only theirs", held: null, now: 2_000, read: "after" },
      { id: "read again", held: 700, now: 900, read: "meanwhile" },
    ] as const;
    await hold(campaigns);
    const figures = { ours: "20.705", theirs: "21.660", rest: "0.8" };
    expect(await checked([asNow("ad_spend", campaigns), asNow("ad_purchase_value", campaigns)])).toEqual([
      {
        ...figures,
        parts: [
          { because: "reportedAnew", amount: "-0.250", records: 1, first: [] },
          { because: "creditedAnew", amount: "-1.505", records: 2, first: [] },
        ],
      },
      { ...figures, parts: [{ because: "reportedAnew", amount: "-1.755", records: 3, first: [] }] },
    ]);
  });

  test("of any campaigns: the parts and what is left are the gap, to the last digit", async () => {
    const thousandths = fc.option(fc.integer({ min: 0, max: 5_000 }), { freq: 4 });
    const campaigns = fc.uniqueArray(
      fc.record({
        id: fc.uuid(),
        held: thousandths,
        now: thousandths,
        read: fc.constantFrom("during", "after", "meanwhile"),
      }),
      { maxLength: 12, selector: ({ id }) => id },
    );
    let n = 0;
    const holds = async (all: readonly Campaign[], elsewhere: number) => {
      n += 1;
      await rig.owner`truncate ad_days, rollups, spot_checks`;
      await hold(all);
      const takesIn = { kind: "otherLevels", amount: exact(elsewhere) } as const;
      const told = asNow("ad_purchase_value", all);
      const theirs = exact(sumOf([...all.map(({ now }) => now), elsewhere]));
      const [kept] = await checked([{ ...told, value: theirs, takesIn }], { n });
      const changed = (read: Campaign["read"], because: string) => {
        const those = all.filter(
          (one) => one.read === read && one.held !== one.now && one.held !== null && one.now !== null,
        );
        const amount = sumOf(those.map(({ held }) => held)) - sumOf(those.map(({ now }) => now));
        return { because, amount, records: those.length };
      };
      const expected = [
        changed("during", "reportedAnew"),
        { because: "otherLevels", amount: -elsewhere, records: null },
        changed("after", "creditedAnew"),
      ].filter(({ amount }) => amount !== 0);
      const inThousandths = (text = ""): number => Math.round(Number(text) * 1000);
      expect(kept?.parts.map((one) => ({ ...one, amount: inThousandths(one.amount) }))).toMatchObject(expected);
      expect(kept?.parts).toHaveLength(expected.length);
      const parts = sumOf(expected.map((one) => one.amount));
      expect(inThousandths(kept?.ours) - inThousandths(kept?.theirs)).toBe(parts + inThousandths(kept?.rest));
    };
    await fc.assert(fc.asyncProperty(campaigns, fc.integer({ min: 0, max: 900 }), holds), { numRuns: 25 });
  });
});

const days = [dayAfter(yesterday, -1), yesterday, dayAfter(yesterday)];
const orders = fc.uniqueArray(
  fc.record({
    id: fc.uuid(),
    made: fc.constantFrom(...days),
    dated: fc.constantFrom(...days),
    hour: fc.integer({ min: 1, max: 22 }),
    isTest: fc.boolean(),
    /** Is there, was never read though it should have been, or was deleted at the source and is still held. */
    fate: fc.constantFrom("held", "held", "held", "lost", "gone"),
  }),
  { maxLength: 14, selector: ({ id }) => id },
);

test("of any orders: the parts are what a count by hand makes them, and what is lost or gone is all that is left", async () => {
  let n = 0;
  const holds = async (
    all: readonly (typeof orders extends fc.Arbitrary<(infer One)[]> ? One : never)[],
    until: number,
  ) => {
    n += 1;
    await rig.owner`truncate orders, rollups, first_orders, spot_checks, checkpoints`;
    const isUnread = (one: { made: string; hour: number }) =>
      one.made > yesterday || (one.made === yesterday && one.hour >= until);
    const held = all.filter((one) => one.fate !== "lost" && !(isUnread(one) && one.hour % 2 === 0));
    await load(
      held.map((one) =>
        order(one.id, {
          isTest: one.isTest,
          sourceCreatedAt: at(one.made, one.hour),
          orderedAt: at(one.dated, one.hour),
        }),
      ),
      n,
    );
    await rig.owner`truncate checkpoints`;
    await readThrough(at(yesterday, until));
    const there = all.filter(({ fate, made }) => fate !== "gone" && made === yesterday);
    const since = there.filter(isUnread).length;
    const [kept] = await checked([everyOrderMade(String(there.length))], { n, count: () => since });
    const ofDay = held.filter(({ made }) => made === yesterday);
    const isHere = (one: { dated: string }) => one.dated === yesterday;
    const consistOf = {
      testOrders: ofDay.filter(({ isTest }) => isTest),
      datedHere: held.filter((one) => isHere(one) && one.made !== yesterday && !one.isTest),
      datedElsewhere: ofDay.filter((one) => !isHere(one) && !one.isTest),
    };
    const expected = {
      notRead: Math.min(0, ofDay.filter(isUnread).length - since),
      testOrders: -consistOf.testOrders.length,
      datedHere: consistOf.datedHere.length,
      datedElsewhere: -consistOf.datedElsewhere.length,
    };
    const parts = Object.entries(expected).flatMap(([because, amount]) =>
      amount === 0 ? [] : [{ because, amount: String(amount), records: Math.abs(amount) }],
    );
    expect(kept?.parts).toMatchObject(parts);
    expect(kept?.parts).toHaveLength(parts.length);
    const those: Record<string, readonly { id: string }[]> = consistOf;
    for (const { because, first = [] } of kept?.parts ?? [])
      expect(new Set(first.map(({ id }) => id)), because).toEqual(new Set(those[because]?.map(({ id }) => id)));
    const sum = parts.reduce((total, { amount }) => total + Number(amount), 0);
    expect(Number(kept?.ours) - Number(kept?.theirs)).toBe(sum + Number(kept?.rest));
  };
  await fc.assert(fc.asyncProperty(orders, fc.integer({ min: 1, max: 23 }), holds), { numRuns: 25 });
});

test("a day is held against its own orders and those made apart from their date, not against all of an account", async () => {
  await rig.owner`
    insert into orders (organisation_id, account_id, id, version_at, name, ordered_at, source_created_at, day, currency, gross,
      discounts, shipping, tax, duties, tips, total)
    select ${rig.ref.organisationId}, ${rig.accountId}, 'x' || n, now(), '#', made, case when n % 100 = 0 then made + interval '40 days' else made end,
      made::date, 'EUR', 1, 0, 0, 0, 0, 0, 1
    from generate_series(1, 40000) n, lateral (select timestamptz '2024-01-01' + n * interval '25 minutes' as made) m`;
  await rig.owner`vacuum analyze orders`;
  const figure = {
    metric: "orders",
    day: "2025-01-02",
    currency: "EUR",
    byMaking: true,
    unreadFrom: null,
    madeSince: null,
    elsewhere: null,
    byRecord: null,
    askedAt: null,
  };
  const plan = await rig.owner.unsafe(
    `explain with theirs as (select * from jsonb_to_recordset($4::jsonb) as t(metric text, day date, currency char(3),
       "byMaking" boolean, "unreadFrom" timestamptz, "madeSince" bigint, elsewhere numeric, "byRecord" jsonb, "askedAt" timestamptz)), asked as (select $2::text)
     select gap.* from theirs as t, lateral (${partsOfGap}) as gap`,
    [rig.ref.organisationId, "", rig.accountId, [figure], zone],
  );
  const said = plan.map((row) => row["QUERY PLAN"]).join("\n");
  expect(said).toContain("orders_by_day");
  expect(said).toContain("orders_made_apart");
  expect(said).not.toContain("Seq Scan on orders");
});
