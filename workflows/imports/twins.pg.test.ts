/** What a file that says something twice, or takes something away, comes to: what it would bring, not all that stands in it. */
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { LIMITS } from "../costs/limits.ts";
import { makeLedgerRig, sheet } from "./testing/ledger-rig.ts";
import type { Given, LedgerRig } from "./testing/ledger-rig.ts";

let rig: LedgerRig;
beforeEach(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
});
afterEach(() => rig.close());

describe("what one file says twice", () => {
  test.each([1_000_000, 1])(
    "its sums and its first rows are those that it brings, %d rows at a time",
    async (twinRows) => {
      Object.assign(rig.deps, { costLimits: { ...LIMITS, twinRows } });
      const header = "start_date,cost_type,amount,name,basis";
      const rows = [
        "2026-11-18,fixed,5.50,A,total",
        "2026-11-18,fixed,5.5,A,total",
        "2026-11-18,fixed,6,B,total",
        "2026-11-18,fixed,7,B,total",
        "2026-11-18,other,1,C,total",
        "2026-11-18,other,2,C,total",
        "2026-11-18,marketing,2.9%,Ads,percent",
        "2026-11-18,marketing,12.5,Post,total",
      ];
      const text = `${[header, ...rows].join("\n")}\n`;
      const shown = async (given: Given) => {
        const { id, totals } = await rig.take(text, { how: "browser", asked: "prepare", ...given });
        const [{ preview }] = await rig.owner<[{ preview: { line: number; amount: string; about: string }[] }]>`
        select preview from uploads where id = ${id}`;
        const sums = totals.map(({ costType, amount, count }) => `${costType} ${amount} of ${count}`);
        return { sums, first: preview.map(({ line, about, amount }) => `${line} ${about} ${amount}`) };
      };
      expect(await shown({ confirm: { goodRowsOnly: true } })).toEqual({
        sums: ["fixed 5.5 of 1", "other 0 of 0", "marketing 12.5 of 2"],
        first: ["2 A 5.5", "8 Ads 2.9", "9 Post 12.5"],
      });
      expect(await shown({ mapping: { answers: { onConflict: "sum" } } })).toEqual({
        sums: ["fixed 18.5 of 2", "other 3 of 1", "marketing 12.5 of 2"],
        first: ["2 A 5.5", "4 B 13", "6 C 3", "8 Ads 2.9", "9 Post 12.5"],
      });
    },
  );

  test("a row that stands there twice is taken once, and counted once among those that are taken", async () => {
    const text = sheet("2026-11-18,fixed,5,A", "2026-11-18,fixed,5,A", "2026-11-18,fixed,5,A", "2026-11-18,fixed,6,B");
    const { counts } = await rig.take(text, { how: "browser", asked: "prepare" });
    expect(counts).toMatchObject({ rows: 4, ok: 2, inserted: 2, ignored: 2 });
  });

  test.each([1_000_000, 1])(
    "a line is wrong once, however many of its costs clash, and its warnings go with it: %d rows at a time",
    async (twinRows) => {
      Object.assign(rig.deps, { costLimits: { ...LIMITS, twinRows } });
      const days = [
        "date,shipping,handling,fixed",
        "2026-11-18,1,2,3",
        "2026-11-18,7,8,3",
        "2026-11-19,1e1,,",
        "2026-11-19,20,,",
        "2026-11-20,1e1,,",
      ];
      const { id, counts } = await rig.take(`${days.join("\n")}\n`, { how: "browser", asked: "prepare" });
      expect(await rig.findings(id)).toEqual(expect.arrayContaining(["4 W_SCIENTIFIC", "6 W_SCIENTIFIC"]));
      expect(counts).toMatchObject({ rows: 5, errors: 4, empty: 0, warnings: 1 });
    },
  );

  test("what is expected is held against what it brings", async () => {
    const text = sheet("2026-11-18,fixed,5,A", "2026-11-18,fixed,5,A", "2026-11-18,fixed,6,B", "2026-11-18,fixed,7,B");
    const given = (amount: string) => ({ confirm: { goodRowsOnly: true }, expected: [{ currency: "INR", amount }] });
    expect(await rig.take(text, given("23"))).toMatchObject({ reason: { code: "totalDiffers" } });
    expect(await rig.take(text, given("5"))).toMatchObject({ state: "committed" });
  });
});

describe("what a file takes away", () => {
  test.each([1_000_000, 1])(
    "is none of what it brings, and is in the file all the same, %d rows at a time",
    async (twinRows) => {
      Object.assign(rig.deps, { costLimits: { ...LIMITS, twinRows } });
      await rig.take(sheet("2026-11-18,fixed,5,A,K1", "2026-11-18,other,7,B,K2"));
      const text = sheet(
        "2026-11-18,fixed,5,A,K1,delete",
        "2026-11-18,other,7,B,K2,delete",
        "2026-11-18,other,7,B,K2,delete",
        "2026-11-18,fixed,1.5,C,K3",
      );
      const { id, counts, totals } = await rig.take(text, { how: "browser", asked: "prepare" });
      expect(counts).toMatchObject({ rows: 4, ok: 3, inserted: 1, deleted: 2, ignored: 1 });
      expect(totals).toMatchObject([
        { costType: "fixed", amount: "1.5", count: 1, inFile: { amount: "6.5", count: 2 } },
        { costType: "other", amount: "0", count: 0, inFile: { amount: "14", count: 2 } },
      ]);
      const [{ preview }] = await rig.owner<
        [{ preview: { about: string }[] }]
      >`select preview from uploads where id = ${id}`;
      expect(preview.map(({ about }) => about)).toEqual(["C"]);
      expect(await rig.ask(id, "commit", {})).toMatchObject({ state: "committed" });
      expect(await rig.costs()).toEqual(["C 1.5"]);
    },
  );
});

test("the run that took a file took as long as that, not the days in which the file waited for a person", async () => {
  const { id } = await rig.take(sheet("2026-11-18,fixed,5,A"), { how: "browser", asked: "prepare" });
  await rig.owner`update uploads set created_at = now() - interval '3 days', received_at = now() - interval '3 days',
    asked = 'commit', asked_at = now() where id = ${id}`;
  await rig.work(id);
  const [run] =
    await rig.owner`select state, finished_at - started_at < interval '1 day' as is_work from runs where kind = 'import'`;
  expect(run).toEqual({ state: "succeeded", is_work: true });
});
