// Fixed windows by account and endpoint, in real time: a second, a minute, and a day for reports. All keys of an account
// share them. Answers tell of the minute; a refusal tells only how long to wait.
export interface Limits {
  /** Seconds to wait when it is too much; else the headers that every other answer carries. */
  take(account: string, endpoint: string): { readonly wait: number } | { readonly headers: Record<string, string> };
  /** What is left of every window for us, for others use the account too; above 1 it is more than Klaviyo gives anybody. */
  starve(share: number): void;
}

interface Tier {
  readonly burst: number;
  readonly steady: number;
  readonly daily?: number;
}

const tiers: Readonly<Record<string, Tier>> = {
  accounts: { burst: 1, steady: 15 },
  "metric-aggregates": { burst: 3, steady: 60 },
  flows: { burst: 3, steady: 60 },
  metrics: { burst: 10, steady: 150 },
  campaigns: { burst: 10, steady: 150 },
  events: { burst: 350, steady: 3500 },
  reports: { burst: 1, steady: 2, daily: 225 },
};

const windowsOf = ({ burst, steady, daily }: Tier): readonly (readonly [seconds: number, allowed: number])[] => [
  [1, burst],
  [60, steady],
  ...(daily === undefined ? [] : [[86_400, daily] as const]),
];

export function openLimits(nowMs: () => number = Date.now): Limits {
  const used = new Map<string, { window: number; count: number }>();
  let share = 1;
  return {
    starve: (left) => {
      share = left;
    },
    take(account, endpoint) {
      const tier = tiers[endpoint] ?? { burst: 10, steady: 150 };
      const now = nowMs() / 1000;
      const standing = windowsOf(tier).map(([seconds, most]) => {
        const key = `${account} ${endpoint} ${seconds}`;
        const window = Math.floor(now / seconds);
        const held = used.get(key);
        const count = held?.window === window ? held.count : 0;
        return { key, window, count, seconds, allowed: Math.max(1, Math.floor(most * share)) };
      });
      const full = standing.filter(({ count, allowed }) => count >= allowed);
      const waits = full.map(({ window, seconds }) => Math.ceil((window + 1) * seconds - now));
      if (waits.length > 0) return { wait: Math.max(1, ...waits) };
      for (const { key, window, count } of standing) used.set(key, { window, count: count + 1 });
      const minute = standing.find(({ seconds }) => seconds === 60);
      return {
        headers: {
          "ratelimit-limit": `${tier.steady}, ${tier.burst};w=1, ${tier.steady};w=60`,
          "ratelimit-remaining": String((minute?.allowed ?? 1) - (minute?.count ?? 0) - 1),
          "ratelimit-reset": String(Math.ceil(60 - (now % 60))),
        },
      };
    },
  };
}
