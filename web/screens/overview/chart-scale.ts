import { ticks, tickStep } from "d3-array";

export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly marks: readonly number[];
}

/** Zero stays on the axis; three or four round marks. What is counted has no halves. */
export function scaleOf(values: readonly number[], { isCount = false } = {}): Scale {
  const high = Math.max(0, ...values);
  const low = Math.min(0, ...values);
  if (high === low) return { low: 0, high: 1, marks: [0] };
  const round = ticks(low, high, 3).filter((mark) => !isCount || Number.isInteger(mark));
  const step = Math.max(isCount ? 1 : 0, tickStep(low, high, 3));
  const top = round.at(-1) ?? high;
  const marks = top < high ? [...round, top + step] : round;
  const first = marks[0] ?? 0;
  return first > low
    ? { low: first - step, high: marks.at(-1) ?? high, marks: [first - step, ...marks] }
    : { low: first, high: marks.at(-1) ?? high, marks };
}

/** Days that get a label: the first, the last, and about one a week between, never so near that they touch. */
export function labelledDays(count: number, most: number): number[] {
  if (count <= 1) return count === 1 ? [0] : [];
  const step = Math.max(1, Math.ceil((count - 1) / most));
  const labelled: number[] = [];
  for (let n = count - 1; n >= 0; n -= step) labelled.unshift(n);
  return labelled;
}
