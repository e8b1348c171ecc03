// What is found of a file that only its surroundings tell: orders that nobody knows, and a question that nobody is there to answer.
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { makeLedgerRig, sheet } from "./testing/ledger-rig.ts";
import type { LedgerRig } from "./testing/ledger-rig.ts";

let rig: LedgerRig;
beforeEach(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
});
afterEach(() => rig.close());

test("an order that nothing here is called by is told once there are orders, by its line", async () => {
  const text = "Order,Shipping\n#1001,3.50\n#9999,4\n";
  const before = await rig.take(text, { asked: "prepare" });
  expect(await rig.findings(before.id), "with nothing to compare").toEqual([]);
  await rig.owner`insert into orders (organisation_id, account_id, id, version_at, name, ordered_at, day, currency, gross, discounts, shipping, tax,
      duties, tips, total)
    select organisation_id, account_id, '77', now(), '#1001', '2026-11-18', '2026-11-18', 'INR', 1, 0, 0, 0, 0, 0, 1 from datasources`;
  const taken = await rig.take(`${text}#9998,5\n`, { asked: "prepare" });
  expect(await rig.findings(taken.id)).toEqual(["3 W_ORDER_UNKNOWN", "4 W_ORDER_UNKNOWN"]);
  expect(taken.counts.warnings).toBe(2);
});

test("dates that nobody is there to explain stop the file, and a person's answer lets it go on", async () => {
  const text = sheet("2026-11-18,fixed,1,A", "03/04/2026,fixed,2,B");
  const held = await rig.take(text, { confirm: { unattended: true } });
  expect(held).toMatchObject({ state: "held", reason: { code: "questions" } });
  expect(await rig.findings(held.id)).toEqual(["3 E_DATE_AMBIGUOUS"]);
  await rig.owner`update uploads set mapping = '{"answers":{"dateOrder":{"date":"DMY"}}}' where id = ${held.id}`;
  expect(await rig.ask(held.id, "prepare")).toMatchObject({ state: "needs_confirmation", counts: { ok: 2 } });
  expect(await rig.findings(held.id)).toEqual([]);
  expect(await rig.ask(held.id, "commit")).toMatchObject({ state: "committed" });
});
