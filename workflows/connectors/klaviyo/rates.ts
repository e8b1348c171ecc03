// Klaviyo counts by account and endpoint, in windows of a second and a minute. All private
// keys of one account share this with us.
import type { RateModel } from "../contract.ts";
import { allowancesOf } from "../protocol/fixed-windows.ts";

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
