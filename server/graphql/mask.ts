/** What leaves the house of an error: a code from a closed list and an id to name it by. Never a stack, never a "did you mean". */
import { randomUUID } from "node:crypto";
import { GraphQLError } from "graphql";
import type { ExecutionResult } from "graphql";
import type { Log } from "../log.ts";
import { errorFacts } from "../log.ts";

export const TOP_LEVEL_CODES = [
  "BAD_REQUEST",
  "INVALID_INPUT",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "LIMIT_EXCEEDED",
  "RATE_LIMITED",
  "PERSISTED_DOCUMENT_UNKNOWN",
  "TIMEOUT",
  "INTERNAL",
] as const;
export type TopLevelCode = (typeof TOP_LEVEL_CODES)[number];

export const isTopLevelCode = (code: unknown): code is TopLevelCode =>
  (TOP_LEVEL_CODES as readonly unknown[]).includes(code); // widened: includes() takes no wider type

/** Errors that the language itself reports (syntax, validation, variables) carry no cause; everything else is ours to hide. */
export function mask(error: GraphQLError, log: Log): GraphQLError {
  if (isTopLevelCode(error.extensions["code"])) return error;
  const cause = error.originalError;
  if (cause === undefined || (cause instanceof GraphQLError && isTopLevelCode(cause.extensions["code"]))) {
    const code = cause instanceof GraphQLError ? cause.extensions["code"] : "BAD_REQUEST";
    return remade(error, error.message, { ...error.extensions, code });
  }
  if (isCancelled(cause)) return remade(error, TOO_LONG, { code: "TIMEOUT" });
  const errorId = randomUUID();
  log.error("operation failed", { errorId, path: error.path?.join("."), ...errorFacts(cause) });
  return remade(error, "Something went wrong on our side. Nothing that you can mend; tell us this id.", {
    code: "INTERNAL",
    errorId,
  });
}

const TOO_LONG = "This took longer than ten seconds.";
export const tookTooLong = (): GraphQLError => failure(TOO_LONG, "TIMEOUT");

/** `query_canceled`: the database itself ended a statement that took longer than an operation may. */
function isCancelled(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ("code" in cause && cause.code === "57014") return true;
  return false;
}

export const remade = (error: GraphQLError, message: string, extensions: Record<string, unknown>): GraphQLError =>
  new GraphQLError(message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    path: error.path,
    extensions,
  });

export const failure = (message: string, code: TopLevelCode, more: Record<string, unknown> = {}): GraphQLError =>
  new GraphQLError(message, { extensions: { code, ...more } });

export function maskResult(result: ExecutionResult, log: Log): ExecutionResult {
  return result.errors === undefined ? result : { ...result, errors: result.errors.map((error) => mask(error, log)) };
}
