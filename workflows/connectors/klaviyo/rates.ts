// Klaviyo counts by account and endpoint, in windows of a second and a minute. All private keys of one account share this with
// us, so each answer's word on what is left of the minute counts more than our own sum.
import type { RateModel } from "../contract.ts";
import { allowancesOf } from "../protocol/fixed-windows.ts";
import type { WindowReading } from "../session.ts";

const extraSmall = allowancesOf({ burst: 1, steady: 15 });
const small = allowancesOf({ burst: 3, steady: 60 });
const medium = allowancesOf({ burst: 10, steady: 150 });

export type Endpoint = keyof typeof allowances;

const allowances = {
  accounts: extraSmall,
  "metric-aggregates": small,
  flows: small,
  metrics: medium,
  campaigns: medium,
} as const;

export const klaviyoRate: RateModel = {
  bucketKey: (login) => login.key,
  // Every call takes of its endpoint's allowances; together they are held to no more than one slice's pace.
  initial: { maximum: 10, restorePerSecond: 5 },
  allowances,
  concurrency: 1,
};

/** Told with every answer but a 429, of the minute alone: what is left of it, and in how many seconds it ends. */
export function windowIn(headers: Readonly<Record<string, string>>): WindowReading | null {
  const calls = wholeIn(headers["ratelimit-remaining"]);
  const seconds = wholeIn(headers["ratelimit-reset"]);
  if (calls === null || seconds === null) return null;
  return { calls, endsInMs: Math.min(seconds, 60) * 1000 };
}

const wholeIn = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
