// The leaky bucket of one app in one shop, in cost points.
import type { Plan } from "../seed/shop-seeds.ts";

export interface ThrottleStatus {
  readonly maximumAvailable: number;
  readonly currentlyAvailable: number;
  readonly restoreRate: number;
}

const restoreByPlan: Record<Plan, number> = { standard: 100, advanced: 200, plus: 1000, enterprise: 2000 };

/** A bucket holds what twenty seconds restore. */
const secondsHeld = 20;

export interface CostBucket {
  /** False, and nothing taken, when it does not hold that much. */
  take(points: number): boolean;
  giveBack(points: number): void;
  status(): ThrottleStatus;
  drain(): void;
}

export function openBucket(plan: Plan, nowMs: () => number): CostBucket {
  const restoreRate = restoreByPlan[plan];
  const maximum = restoreRate * secondsHeld;
  let available = maximum;
  let measuredMs = nowMs();
  const refill = (): void => {
    const now = nowMs();
    available = Math.min(maximum, available + (Math.max(0, now - measuredMs) / 1000) * restoreRate);
    measuredMs = now;
  };
  return {
    take(points) {
      refill();
      if (available < points) return false;
      available -= points;
      return true;
    },
    giveBack(points) {
      refill();
      available = Math.min(maximum, available + points);
    },
    status() {
      refill();
      return { maximumAvailable: maximum, currentlyAvailable: Math.floor(available), restoreRate };
    },
    drain() {
      refill();
      available = 0;
    },
  };
}
