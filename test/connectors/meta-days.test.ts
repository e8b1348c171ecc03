// Meta's days over real HTTP: exact to the cent at every level, restated, by answers at once and by reports; and every way in
// which Meta has been seen to fail.
import { connector } from "@headwater/connectors/meta-ads/index.ts";
import type { Page } from "@headwater/connectors/contract.ts";
import type { AdDayRecord, SourceRecord } from "@headwater/connectors/records.ts";
import type { TestSession } from "@headwater/connectors/testing/session.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ToldAdRow } from "../audit/ads.ts";
import { adAccountSeeds } from "../sandbox/meta-ads/seed/people.ts";
import { accounts, openMeta, people, type Meta, type Read } from "./meta.ts";

const ZONE = "America/New_York";
let meta: Meta;
let session: TestSession;
beforeEach(async () => {
  meta = await openMeta();
  await meta.toNoon(ZONE);
  session = await meta.session(await meta.connect(), accounts.us);
});
afterEach(() => meta.close());

const daysOf = (records: readonly SourceRecord[]): AdDayRecord[] =>
  records.flatMap((record) => (record.kind === "adDay" ? [record] : []));
const entityOf = (record: AdDayRecord): string => record.adId ?? record.campaignId ?? accounts.us;
const told = (record: AdDayRecord) =>
  [
    entityOf(record),
    record.day,
    record.spend,
    record.impressions,
    record.clicks,
    record.purchases,
    plain(record.purchaseValue ?? "0"),
  ].join(" ");
const plain = (amount: string): string => (amount.includes(".") ? amount.replace(/\.?0+$/, "") : amount);
const truth = (row: ToldAdRow) =>
  [row.entity, row.day, row.spend, row.impressions, row.clicks, row.purchases, plain(row.value)].join(" ");

/** What was read is what the account has, each row once. */
async function expectWhole(read: Read, level: string, query: string): Promise<void> {
  const rows = await meta.rows(accounts.us, level, query);
  expect(rows.length).toBeGreaterThan(3);
  expect(daysOf(read.records).map(told).toSorted()).toEqual(rows.map(truth).toSorted());
}
const since = (back: number): string => `&since=${dayAgo(back)}`;
const dayAgo = (back: number): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(new Date(meta.now().getTime() - back * 86_400_000));
const operations = async (): Promise<string[]> => {
  const rows: { operation: string }[] = JSON.parse((await meta.sandbox.call({ path: "/_desk/requests" })).text);
  return rows.map((row) => row.operation);
};
const count = async (operation: string): Promise<number> =>
  (await operations()).filter((each) => `${each} `.startsWith(`${operation} `)).length;

const readFrom = async (cursor: Read["pages"][number]["cursor"] | null) => {
  const pages = connector.streams.find(({ name }) => name === "campaignsByDay")?.pages;
  const records: SourceRecord[] = [];
  for await (const page of pages?.(session, meta.days(29), cursor) ?? []) {
    if (page.kind === "records") records.push(...page.records);
    else await meta.tick();
  }
  return { records };
};

/** The gap between two orders is waited for by moving the stand-in's clock. */
async function readPatiently(
  slice: ReturnType<Meta["days"]>,
  cursor: Page["cursor"] | null = null,
  given: Page[] = [],
): Promise<Read> {
  const pages = connector.streams.find(({ name }) => name === "campaignsByDay")?.pages;
  for await (const page of pages?.(session, slice, cursor) ?? []) {
    given.push(page);
    if (page.kind !== "waiting") continue;
    const ms = page.until.getTime() - meta.now().getTime();
    if (ms > 1_500) await meta.sandbox.desk("clock", { byMs: ms });
    else await meta.tick();
  }
  const records = given.flatMap((page) => (page.kind === "records" ? page.records : []));
  return { pages: given, records, whole: [], waits: [], rejected: 0 };
}

