import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { FileRefused } from "./codes.ts";
import { LIMITS } from "./limits.ts";
import { surveyFile } from "./survey.ts";
import type { Halfway } from "./survey.ts";
import { safeField } from "./hygiene.ts";
import { BRAND, codesOf, fileOf, importAll } from "./testing/files.ts";
import type { ImportOptions } from "./testing/files.ts";

const refusalOf = async (content: string | Uint8Array, options: ImportOptions = {}): Promise<string> => {
  try {
    await importAll(fileOf(content), options);
    return "taken";
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    return `${error.found.line} ${error.found.code} ${error.why}`.trim();
  }
};
const amounts = (rows: readonly { costType: string; amount: string; currency: string }[]) =>
  rows.map(({ costType, amount, currency }) => `${costType} ${amount} ${currency}`);

const CANONICAL = `cost_id,start_date,end_date,cost_type,basis,amount,currency,sku,order_id,name,recurrence,is_ad_spend
RENT-1,2026-11-01,,fixed,total,3000.00,USD,,,Warehouse rent,monthly,
,2026-11-18,,marketing,total,450,USD,,,Podcast spot,,yes
,2026-01-01,,cogs,per_unit,6.80,USD,TEE-BLK-M,,,,
,2026-11-18,,shipping,total,7.42,USD,,#2041,,,
,2026-01-01,,payment_fee,percent,2.9%,,,,Card fee,,
,2026-01-01,,payment_fee,per_order,0.30,USD,,,Card fee fixed,,
`;

describe("the four shapes", () => {
  test("one cost a row", async () => {
    const { survey, rows, findings } = await importAll(fileOf(CANONICAL));
    expect(survey.mapping.shape).toBe("costs");
    expect(findings).toEqual([]);
    expect(rows.map((row) => [row.line, row.costType, row.basis, row.amount, row.startDay, row.endDay])).toEqual([
      [2, "fixed", "total", "3000", "2026-11-01", null],
      [3, "marketing", "total", "450", "2026-11-18", "2026-11-18"],
      [4, "cogs", "per_unit", "6.8", "2026-01-01", null],
      [5, "shipping", "total", "7.42", "2026-11-18", "2026-11-18"],
      [6, "payment_fee", "percent", "2.9", "2026-01-01", null],
      [7, "payment_fee", "per_order", "0.3", "2026-01-01", null],
    ]);
    expect(rows[1]?.isAdSpend).toBe(true);
    expect(rows[3]?.orderId).toBe("2041");
  });

  test("a sheet of days, semicolons, German words and decimal commas", async () => {
    const text =
      'sep=;\r\nDatum;COGS;Versand;Handling;Fixkosten;Marketing\r\n18.11.2026;1.204,50;310,00;92,00;100,00;"1.250,75"\r\n';
    const { survey, rows } = await importAll(fileOf(text), { brand: { currency: "EUR" } });
    expect(survey.mapping.shape).toBe("days");
    expect(amounts(rows)).toEqual([
      "cogs 1204.5 EUR",
      "shipping 310 EUR",
      "handling 92 EUR",
      "fixed 100 EUR",
      "marketing 1250.75 EUR",
    ]);
    expect(rows.map(({ line, part }) => [line, part])).toEqual([0, 1, 2, 3, 4].map((part) => [3, part]));
  });

  test("a price list: leading zeros stay, no day is from the beginning", async () => {
    const text = "SKU,Unit cost,Start date\nTEE-BLK-M,6.80,2026-01-01\n00042,3.10,\n";
    const { survey, rows } = await importAll(fileOf(text));
    expect(survey.mapping.shape).toBe("prices");
    expect(rows.map(({ sku, amount, startDay, endDay, basis }) => [sku, amount, startDay, endDay, basis])).toEqual([
      ["TEE-BLK-M", "6.8", "2026-01-01", null, "per_unit"],
      ["00042", "3.1", "2000-01-01", null, "per_unit"],
    ]);
    const nameless = await importAll(fileOf("SKU,Variant ID,Unit cost\n,7,6.80\n,,3.10\n"));
    expect([codesOf(nameless.findings), amounts(nameless.rows)]).toEqual([["3 E_REQUIRED"], ["cogs 6.8 USD"]]);
  });

  test("costs of orders; a total alone needs its type said", async () => {
    const text = "Order,Shipping,Handling\n#2041,7.42,1\n#2042,,2\n";
    const { survey, rows } = await importAll(fileOf(text));
    expect(survey.mapping.shape).toBe("orders");
    expect(rows.map((row) => [row.orderId, row.costType, row.amount, row.basis])).toEqual([
      ["2041", "shipping", "7.42", "total"],
      ["2041", "handling", "1", "total"],
      ["2042", "handling", "2", "total"],
    ]);
    const nameless = await importAll(fileOf("Order,Shipping\n#2041,5\n,6\n #,7\n"));
    expect([codesOf(nameless.findings), nameless.rows.length]).toEqual([["3 E_REQUIRED", "4 E_REQUIRED"], 1]);
    const totals = fileOf("Order,Total\n1001,3.50\n");
    expect((await importAll(totals)).survey.questions).toEqual([{ kind: "costType" }]);
    const said = await importAll(totals, { saved: { answers: { costType: "shipping" } } });
    expect([said.survey.questions, amounts(said.rows)]).toEqual([[], ["shipping 3.5 USD"]]);
  });
});

