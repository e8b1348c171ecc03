// Which sections run at the same time: those for which there are cores, in the order of the list. None overtakes another.

/** @template T
 * @param {readonly { cores: number, run: () => Promise<T> }[]} jobs  one that wants more cores than there are gets all
 * @param {number} cores
 * @param {() => boolean} mayBegin  asked before each
 * @returns {Promise<T[]>} of those that began, in the order of the list */
export async function pooled(jobs, cores, mayBegin = () => true) {
  /** @type {Promise<T>[]} */
  const begun = [];
  /** What runs, with how many cores it takes. */
  const going = new Map();
  const free = () => cores - [...going.values()].reduce((sum, takes) => sum + takes, 0);
  for (const job of jobs) {
    const takes = Math.min(job.cores, cores);
    while (free() < takes) await Promise.race(going.keys());
    if (!mayBegin()) break;
    const run = job.run().finally(() => going.delete(run));
    going.set(run, takes);
    begun.push(run);
  }
  return Promise.all(begun);
}
