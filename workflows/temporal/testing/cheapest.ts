const TIMES = 3;

/**
 * What something costs when nothing disturbs it: a busy machine wakes the entity once more between two rings, so what is
 * over its budget is measured again, and the least counts.
 */
export async function cheapest(budget: number, measure: () => Promise<number>): Promise<number> {
  let least = await measure();
  for (let times = 1; times < TIMES && least > budget; times += 1) least = Math.min(least, await measure());
  return least;
}