describe("days", () => {
  test("a week of campaigns comes at once, three months by reports, each row as the account has it", async () => {
    await expectWhole(await meta.read(session, "campaignsByDay", meta.days(6)), "campaign", since(6));
    expect(await count("report campaign")).toBe(0);
    const read = await meta.read(session, "campaignsByDay", meta.days(89));
    await expectWhole(read, "campaign", since(89));
    expect(await count("report campaign")).toBe(3);
    expect(read.whole.map(({ part }) => part)).toEqual(["campaign", "campaign", "campaign"]);
  });

  test("the account's level and the ads' agree with the campaigns' to the cent", async () => {
    const sums = await Promise.all(
      ["campaignsByDay", "accountByDay", "adsByDay"].map(async (stream) => {
        const rows = daysOf((await meta.read(session, stream, meta.days(20))).records);
        return rows.reduce((sum, row) => sum + BigInt((row.spend ?? "0").replace(".", "")), 0n);
      }),
    );
    expect(new Set(sums.map(String)).size).toBe(1);
    await expectWhole(await meta.read(session, "adsByDay", meta.days(20)), "ad", since(20));
    await expectWhole(await meta.read(session, "accountByDay", meta.days(20)), "account", since(20));
  });

  test("only campaigns count, a purchase counts once, and the setting stands with each row", async () => {
    const campaigns = daysOf((await meta.read(session, "campaignsByDay", meta.days(150, 140))).records);
    expect(new Set(campaigns.map(({ counts }) => counts))).toEqual(new Set([true]));
    expect(new Set(campaigns.map(({ attribution }) => attribution))).toEqual(
      new Set(["7d_click_1d_view", "7d_click", "1d_click"]),
    );
    const account = daysOf((await meta.read(session, "accountByDay", meta.days(25))).records);
    expect(account.every(({ counts }) => !counts)).toBe(true);
    const [row] = campaigns.filter(({ purchases }) => purchases !== "0");
    expect(JSON.parse(row?.document ?? "{}").actions.length).toBeGreaterThan(2);
  });

  test.each([
    [accounts.us, "ARCHIVED"],
    [accounts.india, "DELETED"],
  ])("of account %s also what is %s since has its days, at every level", async (account, status) => {
    session = await meta.session(await meta.connect(), account);
    const campaigns = (await meta.read(session, "campaigns", meta.days(1))).records;
    const ended = campaigns.filter((record) => record.kind === "campaign" && record.status === status);
    const sums = await Promise.all(
      ["campaignsByDay", "accountByDay", "adsByDay"].map(async (stream) => {
        const rows = daysOf((await meta.read(session, stream, meta.days(150, 140))).records);
        const ids = new Set(rows.map(({ campaignId }) => campaignId));
        if (stream !== "accountByDay") expect(ended.some((record) => ids.has(record.id))).toBe(true);
        return rows.reduce((sum, row) => sum + BigInt((row.spend ?? "0").replace(".", "")), 0n);
      }),
    );
    expect(new Set(sums.map(String)).size).toBe(1);
  });

  test("a filter that Meta does not take is left out rather than nothing read", async () => {
    await meta.fault({ kind: "providerError", text: "100", match: "filtering", count: "all", status: 400 });
    const read = await meta.read(session, "campaignsByDay", meta.days(6));
    expect(read.records.length).toBeGreaterThan(3);
  });

  test("an error that nobody has heard of is no word about the filter", async () => {
    await meta.fault({ kind: "providerError", text: "1487390", match: "filtering", count: "all", status: 400 });
    await expect(meta.read(session, "campaignsByDay", meta.days(6))).rejects.toThrow("1487390");
  });

  test("campaigns come with the archived ones, and a change brings only what has changed", async () => {
    const all = (await meta.read(session, "campaigns", meta.days(1))).records;
    expect(all).toHaveLength(4);
    expect(all.map((record) => (record.kind === "campaign" ? record.status : ""))).toContain("ARCHIVED");
    const changes = await meta.read(session, "campaigns", { ...meta.days(1), mode: "changes" });
    expect(changes.records.length).toBeLessThan(4);
  });

  test("what lies before the 37 months is said, and what reaches into them is cut there", async () => {
    const read = await meta.read(session, "campaignsByDay", meta.days(2_000, 1_500));
    expect(read.records).toEqual([]);
    expect(read.pages[0]).toMatchObject({ done: true, notices: [{ code: "meta-ads.beyondHistory" }] });
  });
});

test.each([
  ["without decimals", "JPY"],
  ["with three", "KWD"],
  ["with two, where a day begins at a quarter to", "NPR"],
])("a currency %s comes digit for digit, on the account's own days", async (_what, currency) => {
  const theirs = adAccountSeeds.find((each) => each.currency === currency && each.status === 1)?.id ?? "";
  const own = await meta.session(await meta.connect({ person: people.agency }), theirs);
  const { records } = await meta.read(own, "campaignsByDay", meta.days(6));
  const days = daysOf(records);
  expect(new Set(days.map((record) => record.currency))).toEqual(new Set([currency]));
  const shown = new Set(days.map(({ day }) => day));
  const rows = (await meta.rows(theirs, "campaign")).filter(({ day }) => shown.has(day));
  expect(rows.length).toBeGreaterThan(5);
  expect(days.map(told).toSorted()).toEqual(rows.map(truth).toSorted());
  const decimals = { JPY: /^\d+$/, KWD: /^\d+\.\d{3}$/, NPR: /^\d+\.\d\d$/ }[currency] ?? /./;
  for (const { spend } of days) expect(spend).toMatch(decimals);
});

