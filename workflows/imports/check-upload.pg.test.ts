// What stands of a file is held against the file again: equal whatever happened since, and different by as little as a letter.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { LIMITS } from "../costs/limits.ts";
import { makeLedgerRig, sheet } from "./testing/ledger-rig.ts";
import type { LedgerRig } from "./testing/ledger-rig.ts";

let rig: LedgerRig;
beforeEach(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
});
afterEach(() => rig.close());

interface Sum {
  readonly costType: string;
  readonly file: string;
  readonly ours: string;
  readonly isEqual: boolean;
}
interface Row {
  readonly asked: string | null;
  readonly state: string;
  readonly checked: { state: string; sums?: Sum[] } | null;
}
const rowOf = async (id: string): Promise<Row> => {
  const [row] = await rig.owner<[Row]>`select asked, state, checked from uploads where id = ${id}`;
  return row;
};
const askCheck = (id: string) => rig.owner`update uploads set asked = 'check', asked_at = now() where id = ${id}`;
const check = async (id: Parameters<LedgerRig["work"]>[0]): Promise<Row> => {
  await askCheck(id);
  await rig.work(id);
  return rowOf(id);
};
const notices = () =>
  rig.owner`select detail->>'said' as said, resolved_at is null as stands, times from notices where kind = 'costsDiffer' order by since`;
const equal = { asked: null, state: "committed", checked: { state: "equal" } };
const different = { asked: null, state: "committed", checked: { state: "different" } };

describe("a file that is as it was", () => {
  test("is equal with twins, added twins, conflicts, and types in several currencies", async () => {
    const rows = [
      "2026-11-18,fixed,5,A",
      "2026-11-18,fixed,5,A",
      "2026-11-18,fixed,6,B",
      "2026-11-18,fixed,7,B",
      "2026-11-18,other,0.000001,C",
      "2026-11-18,marketing,$ 12.50,D",
      "x,fixed,1,E",
    ];
    const refused = await rig.take(sheet(...rows), { confirm: { goodRowsOnly: true } });
    expect(await check(refused.id)).toMatchObject(equal);
    const summed = await rig.take(sheet(...rows), {
      mapping: { answers: { onConflict: "sum" } },
      confirm: { goodRowsOnly: true },
    });
    const { checked } = await check(summed.id);
    expect(checked).toMatchObject({ state: "equal" });
    expect(checked?.sums?.map(({ costType, file, ours }) => [costType, file, ours])).toEqual([
      ["fixed", "23", "23"],
      ["marketing", "12.5", "12.5"],
      ["other", "0.000001", "0.000001"],
    ]);
    expect(await notices()).toEqual([]);
  });

  test("is equal after others took its place, deleted of it, replaced its days, and after what ended is forgotten", async () => {
    Object.assign(rig.deps, { costLimits: { ...LIMITS, chunkRows: 3 } });
    const lines = Array.from({ length: 20 }, (_, n) => `2026-11-${10 + (n % 5)},fixed,${n + 1},R${n},K${n}`);
    const first = await rig.take(sheet(...lines, "2026-11-18,fixed,1,gone,K99,delete"));
    const same = await rig.take(
      sheet(...lines.slice(0, 4), "2026-11-12,fixed,300,R5,K5", "2026-11-13,fixed,1,R6,K6,delete"),
    );
    const range = await rig.take(sheet("2026-11-10,fixed,8,new", "2026-11-11,fixed,8,new"), { mode: "replace_range" });
    for (const { id } of [first, same, range]) expect(await check(id)).toMatchObject(equal);
    for (let n = 0; n < 21; n += 1) await rig.take(sheet(`2026-11-12,fixed,${n},R7,K7`));
    const [tallied] = await rig.owner`select count(*)::int as kinds from cost_tallies where kind = 'forgotten'`;
    expect(tallied?.["kinds"]).toBeGreaterThan(0);
    for (const { id } of [first, range]) expect(await check(id)).toMatchObject(equal);
  });

  test("is equal with a percent, which is no money and adds to no total", async () => {
    const header = "start_date,cost_type,basis,amount,name";
    const taken = await rig.take(
      `${header}\n2026-01-01,payment_fee,percent,2.9%,Card\n2026-01-01,payment_fee,percent,2.9%,Card\n2026-01-01,payment_fee,per_order,0.30,Card\n`,
    );
    expect(taken.totals).toMatchObject([{ costType: "payment_fee", amount: "0.3", count: 2 }]);
    expect(await check(taken.id)).toMatchObject(equal);
    await rig.owner`update cost_rows set content = md5('another')::uuid where basis = 'percent'`;
    expect(await check(taken.id)).toMatchObject(different);
  });

  test("is equal in another year, whatever the brand counts in by then; one that nothing stands of is not read", async () => {
    const taken = await rig.take(sheet("2026-11-18,fixed,5,A,K", "2099-01-01,fixed,7,far ahead,K2"), {
      confirm: { goodRowsOnly: true },
    });
    expect(taken.counts).toMatchObject({ ok: 1, errors: 1 });
    await rig.owner`update uploads set survey = jsonb_set(survey, '{ground,today}', '"2026-11-21"')`;
    await rig.owner`update organisations set currency = 'KWD', zone = 'America/New_York'`;
    expect(await check(taken.id)).toMatchObject(equal);
    await rig.take(sheet("2026-11-18,fixed,6,A,K"));
    expect(await check(taken.id)).toMatchObject({ checked: { state: "superseded" } });
  });
});

