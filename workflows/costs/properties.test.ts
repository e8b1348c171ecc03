import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, inject, test } from "vitest";
import { readDate } from "./dates.ts";
import { LIMITS } from "./limits.ts";
import { addAmounts, readNumber } from "./numbers.ts";
import { csvRecords } from "./records.ts";
import type { CsvPlace, CsvRecord, Delimiter } from "./records.ts";
import { safeField, safeFileName } from "./hygiene.ts";
import { fileOf, importAll } from "./testing/files.ts";
import { textOf } from "./unpacking.ts";
import type { Encoding } from "./unpacking.ts";

const seed = inject("seed") ?? process.pid * 7919;
const told = { seed, numRuns: 300 };

async function recordsOf(text: string, pieceBytes: number): Promise<CsvRecord[]> {
  const found: CsvRecord[] = [];
  for await (const records of csvRecords(fileOf(text, pieceBytes).read(0), ",", LIMITS)) found.push(...records);
  return found;
}
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const cell = fc.string({ unit: fc.constantFrom("a", "é", "😀", ",", '"', "\n", "\r", " ", ";"), maxLength: 6 });
const sheet = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 });

test(`what was written with quotes is read back, however it is cut on the way (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(
      sheet,
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom("\n", "\r\n", "\r"),
      async (rows, piece, end) => {
        const text = rows.map((cells) => cells.map(quoted).join(",") + end).join("");
        expect((await recordsOf(text, piece)).map(({ cells }) => cells)).toEqual(rows);
      },
    ),
    told,
  );
});

interface Writing {
  readonly delimiter: Delimiter;
  readonly end: string;
  readonly encoding: Encoding;
  readonly hasMark: boolean;
  readonly isPacked: boolean;
  readonly endsWithBreak: boolean;
}
const writing: fc.Arbitrary<Writing> = fc.record({
  delimiter: fc.constantFrom(",", ";", "\t", "|"),
  end: fc.constantFrom("\n", "\r\n", "\r"),
  encoding: fc.constantFrom("utf-8", "utf-16le", "utf-16be", "windows-1252"),
  hasMark: fc.boolean(),
  isPacked: fc.boolean(),
  endsWithBreak: fc.boolean(),
});

/** A cell with whether it is quoted where it need not be. */
const tableOf = (unit: readonly string[]) =>
  fc.array(
    fc.array(fc.tuple(fc.string({ unit: fc.constantFrom(...unit), maxLength: 7 }), fc.boolean()), {
      minLength: 1,
      maxLength: 5,
    }),
    { minLength: 1, maxLength: 9 },
  );
const COMMON = ["a", "é", "€", "'", "\\", ",", ";", "\t", "|", '"', "\n", "\r", " ", "0", "\u00a0", "ÿ", "="];

function write(cells: readonly (readonly (readonly [string, boolean])[])[], how: Writing): Uint8Array {
  const { delimiter, end, encoding, hasMark, isPacked } = how;
  const lines = cells.map((row) =>
    row
      .map(([text, isQuoted]) => (isQuoted || /["\n\r]/.test(text) || text.includes(delimiter) ? quoted(text) : text))
      .join(delimiter),
  );
  // What ends without a break and holds nothing is no line at all.
  const last = how.endsWithBreak || lines.at(-1) === "" ? end : "";
  const bytes = encoded(lines.join(end) + last, encoding, hasMark);
  return isPacked ? gzipSync(bytes) : bytes;
}

function encoded(text: string, encoding: Encoding, hasMark: boolean): Buffer {
  if (encoding === "utf-8") return Buffer.from(hasMark ? `\ufeff${text}` : text);
  if (encoding === "windows-1252") return Buffer.from(text.replaceAll("€", "\u0080"), "latin1");
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return encoding === "utf-16le" ? bytes : bytes.swap16();
}

const packingBytes = (encoding: Encoding, hasMark: boolean) =>
  encoding === "utf-8" ? (hasMark ? 3 : 0) : encoding === "windows-1252" ? 0 : 2;

test(`any table, legally written in any way and cut anywhere, reads back equal, from any of its records on (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.tuple(
          tableOf([...COMMON, "😀", "é", "שלום", "\u{1f1ee}", "\u200b"]),
          writing.filter(({ encoding }) => encoding !== "windows-1252"),
        ),
        fc.tuple(
          tableOf(COMMON),
          writing.map((how) => ({ ...how, encoding: "windows-1252" as const })),
        ),
      ),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(),
      async ([cells, how], piece, pick) => {
        const file = fileOf(write(cells, how), piece);
        const { encoding, isPacked } = how;
        const packing = { isPacked, encoding, markBytes: packingBytes(encoding, how.hasMark) };
        const read = async (from: CsvPlace): Promise<CsvRecord[]> => {
          const found: CsvRecord[] = [];
          const text = textOf(file, packing, LIMITS, from.offset);
          for await (const records of csvRecords(text, how.delimiter, LIMITS, from)) found.push(...records);
          return found;
        };
        const all = await read({ offset: 0, line: 1 });
        expect(all.map((record) => record.cells)).toEqual(cells.map((row) => row.map(([text]) => text)));
        const at = pick % all.length;
        expect(await read(all[at]?.next ?? { offset: 0, line: 1 })).toEqual(all.slice(at + 1));
      },
    ),
    { seed, numRuns: 1_000 },
  );
});

