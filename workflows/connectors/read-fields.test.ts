import { describe, expect, test } from "vitest";
import { sumOf } from "./decimal.ts";
import { parseExactly } from "./json.ts";
import {
  decimalOf,
  documentOf,
  instantOf,
  isFields,
  mapped,
  textOf,
  textOrNull,
  Unmappable,
  wholeNumberOf,
} from "./read-fields.ts";

describe("an instant", () => {
  test.each([
    ["2026-11-20T09:12:44Z", "2026-11-20T09:12:44Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"],
    ["2026-11-20T09:12:44.123Z", "2026-11-20T09:12:44.123Z"],
    ["2026-11-20T09:12:44+05:45", "2026-11-20T03:27:44.000Z"],
    ["2026-11-20T09:12:44-10:30", "2026-11-20T19:42:44.000Z"],
  ])("%s is %s", (given, read) => {
    expect(instantOf({ at: given }, "at")).toBe(read);
  });

  test.each([
    "2023-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-11-20T23:59:60Z",
    "0",
    "now",
    "2026-11-20",
    "2026-11-20T10:00:00+99:99",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+05:00",
    "9999-12-31T23:30:00-01:00",
  ])("%s is none", (given) => {
    expect(() => instantOf({ at: given }, "at")).toThrow(Unmappable);
  });
});

test.each(["10158231231231239", "9007199254740993.25", "7", "12.5"])("the number %s keeps its digits", (number) => {
  const fields = parseExactly(`{"id":${number}}`);
  if (!isFields(fields)) throw new Error("an object");
  expect([textOf(fields, "id"), textOrNull(fields, "id"), decimalOf(fields, "id")]).toEqual([number, number, number]);
});

test("a count is one in whatever way it is written, also beside a number that a double cannot hold", () => {
  const fields = parseExactly('{"id":12345678901234567,"a":2.0,"b":"2","c":2,"d":-2,"no":2.5,"text":"2.0","yes":true}');
  if (!isFields(fields)) throw new Error("an object");
  expect(["a", "b", "c", "d"].map((name) => wholeNumberOf(fields, name))).toEqual([2, 2, 2, -2]);
  for (const name of ["no", "text", "yes", "id", "none"]) expect(() => wholeNumberOf(fields, name)).toThrow(Unmappable);
});

test("a document leaves out what was named, at the top and nowhere else, and keeps every other key", () => {
  const fields = JSON.parse('{"a":1,"b":{"a":2},"__proto__":{"x":1},"c":null}');
  expect(documentOf(fields, new Set(["a", "z"]))).toBe('{"b":{"a":2},"__proto__":{"x":1},"c":null}');
  expect(Object.keys(fields)).toContain("a");
});

test("a poison record is told with its reason; a mistake of ours is no poison", () => {
  expect(mapped("customer", { id: "c1" }, (fields) => textOf(fields, "name"))).toEqual({
    rejected: { kind: "customer", id: "c1", reason: "missing", detail: "name", document: '{"id":"c1"}' },
  });
  expect(() =>
    mapped("customer", {}, () => {
      throw new TypeError("ours");
    }),
  ).toThrow("ours");
});

describe("a sum", () => {
  test.each([
    [[], "0"],
    [["12.50"], "12.50"],
    [["0.1", "0.2"], "0.3"],
    [["90071992547409.93", "0.01"], "90071992547409.94"],
    [["-5.5", "5.5"], "0"],
    [["1.001", "2.0005", "-0.1"], "2.9015"],
  ])("of %j is %s", (amounts, sum) => {
    expect(sumOf(amounts)).toBe(sum);
  });

  test("of a million amounts is exact", () => {
    expect(sumOf(Array.from({ length: 1_000_000 }, () => "0.1"))).toBe("100000");
  });
});
