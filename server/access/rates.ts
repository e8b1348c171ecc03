/** How much a caller may ask in a minute, by what it costs. Counted where it is asked: a process each, forgotten with it. */
const WINDOW_MS = 60_000;

export const RATES = {
  /** Cost a minute of one API token or person, and of all that ask of one organisation. */
  token: 60_000,
  organisation: 480_000,
  person: 120_000,
  /** Questions a minute from one address that is not signed in. */
  nobody: 600,
  /** Consents that come home to one address in a minute, and questions at the doors for programs. */
  callbacks: 300,
  doors: 1_200,
} as const;

export interface Spent {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds to wait; null where it may be asked now. */
  readonly retryAfter: number | null;
}

export interface Rates {
  /** Takes from every one of the budgets, or from none; the tightest answers. */
  take(budgets: readonly { readonly key: string; readonly limit: number }[], cost: number, now: number): Spent;
}

interface Window {
  startedAt: number;
  spent: number;
}

export function makeRates(): Rates {
  const windows = new Map<string, Window>();
  let sweptAt = 0;

  function windowOf(key: string, now: number): Window {
    const known = windows.get(key);
    if (known !== undefined && now - known.startedAt < WINDOW_MS) return known;
    const fresh = { startedAt: now, spent: 0 };
    windows.set(key, fresh);
    return fresh;
  }

  function sweep(now: number): void {
    if (now - sweptAt < WINDOW_MS) return;
    sweptAt = now;
    for (const [key, { startedAt }] of windows) if (now - startedAt >= WINDOW_MS) windows.delete(key);
  }

  return {
    take(budgets, cost, now) {
      sweep(now);
      const held = budgets.map(({ key, limit }) => ({ limit, window: windowOf(key, now) }));
      const full = held.find(({ limit, window }) => window.spent + cost > limit);
      if (full !== undefined)
        return {
          limit: full.limit,
          remaining: Math.max(0, full.limit - full.window.spent),
          retryAfter: Math.max(1, Math.ceil((full.window.startedAt + WINDOW_MS - now) / 1000)),
        };
      for (const { window } of held) window.spent += cost;
      const tightest = held.toSorted((a, b) => a.limit - a.window.spent - (b.limit - b.window.spent))[0];
      return {
        limit: tightest?.limit ?? 0,
        remaining: tightest === undefined ? 0 : tightest.limit - tightest.window.spent,
        retryAfter: null,
      };
    },
  };
}