describe("reading the file", () => {
  test.each([
    ["xlsx", Buffer.from([0x50, 0x4b, 3, 4, 20, 0])],
    ["xls", Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1])],
    ["pdf", Buffer.from("%PDF-1.7")],
    ["html", Buffer.from("  <!DOCTYPE html><html><body>Sign in</body>")],
    ["image", Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10])],
    ["binary", Buffer.from("date,cost_type,amount\n2026-11-18,fixed,1\0\n")],
    ["packedTwice", gzipSync(gzipSync("date"))],
  ])("%s renamed is refused for what it is", async (why, bytes) => {
    expect(await refusalOf(bytes)).toBe(`1 E_FILE_TYPE ${why}`);
  });

  const sheet = "date,cost_type,amount,name\n2026-11-18,fixed,5,Café “Ümlaut” €\n";
  const utf16 = (text: string, isBig: boolean) => {
    const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
    return isBig ? bytes.swap16() : bytes;
  };
  test.each([
    ["UTF-8", Buffer.from(sheet)],
    ["UTF-8 with its mark", Buffer.from(`\ufeff${sheet}`)],
    ["UTF-16 LE", utf16(sheet, false)],
    ["UTF-16 BE", utf16(sheet, true)],
    ["packed", gzipSync(sheet)],
    ["UTF-16 packed", gzipSync(utf16(sheet, false))],
  ])("%s is read as it was written", async (_name, bytes) => {
    const { rows, findings } = await importAll(fileOf(bytes, 3));
    expect(rows[0]?.dimensions.name).toBe("Café “Ümlaut” €");
    expect(findings).toEqual([]);
  });

  test("the older code page is a guess, and said to be one", async () => {
    const bytes = Buffer.from("date,cost_type,amount,name\n2026-11-18,fixed,5,Caf\xe9 \x80\n", "latin1");
    const { rows, findings, survey } = await importAll(fileOf(bytes, 5));
    expect(rows[0]?.dimensions.name).toBe("Café €");
    expect(codesOf(findings)).toEqual(["1 W_ENCODING_GUESSED"]);
    expect(survey.questions).toEqual([{ kind: "encoding", guess: "windows-1252" }]);
    const undefinedByte = Buffer.from("date,cost_type,amount,name\n2026-11-18,fixed,5,\x81\n", "latin1");
    expect(await refusalOf(undefinedByte)).toBe("1 E_ENCODING windows-1252");
  });

  test("an answer to the guess holds for older files alone: one that is UTF-8 is read as that", async () => {
    const answered = { saved: { answers: { encoding: "windows-1252" as const } } };
    const older = Buffer.from("date,cost_type,amount,name\n2026-11-18,fixed,5,Caf\xe9\n", "latin1");
    const { rows, findings, survey } = await importAll(fileOf(older), answered);
    expect(rows[0]?.dimensions.name).toBe("Café");
    expect([findings, survey.questions]).toEqual([[], []]);
    for (const bytes of [Buffer.from(sheet), Buffer.from(`\ufeff${sheet}`)])
      expect((await importAll(fileOf(bytes), answered)).rows[0]?.dimensions.name).toBe("Café “Ümlaut” €");
  });

  test("a packed file that grows without end is stopped early", async () => {
    const bomb = gzipSync(`date,cost_type,amount\n${"2026-11-18,fixed,5\n".repeat(1_000_000)}`, { level: 9 });
    expect(await refusalOf(bomb, { limits: { rows: 10_000_000 } })).toBe("1 E_TOO_LARGE packed");
    expect(await refusalOf(gzipSync("date,cost_type\n").subarray(0, 20))).toBe("1 E_FILE_TYPE damagedGzip");
    const two = Buffer.concat([
      gzipSync("date,cost_type,amount\n2026-11-18,fixed,5\n"),
      gzipSync("2026-11-19,fixed,6\n"),
    ]);
    expect(await refusalOf(two), "one member holds it all").toBe("1 E_FILE_TYPE severalPacked");
  });
});

