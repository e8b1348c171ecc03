import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { LIMITS } from "../costs/limits.ts";
import { makeLedgerRig, sheet } from "./testing/ledger-rig.ts";
import type { LedgerRig } from "./testing/ledger-rig.ts";

let rig: LedgerRig;
beforeEach(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
});
afterEach(() => rig.close());

describe("a file that is committed", () => {
  test("counts whole: rows, days, totals, a run, and the datasource is active from then on", async () => {
    const taken = await rig.take(sheet("2026-11-18,fixed,5,A", "2026-11-18,fixed,0.1,B", "2026-11-19,marketing,7,Ads"));
    expect(taken).toMatchObject({ state: "committed", version: 1, reason: null });
    expect(taken.counts).toMatchObject({ rows: 3, ok: 3, errors: 0, inserted: 3, updated: 0, deleted: 0, ignored: 0 });
    expect(taken.totals.map(({ costType, amount }) => [costType, amount])).toEqual([
      ["fixed", "5.1"],
      ["marketing", "7"],
    ]);
    expect(await rig.costs()).toEqual(["A 5", "Ads 7", "B 0.1"]);
    expect(await rig.days()).toEqual([["2026-11-18", "5.1"]]);
    expect(await rig.days("cost_ad_spend")).toEqual([["2026-11-19", "7"]]);
    const [row] = await rig.owner`select last_success_at is not null as active, first_numbers_at is not null as numbers,
      (select count(*)::int from runs where kind = 'import' and state = 'succeeded') as runs from datasources`;
    expect(row).toEqual({ active: true, numbers: true, runs: 1 });
  });

  test("has each of its rows counted once: new, as it stood, wrong, or without an amount", async () => {
    await rig.take(sheet("2026-11-18,fixed,5,A"));
    const wrong = ["fixed,x", "fixed,1..2", "rubbish,1e1", "fixed,3 ZZZ", "nothing,x"].map(
      (said) => `2026-11-18,${said},W`,
    );
    const good = ["B", "C", "D"].map((name) => `2026-11-18,fixed,5,${name}`);
    wrong.push("2026-11-18,rubbish,,W");
    const next = await rig.take(sheet("2026-11-18,fixed,5,A", ...good, "2026-11-18,fixed,,E", ...wrong));
    expect(await rig.findings(next.id)).toEqual(expect.arrayContaining(["6 W_EMPTY", "12 E_TYPE"]));
    expect(await rig.findings(next.id), "a wrong kind decides, not the amount it lacks").not.toContain("12 W_EMPTY");
    expect(next.counts).toMatchObject({ rows: 11, ok: 4, inserted: 3, ignored: 1, errors: 6, empty: 1, warnings: 1 });
    await rig.ask(next.id, "commit", { goodRowsOnly: true });
    const [run] =
      await rig.owner`select read::int, merged::int, unchanged::int, rejected::int from runs order by n desc limit 1`;
    expect(run, "a run's ledger adds up").toEqual({ read: 11, merged: 3, unchanged: 2, rejected: 6 });
  });

  test("again, it changes nothing; with another mode it is another matter", async () => {
    const text = sheet("2026-11-18,fixed,5,A");
    await rig.take(text);
    expect(await rig.take(text)).toMatchObject({ state: "unchanged" });
    expect(await rig.take(text, { mode: "replace_range" })).toMatchObject({ state: "committed" });
    expect(await rig.days()).toEqual([["2026-11-18", "5"]]);
  });

  test("upsert: the same cost is replaced, a new one added, an absent one stays, a deleted one goes", async () => {
    await rig.take(sheet("2026-11-18,fixed,5,A,K1", "2026-11-18,fixed,6,B,K2", "2026-11-18,fixed,7,C,K3"));
    const next = await rig.take(
      sheet(
        "2026-11-18,fixed,50,A,K1",
        "2026-11-18,fixed,6,B,K2",
        "2026-11-18,fixed,7,C,K3,delete",
        "2026-11-18,fixed,1,D,K4",
      ),
    );
    expect(next.counts).toMatchObject({ inserted: 1, updated: 1, deleted: 1, ignored: 1 });
    expect(await rig.costs()).toEqual(["A 50", "B 6", "D 1"]);
    expect(await rig.days()).toEqual([["2026-11-18", "57"]]);
  });
});

