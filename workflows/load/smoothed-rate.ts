/** Rows a minute, exponentially smoothed over 60 s. Pure; in SQL, for it is reckoned where the rows are written. */

/** Each as SQL: doubles, and seconds. */
export interface Beat {
  /** Rows a minute as they stood; null while unknown. */
  before: string;
  /** Since rows last landed, by whichever call. */
  gap: string;
  read: string;
  /** Since the call began that has read these rows. */
  calledFor: string;
}

/** By then nothing of the old rate is left; of far longer ones `exp` fails as an underflow. */
const LONGEST_GAP = 600;

/** What stood idle before a call began is no time of its rows: the old rate fades over it, and theirs is by their own time. */
export function smoothedRate({ before, gap, read, calledFor }: Beat): string {
  const kept = `exp(-least(${gap}, ${LONGEST_GAP}) / 60)`;
  return `round((case
    when ${before} is null then case when ${calledFor} >= 1 and ${read} > 0 then 60 * ${read} / ${calledFor} end
    when ${gap} <= 0 then ${before} + ${read}
    else ${before} * ${kept} + 60 * ${read} * (1 - ${kept}) / least(${gap}, greatest(${calledFor}, 1)) end)::numeric, 3)`;
}
