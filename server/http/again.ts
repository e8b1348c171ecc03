/** Database trouble that passes (a deadlock, a restart, a lost connection) is waited out, a few times and not for long. */
import { setTimeout as sleep } from "node:timers/promises";
import { isWorthAnotherTry } from "@headwater/db";
import { afterAwake } from "../awake.ts";

/** Whoever asks has an answer by then, whatever the database does. */
const GIVEN_UP_MS = 12_000;
const WAITS_MS = [50, 200, 600, 1200];

/** The query builder wraps what the driver said. */
export function willPass(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (isWorthAnotherTry(cause)) return true;
  return false;
}

/**
 * Whole transactions only. One whose commit was lost on the way back may have happened: commands carry a key that gives
 * their first result again, and everything else here comes to the same when it is done twice.
 */
export async function again<Result>(work: () => Promise<Result>): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const callOff = afterAwake(GIVEN_UP_MS, () =>
    reject(new Error(`The database gave no answer for ${GIVEN_UP_MS / 1000} s`)),
  );
  try {
    return await Promise.race([tried(work), late]);
  } finally {
    callOff();
  }
}

async function tried<Result>(work: () => Promise<Result>): Promise<Result> {
  for (const waitMs of WAITS_MS) {
    try {
      return await work();
    } catch (error) {
      if (!willPass(error)) throw error;
      await sleep(waitMs);
    }
  }
  return work();
}
