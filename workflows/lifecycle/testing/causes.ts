/** For each pair of statuses the causes that allow it, told apart from how the status is derived. */
import type { Facts } from "../facts.ts";
import { DAY } from "./facts.ts";

export function causeOf(pair: string, facts: Facts, now: number): boolean {
  const ends = facts.grantEndsAt;
  const isDead = facts.auth !== "ok" || (ends !== null && ends <= now);
  const isEnding = !isDead && ends !== null && ends - now <= 14 * DAY;
  const isStopped =
    (facts.userPaused !== null && (facts.userPaused.until ?? now + 1) > now) ||
    facts.holds.some((hold) => (hold.until ?? now + 1) > now);
  const hasData = facts.lastSuccessAt !== null || facts.firstNumbersAt !== null;
  const fetching = facts.backfill === "running";
  const allowed: Readonly<Record<string, boolean>> = {
    "CONNECTED ACTIVE": !isDead && !isEnding && !isStopped && hasData && !fetching,
    "CONNECTED FETCHING_HISTORICAL_DATA": !isDead && !isEnding && !isStopped && fetching,
    "CONNECTED NOT_SYNCED": !isDead && !isEnding && !isStopped && !hasData && !fetching,
    "CONNECTED INACTIVE": !isDead && !isEnding && isStopped,
    "REAUTHORIZE ACTIVE": isEnding && !isStopped && hasData && !fetching,
    "REAUTHORIZE FETCHING_HISTORICAL_DATA": isEnding && !isStopped && fetching,
    "REAUTHORIZE NOT_SYNCED": !isStopped && !hasData && (isDead || (isEnding && !fetching)),
    "REAUTHORIZE INACTIVE": (isDead || isEnding) && (isStopped || (isDead && hasData)),
  };
  return allowed[pair] === true;
}
