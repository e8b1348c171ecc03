import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pooled } from "./pool.mjs";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("never more at once than there are cores for, and each once, in the order of the list", async () => {
  const job = fc.record({
    cores: fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY),
    turns: fc.integer({ min: 1, max: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(job, { maxLength: 9 }), fc.integer({ min: 1, max: 8 }), async (wanted, cores) => {
      const began: number[] = [];
      const going = new Set<number>();
      const takes = (n: number) => Math.min(wanted[n]?.cores ?? 0, cores);
      const taken = () => [...going].reduce((sum, n) => sum + takes(n), 0);
      const jobs = wanted.map(({ cores: wants, turns }, n) => ({
        cores: wants,
        async run() {
          began.push(n);
          going.add(n);
          expect(taken()).toBeLessThanOrEqual(cores);
          for (let left = turns; left > 0; left -= 1) await turn();
          going.delete(n);
          return n;
        },
      }));
      expect(await pooled(jobs, cores)).toEqual(wanted.map((_, n) => n));
      expect(began).toEqual(wanted.map((_, n) => n));
    }),
  );
});

test("small ones run beside a large one, what wants everything waits for them, and goes alone", async () => {
  const gates = new Map(["large", "small", "other", "all"].map((name) => [name, Promise.withResolvers<void>()]));
  const began: string[] = [];
  const job = (name: string, cores: number) => ({
    cores,
    async run() {
      began.push(name);
      await gates.get(name)?.promise;
      return name;
    },
  });
  const jobs = [job("large", 2), job("small", 1), job("other", 1), job("all", Number.POSITIVE_INFINITY)];
  const told = pooled(jobs, 4);
  await turn();
  expect(began).toEqual(["large", "small", "other"]);
  for (const name of ["large", "small"]) gates.get(name)?.resolve();
  await turn();
  expect(began).not.toContain("all");
  for (const name of ["other", "all"]) gates.get(name)?.resolve();
  expect(await told).toEqual(["large", "small", "other", "all"]);
});

test("once it is to begin nothing more, it waits for what runs, and tells of that", async () => {
  let isOver = false;
  const stop = { cores: 1, run: () => Promise.resolve((isOver = true)) };
  expect(await pooled([stop, stop, stop], 1, () => !isOver)).toEqual([true]);
});
