/** A question and its answer, however it came: prepared, paid for, run, masked. */
import { OperationTypeNode } from "graphql";
import type { ExecutionResult, GraphQLError } from "graphql";
import type { Caller } from "../access/caller.ts";
import { RATES } from "../access/rates.ts";
import type { Spent } from "../access/rates.ts";
import { addressKey } from "../signin/throttle.ts";
import type { Services } from "./context.ts";
import { failure, mask, maskResult } from "./mask.ts";
import { runOperation } from "./operation.ts";
import type { Asking } from "./operation.ts";
import type { Asked, Prepare, Prepared } from "./prepare.ts";

export interface Answering {
  readonly services: Services;
  readonly prepare: Prepare;
}

type Ready = Extract<Prepared, { ok: true }>;
export type Admitted =
  | { readonly ok: true; readonly prepared: Ready; readonly spent: Spent }
  | { readonly ok: false; readonly errors: readonly GraphQLError[] };

/** Prepared and paid for: ready to run, or the errors to give back. */
export function admit({ services, prepare }: Answering, asking: Asking, asked: Asked): Admitted {
  const prepared = prepare(asked, asking.caller);
  if (!prepared.ok) return { ok: false, errors: prepared.errors.map((error) => mask(error, services.log)) };
  const spent = services.rates.take(budgetsOf(asking), Math.max(1, prepared.measure.cost), services.clock().getTime());
  if (spent.retryAfter !== null) return { ok: false, errors: [tooFast(spent.retryAfter)] };
  return { ok: true, prepared, spent };
}

const tooFast = (seconds: number): GraphQLError =>
  failure(`Too many questions. Go on in ${seconds} s.`, "RATE_LIMITED", {
    retryAfter: seconds,
    http: { status: 429, headers: { "retry-after": String(seconds) } },
  });

export function budgetsOf({ caller, visitor }: Asking): { key: string; limit: number }[] {
  switch (caller.kind) {
    case "token":
      return [
        { key: `token:${caller.tokenId}`, limit: RATES.token },
        { key: `organisation:${caller.organisationId}`, limit: RATES.organisation },
      ];
    case "person":
      return [
        { key: `person:${caller.userId}`, limit: RATES.person },
        { key: `organisation:${caller.organisationId ?? caller.userId}`, limit: RATES.organisation },
      ];
    case "nobody":
      return [{ key: `address:${addressKey(visitor.address)}`, limit: RATES.nobody }];
    default:
      return caller satisfies never;
  }
}

export async function answer(answering: Answering, asking: Asking, asked: Asked): Promise<ExecutionResult> {
  const { services } = answering;
  const admitted = admit(answering, asking, asked);
  if (!admitted.ok) return { errors: admitted.errors };
  const { operation } = admitted.prepared;
  if (operation.definition.operation === OperationTypeNode.SUBSCRIPTION)
    return { errors: [failure("Subscriptions need a socket or `accept: text/event-stream`.", "BAD_REQUEST")] };
  try {
    const result = maskResult(await runOperation(services, asking, operation), services.log);
    return withCost(withStatus(result), asking.caller, admitted.prepared.measure.cost, admitted.spent);
  } catch (error) {
    const { errors } = maskResult({ errors: [wrapped(error)] }, services.log);
    return { errors: errors ?? [] };
  }
}

const wrapped = (error: unknown): GraphQLError =>
  Object.assign(failure("failed", "INTERNAL"), {
    originalError: error instanceof Error ? error : new Error(String(error)),
    extensions: {},
  });

/** Nothing but "sign in first" is 401 for HTTP as well. */
function withStatus(result: ExecutionResult): ExecutionResult {
  const errors = result.errors ?? [];
  const isShut = errors.length > 0 && errors.every((error) => error.extensions["code"] === "UNAUTHENTICATED");
  return isShut && result.data == null
    ? { ...result, extensions: { ...result.extensions, http: { status: 401 } } }
    : result;
}

/** What it cost, told to programs. */
function withCost(
  result: ExecutionResult,
  caller: Caller,
  requested: number,
  { limit, remaining }: Spent,
): ExecutionResult {
  return caller.kind === "token"
    ? { ...result, extensions: { ...result.extensions, cost: { requested, limit, remaining } } }
    : result;
}