describe("cutting the file into cells", () => {
  test.each([
    ["a comma", "date,cost_type,amount\n2026-11-18,fixed,5\n"],
    ["a semicolon", "date;cost_type;amount\n2026-11-18;fixed;5\n"],
    ["a tab", "date\tcost_type\tamount\n2026-11-18\tfixed\t5\n"],
    ["a bar", "date|cost_type|amount\n2026-11-18|fixed|5\n"],
    ["CR alone", "date,cost_type,amount\r2026-11-18,fixed,5\r"],
    ["no break at the end", "date,cost_type,amount\r\n2026-11-18,fixed,5"],
    ["blank lines around", "\n\n,,\ndate,cost_type,amount\n\n2026-11-18,fixed,5\n,,\n\n"],
  ])("%s between cells or lines", async (_name, text) => {
    expect(amounts((await importAll(fileOf(text, 4))).rows)).toEqual(["fixed 5 USD"]);
  });

  test("quotes: commas, breaks and doubled quotes inside; lines are counted as they stand in the file", async () => {
    const text = 'date,cost_type,amount,note\n2026-11-18,fixed,5,"one, ""two""\r\nthree"\n2026-11-18,fixed,x,\n';
    const { rows, findings } = await importAll(fileOf(text, 2));
    expect(rows[0]?.dimensions.note).toBe('one, "two"\r\nthree');
    expect(codesOf(findings)).toEqual(["4 E_NUMBER"]);
    expect(await refusalOf('date,cost_type,amount\n2026-11-18,"fixed,5\n2026-11-18,fixed,5\n')).toBe(
      "2 E_QUOTE unclosed",
    );
    expect(await refusalOf('date,cost_type,amount\n2026-11-18,"fixed"x,5\n')).toBe("2 E_QUOTE textAfter");
  });

  test("too many rows, too many columns, too large", async () => {
    const many = `date,cost_type,amount\n${"2026-11-18,fixed,5\n".repeat(201)}`;
    expect(await refusalOf(many, { limits: { rows: 200 } })).toBe("202 E_ROWS");
    expect(await refusalOf(many, { limits: { rows: 201 } })).toBe("taken");
    const wide = `date,cost_type,amount${",x".repeat(60)}\n`;
    expect(await refusalOf(wide)).toBe("1 E_TOO_LARGE columns");
    expect(await refusalOf(many, { limits: { rawBytes: 100 } })).toBe("1 E_TOO_LARGE raw");
  });
});

