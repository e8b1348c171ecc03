import { describe, expect, test } from "vitest";
import { numberIn, parseExactly } from "./json.ts";

const roundTrip = (text: string) => JSON.stringify(parseExactly(text));

describe("JSON read exactly", () => {
  test.each([
    "9007199254740993",
    "[9007199254740993]",
    '{"a":-9007199254740993}',
    '{"a": 123456789012345678901234567890}',
    '{"a":0.1234567890123456789}',
    "[1,1e400]",
    '{"deep":[{"x":[12345678901234567890]}]}',
  ])("%s loses no digit", (text) => {
    expect(roundTrip(text)).toBe(text.replaceAll(/\s/g, ""));
  });

  test.each(['{"id":"gid://shopify/Order/9007199254740993"}', '{"a":1.5,"b":[true,null,"é☕"]}', "0", '""'])(
    "%s is as any JSON",
    (text) => {
      expect(parseExactly(text)).toEqual(JSON.parse(text));
    },
  );

  test("keeps __proto__ a name like any other", () => {
    const value = parseExactly('{"__proto__":{"evil":1},"n":12345678901234567890}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(JSON.stringify(value)).toBe('{"__proto__":{"evil":1},"n":12345678901234567890}');
  });

  test.each(["", "{", "[1,]", "<html>", "NaN", "{'a':1}"])("%j is refused", (text) => {
    expect(() => parseExactly(text)).toThrow(SyntaxError);
  });

  test.each([
    ["12345678901234567890", 12_345_678_901_234_567_000],
    ["1.0e1", 10],
    ['" 7 "', 7],
    ['""', Number.NaN],
    ['"x"', Number.NaN],
    ["null", Number.NaN],
    ["{}", Number.NaN],
  ])("%s counts as %d", (text, number) => {
    expect(numberIn(parseExactly(text))).toBe(number);
  });
});
