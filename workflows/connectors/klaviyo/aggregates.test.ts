import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseExactly } from "../json.ts";
import { isFields, type Fields } from "../read-fields.ts";
import { failureOf } from "../testing/failure-of.ts";
import { aggregateCall, amountIn, exactly, readAggregates, type AggregateAsk } from "./aggregates.ts";

const sample = readFileSync(new URL("samples/metric-aggregates.json", import.meta.url), "utf8");
const ask: AggregateAsk = {
  metricId: "RESQ6t",
  zone: "US/Eastern",
  from: "2026-11-17",
  until: "2026-11-19",
  by: ["$attributed_channel", "$attributed_flow", "$attributed_message"],
  page: null,
  purpose: "test",
};
const documentOf = (text: string): Fields => {
  const document = parseExactly(text);
  if (!isFields(document)) throw new Error("not a document");
  return document;
};

describe("digits", () => {
  test.each([
    ["830.5", "830.5"],
    ["2810.0", "2810"],
    ["1430.4500000000001", "1430.4500000000001"],
    ["12345678901234567890.12", "12345678901234567890.12"],
    ["0.30000000000000004", "0.30000000000000004"],
    ["1e-7", "0.0000001"],
    ["1.25E+5", "125000"],
    ["-12.50", "-12.5"],
    ["0.1234567890123456789012", "0.123456789012345679"],
  ])("of %s are taken as they stand: %s", (json, text) => {
    expect(exactly("sum_value", Object(parseExactly(`[${json}]`))[0])).toBe(text);
  });

  test("of any amount survive, whatever the zeros", () => {
    const amount = fc.tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 99 }));
    fc.assert(
      fc.property(amount, ([whole, cents]) => {
        const json = `${whole}.${String(cents).padStart(2, "0")}`;
        const plain = json.replace(/\.?0+$/, "");
        const taken = exactly("sum_value", Object(parseExactly(`[${json}]`))[0]);
        expect(taken.includes(".") ? taken.replace(/\.?0+$/, "") : taken).toBe(
          json.endsWith(".00") ? String(whole) : plain,
        );
      }),
    );
  });

  test.each(["null", '"12,50"', '"NaN"', "[1]", "true", '"1e999"'])("that are none (%s) are refused", (json) => {
    expect(() => exactly("sum_value", Object(parseExactly(`[${json}]`))[0])).toThrow(/sum_value/);
  });
});

test.each([
  ["3914.5400000000006", "3914.54"],
  ["604.7399999999999", "604.74"],
  ["0.30000000000000004", "0.3"],
  ["12.3456789", "12.345679"],
  ["-0.00000000000001", "0"],
  ["12345678901234567890.12", "12345678901234567890.12"],
  ["40", "40"],
])("a sum that was added up in floats comes without their noise: %s", (json, text) => {
  expect(amountIn(exactly("sum_value", Object(parseExactly(`[${json}]`))[0]))).toBe(text);
});

describe("an answer", () => {
  test("becomes one number a day and row, by the account's days", () => {
    const { rows, spoiled, next } = readAggregates(documentOf(sample), ask);
    expect(spoiled).toEqual([]);
    expect(next).toBeNull();
    expect(rows).toMatchObject([
      {
        dimensions: ["email", "", ""],
        cells: [
          { day: "2026-11-17", count: "12", value: "830.5" },
          { day: "2026-11-18", count: "9", value: "512" },
        ],
      },
      { dimensions: ["", "", ""], cells: [{ count: "40" }, { count: "38", value: "2604.25" }] },
    ]);
  });

  test.each([
    ["without an offset", (text: string) => text.replaceAll("T05:00:00+00:00", "T00:00:00")],
    ["with the zone's offset", (text: string) => text.replaceAll("T05:00:00+00:00", "T00:00:00-05:00")],
    ["as bare days", (text: string) => text.replaceAll("T05:00:00+00:00", "")],
  ])("may write its dates %s", (_how, write) => {
    const [row] = readAggregates(documentOf(write(sample)), ask).rows;
    expect(row?.cells.map(({ day }) => day)).toEqual(["2026-11-17", "2026-11-18"]);
  });

  test.each([
    ["dates that were not asked for", (text: string) => text.replaceAll("2026-11-18T05", "2026-12-18T05")],
    ["a day twice", (text: string) => text.replaceAll("2026-11-18T05", "2026-11-17T06")],
    ["no dates", (text: string) => text.replace('"dates"', '"days"')],
    ["no rows", (text: string) => text.replace('"data": [', '"rows": [')],
  ])("with %s is trouble of the source's", async (_what, spoil) => {
    const failure = await failureOf(Promise.resolve().then(() => readAggregates(documentOf(spoil(sample)), ask)));
    expect(failure).toMatchObject({ class: "transient", code: "klaviyo.notJsonApi" });
  });

  test("with a column that does not fit its dates loses that row alone", () => {
    const { rows, spoiled } = readAggregates(documentOf(sample.replace("40,", "")), ask);
    expect(rows).toHaveLength(1);
    expect(spoiled).toMatchObject([{ reason: "notParallel" }]);
  });

  test.each([
    ["page_cursor=abc", "abc"],
    ["page%5Bcursor%5D=abc", "abc"],
    ["page_cursor=a%2Bb%2Fc%3D%3D", "a+b/c=="],
    ["page_cursor=a+b/c==", "a+b/c=="],
  ])("names its next page by %s", (query, cursor) => {
    const linked = sample.replace(
      '"self": "https://a.klaviyo.com/api/metric-aggregates"',
      `"next": "https://a.klaviyo.com/api/metric-aggregates?${query}"`,
    );
    expect(readAggregates(documentOf(linked), ask).next).toBe(cursor);
  });

  test("is asked for in the account's zone, with its ends unmarked by an offset", () => {
    expect(aggregateCall({ ...ask, page: "p" }).body).toMatchObject({
      data: {
        attributes: {
          timezone: "US/Eastern",
          filter: ["greater-or-equal(datetime,2026-11-17T00:00:00)", "less-than(datetime,2026-11-19T00:00:00)"],
          page_cursor: "p",
        },
      },
    });
  });
});

test("an answer may count its end as a day more, and leave out the column that is never counted", () => {
  const { data } = JSON.parse(sample);
  data.attributes.dates.push("2026-11-19T05:00:00+00:00");
  for (const { measurements } of data.attributes.data) {
    delete measurements.unique;
    for (const column of Object.values<number[]>(measurements)) column.push(7);
  }
  const { rows, spoiled } = readAggregates({ data }, ask);
  expect(spoiled).toEqual([]);
  expect(rows.flatMap(({ cells }) => cells.map(({ day, count }) => `${day} ${count}`))).toEqual([
    "2026-11-17 12",
    "2026-11-18 9",
    "2026-11-17 40",
    "2026-11-18 38",
  ]);
});

test("a row may leave its dimensions empty where it has none of those asked for", () => {
  const empty = sample.replace(/"dimensions": \[\s*"",\s*"",\s*""\s*\]/, '"dimensions": []');
  const { rows, spoiled } = readAggregates(documentOf(empty), ask);
  expect(spoiled).toEqual([]);
  expect(rows.map(({ dimensions }) => dimensions)).toEqual([
    ["email", "", ""],
    ["", "", ""],
  ]);
});

test("a row with fewer dimensions than asked for is lost alone", () => {
  const short = sample.replace(/"email",\s*"",/, '"email",');
  expect(readAggregates(documentOf(short), ask)).toMatchObject({ spoiled: [{ reason: "notDimensions" }] });
});
