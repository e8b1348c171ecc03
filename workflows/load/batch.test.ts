import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { SourceRecord } from "@headwater/connectors/records.ts";
import { Batch } from "./batch.ts";
import { line, order } from "./testing/scripted-source.ts";

const amounts = fc.oneof(
  fc.constantFrom("1.00", "0", "-3.125", "9007199254740993.0001"),
  fc.constantFrom("1,234.56", "NaN", "", "1e5", " 1"),
);
const records: fc.Arbitrary<SourceRecord> = fc
  .record({
    id: fc.constantFrom("a", "b", "c", "d", ""),
    hour: fc.integer({ min: 10, max: 23 }),
    total: amounts,
    name: fc.string({ unit: "binary" }),
  })
  .map(({ id, hour, total, name }) => order(id, { versionAt: `2026-03-01T${hour}:00:00Z`, total, name }));

const stagedIn = (batch: Batch) => [...batch.staged()].flatMap(([, lines]) => lines);

test("every record read is staged once, a duplicate, or rejected: the counts add up", () => {
  fc.assert(
    fc.property(fc.array(fc.array(records, { maxLength: 12 }), { maxLength: 6 }), (pages) => {
      const batch = new Batch("Asia/Kathmandu");
      for (const page of pages) batch.addPage(page, []);
      let read = 0;
      let aside = 0;
      for (const counts of batch.countsByKind.values()) {
        read += counts.read;
        aside += counts.deduplicated + counts.rejected;
      }
      expect(read).toBe(pages.flat().length);
      expect(read).toBe(stagedIn(batch).length + aside);
    }),
  );
});

test("of one id the newest version is staged, the later one of equals, whatever the order of pages", () => {
  const good = records.filter(
    (record) => record.id !== "" && record.kind === "order" && /^-?\d+(\.\d+)?$/.test(record.total),
  );
  fc.assert(
    fc.property(fc.array(good, { minLength: 1, maxLength: 30 }), (all) => {
      const batch = new Batch(null);
      for (const record of all) batch.addPage([record], []);
      const expected = new Map<string, string>();
      for (const record of all) {
        const known = expected.get(record.id);
        if (known === undefined || known <= record.versionAt) expected.set(record.id, record.versionAt);
      }
      const staged = stagedIn(batch).map(({ id, versionMs }) => [
        id,
        new Date(versionMs).toISOString().replace(".000", ""),
      ]);
      expect(Object.fromEntries(staged)).toEqual(Object.fromEntries(expected));
    }),
  );
});

test("a line has exactly one field a column, whatever text is in it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.json(), (name, document) => {
      const batch = new Batch(null);
      batch.addPage([order("1", { name, document })], []);
      const [staged] = stagedIn(batch);
      expect(staged?.line.split("\t")).toHaveLength(22);
      expect(staged?.line.indexOf("\n")).toBe((staged?.line.length ?? 0) - 1);
      expect(staged?.line.isWellFormed()).toBe(true);
    }),
  );
});

test("an open gross is the sum of the order's lines, gift cards apart and before tax, and counts them", () => {
  const batch = new Batch(null);
  batch.addPage([order("1", { gross: null, lineCount: null, taxesIncluded: true, tax: "19.00" })], []);
  batch.addPage(
    [
      line("a", "1", { gross: "119.00", tax: "19.00" }),
      line("b", "1", { gross: "0.1", tax: "0" }),
      line("c", "1", { gross: "50", isGiftCard: true }),
      line("d", "elsewhere"),
    ],
    [],
  );
  const fields = stagedIn(batch)[0]?.line.trimEnd().split("\t");
  expect([fields?.[11], fields?.[21]]).toEqual(["100.10", "3"]);
  expect(batch.ordersElsewhere).toEqual(["elsewhere"]);
});
