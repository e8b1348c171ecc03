/** Rows a minute, exponentially smoothed over 60 s. Pure; in SQL, for it is reckoned where the rows are written. */

/** Each as SQL: doubles, and seconds. */
export interface Beat {
  /** Rows a minute as they stood; null while unknown. */
  before: string;
  /** Since its last step, by whichever call. */
  gap: string;
  read: string;
  /** Since the call began that has read these rows, or since what it waited for was ready. */
  calledFor: string;
  /** By it, in that time. */
  readBefore: string;
  /** For the source, to be ready: nothing is read meanwhile, and nothing is slow. */
  isWaiting: string;
}

/** By then nothing of the old rate is left; of far longer ones `exp` fails as an underflow. */
const LONGEST_GAP = 600;

/**
 * What stood idle before a call began is no time of its rows: the old rate fades over it, and theirs is by their own time.
 * Without rows it fades by the time that was spent on looking for some.
 */
export function smoothedRate({ before, gap, read, calledFor, readBefore, isWaiting }: Beat): string {
  const kept = (over: string) => `exp(-least(${over}, ${LONGEST_GAP}) / 60)`;
  return `round((case
    when ${before} is null then
      case when ${calledFor} >= 1 and ${readBefore} + ${read} > 0 then 60 * (${readBefore} + ${read}) / ${calledFor} end
    when ${read} = 0 and ${isWaiting} then ${before}
    when ${gap} <= 0 then ${before} + ${read}
    when ${read} = 0 then ${before} * ${kept(`least(${gap}, ${calledFor})`)}
    else ${before} * ${kept(gap)} + 60 * ${read} * (1 - ${kept(gap)}) / least(${gap}, greatest(${calledFor}, 1)) end)::numeric, 3)`;
}