describe("a file that replaces", () => {
  test("replace_range: only types of the file, only between its first and last day", async () => {
    await rig.take(
      sheet(
        "2026-11-17,fixed,1,before",
        "2026-11-18,fixed,2,in",
        "2026-11-19,other,3,type",
        "2026-11-21,fixed,4,after",
      ),
    );
    const next = await rig.take(sheet("2026-11-18,fixed,20,new", "2026-11-20,fixed,30,new2"), {
      mode: "replace_range",
    });
    expect(next.counts).toMatchObject({ inserted: 2, updated: 0, deleted: 1 });
    expect(await rig.costs()).toEqual(["after 4", "before 1", "new 20", "new2 30", "type 3"]);
  });

  test("replace_all asks twice where much would go, and refuses rows that are wrong", async () => {
    await rig.take(sheet(...Array.from({ length: 10 }, (_, n) => `2026-11-18,fixed,1,R${n}`)));
    const small = sheet("2026-11-18,fixed,9,Z");
    const first = await rig.take(small, { mode: "replace_all", confirm: { replaceAll: true } });
    expect(first).toMatchObject({ state: "needs_confirmation", reason: { code: "replaceAllShrinks" } });
    expect(await rig.days()).toEqual([["2026-11-18", "10"]]);
    expect(await rig.ask(first.id, "commit", { replaceAll: true, again: true })).toMatchObject({ state: "committed" });
    expect(await rig.costs()).toEqual(["Z 9"]);
    const wrong = sheet("2026-11-18,fixed,9,Z", "2026-11-18,fixed,x,Y");
    const bad = await rig.take(wrong, {
      mode: "replace_all",
      confirm: { replaceAll: true, again: true, goodRowsOnly: true },
    });
    expect(bad).toMatchObject({ state: "needs_confirmation", reason: { code: "badRows" } });
    expect(await rig.take(small.replace("9", "8"), { mode: "replace_all" })).toMatchObject({
      reason: { code: "replaceAll" },
    });
  });
});

describe("counts of a file that replaces", () => {
  test("a cost by its own number that moved into the days from elsewhere takes another's place; one that goes is none", async () => {
    await rig.take(sheet("2026-11-01,fixed,1,away,ID-1", "2026-11-10,fixed,2,goes", "2026-11-11,fixed,3,stays"));
    const taken = await rig.take(
      sheet(
        "2026-11-10,fixed,4,here,ID-1",
        "2026-11-10,fixed,2,goes,,delete",
        "2026-11-11,fixed,3,stays",
        "2026-11-12,fixed,5,new",
      ),
      { mode: "replace_range" },
    );
    expect(taken.counts).toMatchObject({ ok: 4, inserted: 1, updated: 2, deleted: 1 });
    expect(await rig.costs()).toEqual(["here 4", "new 5", "stays 3"]);
  });
});

describe("what one file says twice", () => {
  test("the same row is kept once; two amounts are refused on both lines; or added up where that was said", async () => {
    const text = sheet("2026-11-18,fixed,5,A", "2026-11-18,fixed,5,A", "2026-11-18,fixed,6,B", "2026-11-18,fixed,7,B");
    const taken = await rig.take(text, { confirm: { goodRowsOnly: true } });
    expect(taken.counts).toMatchObject({ rows: 4, errors: 2, inserted: 1, ignored: 1 });
    expect(await rig.findings(taken.id)).toEqual(["3 W_DUP_IDENTICAL", "4 E_DUP_CONFLICT", "5 E_DUP_CONFLICT"]);
    expect(await rig.costs()).toEqual(["A 5"]);
    const added = await rig.take(text, { mapping: { answers: { onConflict: "sum" } } });
    expect(added).toMatchObject({ state: "committed" });
    expect(await rig.costs()).toEqual(["A 5", "B 13"]);
  });
});

test("what is asked of a whole file stands beside what is wrong on the line where it is met first", async () => {
  const { id } = await rig.take(sheet("2026-11-18,fixed,5,A", "03/04/2026,fixed,x,B"), { asked: "prepare" });
  expect(await rig.findings(id)).toEqual(["3 E_NUMBER", "3 W_DATE_AMBIGUOUS"]);
});