describe("restated", () => {
  test("a day grows for 28 days, then stands still; what was invalid is gone, and its day is claimed whole", async () => {
    const day = dayAgo(0);
    const values = new Map<number, string>();
    for (const age of [0, 1, 3, 8, 29, 30, 45]) {
      await meta.sandbox.desk("clock", { byDays: age - ([...values.keys()].at(-1) ?? 0) });
      session = await meta.session(await meta.connect(), accounts.us);
      const read = await meta.read(session, "campaignsByDay", { ...meta.days(age + 1), mode: "history" });
      const rows = daysOf(read.records).filter((row) => row.day === day);
      values.set(age, rows.map(told).toSorted().join("\n"));
    }
    const seen = [...values.values()];
    expect(new Set(seen.slice(0, 5)).size).toBe(5);
    expect(values.get(29)).toBe(values.get(30));
    expect(values.get(30)).toBe(values.get(45));
  });
});

describe("reports", () => {
  test("half way through a wait, the same report is gone on with; none is ordered again", async () => {
    // By the stand-in's clock, and longer than any machine takes to ask twice.
    await meta.act("settings", { reportStartMs: 20_000, reportRunMs: 120_000 });
    const pages = connector.streams.find(({ name }) => name === "campaignsByDay")?.pages;
    if (pages === undefined) throw new Error("no pages");
    const slice = meta.days(29);
    let cursor = null;
    let isDone = false;
    let visits = 0;
    // Begun anew after every single page, as by a kill.
    while (!isDone) {
      visits += 1;
      for await (const page of pages(session, slice, cursor)) {
        // What orders has not been written down, so a kill there costs the gap: the one page that is gone through here.
        if (page.kind === "waiting" && page.cursor["report"] === null) continue;
        cursor = page.cursor;
        isDone = page.kind === "records" && page.done;
        break;
      }
      await meta.sandbox.desk("clock", { bySeconds: 50 });
    }
    expect(visits).toBeGreaterThan(2);
    expect(await count("report campaign")).toBe(1);
  });

  test("an order whose answer was lost is not repeated within a minute", async () => {
    const slice = meta.days(29);
    const expected = (await meta.rows(accounts.us, "campaign", since(29))).length;
    await meta.fault({ kind: "lostAnswer", match: "level=campaign", count: 1 });
    const pages = connector.streams.find(({ name }) => name === "campaignsByDay")?.pages;
    if (pages === undefined) throw new Error("no pages");
    const given: Page[] = [];
    await expect(
      (async () => {
        for await (const page of pages(session, slice, null)) given.push(page);
      })(),
    ).rejects.toMatchObject({ failure: { class: "transient" } });
    const cursor = given.at(-1)?.cursor ?? null;
    for await (const page of pages(session, slice, cursor)) {
      expect(page).toMatchObject({ kind: "waiting" });
      if (page.kind === "waiting") expect(page.until.getTime() - meta.now().getTime()).toBeGreaterThan(55_000);
      break;
    }
    expect(await count("report campaign")).toBe(1);
    await meta.sandbox.desk("clock", { bySeconds: 61 });
    const rest = daysOf((await readFrom(cursor)).records);
    expect(rest.length).toBe(expected);
  });
});

