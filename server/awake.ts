/** Waits for so long a time in which this process ran: while it stood still, with its machine perhaps, it has heard nobody. */
const STEPS = 12;

/** Returns what calls it off. */
export function afterAwake(ms: number, act: () => void): () => void {
  let steps = 0;
  // However long a step was stood through, it counts once, and what came meanwhile is heard before the next.
  const timer = setInterval(() => {
    steps += 1;
    if (steps < STEPS) return;
    clearInterval(timer);
    act();
  }, ms / STEPS);
  timer.unref();
  return () => clearInterval(timer);
}