describe("who decides", () => {
  const wrong = (share: number) =>
    sheet(...Array.from({ length: 100 }, (_, n) => `2026-11-18,fixed,${n < share ? "x" : "1"},R${n}`));
  test("nobody looking: little that is wrong is left out, more is held, and a question is held", async () => {
    const unattended = { confirm: { unattended: true } };
    expect(await rig.take(wrong(5), unattended)).toMatchObject({
      state: "committed",
      counts: { errors: 5, inserted: 95 },
    });
    expect(await rig.take(wrong(6), unattended)).toMatchObject({ state: "held", reason: { code: "badRows" } });
    expect(await rig.take(sheet("03/04/2026,fixed,1,Q"), unattended)).toMatchObject({
      state: "held",
      reason: { code: "questions" },
    });
    expect(await rig.take(wrong(1), { mode: "replace_range", ...unattended })).toMatchObject({ state: "held" });
    expect((await rig.days())[0]?.[1]).toBe("95");
  });

  test("a person: looks first, then takes the good rows, or mends the mapping", async () => {
    const looked = await rig.take(wrong(50), { how: "browser", asked: "prepare" });
    expect(looked).toMatchObject({ state: "needs_confirmation", counts: { ok: 50, errors: 50, inserted: 50 } });
    expect(await rig.days()).toEqual([]);
    expect(await rig.ask(looked.id, "commit", {})).toMatchObject({
      state: "needs_confirmation",
      reason: { code: "badRows" },
    });
    expect(await rig.ask(looked.id, "commit", { goodRowsOnly: true })).toMatchObject({ state: "committed" });
    const dates = await rig.take(sheet("03/04/2026,fixed,1,Q"), { asked: "prepare" });
    await rig.owner`update uploads set mapping = ${rig.owner.json({ answers: { dateOrder: { date: "MDY" } } })} where id = ${dates.id}`;
    expect(await rig.ask(dates.id, "prepare")).toMatchObject({ state: "needs_confirmation" });
    await rig.ask(dates.id, "commit");
    expect((await rig.days()).map(([day]) => day)).toEqual(["2026-03-04", "2026-11-18"]);
    const same = await rig.take(sheet("05/06/2026,fixed,2,R"), { confirm: { unattended: true } });
    expect(same, "the answer was kept for files like it").toMatchObject({ state: "committed" });
  });

  test("what was said of a file just before it was taken holds: it is gone through again, and only then taken", async () => {
    const looked = await rig.take(wrong(1), { asked: "prepare" });
    const corrections = [{ column: "amount", line: 2, value: "7" }];
    await rig.owner`update uploads set mapping = ${rig.owner.json({ corrections })} where id = ${looked.id}`;
    const taken = await rig.ask(looked.id, "commit", { goodRowsOnly: true });
    expect(taken).toMatchObject({ state: "committed", counts: { errors: 0, inserted: 100 } });
    expect(await rig.costs()).toContain("R0 7");
  });

  test("totals of orders wait for their type to be said, and are held where nobody looks", async () => {
    const text = "Order,Total\n1001,3.50\n1002,4\n";
    const asked = { reason: { code: "questions" }, counts: { ok: 0, errors: 2 } };
    expect(await rig.take(text, { asked: "prepare" })).toMatchObject({ state: "needs_confirmation", ...asked });
    expect(await rig.take(text, { confirm: { unattended: true } })).toMatchObject({ state: "held", ...asked });
  });

  test("refused whole: not a table, nothing in it, the file gone; what stands stays", async () => {
    await rig.take(sheet("2026-11-18,fixed,5,A"));
    const html = await rig.take("<!doctype html><p>Sign in</p>");
    expect(html).toMatchObject({ state: "rejected", reason: { code: "file" } });
    expect(await rig.findings(html.id)).toEqual(["1 E_FILE_TYPE"]);
    expect(await rig.take(sheet("2026-11-18,fixed,x,A"))).toMatchObject({
      state: "rejected",
      reason: { code: "nothing" },
    });
    expect(await rig.take(sheet("2026-11-18,fixed,9,A"), { dryRun: true })).toMatchObject({ state: "discarded" });
    const lost = await rig.put(sheet("2026-11-18,fixed,9,A"));
    await rig.owner`update uploads set erased_at = now() where id = ${lost}`;
    await rig.work(lost);
    expect(await rig.seen(lost)).toMatchObject({ state: "rejected", reason: { code: "fileLost" } });
    expect(await rig.costs()).toEqual(["A 5"]);
  });
});

