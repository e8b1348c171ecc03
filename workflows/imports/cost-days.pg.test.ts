// What costs come to by day, against a plain way of working it out: after a file, a second one, an undo, edited orders and refunds.
import { randomUUID } from "node:crypto";
import { accountId } from "@headwater/db";
import type { AccountId } from "@headwater/db";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { lookWhatIsLeftOut } from "../costs/left-out.ts";
import { inOrganisation } from "../load/fence.ts";
import { rollUp } from "../load/rollups.ts";
import { CostOracle, nextDay } from "./testing/cost-oracle.ts";
import type { OracleCost, OracleOrder, OracleShop } from "./testing/cost-oracle.ts";
import { diceOf, fileOfCosts, someCosts, someOrder } from "./testing/cost-story.ts";
import { makeLedgerRig } from "./testing/ledger-rig.ts";
import type { LedgerRig } from "./testing/ledger-rig.ts";

let rig: LedgerRig;
beforeEach(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"), "INR", "UTC");
});
afterEach(() => rig.close());

const seed = inject("seed") ?? process.pid * 7919 + 3;
const FIRST = "2024-02-20";
const LAST = "2024-03-25";

async function makeShop(): Promise<AccountId> {
  const id = accountId(randomUUID());
  await rig.owner`insert into accounts (organisation_id, id, platform, external_id, name, currency, zone)
    values (${rig.ref.organisationId}, ${id}, 'shopify', ${id}, 'Shop', 'INR', 'UTC')`;
  return id;
}

/** Rows as a merge would leave them, and the days that it would have touched counted again. */
async function land(shop: AccountId, orders: readonly OracleOrder[]): Promise<void> {
  const of = { organisation_id: rig.ref.organisationId, account_id: shop, version_at: new Date() };
  const days = new Set<string>();
  for (const order of orders) {
    const old = await rig.owner<{ day: string }[]>`select day::text as day from orders where id = ${order.id}
      union select day::text from refunds where order_id = ${order.id} union select day::text from transactions where order_id = ${order.id}`;
    for (const { day } of old) days.add(day);
    for (const table of ["order_lines", "refunds", "transactions"])
      await rig.owner`delete from ${rig.owner(table)} where order_id = ${order.id}`;
    await rig.owner`delete from orders where id = ${order.id}`;
    days.add(order.day);
    const none = { shipping: 0, tax: 0, duties: 0, tips: 0 };
    await rig.owner`insert into orders ${rig.owner({ ...of, ...none, id: order.id, name: order.name, ordered_at: `${order.day}T10:00:00Z`, day: order.day, is_test: order.isTest, deleted_at: order.isGone ? new Date() : null, currency: "INR", gross: order.net, channel: order.channel, discounts: "0", total: order.net })}`;
    for (const line of order.lines)
      await rig.owner`insert into order_lines ${rig.owner({ ...of, id: line.id, order_id: order.id, sku: line.sku, variant_id: line.variant, product_id: line.product, quantity: line.quantity, gross: "0", discount: "0", tax: "0", currency: "INR" })}`;
    for (const back of order.refunds) {
      days.add(back.at.slice(0, 10));
      await rig.owner`insert into refunds ${rig.owner({ ...of, id: back.id, order_id: order.id, refunded_at: back.at, day: back.at.slice(0, 10), amount: back.returned, returned: back.returned, returned_tax: "0", adjustments: "0", currency: "INR", returned_lines: rig.owner.json([...back.lines]) })}`;
    }
    for (const [n, paid] of order.payments.entries())
      await rig.owner`insert into transactions ${rig.owner({ ...of, id: `${order.id}-t${n}`, order_id: order.id, kind: "sale", status: "success", gateway: paid.gateway, amount: paid.amount, fee: paid.fee, currency: "INR", processed_at: `${order.day}T10:00:00Z`, day: order.day })}`;
  }
  const context = {
    organisationId: rig.ref.organisationId,
    accountId: shop,
    accountCurrency: "INR",
    runId: null,
    cause: null,
  };
  await inOrganisation(rig.deps.sql, rig.ref, (tx) =>
    rollUp(tx, { ...context, today: "2024-04-01" }, { days: [...days], unsettled: [], mayBeFirst: false }),
  );
}

