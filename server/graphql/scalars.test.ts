import { isScalarType } from "graphql";
import { expect, test } from "vitest";
import { schema } from "./schema.ts";

test("a DateTime is an instant that exists, with its zone, as RFC 3339 has it", () => {
  const type = schema.getType("DateTime");
  if (!isScalarType(type)) throw new Error("no DateTime");
  const read = (text: string): unknown => type.coerceInputValue(text);
  for (const [text, instant] of [
    ["2026-11-22T00:00:00Z", "2026-11-22T00:00:00.000Z"],
    ["2026-11-22t05:30:00.123456+05:30", "2026-11-22T00:00:00.123Z"],
    ["2028-02-29T23:59:59-00:00", "2028-02-29T23:59:59.000Z"],
  ] as const)
    expect(read(text), text).toEqual(new Date(instant));
  for (const text of [
    "2026-11-22",
    "2026-11-22T00:00:00",
    "2026-11-22T00:00Z",
    "2027-02-29T00:00:00Z",
    "2027-02-30T00:00:00Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T00:60:00Z",
    "2026-11-22T00:00:00+0530",
    "2026-11-22 00:00:00Z",
    "2026-11-22T00:00:00Zulu",
  ])
    expect(() => read(text), text).toThrow("RFC 3339");
});