describe("a total", () => {
  test("that was expected is held against the sum: with a difference it waits for a word, or is held", async () => {
    const text = sheet("2026-11-18,fixed,5,A", "2026-11-18,other,0.1,B", "2026-11-18,other,$ 7,C");
    const expected = [
      { currency: "INR", amount: "5.10" },
      { currency: "USD", amount: "7" },
    ];
    expect(await rig.take(text, { expected })).toMatchObject({ state: "committed" });
    const other = { mode: "replace_range", expected: [{ currency: "INR", amount: "5.100001" }] } as const;
    const asked = await rig.take(text, { ...other, asked: "prepare" });
    expect(asked).toMatchObject({ state: "needs_confirmation", reason: null });
    const differs = { reason: { code: "totalDiffers" } };
    expect(await rig.ask(asked.id, "commit")).toMatchObject({ state: "needs_confirmation", ...differs });
    expect(await rig.take(text, { ...other, confirm: { unattended: true } })).toMatchObject({
      state: "held",
      ...differs,
    });
    expect(await rig.take(text, { mode: "replace_range", expected: [{ currency: "EUR", amount: "1" }] })).toMatchObject(
      differs,
    );
    expect(await rig.ask(asked.id, "commit", { otherTotal: true })).toMatchObject({ state: "committed" });
  });

  test("at the end of a file is held against the sum; SKUs that nothing here has are told", async () => {
    await rig.owner`insert into variants (organisation_id, account_id, id, version_at, product_id, sku)
      select organisation_id, account_id, '1', now(), '1', 'KNOWN' from datasources`;
    const taken = await rig.take(
      "date,cost_type,amount,sku\n2026-11-18,cogs,5,known\n2026-11-18,cogs,6,NEW\nTotal,,12\n",
    );
    expect(await rig.findings(taken.id)).toEqual(["3 W_SKU_UNKNOWN", "4 W_TOTAL_ROW", "4 W_TOTAL_DIFFERS"]);
    expect(taken.counts.warnings).toBe(3);
  });

  test("are told by the next worker where one died before it could", async () => {
    await rig.owner
      .unsafe(`create function refuse() returns trigger language plpgsql as $$ begin raise 'killed'; end $$;
      create trigger killed before insert on upload_findings for each row when (new.code = 'W_TOTAL_DIFFERS') execute function refuse()`);
    const id = await rig.put("date,cost_type,amount\n2026-11-18,cogs,5\nTotal,,12\n");
    await expect(rig.work(id)).rejects.toThrow("killed");
    await rig.owner`drop trigger killed on upload_findings`;
    await rig.work(id);
    expect(await rig.findings(id)).toEqual(["3 W_TOTAL_ROW", "3 W_TOTAL_DIFFERS"]);
    expect((await rig.seen(id)).counts.warnings).toBe(2);
  });
});

