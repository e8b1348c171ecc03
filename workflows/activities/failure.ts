/** What leaves an activity as an error, and when it may be tried again. Everything a source does is a value, not an error. */
import { ApplicationFailure } from "@temporalio/common";
import { Fenced } from "../load/fence.ts";

const MOST_BYTES = 200;
const BUG_WAITS_MS = [30_000, 120_000, 480_000, 1_140_000] as const;
const OUR_OWN_TROUBLE = /^(CONNECT|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|08|40|53|55P03|57P|58)/;

/** A sentence short enough for a history, cut between characters; one that was cut in two before stands as U+FFFD. */
export function shortly(said: string): string {
  const buffer = Buffer.from(said);
  return buffer.length <= MOST_BYTES
    ? said.toWellFormed()
    : `${buffer
        .subarray(0, MOST_BYTES - 3)
        .toString()
        .replace(/\uFFFD+$/, "")}…`;
}

/** Our database is away, or asks for another try: no fault of the source, and no try is used up for it. */
export function isDatabaseAway(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && OUR_OWN_TROUBLE.test(code);
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
}

export function asFailure(error: unknown, attempt: number): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const message = shortly(error instanceof Error ? error.message : String(error));
  if (isDatabaseAway(error))
    return ApplicationFailure.create({
      type: "database",
      message,
      nextRetryDelay: Math.min(500 * 2 ** attempt, 10_000),
    });
  const nextRetryDelay = waitAfterBug(attempt);
  return nextRetryDelay === null
    ? ApplicationFailure.create({ type: "bug", message, nonRetryable: true })
    : ApplicationFailure.create({ type: "bug", message, nextRetryDelay });
}

export const isBug = (error: unknown): boolean => error instanceof ApplicationFailure && error.type === "bug";

/** Milliseconds; null where it is not tried again. */
export const waitAfterBug = (attempt: number): number | null => BUG_WAITS_MS[attempt - 1] ?? null;

/** A deploy: the page is committed, the next attempt goes on. */
export const shuttingDown = (): ApplicationFailure =>
  ApplicationFailure.create({ type: "shutdown", message: "The worker is shutting down", nextRetryDelay: 100 });

/** Null where the datasource was disconnected meanwhile: the rows say so, and whoever reads them next stops. */
export async function unlessFenced<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fenced) return null;
    throw error;
  }
}