describe("what differs is said", () => {
  test.each([
    ["an amount", "update cost_rows set amount = amount + 0.01 where name = 'B'", false],
    ["what a row says", "update cost_rows set content = gen_random_uuid() where name = 'B'", true],
    ["a row that is gone", "delete from cost_rows where name = 'B'", false],
    ["a row of another kind", "update cost_rows set cost_type = 'fixed' where name = 'B'", false],
  ])("%s", async (_, change, isSameSum) => {
    const taken = await rig.take(sheet("2026-11-18,fixed,5,A", "2026-11-18,other,7,B"));
    expect(await check(taken.id)).toMatchObject(equal);
    await rig.owner.unsafe(change);
    const found = await check(taken.id);
    expect(found).toMatchObject(different);
    expect(found.checked?.sums?.find(({ isEqual }) => !isEqual)).toBeDefined();
    expect(found.checked?.sums?.every(({ file, ours }) => file === ours)).toBe(isSameSum);
    await check(taken.id);
    expect(await notices()).toEqual([{ said: "costs.csv", stands: true, times: 2 }]);
    const [said] = await rig.owner`select count(*)::int as times from audit_log where verb = 'upload.differs'`;
    expect(said).toEqual({ times: 1 });
    const checks =
      await rig.owner`select metric, trim_scale(ours)::text as ours, trim_scale(theirs)::text as theirs, figure, settled
      from spot_checks where metric = 'cost_other'`;
    expect(checks).toEqual([
      {
        metric: "cost_other",
        ours: found.checked?.sums?.find(({ costType }) => costType === "other")?.ours,
        theirs: "7",
        figure: "files",
        settled: true,
      },
    ]);
  });

  test("mended, the notice is over; undone, nobody asks; a file that is gone says so", async () => {
    const taken = await rig.take(sheet("2026-11-18,fixed,5,A", "2026-11-18,other,7,B"));
    await rig.owner`update cost_rows set amount = amount + 1 where name = 'A'`;
    expect(await check(taken.id)).toMatchObject(different);
    await rig.owner`update cost_rows set amount = amount - 1 where name = 'A'`;
    expect(await check(taken.id)).toMatchObject(equal);
    expect(await notices()).toEqual([{ said: "costs.csv", stands: false, times: 1 }]);
    rmSync(join(rig.deps.uploadsFolder ?? "", taken.id));
    expect(await check(taken.id)).toMatchObject({ asked: null, checked: { state: "fileGone" } });
    await rig.ask(taken.id, "undo");
    expect(await check(taken.id)).toMatchObject({ asked: null, state: "undone", checked: { state: "fileGone" } });
  });
});

describe("a check that is cut short", () => {
  const long = Array.from({ length: 9_000 }, (_, n) => `2026-11-${10 + (n % 10)},fixed,0.01,R${n},R${n}`);
  const place = async (id: string) =>
    (
      await rig.owner<
        [{ at: { step: string; offset: number } | null }]
      >`select check_place as at from uploads where id = ${id}`
    )[0].at;

  test("goes on where it was, and comes to the same", async () => {
    Object.assign(rig.deps, { costLimits: { ...LIMITS, notedBytes: 40_000 } });
    const { id } = await rig.take(sheet(...long));
    await askCheck(id);
    const offsets: number[] = [];
    for (;;) {
      expect((await rig.work(id, { budget: { ms: -1, pages: 0 } })).kind).toBe("more");
      const at = await place(id);
      if (at?.step !== "file") break;
      offsets.push(at.offset);
    }
    expect(offsets.length).toBeGreaterThan(2);
    expect(offsets).toEqual([...new Set(offsets)].toSorted((a, b) => a - b));
    await rig.work(id);
    expect(await rowOf(id)).toMatchObject(equal);
  });

  test("makes way for what a person asks, and is taken up behind it", async () => {
    const { id } = await rig.take(sheet("2026-11-18,fixed,5,A"));
    await askCheck(id);
    const next = await rig.put(sheet("2026-11-18,fixed,6,B"));
    await rig.owner`update uploads set asked_at = now() + interval '1 hour' where id = ${next}`;
    expect((await rig.work(id)).kind).toBe("done");
    expect(await rowOf(id)).toMatchObject({ asked: "check", checked: null });
    await rig.work(next);
    await rig.work(id);
    expect(await rowOf(id)).toMatchObject(equal);
  });

  test("rows that are forgotten between two looks are not counted twice", async () => {
    const { id } = await rig.take(sheet("2026-11-18,fixed,5,A,K1", "2026-11-18,fixed,6,B,K2"));
    await rig.take(sheet("2026-11-18,fixed,7,A,K1"));
    await askCheck(id);
    while ((await place(id))?.step !== "rows") await rig.work(id, { budget: { ms: -1, pages: 0 } });
    await rig.owner`update uploads set check_place = check_place || ${rig.owner.json({
      line: 2,
      rows: [{ costType: "fixed", currency: "INR", amount: "5", count: 1, marks: "1" }],
    })} where id = ${id}`;
    for (let n = 0; n < 21; n += 1) await rig.take(sheet(`2026-11-19,fixed,${n},C,K3`));
    expect((await rig.owner`select 1 from cost_tallies where kind = 'forgotten' and since = 1`).length).toBe(1);
    await rig.work(id);
    expect(await rowOf(id)).toMatchObject(equal);
  });
});