describe("a file that is put right", () => {
  const text =
    "date,cost_type,amount,Artikel\n2026-11-17,cogs,5,MM-024\n2026-11-18,cogs,6,MM-204\n2026-11-19,fixed,x,\n";
  const targets = { Artikel: "sku" };
  const corrections = [
    { column: "Artikel", was: "MM-204", value: "MM-024" },
    { column: "amount", line: 4, value: "7" },
  ];
  const standing = () =>
    rig.owner`select coalesce(sku, cost_type) || ' ' || trim_scale(amount) as cost from costs order by 1`.values();

  test("is taken as it was put right, stays as it came, and says the same when it is read again, and after an undo", async () => {
    await rig.owner`insert into variants (organisation_id, account_id, id, version_at, product_id, sku)
      select organisation_id, account_id, '1', now(), '1', 'MM-024' from datasources`;
    const before = await rig.take(text, { asked: "prepare", mapping: { targets } });
    expect(before).toMatchObject({ state: "needs_confirmation", counts: { ok: 2, errors: 1 } });
    const named = await rig.owner`select column_name, value from upload_findings where code = 'W_SKU_UNKNOWN'`;
    expect(named, "by the file's own header").toEqual([{ column_name: "Artikel", value: "MM-204" }]);
    await rig.owner`update uploads set mapping = ${rig.owner.json({ targets, corrections })} where id = ${before.id}`;
    expect(await rig.ask(before.id, "prepare")).toMatchObject({ counts: { ok: 3, errors: 0, warnings: 0 } });
    const [kept] = await rig.owner`select sha256, size from uploads where id = ${before.id}`;
    expect(await rig.ask(before.id, "commit")).toMatchObject({ state: "committed" });
    expect(await standing()).toEqual([["MM-024 5"], ["MM-024 6"], ["fixed 7"]]);
    await rig.owner`update uploads set asked = 'check', asked_at = now() where id = ${before.id}`;
    await rig.work(before.id);
    const [after] =
      await rig.owner`select sha256, size, checked->>'state' as checked from uploads where id = ${before.id}`;
    expect(after).toEqual({ ...kept, checked: "equal" });
    await rig.ask(before.id, "undo");
    expect(await standing()).toEqual([]);
    const next = await rig.take(text.replace("6,MM-204", "8,MM-204"), { confirm: { goodRowsOnly: true } });
    expect(await standing(), "the next file keeps the columns, and its own words").toEqual([
      ["MM-024 5"],
      ["MM-204 8"],
    ]);
    expect(await rig.findings(next.id)).toEqual(["3 W_SKU_UNKNOWN", "4 E_NUMBER"]);
  });
});

describe("undo", () => {
  test("back to before any of the last twenty, one number at a time, and forward again with new files", async () => {
    const taken = [];
    for (let n = 1; n <= 22; n += 1) taken.push(await rig.take(sheet(`2026-11-18,fixed,${n},A,K`)));
    expect(await rig.days()).toEqual([["2026-11-18", "22"]]);
    const [first, second, third] = taken;
    if (first === undefined || second === undefined || third === undefined) throw new Error("there are 22");
    expect(await rig.ask(second.id, "undo"), "too far back").toMatchObject({ state: "committed" });
    expect(await rig.ask(third.id, "undo")).toMatchObject({ state: "undone" });
    expect(await rig.days()).toEqual([["2026-11-18", "2"]]);
    expect(await rig.costs()).toEqual(["A 2"]);
    expect(await rig.take(sheet("2026-11-18,fixed,100,B,L"))).toMatchObject({ state: "committed" });
    expect(await rig.days()).toEqual([["2026-11-18", "102"]]);
    const [left] = await rig.owner`select count(*)::int as rows from cost_rows`;
    expect(left, "what was undone is cleaned away").toEqual({ rows: 3 });
  });

  test("takes with it what stood when it was asked for, and nothing where another has been taken since", async () => {
    const first = await rig.take(sheet("2026-11-18,fixed,5,A,K1"));
    const second = await rig.take(sheet("2026-11-18,fixed,6,B,K2"));
    expect(await rig.ask(first.id, "undo", { undoTakes: [] })).toMatchObject({ state: "committed" });
    expect(await rig.seen(second.id)).toMatchObject({ state: "committed" });
    expect(await rig.ask(first.id, "undo", { undoTakes: [second.id] })).toMatchObject({ state: "undone" });
    expect(await rig.seen(second.id)).toMatchObject({ state: "undone" });
    expect(await rig.costs()).toEqual([]);
  });

  test("to the very beginning, of a file that replaced and deleted", async () => {
    const first = await rig.take(sheet("2026-11-18,fixed,5,A,K1", "2026-11-18,fixed,6,B,K2"));
    const second = await rig.take(sheet("2026-11-18,fixed,5,A,K1,delete", "2026-11-19,fixed,9,B,K2"));
    expect(await rig.days()).toEqual([["2026-11-19", "9"]]);
    await rig.ask(second.id, "undo");
    expect(await rig.costs()).toEqual(["A 5", "B 6"]);
    expect(await rig.days()).toEqual([["2026-11-18", "11"]]);
    const reach =
      () => rig.owner`select d.last_success_at, d.complete_through, d.first_numbers_at is not null as numbers,
      (select settled_at from uploads where id = ${first.id}) as taken from datasources as d`;
    const [{ taken, ...back } = { taken: null }] = await reach();
    expect(back, "as the first file left it").toEqual({
      last_success_at: taken,
      complete_through: taken,
      numbers: true,
    });
    await rig.ask(first.id, "undo");
    expect([await rig.costs(), await rig.days()]).toEqual([[], []]);
    expect(await reach(), "as before any file").toMatchObject([
      { last_success_at: null, complete_through: null, numbers: false },
    ]);
  });
});

