export interface EtaRange {
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

export interface HeldEta {
  readonly range: EtaRange;
  readonly at: number;
}

const holdMs = 15_000;
const worthSaying = 0.1;

/** A range that twitches is worse than one that is a little old: it changes at most every 15 s and only by more than 10%. */
export function holdEta(held: HeldEta | null, next: EtaRange | null, now: number): HeldEta | null {
  if (next === null) return null;
  if (held === null) return { range: next, at: now };
  const aged = agedBy(held.range, now - held.at);
  const moved =
    change(aged.minSeconds, next.minSeconds) > worthSaying || change(aged.maxSeconds, next.maxSeconds) > worthSaying;
  return moved && now - held.at >= holdMs ? { range: next, at: now } : held;
}

/** What a held range says now: time has passed since. */
export function agedBy({ minSeconds, maxSeconds }: EtaRange, ms: number): EtaRange {
  const passed = ms / 1000;
  return { minSeconds: Math.max(0, minSeconds - passed), maxSeconds: Math.max(0, maxSeconds - passed) };
}

function change(from: number, to: number): number {
  return Math.abs(to - from) / Math.max(1, from);
}
