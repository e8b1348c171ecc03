/** What a Postgres error asks for, by SQLSTATE class. */

const retried = new Set(["40001", "40P01", "53300", "55P03", "57P01", "57P02", "57P03", "25006"]);
const driverCodes = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
]);

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : "";

/** The database was away, or two transactions met: the same work may simply be done again. */
export function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  return retried.has(code) || driverCodes.has(code) || code.startsWith("08");
}

/** Somebody else held a lock for as long as we wait for one. */
export const isLockedOut = (error: unknown): boolean => codeOf(error) === "55P03";

/** A value that a column cannot hold: too deep, too long, out of range, not null. */
export function isAboutData(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith("22") || code.startsWith("54") || code === "23502" || code === "23514";
}

export const wordsOf = (error: unknown): string =>
  `${codeOf(error)} ${error instanceof Error ? error.message : String(error)}`.trim().slice(0, 200);