describe("reports that fail", () => {
  test.each([["Job Failed"], ["Job Skipped"]])(
    "%s is ordered again after the gap, and nothing is lost",
    async (text) => {
      await meta.fault({ kind: "reportFailed", text, count: 1 });
      const read = readPatiently(meta.days(29));
      await expectWhole(await read, "campaign", since(29));
      expect(await count("report campaign")).toBe(2);
    },
  );

  test.each([["Job Failed"], ["Job Skipped"]])("one that is %s for ever is asked for in halves", async (text) => {
    await meta.fault({ kind: "reportFailed", text, match: `until=${dayAgo(0)}`, count: 3 });
    const query = since(29);
    await expectWhole(await readPatiently(meta.days(29)), "campaign", query);
    expect(await count("report campaign")).toBeGreaterThan(4);
  });

  test("where every report is skipped, a day is the source's trouble, and ordered once more in two hours", async () => {
    await meta.fault({ kind: "reportFailed", text: "Job Skipped", count: 40 });
    const given: Page[] = [];
    const goOn = () => readPatiently(meta.days(29), given.at(-1)?.cursor ?? null, given);
    const trouble = { failure: { class: "transient", code: "meta-ads.reportFailed" } };
    await expect(goOn()).rejects.toMatchObject(trouble);
    const ordered = await count("report campaign");
    expect(ordered).toBeLessThan(20);
    await expect(goOn()).rejects.toMatchObject(trouble);
    expect(await count("report campaign")).toBe(ordered);
    await meta.sandbox.desk("clock", { bySeconds: 7_300 });
    await expect(goOn()).rejects.toMatchObject(trouble);
    expect(await count("report campaign")).toBe(ordered + 1);
  });

  test("a run id that is gone after thirty days is ordered again", async () => {
    await meta.act("settings", { reportRunMs: 40 * 86_400_000 });
    const pages = connector.streams.find(({ name }) => name === "campaignsByDay")?.pages;
    let cursor = null;
    for await (const page of pages?.(session, meta.days(29), null) ?? []) {
      cursor = page.cursor;
      if (page.cursor["report"] !== null) break;
    }
    await meta.sandbox.desk("clock", { byDays: 31 });
    await meta.act("settings", { reportRunMs: 10 });
    session = await meta.session(await meta.connect(), accounts.us);
    const records = await readFrom(cursor);
    expect(records.records.length).toBeGreaterThan(10);
    expect(await count("report campaign")).toBe(2);
  });

  test("a report that was ready, and is gone by the time its rows are read, is ordered again", async () => {
    const pages = connector.streams.find(({ name }) => name === "campaignsByDay")?.pages;
    let cursor = null;
    for await (const page of pages?.(session, meta.days(29), null) ?? []) {
      cursor = page.cursor;
      if (page.cursor["report"] !== null) break;
      await meta.tick();
    }
    // Laid aside with its report ready, and taken up a month later.
    await meta.sandbox.desk("clock", { byDays: 31 });
    session = await meta.session(await meta.connect(), accounts.us);
    const read = await readFrom({ ...cursor, isReady: true, readAt: meta.now().toISOString() });
    expect(read.records.length).toBeGreaterThan(10);
    expect(await count("report campaign")).toBe(2);
  });

  test("too much at once is asked for in halves, and what takes too long by a report", async () => {
    await meta.act("settings", { syncRowsMax: 3 });
    await expectWhole(await meta.read(session, "campaignsByDay", meta.days(6)), "campaign", since(6));
    expect(await count("report campaign")).toBeGreaterThan(0);
    await meta.act("settings", { reportRowsMax: 40 });
    await expectWhole(await meta.read(session, "campaignsByDay", meta.days(29)), "campaign", since(29));
  });
});

describe("limits", () => {
  test("over ninety percent the reading waits, and says for how long", async () => {
    await meta.act(`accounts/${accounts.us}`, { action: "usage", percent: 95, minutes: 40 });
    const read = await meta.read(session, "campaignsByDay", meta.days(40));
    expect(read.waits).toContainEqual({ code: "meta-ads.waitingForLimit", minutes: 1 });
    expect(session.readings.at(-1)).toMatchObject({ maximum: 190_000, available: 9_500 });
  });

  test("refused, it says when it goes on: about 40 minutes", async () => {
    await meta.act(`accounts/${accounts.us}`, { action: "usage", percent: 100, minutes: 40 });
    const asked = meta.now().getTime();
    session = await meta.session(await meta.connect(), accounts.us, 1);
    const failed = await meta.read(session, "campaignsByDay", meta.days(3)).catch((error: unknown) => error);
    expect(failed).toMatchObject({ failure: { class: "rate_limit", code: "meta-ads.throttled" } });
    const retryAt = Date.parse(
      failed instanceof Error && "failure" in failed ? String(Object(failed.failure)["retryAt"]) : "",
    );
    expect((retryAt - asked) / 60_000).toBeGreaterThan(38);
    await meta.sandbox.desk("clock", { bySeconds: 41 * 60 });
    await expectWhole(await meta.read(session, "campaignsByDay", meta.days(3)), "campaign", since(3));
  });

  test("eighty percent refusals for a while: all rows, none twice", async () => {
    await meta.fault({ kind: "throttled", share: 0.8, match: "act_", count: 30 });
    const read = await meta.read(session, "campaignsByDay", meta.days(5), 40);
    await expectWhole(read, "campaign", since(5));
  });
});

