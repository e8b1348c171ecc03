import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cleanJson, cleanText, copyField, exactBytes } from "./copy-text.ts";

/** What Postgres makes of a field, by its documentation. */
const uncopied = (field: string) =>
  field.replace(/\\([\\tnr])/g, (_, character: string) => ({ "\\": "\\", t: "\t", n: "\n", r: "\r" })[character] ?? "");

test("any text without the two unholdable things comes back from a COPY field as it went in", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const clean = cleanText(text);
      expect(clean.text.isWellFormed()).toBe(true);
      expect(clean.text.includes("\0")).toBe(false);
      expect(clean.replaced).toBe(clean.text !== text);
      expect(uncopied(copyField(clean.text))).toBe(clean.text);
    }),
  );
});

test("JSON keeps its meaning but for U+0000 and half pairs, however they are written", () => {
  const strings = fc.array(
    fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\0", "\ud800", "\udc00x", "\\u0000", "\\")),
  );
  fc.assert(
    fc.property(strings, (parts) => {
      const value = parts.join("");
      const { text, replaced } = cleanJson(JSON.stringify([value]));
      const expected = value.replaceAll("\0", "\ufffd").toWellFormed();
      expect(JSON.parse(text)).toEqual([expected]);
      expect(replaced).toBe(expected !== value);
    }),
  );
});

test("the bytes kept aside still say what was replaced", () => {
  expect(exactBytes('{"a":"\ud800"}').toString("utf8")).toBe(String.raw`{"a":"\ud800"}`);
  expect(exactBytes('{"a":"😀"}').toString("utf8")).toBe('{"a":"😀"}');
});
