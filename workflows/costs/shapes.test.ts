// Files as nobody should write them, and somebody does: each is read right, or refused for what is wrong with it.
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { FileRefused } from "./codes.ts";
import { BRAND, codesOf, fileOf, importAll, UNBOUNDED } from "./testing/files.ts";
import type { ImportOptions } from "./testing/files.ts";

const MEGABYTE = 1024 * 1024;
const DAY = "2026-11-18";

async function refusalOf(content: string | Uint8Array, options: ImportOptions = {}, piece = 64 * 1024) {
  const seen = await importAll(fileOf(content, piece), options).catch((error: unknown) => error);
  if (!(seen instanceof FileRefused)) throw new Error("it was taken", { cause: seen });
  return `${seen.found.line} ${seen.found.code} ${seen.why}`.trim();
}

describe("too much of something is refused by name, in the memory of a little of it", () => {
  test.each([
    ["a million columns in the header", `date,cost_type,amount${",".repeat(1_000_000)}x\n`, "1 E_TOO_LARGE columns"],
    [
      "a million cells in a row",
      `date,cost_type,amount\n${DAY},fixed,5${",x".repeat(1_000_000)}\n`,
      "2 E_TOO_LARGE record",
    ],
    [
      "a quoted cell that is closed behind the limit",
      `date,cost_type,amount,note\n${DAY},fixed,5,"${"x, ".repeat(MEGABYTE)}"\n${DAY},fixed,6,y\n`,
      "2 E_TOO_LARGE record",
    ],
    [
      "a quote that is never closed before other quoted cells",
      `date,cost_type,amount,note\n${DAY},fixed,5,"x\n${`${DAY},fixed,5,"y"\n`.repeat(100_000)}`,
      "3 E_QUOTE textAfter",
    ],
  ])("%s", async (_name, text, refusal) => {
    expect(await refusalOf(text)).toBe(refusal);
  });

  test.each([
    ["a field of 100 MB", "x", "2 E_TOO_LARGE record"],
    ["a quoted one", '"x', "2 E_QUOTE unclosed"],
  ])("%s", async (_name, cell, refusal) => {
    const head = Buffer.from(`date,cost_type,amount,note\n${DAY},fixed,5,${cell}`);
    let given = 0;
    const file = {
      bytes: 100 * MEGABYTE,
      async *read(from: number) {
        yield head.subarray(from);
        for (; given < 100 * MEGABYTE; given += MEGABYTE) yield Buffer.alloc(MEGABYTE, "x");
      },
    };
    const seen = await importAll(file, { limits: UNBOUNDED }).catch((error: unknown) => error);
    expect(seen instanceof FileRefused && `${seen.found.line} ${seen.found.code} ${seen.why}`).toBe(refusal);
    expect(given, "nobody reads on to its end").toBeLessThan(5 * MEGABYTE);
  });

  test("a cell too long for a cost is said of its line, and the other lines are taken", async () => {
    const text = `date,cost_type,amount,note\n${DAY},fixed,5,${"y".repeat(5_000)}\n${DAY},fixed,6,short\n`;
    const { rows, findings } = await importAll(fileOf(text, 999));
    expect([rows.map(({ amount }) => amount), new Set(codesOf(findings))]).toEqual([["6"], new Set(["2 E_TEXT"])]);
  });

  test("what unpacks to more than it may, however it is spread", async () => {
    const noise = Array.from({ length: 60_000 }, (_, n) => `${DAY},fixed,${n},${(n * 2_654_435_761) % 4_294_967_291}`);
    const packed = gzipSync(`date,cost_type,amount,name\n${noise.join("\n")}\n`);
    expect(await refusalOf(packed, { limits: { unpackedBytes: MEGABYTE } })).toBe("1 E_TOO_LARGE unpacked");
  });
});

describe("files that were put together or cut apart", () => {
  test("a header that comes again is a line that is refused, and no other", async () => {
    const part = `date,cost_type,amount\n${DAY},fixed,5\n`;
    const { rows, findings } = await importAll(fileOf(part + part.replace("5", "6")));
    expect(rows.map(({ amount }) => amount)).toEqual(["5", "6"]);
    expect(new Set(findings.map(({ line }) => line))).toEqual(new Set([3]));
    expect(codesOf(findings)).toContain("3 E_DATE");
  });

  test("also where its column of types is called category", async () => {
    const part = `Day,Category,Cost\n${DAY},Rent,5\n`;
    const { rows } = await importAll(fileOf(part + part.replace("5", "6")));
    expect(rows.map(({ costType, amount }) => `${costType} ${amount}`)).toEqual(["fixed 5", "fixed 6"]);
  });

  test("UTF-16 cut in the middle of a letter, or without a mark", async () => {
    const whole = Buffer.from(`\ufeffdate,cost_type,amount,name\n${DAY},fixed,5,😀\n`, "utf16le");
    expect((await importAll(fileOf(whole, 1))).rows[0]?.dimensions.name).toBe("😀");
    expect(await refusalOf(whole.subarray(0, whole.length - 3))).toBe("1 E_ENCODING utf-16le");
    expect(await refusalOf(whole.subarray(2))).toBe("1 E_FILE_TYPE binary");
  });

  test("a quote never closed is told by the line it was opened on, whatever its line breaks", async () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const text = ["date,cost_type,amount,note", `${DAY},fixed,5,"a${end}b"`, `${DAY},fixed,5,"never`, "closed"].join(
        end,
      );
      expect(await refusalOf(text, {}, 7)).toBe("4 E_QUOTE unclosed");
    }
  });

  test("a wrong quote is told in the letters of its file, none of them halved", async () => {
    const row = `${DAY},fixed,5,"चाय की पत्ती और चीनी का नाप, हर महीने का`;
    for (const wrong of [`${row}"x,`, row, `${row}${"x".repeat(100_000)}`]) {
      const seen = await importAll(fileOf(`date,cost_type,amount,note\n${wrong}`, 7)).catch((error: unknown) => error);
      if (!(seen instanceof FileRefused)) throw new Error("it was taken", { cause: seen });
      const { code, value } = seen.found;
      expect([code, value.length > 20 && `${row}"x,`.includes(value)]).toEqual(["E_QUOTE", true]);
    }
  });

  test("NUL, alone or many, is no text", async () => {
    expect(await refusalOf(`date,cost_type,amount\n${DAY},fixed,5\0`, {}, 3)).toBe("1 E_FILE_TYPE binary");
    expect(await refusalOf(Buffer.alloc(4_096))).toBe("1 E_FILE_TYPE binary");
  });
});

