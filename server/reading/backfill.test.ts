import type { SliceState } from "@headwater/db/schema/values.ts";
import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { startOfDay } from "../testing/start-of-day.ts";
import { addDays, daysBetween } from "./days.ts";
import { byMonth, countDays, dayRanges, daysWithSome, piecesOf } from "./backfill-map.ts";
import type { HistorySlice, Piece } from "./backfill-map.ts";
import { etaOf, restsBetween, secondsAtWork, shareDone, withRests } from "./eta.ts";
import { coverageOf, markOf } from "./coverage.ts";

const piece = (
  stream: string,
  [from, to]: readonly [string, string],
  state: SliceState,
  counts: Partial<Pick<Piece, "n" | "rows" | "expected">> = {},
): Piece => ({ n: 1, stream, from, to, state, rows: 0, expected: null, ...counts });

describe("the backfill map", () => {
  test("days of all streams, of some, read now, waiting and failed", () => {
    const pieces = [
      piece("orders", ["2026-03-20", "2026-03-27"], "done"),
      piece("customers", ["2026-03-20", "2026-03-27"], "done"),
      piece("orders", ["2026-03-10", "2026-03-20"], "done"),
      piece("customers", ["2026-03-10", "2026-03-20"], "running"),
      piece("orders", ["2026-03-01", "2026-03-10"], "failed"),
      piece("customers", ["2026-03-01", "2026-03-10"], "done"),
      piece("orders", ["2026-02-01", "2026-03-01"], "queued"),
      piece("customers", ["2026-02-01", "2026-03-01"], "queued"),
    ];
    expect(dayRanges(pieces)).toEqual([
      { from: "2026-02-01", to: "2026-02-28", state: "QUEUED" },
      { from: "2026-03-01", to: "2026-03-09", state: "FAILED" },
      { from: "2026-03-10", to: "2026-03-19", state: "NOW" },
      { from: "2026-03-20", to: "2026-03-26", state: "ALL" },
    ]);
    expect(daysWithSome(pieces)).toBe(26);
    expect(byMonth(dayRanges(pieces), pieces).map(({ month }) => month)).toEqual(["2026-03-01", "2026-02-01"]);
  });

  test("slices are cut in the account's zone, on days of 23, 24.5 and 25 hours too", () => {
    for (const zone of ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Europe/Berlin", "Pacific/Apia"]) {
      for (const day of ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"]) {
        const slice: HistorySlice = {
          n: 1,
          stream: "orders",
          fromAt: startOfDay(day, zone),
          toAt: startOfDay(addDays(day, 1), zone),
          state: "done",
          rows: 1,
          expected: null,
        };
        expect(piecesOf([slice], zone), `${zone} ${day}`).toMatchObject([{ from: day, to: addDays(day, 1) }]);
      }
    }
  });

  test("whatever the windows: ranges neither overlap nor miss a planned day, and months hold the same days", () => {
    const window = fc.record({
      stream: fc.constantFrom("a", "b", "c"),
      start: fc.integer({ min: 0, max: 700 }),
      length: fc.integer({ min: 1, max: 90 }),
      state: fc.constantFrom<SliceState>("queued", "running", "done", "failed"),
      rows: fc.nat(1000),
    });
    fc.assert(
      fc.property(fc.array(window, { maxLength: 30 }), (windows) => {
        const pieces = windows.map(({ stream, start, length, state, rows }) =>
          piece(stream, [addDays("2025-01-01", start), addDays("2025-01-01", start + length)], state, { rows }),
        );
        const ranges = dayRanges(pieces);
        const planned = new Set(
          pieces.flatMap(({ from, to }) => Array.from({ length: daysBetween(from, to) }, (_, n) => addDays(from, n))),
        );
        const shown = ranges.flatMap(({ from, to }) =>
          Array.from({ length: daysBetween(from, to) + 1 }, (_, n) => addDays(from, n)),
        );
        expect(shown).toEqual([...planned].toSorted((a, b) => a.localeCompare(b)));
        const inMonths = byMonth(ranges, pieces).reduce(
          (sum, month) => sum + countDays(month.ranges, ["ALL", "SOME", "NOW", "QUEUED", "FAILED"]),
          0,
        );
        expect(inMonths).toBe(planned.size);
        const rowsInMonths = byMonth(ranges, pieces).reduce((sum, month) => sum + Number(month.rows), 0);
        expect(rowsInMonths).toBe(pieces.reduce((sum, { rows }) => sum + rows, 0));
      }),
    );
  });
});

