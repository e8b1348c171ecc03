/** The source's own time, learned from its answers: windows end by their clock, never by ours. */
import type { Clock } from "@headwater/connectors/session.ts";

/** How far the source's clock is ahead of ours: at least and less than, in ms. */
interface Ahead {
  readonly least: number;
  readonly below: number;
}

/** Remembered per bucket of a process, so that a run knows the time before its first answer. */
const aheadByLogin = new Map<string, Ahead>();

export class ProviderClock implements Clock {
  readonly #login: string;
  constructor(login: string) {
    this.#login = login;
  }

  /** Ours, as long as no answer speaks against it; else as late as the source's is for certain, never later. */
  now(): Date {
    const { least, below } = aheadByLogin.get(this.#login) ?? { least: 0, below: 1 };
    return new Date(Date.now() + (least <= 0 && 0 < below ? 0 : least));
  }

  /**
   * `Date` has whole seconds, and was written between the asking and now. One answer that dawdled says little; what all of
   * them allow is near the truth. Where nothing is left of that, a clock was set meanwhile, and the newest answer holds.
   */
  heard(dateHeader: string | undefined, askedAtMs: number): void {
    const at = dateHeader === undefined ? Number.NaN : Date.parse(dateHeader);
    if (Number.isNaN(at)) return;
    const heard: Ahead = { least: at - Date.now(), below: at + 1_000 - askedAtMs };
    const known = aheadByLogin.get(this.#login) ?? heard;
    const both: Ahead = { least: Math.max(known.least, heard.least), below: Math.min(known.below, heard.below) };
    if (aheadByLogin.size > 10_000) aheadByLogin.clear();
    aheadByLogin.set(this.#login, both.least < both.below ? both : heard);
  }
}