describe("letters of every kind", () => {
  const named = async (...names: string[]) => {
    const lines = names.map((name, n) => `${DAY},fixed,${n},"${name.replaceAll('"', '""')}"`);
    return (await importAll(fileOf(`date,cost_type,amount,name\n${lines.join("\n")}\n`, 3))).rows;
  };

  test("emoji with their joiners, right-to-left, Devanagari, Assamese: as they were written", async () => {
    const names = ["👩‍👩‍👧", "🇮🇳", "إيجار", "שכירות", "किराया", "ভাৰা", "𠮷野家", "ﷺ", "Z͑ͫ̓a"];
    expect((await named(...names)).map(({ dimensions }) => dimensions.name)).toEqual(
      names.map((name) => name.normalize("NFC")),
    );
  });

  test("written in one letter or in two, it is the same cost", async () => {
    const [one, two] = await named("Café", "Cafe\u0301");
    expect(two?.identity).toBe(one?.identity);
    const keys = await importAll(fileOf(`sku,unit_cost\nCAFÉ,5\ncafe\u0301,6\n`));
    expect(new Set(keys.rows.map(({ identity }) => identity)).size).toBe(1);
  });

  test("words that mean something to the language it is read with mean nothing here", async () => {
    const words = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf"];
    const text = `date,cost_type,amount,${words.join(",")}\n${DAY},fixed,5,${words.join(",")}\n`;
    const { rows, findings } = await importAll(fileOf(text));
    expect(Object.entries(rows[0]?.extra ?? {})).toEqual(words.map((word) => [word, word]));
    expect(codesOf(findings)).toEqual(words.map(() => "1 W_UNKNOWN_COLUMN"));
    for (const column of ["basis", "recurrence", "is_ad_spend", "action", "applies_to", "currency"])
      for (const word of words) {
        const said = await importAll(fileOf(`date,cost_type,amount,${column}\n${DAY},fixed,5,${word}\n`));
        expect([column, word, said.rows.length]).toEqual([column, word, 0]);
      }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test("a mapping that was saved is asked for its own names alone", async () => {
    const saved = { targets: { Wert: "amount" }, answers: { dateOrder: {} } } as const;
    const text = `date,cost_type,Wert,constructor,__proto__\n03/04/2026,fixed,5,a,b\n`;
    const { rows, survey } = await importAll(fileOf(text), { saved });
    expect(Object.entries(rows[0]?.extra ?? {})).toEqual([
      ["constructor", "a"],
      ["__proto__", "b"],
    ]);
    expect(survey.questions).toMatchObject([{ kind: "dateOrder", column: "date" }]);
  });
});

describe("money to its last digit", () => {
  const read = async (amount: string, currency: string) => {
    const { rows, findings } = await importAll(
      fileOf(`date;cost_type;amount;currency\n${DAY};fixed;${amount};${currency}\n${DAY};fixed;1.5;${currency}\n`),
      { brand: { ...BRAND } },
    );
    return rows.length === 2 ? `${rows[0]?.amount} ${rows[0]?.currency}` : codesOf(findings).join();
  };

  test.each([
    ["1000", "JPY", "1000 JPY"],
    ["1.234", "KWD", "1.234 KWD"],
    ["0.001", "BHD", "0.001 BHD"],
    ["38123.4567", "CLF", "38123.4567 CLF"],
    ["90071992547409.93", "USD", "90071992547409.93 USD"],
    ["9007199254740.993", "KWD", "9007199254740.993 KWD"],
    ["-90071992547409.93", "USD", "-90071992547409.93 USD"],
    ["1,234.56", "USD", "1234.56 USD"],
    ["-1,234.56", "USD", "-1234.56 USD"],
    ["0.1", "USD", "0.1 USD"],
    ["-0", "USD", "0 USD"],
    ["-0.00", "USD", "0 USD"],
    ["NaN", "USD", "2 E_NUMBER"],
    ["Infinity", "USD", "2 E_NUMBER"],
    ["0x10", "USD", "2 E_NUMBER"],
    ["1e400", "USD", "2 E_NUMBER"],
    ["123456789012345.1", "USD", "2 E_NUMBER"],
    ["٣", "USD", "2 E_NUMBER"],
  ])("%s %s is %s", async (amount, currency, seen) => {
    expect(await read(amount, currency)).toBe(seen);
  });

  test("ids beyond what a double holds, with zeros before them, stay as they are", async () => {
    const text = "sku,unit_cost\n00000000000000000001,1\n9007199254740993,2\n9007199254740992,3\n";
    const { rows } = await importAll(fileOf(text));
    expect(rows.map(({ sku }) => sku)).toEqual(["00000000000000000001", "9007199254740993", "9007199254740992"]);
    expect(new Set(rows.map(({ identity }) => identity)).size).toBe(3);
  });
});
