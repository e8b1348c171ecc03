/** What of a file counts as ad spend too is told with its sums and its first rows, and how many costs of ad spend it moves. */
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { LIMITS } from "../costs/limits.ts";
import { makeLedgerRig } from "./testing/ledger-rig.ts";
import type { LedgerRig } from "./testing/ledger-rig.ts";

let rig: LedgerRig;
beforeEach(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
});
afterEach(() => rig.close());

const file = (...rows: string[]) => `date,cost_type,amount,name,cost_id,is_ad_spend,action\n${rows.join("\n")}\n`;

async function told(id: string) {
  const [{ totals, preview }] = await rig.owner<
    [{ totals: { costType: string; amount: string; adSpend: string | null }[]; preview: object[] }]
  >`select totals, preview from uploads where id = ${id}`;
  return {
    totals: totals.map(({ costType, amount, adSpend }) => `${costType} ${amount}, ad spend ${adSpend ?? "none"}`),
    preview,
  };
}

test.each([1_000_000, 1])(
  "of what is taken, not of what it says twice or takes away, %d rows at a time",
  async (twinRows) => {
    Object.assign(rig.deps, { costLimits: { ...LIMITS, twinRows } });
    const rows = [
      "2026-11-18,marketing,100,Podcast,,yes,",
      "2026-11-18,marketing,100,Podcast,,yes,",
      "2026-11-18,agency,30.5,Retainer,,,",
      "2026-11-18,fixed,5,Rent,,,",
      "2026-11-18,marketing,7,Gone,G,yes,delete",
    ];
    const { id, counts } = await rig.take(file(...rows), { how: "browser", asked: "prepare" });
    const { totals, preview } = await told(id);
    expect(totals).toEqual(["marketing 130.5, ad spend 100", "fixed 5, ad spend none"]);
    expect(preview).toMatchObject([{ isAdSpend: true }, { isAdSpend: false }, { isAdSpend: false }]);
    expect(counts.adSpend).toBe(1);
  },
);

test("also where it says nothing twice and takes nothing away", async () => {
  const text = "date,cost_type,amount,name,is_ad_spend\n2026-11-18,ads,2.25,A,\n2026-11-18,ads,3,B,no\n";
  const { id } = await rig.take(text, { asked: "prepare" });
  const { totals, preview } = await told(id);
  expect(totals).toEqual(["marketing 5.25, ad spend 2.25"]);
  expect(preview).toMatchObject([{ isAdSpend: true }, { isAdSpend: false }]);
});

test("a share of something is no money: of that alone no amount is told", async () => {
  const { id, counts } = await rig.take(file("2026-11-18,agency,5,A,,,", "2026-11-18,ads,2.9%,B,,,"), {
    asked: "prepare",
  });
  expect((await told(id)).totals).toEqual(["marketing 5, ad spend none"]);
  expect(counts.adSpend).toBe(1);
});

test("costs of ad spend are moved by what is new, another, or gone, and by nothing else", async () => {
  const moved = async (...rows: string[]) => (await rig.take(file(...rows))).counts.adSpend;
  expect(await moved("2026-11-18,ads,1,A,a,,", "2026-11-18,ads,2,B,b,,", "2026-11-18,fixed,9,R,r,,")).toBe(2);
  expect(await moved("2026-11-18,ads,1,A,a,,", "2026-11-18,fixed,10,R,r,,"), "one as it stood").toBe(0);
  expect(await moved("2026-11-18,ads,1.5,A,a,,"), "the old and the new").toBe(2);
  expect(await moved("2026-11-18,ads,1.5,A,a,no,"), "no longer").toBe(1);
  expect(await moved("2026-11-18,ads,,B,b,,delete"), "gone").toBe(1);
});