test(`a restart at any record's end reads the rest as the first reader did (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(sheet, fc.nat(), async (rows, pick) => {
      const text = rows.map((cells) => `${cells.map(quoted).join(",")}\n`).join("");
      const all = await recordsOf(text, 5);
      const at = pick % all.length;
      const place = all[at]?.next ?? { offset: 0, line: 1 };
      const rest: CsvRecord[] = [];
      for await (const part of csvRecords(fileOf(text, 3).read(place.offset), ",", LIMITS, place)) rest.push(...part);
      expect(rest).toEqual(all.slice(at + 1));
    }),
    told,
  );
});

test(`an amount is the same number however people write it (seed ${seed})`, () => {
  const written = fc.tuple(fc.bigInt(0n, 99_999_999_999n), fc.integer({ min: 0, max: 99 }), fc.boolean());
  fc.assert(
    fc.property(written, ([whole, cents, isNegative]) => {
      const digits = `${whole}.${String(cents).padStart(2, "0")}`;
      const exact = addAmounts(isNegative ? `-${digits}` : digits, "0");
      const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
      const indian = String(whole).replace(/\B(?=(\d{2})*\d{3}$)/g, ",");
      const fraction = String(cents).padStart(2, "0");
      const forms = [
        [`${grouped}.${fraction}`, "."],
        [`${indian}.${fraction}`, "."],
        [`${grouped.replaceAll(",", ".")},${fraction}`, ","],
        [`${grouped.replaceAll(",", " ")}.${fraction}`, "."],
        [`$${whole}.${fraction}`, "."],
        [`${whole},${fraction} EUR`, ","],
      ] as const;
      for (const [form, decimal] of forms) {
        const signed = isNegative ? `(${form})` : form;
        const read = readNumber(isNegative && form.includes("EUR") ? `-${form}` : signed, decimal, "USD");
        expect("amount" in read ? read.amount : read, form).toBe(exact);
      }
    }),
    told,
  );
});

test(`a day is read back from every way of writing it (seed ${seed})`, () => {
  const days = fc.date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
  fc.assert(
    fc.property(days, (date) => {
      const iso = date.toISOString().slice(0, 10);
      const [year = "", month = "", day = ""] = iso.split("-");
      const name = new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" }).format(date);
      const serial = String(Math.round((Date.parse(iso) - Date.UTC(1899, 11, 30)) / 86_400_000));
      for (const text of [iso, `${year}/${month}/${day}`, `${year}${month}${day}`, `${day} ${name} ${year}`, serial])
        expect(readDate(text, "DMY", "UTC"), text).toMatchObject({ day: iso });
      expect(readDate(`${day}.${month}.${year}`, "DMY", "UTC")).toMatchObject({ day: iso });
      expect(readDate(`${month}/${day}/${year} 10:30`, "MDY", "UTC")).toMatchObject({ day: iso });
    }),
    told,
  );
});

test(`no bytes whatever bring the importer down: it takes them or says why not (seed ${seed})`, async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ unit: "binary", maxLength: 200 }).map((text) => Buffer.from(`date,cost_type,amount,sku\n${text}`)),
    sheet.map((rows) => Buffer.from(`date,cost_type,amount\n${rows.map((cells) => cells.join(",")).join("\n")}`)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (content) => {
      const outcome = await importAll(fileOf(content, 17)).then(
        ({ rows }) => rows.length >= 0,
        (error: unknown) => error instanceof Error && error.name === "FileRefused",
      );
      expect(outcome).toBe(true);
    }),
    told,
  );
});

test.each(["=1", "＝1", "a,=1", "a;＠x", 'say "＋1', "\tx"])("%j leaves the house with a mark before it", (text) =>
  expect(safeField(text)).toBe(`"'${text.replaceAll('"', '""')}"`),
);

test(`what leaves the house is quoted and cannot run (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const field = safeField(text);
      expect(field.startsWith('"') && field.endsWith('"')).toBe(true);
      expect(/^"[=+\-@\t\r]/.test(field)).toBe(false);
      expect(field.slice(1, -1).replaceAll('""', "").includes('"')).toBe(false);
      expect(safeFileName(`../../${text}`)).not.toMatch(/[/\\\p{Cc}]/u);
    }),
    told,
  );
});