describe("headers", () => {
  test("none that is known; the same twice; a category that holds types", async () => {
    expect(await refusalOf("alpha,beta\n1,2\n")).toBe("1 E_HEADER_MISSING columns");
    expect(await refusalOf("")).toBe("1 E_HEADER_MISSING empty");
    expect(await refusalOf("date,cost_type,amount,price\n")).toBe("1 E_HEADER_DUP amount");
    const { rows } = await importAll(fileOf("Day,Category,Cost\n2026-11-18,Rent,5\n2026-11-18,Ads,6\n"));
    expect(amounts(rows)).toEqual(["fixed 5 USD", "marketing 6 USD"]);
    const { rows: called } = await importAll(fileOf("Day,Kind,Cost\n2026-11-18,Rent,5\n"));
    expect(amounts(called)).toEqual(["fixed 5 USD"]);
    expect(await refusalOf("Day,Category,Cost\n2026-11-18,Rent,5\n2026-11-18,Blue,6\n")).toBe(
      "1 E_HEADER_MISSING kind",
    );
    expect(await refusalOf("Day,Cost\n2026-11-18,5\n")).toBe("1 E_HEADER_MISSING kind");
    expect(await refusalOf("Day,SKU\n2026-11-18,5\n")).toBe("1 E_HEADER_MISSING some");
  });

  test("where none is known, the first five lines are told as they came", async () => {
    const lines = ["Costs of November", "for the books", "", "who,what", "Asha,rent", "Ravi,ads", "Mira,phone"];
    const long = "x".repeat(200);
    const begins = (text: string) => importAll(fileOf(text)).catch((error: { begins: string }) => error.begins);
    expect(await begins(lines.join("\n"))).toBe("Costs of November ↵ for the books ↵ who,what ↵ Asha,rent ↵ Ravi,ads");
    expect(await begins(`${long}\n${long}`)).toBe(`${"x".repeat(80)} ↵ ${"x".repeat(80)}`);
  });

  test("an unknown column is kept beside the row and said once", async () => {
    const { rows, findings } = await importAll(fileOf("date,cost_type,amount,Colour\n2026-11-18,fixed,5,blue\n"));
    expect(rows[0]?.extra).toEqual({ Colour: "blue" });
    expect(codesOf(findings)).toEqual(["1 W_UNKNOWN_COLUMN"]);
  });

  test("a person's mapping wins over the header", async () => {
    const saved = { targets: { Wert: "amount", Art: "cost_type", Wann: "date", Egal: "ignore" } } as const;
    const { rows } = await importAll(fileOf("Wann,Art,Wert,Egal\n2026-11-18,fixed,5,x\n"), { saved });
    expect([amounts(rows), rows[0]?.extra]).toEqual([["fixed 5 USD"], null]);
  });
});

describe("what is decided once for a file", () => {
  const days = (...cells: string[]) => `date,cost_type,amount\n${cells.map((cell) => `${cell},fixed,1\n`).join("")}`;
  test("day or month first, by all of the column", async () => {
    expect((await importAll(fileOf(days("03/04/2026", "25/12/2026")))).rows.map((row) => row.startDay)).toEqual([
      "2026-04-03",
      "2026-12-25",
    ]);
    expect((await importAll(fileOf(days("03/04/2026", "12/25/2026")))).rows[0]?.startDay).toBe("2026-03-04");
    expect(await refusalOf(days("25/12/2026", "12/25/2026"))).toBe("1 E_DATE_MIXED");
    const open = await importAll(fileOf(days("03/04/2026")));
    expect(open.survey.questions).toEqual([{ kind: "dateOrder", column: "date", guess: "MDY", sample: "03/04/2026" }]);
    const first = await importAll(fileOf(days("2026-11-18", "05/05/2026", "03/04/2026", "04/05/2026")));
    expect(codesOf(first.findings), "where it is met first").toEqual(["4 W_DATE_AMBIGUOUS"]);
    const said = await importAll(fileOf(days("03/04/2026")), { saved: { answers: { dateOrder: { date: "DMY" } } } });
    expect([said.survey.questions, said.rows[0]?.startDay]).toEqual([[], "2026-04-03"]);
  });

  const sheet = (...cells: string[]) =>
    `date;cost_type;amount\n${cells.map((c) => `2026-11-18;fixed;${c}\n`).join("")}`;
  test("which mark is the decimal one, by all of the file", async () => {
    const read = async (...cells: string[]) => (await importAll(fileOf(sheet(...cells)))).rows.map((row) => row.amount);
    expect(await read("1.234,50", "1,234")).toEqual(["1234.5", "1.234"]);
    expect(await read("1,234.50", "1,234")).toEqual(["1234.5", "1234"]);
    expect(await read("12,34,567.5")).toEqual(["1234567.5"]);
    const open = await importAll(fileOf('date,cost_type,amount\n2026-11-18,fixed,"1,234"\n'));
    expect([codesOf(open.findings), open.rows[0]?.amount]).toEqual([["2 W_NUMBER_AMBIGUOUS"], "1234"]);
  });

  test("a total at the end is no row", async () => {
    const { rows, findings } = await importAll(fileOf(`${days("2026-11-18", "2026-11-19")}Grand total,,2\n`));
    expect([rows.length, codesOf(findings)]).toEqual([2, ["4 W_TOTAL_ROW"]]);
    for (const text of [
      "Order,Date,Shipping\n#2041,2026-11-18,5\n#2042,2026-11-18,6\nTotal,2026-11-18,11\n",
      "Name,Date,Shipping,Fees\na,2026-11-17,5,1\nb,2026-11-18,6,1\nTotal,2026-11-18,11,2\n",
      "Vendor,Date,Cost type,Amount\na,2026-11-17,fixed,5\nb,2026-11-18,fixed,6\nTotal,2026-11-18,,11\n",
    ]) {
      const dated = await importAll(fileOf(text));
      expect([dated.survey.totalLine, codesOf(dated.findings).at(-1)], text).toEqual([4, "4 W_TOTAL_ROW"]);
    }
    for (const first of ["basis", "vendor"]) {
      const last = await importAll(fileOf(`${first},date,cost_type,amount\nTotal,2026-11-18,fixed,5\n`));
      expect([amounts(last.rows), codesOf(last.findings)], first).toEqual([["fixed 5 USD"], []]);
    }
  });
});

