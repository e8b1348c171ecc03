/** A shop that shows fewer orders than it counts, read by the real connector into real tables: the slice ends, once, with all there is. */
import { ordersSubject } from "@headwater/connectors/shopify/streams/orders.ts";
import { streamPages } from "@headwater/connectors/shopify/streams/reading.ts";
import { askedIn, makeScriptedSession } from "@headwater/connectors/testing/scripted.ts";
import { makeRig, options, type Rig } from "@headwater/workflows/load/testing/rig.ts";
import { scriptedConnector } from "@headwater/workflows/load/testing/scripted-source.ts";
import { workOnSlice } from "@headwater/workflows/load/work-on-slice.ts";
import { readFileSync } from "node:fs";
import { afterEach, expect, inject, test } from "vitest";

const path = "../../workflows/connectors/shopify/samples/orders-page.json";
const sample: { data: { orders: { nodes: object[] } } } = JSON.parse(
  readFileSync(new URL(path, import.meta.url), "utf8"),
);
const orderOf = (id: number) => ({
  ...sample.data.orders.nodes[0],
  id: `gid://shopify/Order/${id}`,
  lineItems: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } },
  refunds: [],
  transactions: [],
  fulfillments: [],
});

let rig: Rig;
afterEach(() => rig.close());

/** One page a walk: the orders that it shows. */
async function readShop(counted: number, walks: readonly (readonly number[])[]) {
  let walk = 0;
  const session = makeScriptedSession((request) => {
    expect(askedIn(request).query).toContain("orders(");
    const nodes = (walks[walk++] ?? []).map(orderOf);
    return {
      body: JSON.stringify({ data: { orders: { nodes, pageInfo: { hasNextPage: false, endCursor: null } } } }),
    };
  });
  rig = await makeRig(
    inject("postgresUrl"),
    scriptedConnector({
      pages: (slice, from) =>
        streamPages(session, ordersSubject, {
          slice: { ...slice, urgent: true },
          from,
          count: () => Promise.resolve(counted),
        }),
      stream: { kinds: ["order", "orderLine", "refund", "transaction", "fulfilment", "fee"] },
    }),
  );
  const slice = await rig.slice();
  const outcome = await workOnSlice(rig.deps, slice, options());
  const [{ state, announced } = {}] =
    await rig.owner`select state, announced::int from slices where id = ${slice.sliceId}`;
  const orders = await rig.owner`select id from orders where deleted_at is null order by id`;
  const ids = orders.map(({ id }) => Number(String(id).split("/").at(-1)));
  return { outcome, state, announced, ids, walks: walk };
}

test("a page that hides an order once is walked again, and the order is there", async () => {
  expect(await readShop(2, [[1], [1, 2]])).toMatchObject({
    outcome: { kind: "done" },
    state: "done",
    announced: 2,
    ids: [1, 2],
    walks: 2,
  });
});

test.each([
  ["one more than it has", 3, [1, 2]],
  ["one, and has none", 1, []],
])("a shop that counts %s is believed after the second walk", async (_what, counted, shown) => {
  expect(await readShop(counted, [shown, shown])).toMatchObject({
    outcome: { kind: "done" },
    state: "done",
    announced: shown.length,
    ids: shown,
    walks: 2,
  });
});