async function held(shop: AccountId): Promise<string[]> {
  const rows = await rig.owner<{ said: string }[]>`
    select metric || ' ' || day || ' ' || currency || ' ' || trim_scale(sum(value)) as said from (
      select metric, day, currency, value from cost_totals(${FIRST}, ${LAST})
      union all select metric, day, currency, value from order_costs
        where account_id = ${shop} and day between ${FIRST} and ${LAST} and ground = cost_ground(organisation_id, account_id)) as each
    group by metric, day, currency having sum(value) <> 0 order by 1`;
  return rows.map(({ said }) => said).toSorted();
}

/** After a sync has brought what it brought. */
async function heldLeftOut(): Promise<string[]> {
  await inOrganisation(rig.deps.sql, rig.ref, (tx) => lookWhatIsLeftOut(tx, rig.ref.organisationId));
  const rows = await rig.owner<{ said: string }[]>`
    select reason || ' ' || l.currency || ' ' || sum(rows) || ' ' || coalesce(trim_scale(sum(amount))::text, '-') as said
    from cost_left_out l join cost_books b on b.datasource_id = l.datasource_id and b.head = b.left_out_of
    where first_day <= ${LAST} and last_day >= ${FIRST} group by reason, l.currency`;
  return rows.map(({ said }) => said).toSorted();
}

/** Every day, and what no day holds. */
async function expectWhole(costs: readonly OracleCost[], account: AccountId, shop: OracleShop, when: string) {
  expect(await held(account), when).toEqual(expected(costs, shop));
  expect(await heldLeftOut(), `left out ${when}`).toEqual(new CostOracle(costs, shop).leftOut(FIRST, LAST));
}

const expected = (costs: readonly OracleCost[], shop: OracleShop) => new CostOracle(costs, shop).between(FIRST, LAST);

test(`every day is what a plain count makes of it, whatever is brought, undone, edited or sent back (seed ${seed})`, async () => {
  const roll = diceOf(seed);
  const account = await makeShop();
  const variants = ["gid://shopify/ProductVariant/901", "gid://shopify/ProductVariant/902"];
  const ownCosts = { [variants[0] ?? ""]: "12.5", [variants[1] ?? ""]: "7.35" };
  for (const [id, cost] of Object.entries(ownCosts))
    await rig.owner`insert into variants (organisation_id, account_id, id, version_at, product_id, unit_cost, currency)
      values (${rig.ref.organisationId}, ${account}, ${id}, now(), 'p', ${cost}, 'INR')`;
  let orders = Array.from({ length: 24 }, (_, n) => someOrder(roll, n, FIRST, 30));
  const shop = (): OracleShop => ({ currency: "INR", orders, ownCosts });
  await land(account, orders.slice(0, 12));
  expect((await held(account)).length, "nobody keeps costs yet").toBe(0);

  const first = someCosts(roll, 60, 1);
  expect(await rig.take(fileOfCosts(first))).toMatchObject({ state: "committed", counts: { errors: 0 } });
  await land(account, orders.slice(12));
  await expectWhole(first, account, shop(), "after a file");

  const second = someCosts(roll, 40, 2);
  const both = [...first.filter(({ id }) => second.every((next) => next.id !== id)), ...second];
  const taken = await rig.take(fileOfCosts(second));
  await expectWhole(both, account, shop(), "after a second file");

  orders = orders.map((order, n) => (n % 5 === 0 ? someOrder(roll, n, FIRST, 30) : order));
  await land(
    account,
    orders.filter((_, n) => n % 5 === 0),
  );
  await expectWhole(both, account, shop(), "after orders were edited, and goods came back");

  await rig.ask(taken.id, "undo");
  await expectWhole(first, account, shop(), "after an undo");
  await rig.take(fileOfCosts(second));
  const again = both.map((cost) => (cost.since === 2 ? { ...cost, since: 3 } : cost));
  await expectWhole(again, account, shop(), "brought again");
});

