// What a file says stands in the database as it was said: every letter, every digit, however COPY would rather have it.
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { LIMITS } from "../costs/limits.ts";
import { makeLedgerRig } from "./testing/ledger-rig.ts";
import type { LedgerRig } from "./testing/ledger-rig.ts";

let rig: LedgerRig;
beforeEach(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
});
afterEach(() => rig.close());

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

test("texts that mean something to COPY, to JSON or to nobody come back letter by letter", async () => {
  const texts = [
    "\\N",
    "\\.",
    "a\\nb",
    "tab\there",
    "two\nlines",
    "two\r\nlines",
    "\\",
    "ends with \\",
    "\\u0041 \\x41 \\101",
    '{"a": "\\\\"}',
    'say "yes"',
    "👩‍👩‍👧 🇮🇳",
    "إيجار שכירות किराया ভাৰা",
    "𠮷\u00a0ﷺ",
    "null",
    "'); drop table cost_rows; --",
    "$1 %s ${x}",
  ];
  const header = ["date", "cost_type", "amount", "cost_id", "name", "note", "__proto__", 'odd "one" \\'];
  const lines = texts.map((text, n) =>
    ["2026-11-18", "fixed", `${n}`, `K${n}`, text, `note ${text}`, text, text].map(quoted).join(","),
  );
  const taken = await rig.take([header.map(quoted).join(","), ...lines, ""].join("\n"), { confirm: {} });
  expect(taken).toMatchObject({ state: "committed", counts: { rows: texts.length, inserted: texts.length } });
  const rows = await rig.owner<{ name: string; note: string; extra: [string, string][] }[]>`
    select name, note, (select json_agg(json_build_array(key, value) order by key) from jsonb_each_text(extra)) as extra
    from costs order by amount`;
  const kept = texts.map((text) => text.normalize("NFC").trim());
  expect(rows.map(({ name }) => name)).toEqual(kept);
  expect(rows.map(({ note }) => note)).toEqual(texts.map((text) => `note ${text}`.normalize("NFC").trim()));
  for (const [n, { extra }] of rows.entries())
    expect(extra.toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual([
      ["__proto__", kept[n]],
      ['odd "one" \\', kept[n]],
    ]);
  const again = await rig.take([header.map(quoted).join(","), ...lines.toReversed(), ""].join("\n"));
  expect(again.counts, "each is known again").toMatchObject({ ignored: texts.length, inserted: 0, updated: 0 });
});

test("every digit: yen, dinars, units of account, and more minor units than a double holds", async () => {
  const amounts = ["90071992547409.93 USD", "-0.000001 USD", "1000 JPY", "9007199254740.993 KWD", "38123.4567 CLF"];
  const text = amounts.map((amount, n) => `2026-11-18;fixed;${amount.replace(" ", ";")};A${n}`).join("\n");
  const { totals } = await rig.take(`date;cost_type;amount;currency;name\n${text}\n2026-11-18;fixed;0.1;USD;B\n`);
  const rows = await rig.owner<{ said: string }[]>`
    select trim_scale(amount) || ' ' || currency as said from costs where name like 'A%' order by line`;
  expect(rows.map(({ said }) => said)).toEqual(amounts);
  expect(totals.map(({ amount }) => amount).toSorted()).toEqual(
    ["90071992547410.029999", "1000", "9007199254740.993", "38123.4567"].toSorted(),
  );
});

test.each([1_000_000, 1_000])("twins are found across all chunks, %d rows at a time", async (twinRows) => {
  Object.assign(rig.deps, { costLimits: { ...LIMITS, chunkRows: 500, twinRows } });
  const lines = Array.from({ length: 3_000 }, (_, n) => `2026-11-18,fixed,1,R${n}`);
  const odd = ["2026-11-18,fixed,1,R7", "2026-11-18,fixed,2,R8", "2026-11-18,fixed,1,R8"];
  const text = ["date,cost_type,amount,name", ...lines, ...odd, ""].join("\n");
  const taken = await rig.take(text, { confirm: { goodRowsOnly: true } });
  expect(taken.counts).toMatchObject({ rows: 3_003, ok: 2_999, errors: 3, ignored: 1, inserted: 2_999 });
  expect(await rig.findings(taken.id)).toEqual([
    "10 E_DUP_CONFLICT",
    "3002 W_DUP_IDENTICAL",
    "3003 E_DUP_CONFLICT",
    "3004 E_DUP_CONFLICT",
  ]);
  const repeated = await rig.owner<{ cells: string[] }[]>`
    select cells from upload_findings where upload_id = ${taken.id} and severity = 'error' order by line`;
  expect(
    repeated.map(({ cells }) => cells.join()),
    "as they stand in the file",
  ).toEqual([lines[8], odd[1], odd[2]]);
  expect(await rig.days()).toEqual([["2026-11-18", "2999"]]);
});

test("what replaces a book of many chunks ends all of it, and an undo brings all of it back", async () => {
  Object.assign(rig.deps, { costLimits: { ...LIMITS, chunkRows: 200 } });
  const sheet = (count: number, day: (n: number) => number, amount: number) =>
    `date,cost_type,amount,name\n${Array.from({ length: count }, (_, n) => `2026-11-${day(n)},fixed,${amount},R${n}\n`).join("")}`;
  const sums = async () => [
    (await rig.costs()).length,
    (await rig.days()).reduce((sum, [, value]) => sum + Number(value), 0),
  ];
  await rig.take(sheet(5_000, (n) => 10 + (n % 10), 1));
  const range = await rig.take(
    sheet(300, () => 12, 3),
    { mode: "replace_range" },
  );
  expect(range.counts).toMatchObject({ inserted: 270, updated: 30, deleted: 470 });
  expect(await sums()).toEqual([4_800, 5_400]);
  const all = await rig.take(
    sheet(2_600, (n) => 10 + (n % 10), 2),
    {
      mode: "replace_all",
      confirm: { replaceAll: true, again: true },
    },
  );
  expect(all.counts).toMatchObject({ deleted: 2_430, updated: 2_370, inserted: 230 });
  expect(await sums()).toEqual([2_600, 5_200]);
  await rig.ask(all.id, "undo");
  expect(await sums()).toEqual([4_800, 5_400]);
  await rig.ask(range.id, "undo");
  expect(await sums()).toEqual([5_000, 5_000]);
});