test("an extension adds its days to those of before, and a day that both have is told by the newer run", () => {
  const slice = (n: number, [from, to]: readonly [string, string], state: SliceState, stream = "orders") =>
    ({
      n,
      stream,
      fromAt: startOfDay(from, "UTC"),
      toAt: startOfDay(to, "UTC"),
      state,
      rows: 100,
      expected: null,
    }) satisfies HistorySlice;
  const pieces = piecesOf(
    [
      slice(1, ["2026-03-01", "2026-03-11"], "done"),
      slice(1, ["2026-01-01", "2026-01-11"], "queued"),
      slice(2, ["2026-02-09", "2026-03-02"], "queued"),
      slice(2, ["2026-02-01", "2026-02-09"], "done"),
      slice(2, ["2026-03-04", "2026-03-05"], "failed", "refunds"),
    ],
    "UTC",
  ).filter(({ stream }) => stream === "orders");
  expect(dayRanges(pieces)).toEqual([
    { from: "2026-02-01", to: "2026-02-08", state: "ALL" },
    { from: "2026-02-09", to: "2026-03-01", state: "QUEUED" },
    { from: "2026-03-02", to: "2026-03-10", state: "ALL" },
  ]);
  expect(byMonth(dayRanges(pieces), pieces).map(({ rows }) => rows)).toEqual(["95", "195"]);
});

test("a stream that came later is no part of the days read before it, and one that went is still of those read after", () => {
  const days = [
    piece("orders", ["2026-03-01", "2026-04-01"], "done", { n: 1 }),
    piece("customers", ["2026-03-01", "2026-04-01"], "done", { n: 1 }),
    piece("orders", ["2026-02-01", "2026-03-01"], "done", { n: 2 }),
    piece("payouts", ["2026-02-01", "2026-03-01"], "done", { n: 2 }),
    piece("orders", ["2026-01-01", "2026-02-01"], "done", { n: 3 }),
    piece("customers", ["2026-01-01", "2026-02-01"], "done", { n: 3 }),
    piece("payouts", ["2026-01-01", "2026-02-01"], "done", { n: 3 }),
  ];
  expect(dayRanges(days)).toEqual([
    { from: "2026-01-01", to: "2026-01-31", state: "ALL" },
    { from: "2026-02-01", to: "2026-02-28", state: "SOME" },
    { from: "2026-03-01", to: "2026-03-31", state: "ALL" },
  ]);
});

describe("how long it takes", () => {
  const halfDone = [
    piece("orders", ["2026-11-01", "2026-11-21"], "done", { rows: 2000 }),
    piece("orders", ["2026-10-12", "2026-11-01"], "queued"),
  ];

  test("nothing before 3% or 30 s; then a range that holds both reckonings", () => {
    const share = shareDone(halfDone);
    expect(share).toEqual({ done: 0.5, rowsLeft: 2000 });
    expect(etaOf(share, 100, 20)).toBeNull();
    expect(etaOf({ done: 0.02, rowsLeft: 5 }, 100, 300)).toBeNull();
    expect(etaOf({ done: 1, rowsLeft: 0 }, 100, 300)).toBeNull();
    const eta = etaOf(share, 100, 600);
    expect(eta?.minSeconds).toBeLessThanOrEqual(600);
    expect(eta?.maxSeconds).toBeGreaterThanOrEqual(1200);
  });

  test("windows weigh by the rows a day seen so far, and a window that is read counts in part", () => {
    const share = shareDone([
      piece("orders", ["2026-11-11", "2026-11-21"], "done", { rows: 1000 }),
      piece("orders", ["2026-11-01", "2026-11-11"], "running", { rows: 500, expected: 1000 }),
    ]);
    expect(share.done).toBeCloseTo(0.75, 2);
    expect(share.rowsLeft).toBeCloseTo(500);
  });

  test("the time in which it stood still is none that it took", () => {
    const at = (time: string) => new Date(`2026-11-${time}Z`);
    const stops = [
      { from: at("01T00:00"), until: at("20T18:01") },
      { from: at("20T18:05"), until: at("23T09:00") },
      { from: at("23T09:04"), until: null },
    ];
    expect(secondsAtWork(at("20T18:00"), at("23T10:00"), stops)).toBe(8 * 60);
    expect(secondsAtWork(at("20T18:00"), at("23T10:00"), [])).toBe(64 * 3600);
  });

  test("stops that overlap are counted once", () => {
    const at = (text: string): Date => new Date(`2026-11-${text}:00Z`);
    const stops = [
      { from: at("20T20:00"), until: at("21T06:00") },
      { from: at("20T22:00"), until: at("20T23:00") },
      { from: at("21T05:00"), until: at("21T07:00") },
    ];
    expect(secondsAtWork(at("20T18:00"), at("21T08:00"), stops)).toBe(3 * 3600);
  });

  test("quiet hours ahead lie in the range, and none that lie behind its end", () => {
    const now = new Date("2026-11-20T21:00:00Z");
    const night = { from: Date.parse("2026-11-20T22:00:00Z"), to: Date.parse("2026-11-21T06:00:00Z") };
    const range = { minSeconds: 1800, maxSeconds: 7200 };
    expect(withRests(range, now, [night])).toEqual({ minSeconds: 1800, maxSeconds: 7200 + 8 * 3600 });
    expect(withRests(range, now, [])).toEqual(range);
  });

  test("a small change does not move it: it stands in steps of a tenth", () => {
    const at = (seconds: number) => etaOf({ done: 0.5, rowsLeft: 0 }, null, seconds)?.maxSeconds;
    expect(at(1000)).toBe(at(1010));
    expect(at(1000)).not.toBe(at(1300));
  });
});