describe("rows", () => {
  const codes = async (line: string, header = "date,cost_type,amount,currency,sku,basis,end_date,note") =>
    codesOf((await importAll(fileOf(`${header}\n${line}\n`))).findings);
  test.each([
    ["2026-13-18,fixed,5", "E_DATE"],
    ["1999-12-31,fixed,5", "E_DATE_RANGE"],
    ["2028-01-01,fixed,5", "E_DATE_RANGE"],
    ["2026-11-18,fixed,5,,,,2026-11-17", "E_DATE_RANGE"],
    ['2026-11-18,fixed,"12,3.4"', "E_NUMBER"],
    ["2026-11-18,fixed,#N/A", "E_NUMBER"],
    ["2026-11-18,fixed,abc", "E_NUMBER"],
    ["2026-11-18,fixed,USD", "E_NUMBER"],
    ["2026-11-18,fixed,1.2345678", "E_NUMBER"],
    ["2026-11-18,fixed,5 5", "E_NUMBER"],
    ["2026-11-18,fixed,1'23.50", "E_NUMBER"],
    ["2026-11-18,fixed,5€50", "E_NUMBER"],
    ["2026-11-18,fixed,5 USD 50", "E_NUMBER"],
    ["2026-11-18,fixed,5,ZZZ", "E_CURRENCY"],
    ["2026-11-18,fixed,€5,USD", "E_CURRENCY"],
    ["2026-11-18,nonsense,5", "E_TYPE"],
    ["2026-11-18,,5", "E_REQUIRED"],
    [",fixed,5", "E_REQUIRED"],
    ["2026-11-18,cogs,5,,1.23457E+12", "E_ID_SCIENTIFIC"],
    ["2026-11-18,fixed,=1+1", "E_FORMULA"],
    ["=TODAY(),fixed,5", "E_FORMULA"],
    ["2026-11-18,fixed,5,,,weekly", "E_BASIS"],
    ["2026-11-18,fixed,5%,,,total", "E_BASIS"],
    ["2026-11-18,fixed,5,,,,,,more", "E_EXTRA_CELLS"],
  ])("%s: %s", async (line, code) => {
    expect(await codes(line)).toContain(`2 ${code}`);
  });

  test.each([
    ["45980,fixed,5,USD,,,,", "W_EXCEL_SERIAL"],
    ["18/11/26,fixed,5,USD,,,,", "W_YEAR"],
    ["2026-11-18,fixed,1.5E3,USD,,,,", "W_SCIENTIFIC"],
    ["2026-11-18,fixed,5,USD,,,,=cmd()", "W_FORMULA_TEXT"],
    ["2026-11-18,fixed,5,USD,,,,＠x", "W_FORMULA_TEXT"],
    ["2026-11-18,fixed,,USD,,,,", "W_EMPTY"],
    ["2026-11-18,fixed,5", "W_SHORT_ROW"],
  ])("%s: kept with %s", async (line, code) => {
    expect(await codes(line)).toEqual([`2 ${code}`]);
  });
});

