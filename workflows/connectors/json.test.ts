import { describe, expect, test } from "vitest";
import { assertExactNumbers, parseExactly } from "./json.ts";

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

  test("is as exact at the top as anywhere", () => {
    expect(() => assertExactNumbers()).not.toThrow();
  });

  test("keeps __proto__ a name like any other", () => {
    const value = parseExactly('{"__proto__":{"evil":1},"n":12345678901234567890}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(JSON.stringify(value)).toBe('{"__proto__":{"evil":1},"n":12345678901234567890}');
  });

  test.each(["", "{", "[1,]", "<html>", "NaN", "{'a':1}"])("%j is refused", (text) => {
    expect(() => parseExactly(text)).toThrow(SyntaxError);
  });
});