describe("what is known of a day from costs alone", () => {
  test("a total over days is spread evenly, the remainder on the last; what recurs counts for as long as it stands", async () => {
    const text = `start_date,end_date,cost_type,amount,name,recurrence
2026-11-18,2026-11-20,fixed,100,Fair,
2026-11-01,2026-12-31,other,3000,Rent,monthly
2026-11-16,2026-11-29,handling,10,Help,weekly
2028-02-28,2028-03-01,shipping,366,Ship,yearly
`;
    await rig.take(text.replace("2028-02-28,2028-03-01", "2024-02-28,2024-03-01"));
    expect(await rig.days()).toEqual([
      ["2026-11-18", "33.33"],
      ["2026-11-19", "33.33"],
      ["2026-11-20", "33.34"],
    ]);
    const rent = await rig.days("cost_other");
    expect(rent.slice(0, 1)).toEqual([["2026-11-01", "100"]]);
    expect(rent.find(([day]) => day === "2026-12-01")).toEqual(["2026-12-01", "96.77"]);
    expect(rent.find(([day]) => day === "2026-12-31")).toEqual(["2026-12-31", "96.9"]);
    const weeks = (await rig.days("cost_handling")).map(([, value]) => value);
    expect(weeks).toEqual([...Array(6).fill("1.42"), "1.48", ...Array(6).fill("1.42"), "1.48"]);
    expect(await rig.days("cost_shipping")).toEqual([
      ["2024-02-28", "1"],
      ["2024-02-29", "1"],
      ["2024-03-01", "1"],
    ]);
  });

  test("yen have no parts and dinars three; costs by unit are no day's", async () => {
    const text = `date,end_date,cost_type,amount,currency,name,sku
2026-11-18,2026-11-20,fixed,100,JPY,Y,
2026-11-18,2026-11-20,other,10,KWD,K,
2026-01-01,,cogs,5,INR,,TEE
`;
    await rig.take(text);
    expect((await rig.days()).map(([, value]) => value)).toEqual(["33", "33", "34"]);
    expect((await rig.days("cost_other")).map(([, value]) => value)).toEqual(["3.333", "3.333", "3.334"]);
    expect(await rig.days("cost_cogs")).toEqual([]);
  });
});

describe("a first pass that takes longer than a call may", () => {
  const long = Array.from({ length: 9_000 }, (_, n) => `2026-11-${10 + (n % 10)},fixed,0.01,R${n},R${n}`);
  const placeOf = async (id: string) =>
    (
      await rig.owner<{ place: { step: string; survey?: { halfway: { place: { offset: number } } } } | null }[]>`
      select place from uploads where id = ${id}`
    )[0]?.place ?? null;

  test("keeps its place from call to call, and what comes of it is the same", async () => {
    Object.assign(rig.deps, { costLimits: { ...LIMITS, notedBytes: 40_000 } });
    const id = await rig.put(sheet(...long));
    const offsets: number[] = [];
    for (;;) {
      const outcome = await rig.work(id, { budget: { ms: -1, pages: 0 } });
      const place = await placeOf(id);
      if (place?.step !== "survey") break;
      expect(outcome.kind).toBe("more");
      offsets.push(place.survey?.halfway.place.offset ?? 0);
    }
    expect(offsets.length).toBeGreaterThan(1);
    expect(offsets).toEqual([...new Set(offsets)].toSorted((a, b) => a - b));
    await rig.work(id);
    expect(await rig.seen(id)).toMatchObject({ state: "committed", counts: { rows: 9_000, inserted: 9_000 } });
  });

  test("and refuses the file for what stands at its end", async () => {
    Object.assign(rig.deps, { costLimits: { ...LIMITS, notedBytes: 40_000 } });
    const refused = await rig.take(sheet(...long) + '2026-11-18,fixed,1,"never closed');
    expect(refused).toMatchObject({ state: "rejected", reason: { code: "file" } });
    expect(await placeOf(refused.id)).toBeNull();
  });
});