describe("amounts, identities and text", () => {
  test.each([
    ["-5", "-5"],
    ["5-", "-5"],
    ["(5.00)", "-5"],
    ["+5", "5"],
    ["$1,234.50", "1234.5"],
    ["1 234.50 USD", "1234.5"],
    ["- 12\u202f345\u202f678.5 €", "-12345678.5"],
    ["1'234'567", "1234567"],
    ["₹ 12 34 567", "1234567"],
    ["(5 000) EUR", "-5000"],
    ["0", "0"],
    ["1.5e-3", "0.0015"],
  ])("%s is %s", async (cell, amount) => {
    const { rows } = await importAll(fileOf(`date,cost_type,amount\n2026-11-18,fixed,"${cell}"\n`));
    expect(rows[0]?.amount).toBe(amount);
  });

  test("a blank amount is no cost, never a zero", async () => {
    const { rows } = await importAll(fileOf("date,cost_type,amount\n2026-11-18,fixed,\n2026-11-18,fixed,0\n"));
    expect(rows.map((row) => row.amount)).toEqual(["0"]);
  });

  test("identity: the merchant's key, or what the cost is; the amount is no part of it", async () => {
    const text = `date,cost_type,amount,sku,name,cost_id
2026-11-18,cogs,5,Tee-1,,
2026-11-18,cogs,6,TEE-1,,
2026-11-18,cogs,6,TEE-1,Other,
2026-11-18,fixed,1,,,K1
2026-11-19,other,2,,,K1
`;
    const { rows } = await importAll(fileOf(text));
    const [a, b, c, d, e] = rows;
    expect(a?.identity).toBe(b?.identity);
    expect(a?.content).not.toBe(b?.content);
    expect(c?.identity).not.toBe(a?.identity);
    expect(d?.identity).toBe(e?.identity);
  });

  test("a report that comes back says what stood in the file, without what made it safe", async () => {
    const names = ["=1+1", "-ABC", "Rent, -5%", "'=1", "'x"];
    const read = async (header: string) => {
      const rows = names.map((name) => ["2026-11-18", "fixed", "-5", name, "E_TYPE", ""].map(safeField).join(","));
      const { rows: costs } = await importAll(fileOf([header, ...rows, ""].join("\n")));
      return costs.map(({ amount, dimensions }) => `${amount} ${dimensions.name ?? ""}`);
    };
    const columns = "date,cost_type,amount,name";
    expect(await read(`${columns},error_codes,how_to_fix`)).toEqual(names.map((name) => `-5 ${name}`));
    expect((await read(`${columns},a,b`))[1], "of any other file it is text").toBe("-5 '-ABC");
  });

  test("text: what hides or turns it is taken out, the rest stays", async () => {
    const text = "date,cost_type,amount,sku,name\n2026-11-18,fixed,5,A\u200bB\u0007,x\u202ey\u0001 e\u0301\n";
    const { rows } = await importAll(fileOf(text));
    expect([rows[0]?.sku, rows[0]?.dimensions.name]).toEqual(["AB", "xy é"]);
  });
});

describe("a first pass that is cut off", () => {
  const lines = Array.from({ length: 900 }, (_, n) => `${(n % 28) + 1}/11/2026,fixed,"1.${n % 10}00,50",Café ${n}`);
  const text = ["date,cost_type,amount,name", ...lines, "Total,,900,"].join("\r\n");
  test.each([
    ["UTF-8", Buffer.from(text)],
    ["the older code page", Buffer.from(text, "latin1")],
    ["packed", gzipSync(text)],
  ])("of a file in %s goes on at any place, and says what a whole one says", async (_name, bytes) => {
    const file = fileOf(bytes);
    const ask = { file, limits: { ...LIMITS, notedBytes: 4_000 }, ground: BRAND, saved: {} };
    const places: Halfway[] = [];
    const whole = await surveyFile({
      ...ask,
      note: async (halfway) => void places.push(JSON.parse(JSON.stringify(halfway))),
    });
    expect(places.length).toBeGreaterThan(3);
    for (const from of places) {
      const notes: number[] = [];
      expect(await surveyFile({ ...ask, from, note: async ({ place }) => void notes.push(place.offset) })).toEqual(
        whole,
      );
      expect(Math.min(Infinity, ...notes), "nothing is gone through again").toBeGreaterThan(from.place.offset);
    }
  });
});