test("a store's own cost that changes is every day's", async () => {
  const account = await makeShop();
  const [order] = [someOrder(diceOf(5), 0, FIRST, 1)];
  const line = { id: "l", sku: "A", variant: "gid://x/1", product: "gid://x/9", quantity: 3 };
  const plain = { ...order, isTest: false, isGone: false, lines: [line], refunds: [], payments: [] };
  await rig.take("date,cost_type,amount,name\n2024-02-20,fixed,1,A\n");
  await land(account, [plain]);
  const goods = async () => (await held(account)).filter((said) => said.includes("cogs") || said.includes("units"));
  expect(await goods()).toEqual([`cost_units ${plain.day} PCS 3`, `cost_units_without ${plain.day} PCS 3`]);
  await rig.owner`insert into variants (organisation_id, account_id, id, version_at, product_id, unit_cost, currency)
    values (${rig.ref.organisationId}, ${account}, 'gid://x/1', now(), 'p', 2.25, 'INR')`;
  expect(await goods(), "what was counted on another ground is not shown").toEqual([]);
  await rig.take("date,cost_type,amount,name\n2024-02-20,fixed,2,A\n");
  expect(await goods()).toEqual([`cost_cogs ${plain.day} INR 6.75`, `cost_units ${plain.day} PCS 3`]);
});

test(`days sum to the amount, to the last part of it, for any stretch, any rhythm, any year (seed ${seed})`, async () => {
  const roll = diceOf(seed + 1);
  const amount = () => `${Math.floor(roll() * 1e9)}.${String(Math.floor(roll() * 1e6)).padStart(6, "0")}`;
  for (let n = 0; n < 200; n += 1) {
    const [said, start, days] = [
      amount(),
      nextDay("2023-01-01", Math.floor(roll() * 1_200)),
      1 + Math.floor(roll() * 400),
    ];
    const currency = ["INR", "JPY", "KWD", "BHD", "CLF"][n % 5] ?? "INR";
    const digits = ({ JPY: 0, KWD: 3, BHD: 3, CLF: 4 } as Record<string, number>)[currency] ?? 2;
    const [row] = await rig.owner<[{ sum: string; low: string | null; high: string | null }]>`
      select sum(s)::text as sum, min(s) filter (where n < ${days})::text as low, max(s) filter (where n < ${days})::text as high
      from generate_series(1, ${days}::int) as n, cost_share(${said}::numeric, ${days}::int, n = ${days}, cost_digits(${currency})) as s`;
    expect(Number(row.sum) === Number(said) && (days === 1 || row.low === row.high), `${said} ${start} ${days}`).toBe(
      true,
    );
    expect(
      (row.low ?? "0").split(".")[1]?.replace(/0+$/, "").length ?? 0,
      `${row.low} ${currency}`,
    ).toBeLessThanOrEqual(digits);
    expect(row.sum.replace(/0+$/, "")).toBe(said.replace(/0+$/, ""));
  }
  // Whole weeks, months and years of what recurs, over a leap year and after it.
  const rhythms = { weekly: "2024-01-01", monthly: "2024-01-01", yearly: "2024-01-01" } as const;
  const types = { weekly: "fixed", monthly: "other", yearly: "shipping" } as const;
  const amounts = { weekly: amount(), monthly: amount(), yearly: amount() };
  const lines = (["weekly", "monthly", "yearly"] as const).map(
    (rhythm) => `${rhythms[rhythm]},,${types[rhythm]},${amounts[rhythm]},R,${rhythm}`,
  );
  await rig.take(["start_date,end_date,cost_type,amount,name,recurrence", ...lines].join("\n"));
  for (const [rhythm, by] of [
    ["weekly", "floor((day - date '2024-01-01') / 7.0)"],
    ["monthly", "date_trunc('month', day)"],
    ["yearly", "date_trunc('year', day)"],
  ] as const) {
    const sums = await rig.owner.unsafe<{ sum: string }[]>(
      `select trim_scale(sum(value))::text as sum from cost_totals('2024-01-01', $2) where metric = $1 group by ${by}`,
      [`cost_${types[rhythm]}`, rhythm === "weekly" ? "2024-12-29" : "2025-12-31"],
    );
    expect(new Set(sums.map(({ sum }) => sum)), rhythm).toEqual(new Set([amounts[rhythm].replace(/\.?0+$/, "")]));
    expect(sums.length).toBe({ weekly: 52, monthly: 24, yearly: 2 }[rhythm]);
  }
});