/** Code and subcode, what is done about it, what people are told. */
const refusals = [
  ["190/463", "reauthorize", "meta-ads.tokenExpired"],
  ["190/460", "reauthorize", "meta-ads.passwordChanged"],
  ["190/458", "reauthorize", "meta-ads.appRemoved"],
  ["190/459", "reauthorize", "meta-ads.checkpoint"],
  ["190/467", "reauthorize", "meta-ads.loggedOut"],
  ["190", "reauthorize", "meta-ads.tokenExpired"],
  ["102", "reauthorize", "meta-ads.tokenExpired"],
  ["10", "permission", "meta-ads.permissionMissing"],
  ["200", "permission", "meta-ads.roleMissing"],
  ["273", "permission", "meta-ads.permissionMissing"],
  ["294", "permission", "meta-ads.permissionMissing"],
  ["3", "permission", "meta-ads.appNotAllowed"],
  ["368", "permission", "meta-ads.blocked"],
  ["100/33", "permission", "meta-ads.accountNotReached"],
  ["100", "invalid_request", "meta-ads.badRequest"],
  ["2500", "invalid_request", "meta-ads.badRequest"],
  ["3018", "invalid_request", "meta-ads.tooFarBack"],
  ["2635", "invalid_request", "meta-ads.versionRetired"],
  ["4", "rate_limit", "meta-ads.throttled"],
  ["4/1504022", "rate_limit", "meta-ads.throttled"],
  ["17/2446079", "rate_limit", "meta-ads.throttled"],
  ["32", "rate_limit", "meta-ads.throttled"],
  ["613/1487742", "rate_limit", "meta-ads.throttled"],
  ["80000", "rate_limit", "meta-ads.throttled"],
  ["80003", "rate_limit", "meta-ads.throttled"],
  ["80004", "rate_limit", "meta-ads.throttled"],
  ["1", "transient", "meta-ads.trouble"],
  ["2", "transient", "meta-ads.trouble"],
  ["2/1504043", "transient", "meta-ads.trouble"],
  ["99", "transient", "meta-ads.trouble"],
] as const;

describe("answers that lie or break", () => {
  test.each(refusals)("%s is %s", async (text, kind, code) => {
    const once = async (status: number) => {
      await meta.fault({ kind: "providerError", text, match: "act_", count: "all", status });
      const failure = await meta.read(session, "campaignsByDay", meta.days(3)).catch((error: unknown) => error);
      await meta.sandbox.desk("end-faults", {});
      return failure;
    };
    // Transient ones and limits are repeated by the session with waits of its own: asked of the connector alone.
    if (kind === "rate_limit" || kind === "transient")
      session = await meta.session(await meta.connect(), accounts.us, 1);
    expect(await once(503)).toMatchObject({ failure: { class: kind, code } });
    expect(await once(200)).toMatchObject({ failure: { class: kind, code } });
  });

  test.each([["html"], ["emptyBody"], ["xml"], ["truncatedJson"]])(
    "%s with 200 is trouble, and no row is lost",
    async (kind) => {
      await meta.fault({ kind, match: "act_", count: 1 });
      await expectWhole(await meta.read(session, "campaignsByDay", meta.days(6), 5), "campaign", since(6));
    },
  );

  test("a row that cannot be read is set aside, and its days are not claimed to be whole", async () => {
    await meta.fault({ kind: "poison", match: "insights", field: "spend", text: "1,234.56", count: 1 });
    const read = await meta.read(session, "campaignsByDay", meta.days(6));
    expect(read.rejected).toBe(1);
    expect(read.whole).toEqual([]);
  });

  test("Meta losing purchases at one level is found, and the figure says so", async () => {
    const day = dayAgo(30);
    const before = await connector.reconcile?.aggregates(session, day);
    expect(before?.map(({ figure }) => figure)).toEqual(Array.from({ length: 5 }, () => "accountInsights"));
    await meta.act("settings", { dropsAt: "campaign" });
    const after = await connector.reconcile?.aggregates(session, day);
    expect(after?.map(({ metric, figure }) => `${metric} ${figure}`)).toEqual([
      "ad_spend accountInsights",
      "ad_impressions accountInsights",
      "ad_clicks accountInsights",
      "ad_purchases accountInsightsOnly",
      "ad_purchase_value accountInsightsOnly",
    ]);
    expect(after?.map(({ value }) => value)).toEqual(before?.map(({ value }) => value));
    expect(session.logged.map(({ event }) => event)).toContain("Meta's levels differ");
  });
});
