import { expect, test } from "vitest";
import type { Offer } from "../choices.ts";
import type { SourceSession } from "../session.ts";
import { PLACED_ORDER } from "./metrics.ts";
import { settlePlacedOrder } from "./placed-order.ts";

test("what a metric comes from is offered as text that can be kept, whoever named it", async () => {
  const offered: string[] = [];
  const settle = ({ options }: Offer) => {
    offered.push(...options.map(({ label }) => label));
    return Promise.resolve(null);
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else of its session is asked
  const session = { choices: { settle } } as unknown as SourceSession;
  const from = ["Shopify", "", "Till\0s \ud83c"];
  const metrics = from.map((integration, n) => ({ id: `m${n}`, name: PLACED_ORDER, integration, created: `${n}` }));
  await settlePlacedOrder(session, metrics);
  expect(offered).toEqual(["Shopify", PLACED_ORDER, "Till\ufffds \ufffd"]);
});