test("quiet hours are no rest from what began in them on, to the last sign of it", () => {
  const at = (text: string): Date => new Date(`2026-11-${text}:00Z`);
  const night = { from: at("20T22:00").getTime(), to: at("21T06:00").getTime() };
  const [from, until] = [new Date(night.from), new Date(night.to)];
  const read = (startedAt: Date, finishedAt: Date | null) => ({ startedAt, finishedAt });
  const evening = read(at("20T21:00"), at("21T07:00"));
  expect(restsBetween([night], [evening, read(at("21T06:00"), null)], null)).toEqual([{ from, until }]);
  const began = at("20T23:00");
  const wanted = [evening, read(began, at("21T00:00")), read(at("21T00:00"), null)];
  expect(restsBetween([night], wanted, at("21T01:30"))).toEqual([
    { from, until: began },
    { from: at("21T01:30"), until },
  ]);
  expect(restsBetween([night], wanted, at("21T09:00"))).toEqual([
    { from, until: began },
    { from: until, until },
  ]);
});

describe("how far a source reaches", () => {
  const zone = "Asia/Kolkata";
  test("a gap ends what is complete; the day in progress is partial", () => {
    const pieces = [
      piece("orders", ["2026-11-14", "2026-11-21"], "done"),
      piece("orders", ["2026-10-22", "2026-11-14"], "queued"),
      piece("orders", ["2026-08-23", "2026-10-22"], "done"),
    ];
    const coverage = coverageOf(pieces, new Date("2026-11-20T12:00:00Z"), zone, false);
    expect(
      ["2026-11-21", "2026-11-20", "2026-11-19", "2026-11-14", "2026-11-13", "2026-09-01"].map((day) =>
        markOf(day, coverage),
      ),
    ).toEqual(["missing", "partial", "complete", "complete", "missing", "missing"]);
  });
  test("a day is complete once the next one has begun in its zone, and partial from its own beginning", () => {
    const zones = ["Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo", "UTC"];
    const day = fc.integer({ min: -4000, max: 4000 }).map((days) => addDays("2011-12-30", days));
    fc.assert(
      fc.property(day, fc.constantFrom(...zones), fc.integer({ min: -40, max: 40 }), (one, at, hours) => {
        const next = startOfDay(addDays(one, 1), at);
        const through = new Date(next.getTime() + hours * 3_600_000 - (hours % 2));
        const expected = next <= through ? "complete" : startOfDay(one, at) <= through ? "partial" : "missing";
        expect(markOf(one, coverageOf([], through, at, true))).toBe(expected);
      }),
    );
  });
  test("nothing read yet, or no mark of how far, is missing; a history without windows counts once it is done", () => {
    expect(markOf("2026-11-19", coverageOf([], new Date(), zone, false))).toBe("missing");
    expect(
      markOf("2026-11-19", coverageOf([piece("orders", ["2026-11-14", "2026-11-21"], "done")], null, zone, false)),
    ).toBe("missing");
    expect(markOf("2026-11-19", coverageOf([], new Date("2026-11-21T00:00:00Z"), zone, true))).toBe("complete");
  });
});
