// A file whose columns are not understood is refused with what is in them, and another word on them saves it.
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { makeLedgerRig, sheet } from "./testing/ledger-rig.ts";
import type { LedgerRig } from "./testing/ledger-rig.ts";

let rig: LedgerRig;
beforeEach(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
});
afterEach(() => rig.close());

const prepare = { asked: "prepare", how: "browser" } as const;

async function columnsOf(id: string) {
  const [row] = await rig.owner`
    select survey->'headers' as headers, survey->'mapping'->'targets' as targets, survey->'samples' as samples
    from uploads where id = ${id}`;
  return row;
}

async function say(id: string, targets: Record<string, string>): Promise<void> {
  await rig.owner`update uploads set mapping = ${rig.owner.json({ targets })} where id = ${id}`;
}

test("columns that nobody knows: the file is refused with their first values, said what they mean it is read, and the next like it too", async () => {
  const text = "Item code,Landed rate\n00042,3.10\nTEE,6.80\n00042,9\nMUG,1\nCAP,2\n";
  const refused = await rig.take(text, prepare);
  expect(refused).toMatchObject({ state: "rejected", reason: { code: "file", values: { code: "E_HEADER_MISSING" } } });
  expect(await columnsOf(refused.id)).toEqual({
    headers: ["Item code", "Landed rate"],
    targets: ["extra", "extra"],
    samples: [
      ["00042", "TEE", "MUG"],
      ["3.10", "6.80", "9"],
    ],
  });
  await say(refused.id, { "Item code": "sku", "Landed rate": "cogs" });
  const read = await rig.ask(refused.id, "prepare");
  // One SKU with two prices from the beginning on is refused on both lines.
  expect(read).toMatchObject({ state: "needs_confirmation", counts: { rows: 5, ok: 3, errors: 2 } });
  expect(await columnsOf(refused.id)).toMatchObject({
    targets: ["sku", "cogs"],
    samples: [["00042", "TEE", "MUG"], {}],
  });
  expect(await rig.ask(refused.id, "commit", { goodRowsOnly: true })).toMatchObject({ state: "committed" });
  expect(await rig.costs()).toEqual(["CAP 2", "MUG 1", "TEE 6.8"]);
  expect(await rig.take("Item code,Landed rate\nHAT,4\n")).toMatchObject({ state: "committed" });
});

test("two columns of one meaning, in letters of an older encoding: each is kept with its values, and one of them left out saves it", async () => {
  const text = "date;cost_type;Betrag;Wert;Käufer\n2026-11-18;fixed;5,50;6;Jürgen\n";
  const bytes = (async function* () {
    yield Buffer.from(text, "latin1");
  })();
  const id = await rig.put(bytes, prepare);
  await rig.work(id);
  expect(await rig.seen(id)).toMatchObject({ state: "rejected", reason: { values: { code: "E_HEADER_DUP" } } });
  expect(await columnsOf(id)).toEqual({
    headers: ["date", "cost_type", "Betrag", "Wert", "Käufer"],
    targets: ["date", "cost_type", "amount", "amount", "extra"],
    samples: [["2026-11-18"], ["fixed"], ["5,50"], ["6"], ["Jürgen"]],
  });
  await say(id, { Wert: "ignore" });
  expect(await rig.ask(id, "prepare")).toMatchObject({ state: "needs_confirmation", counts: { ok: 1, inserted: 1 } });
});

test("a word that makes it worse refuses it with what was said, and a better one saves it; what no word can save keeps no columns", async () => {
  const looked = await rig.take(sheet("2026-11-18,fixed,5,A", "19/11/2026,fixed,6,B"), prepare);
  expect(looked).toMatchObject({ state: "needs_confirmation" });
  await say(looked.id, { date: "ignore" });
  expect(await rig.ask(looked.id, "prepare")).toMatchObject({ state: "rejected", reason: { code: "file" } });
  expect(await columnsOf(looked.id)).toMatchObject({
    targets: expect.arrayContaining(["ignore", "cost_type", "amount"]),
  });
  await say(looked.id, { date: "start_date" });
  expect(await rig.ask(looked.id, "prepare")).toMatchObject({ state: "needs_confirmation", counts: { ok: 2 } });
  const quote = await rig.take('date,cost_type,amount,name\n2026-11-18,fixed,5,"open\n', prepare);
  expect(await columnsOf(quote.id)).toEqual({ headers: null, targets: null, samples: null });
});

test("a file without one good row keeps its columns: where the amounts stand in another one, it is saved", async () => {
  const refused = await rig.take(
    "date,cost_type,amount,Gross\n2026-11-18,fixed,open,5\n2026-11-19,fixed,open,6\n",
    prepare,
  );
  expect(refused).toMatchObject({ state: "rejected", reason: { code: "nothing" } });
  expect(await columnsOf(refused.id)).toMatchObject({ targets: ["date", "cost_type", "amount", "extra"] });
  await say(refused.id, { amount: "ignore", Gross: "amount" });
  expect(await rig.ask(refused.id, "prepare")).toMatchObject({ state: "needs_confirmation", counts: { ok: 2 } });
  expect(await rig.findings(refused.id)).toEqual([]);
});

test("a refused file keeps what was said of the last one with its header", async () => {
  const first = await rig.take("date,amount,Which\n2026-11-18,5,a\n", prepare);
  const said = { targets: { Which: "ignore" }, answers: { costType: "fixed" } };
  await rig.owner`update uploads set mapping = ${rig.owner.json(said)} where id = ${first.id}`;
  await rig.ask(first.id, "prepare");
  expect(await rig.ask(first.id, "commit", { goodRowsOnly: true })).toMatchObject({ state: "committed" });
  const next = await rig.take("date,amount,Which\n18/11/2026,5,a\n11/19/2026,6,b\n", prepare);
  expect(next).toMatchObject({ state: "rejected", reason: { values: { code: "E_DATE_MIXED" } } });
  const [kept] = await rig.owner`select mapping from uploads where id = ${next.id}`;
  expect(kept?.["mapping"]).toMatchObject(said);
});
