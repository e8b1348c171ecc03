/** The source's own time, learned from its answers: windows end by their clock, never by ours. */
import type { Clock } from "@headwater/connectors/session.ts";

/** Remembered per bucket of a process, so that a run knows the time before its first answer. */
const offsetByLogin = new Map<string, number>();

export class ProviderClock implements Clock {
  readonly #login: string;
  constructor(login: string) {
    this.#login = login;
  }

  now(): Date {
    return new Date(Date.now() + (offsetByLogin.get(this.#login) ?? 0));
  }

  /** `Date` has whole seconds and was written before it came here: the result is never ahead of the source. */
  heard(dateHeader: string | undefined): void {
    const at = dateHeader === undefined ? Number.NaN : Date.parse(dateHeader);
    if (Number.isNaN(at)) return;
    if (offsetByLogin.size > 10_000) offsetByLogin.clear();
    offsetByLogin.set(this.#login, at - Date.now());
  }
}
