// The lines of a bulk file in orders that nobody promises not to come.
import { expect, test } from "vitest";
import { idOf } from "../connection.ts";
import { batchesOf, Misplaced, ROOTS_A_BATCH, ROOTS_AGAIN, type Batch, type Reading } from "./lines.ts";

const product = (id: number) => ({ id: `gid://shopify/Product/${id}`, updatedAt: "2026-10-10T10:00:00Z" });
const variant = (id: number, of: number) => ({
  id: `gid://shopify/ProductVariant/${id}`,
  __parentId: `gid://shopify/Product/${of}`,
});

async function read(nodes: readonly object[], from: Partial<Reading> = {}): Promise<Batch[]> {
  const lines = nodes.map((node) => JSON.stringify(node));
  async function* given() {
    yield* lines.slice(from.anchor?.lines ?? 0);
  }
  const reading = { subject: { rootType: "Product" }, skip: 0, anchor: null, ...from } as const;
  return Array.fromAsync(batchesOf(given(), reading));
}
const placed = (batches: readonly Batch[]): string[] =>
  batches.flatMap(({ groups, stragglers }) => [
    ...groups.flatMap(({ root, children }) => children.map((child) => `${idOf(child)} of ${idOf(root)}`)),
    ...stragglers.map(({ child, rootId }) => `${idOf(child)} of ${rootId}`),
  ]);

const many = Array.from({ length: 2 * ROOTS_A_BATCH + 1 }, (_unused, i) => [product(i), variant(i, i)]).flat();

test("a child that comes before its root is placed, also when the reading goes on between them", async () => {
  // One waits over all batches, one over the end of the first.
  const nodes = [variant(7_001, 200), ...many.slice(0, 10), variant(7_002, 150), ...many.slice(10)];
  const whole = await read(nodes);
  expect(whole.flatMap(({ orphans }) => orphans)).toEqual([]);
  expect(placed(whole)).toHaveLength(2 * ROOTS_A_BATCH + 3);
  for (const [n, { lines, anchor }] of whole.entries()) {
    const rest = await read(nodes, { skip: lines, anchor });
    expect([...placed(whole.slice(0, n + 1)), ...placed(rest)].toSorted()).toEqual(placed(whole).toSorted());
  }
});

test("a child that comes before its root is waited for from a place in the file as well", async () => {
  const nodes = [...many.slice(0, -2), variant(7_001, 200), ...many.slice(-2)];
  const [first] = await read(nodes);
  expect(first?.anchor?.lines).toBe(2 * (ROOTS_A_BATCH - ROOTS_AGAIN));
  await expect(read(nodes, { skip: first?.lines ?? 0, anchor: first?.anchor ?? null })).rejects.toThrow(Misplaced);
});

test("a root that stands twice keeps its children", async () => {
  expect(placed(await read([product(1), variant(11, 1), product(1)]))).toHaveLength(1);
});

test("a child whose root never comes is told with the file's end", async () => {
  const batches = await read([variant(11, 404), ...many]);
  expect(batches.map(({ orphans }) => orphans.map(idOf))).toEqual([[], [], ["gid://shopify/ProductVariant/11"]]);
});
