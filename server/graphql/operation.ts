/**
 * One operation, one transaction: read-only for a query. Its organisation is set before anything is read, what must follow
 * the commit waits for it, and the handle of the database ends with it.
 */
import { execute, OperationTypeNode } from "graphql";
import type { DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { inTenant, readInTenant } from "@headwater/db";
import { NO_REGION } from "@headwater/db/region.ts";
import { organisationOf } from "../access/caller.ts";
import type { Caller } from "../access/caller.ts";
import { afterAwake } from "../awake.ts";
import { followCommit } from "../after-commit.ts";
import type { Following } from "../after-commit.ts";
import { again, willPass } from "../http/again.ts";
import { loadersFor } from "../reading/loaders.ts";
import { tryKeys } from "../datasources/try-keys.ts";
import type { TriedKeys } from "../datasources/pasted.ts";
import { keysToTry } from "./keys-to-try.ts";
import type { Transaction } from "../reading/transaction.ts";
import type { Locale } from "../words/catalog.ts";
import { wordsIn } from "../words/words.ts";
import type { Context, Services, Visitor } from "./context.ts";
import { failure, tookTooLong } from "./mask.ts";

export interface Asking {
  readonly caller: Caller;
  readonly visitor: Visitor;
  readonly locale: Locale;
}

export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

export function contextFor(
  services: Services,
  asking: Asking,
  { db, afterCommit, triedKeys = new Map() }: Pick<Context, "db" | "afterCommit"> & Partial<Pick<Context, "triedKeys">>,
): Context {
  const now = services.clock();
  return {
    services,
    ...asking,
    words: wordsIn(asking.locale, asking.caller.kind === "nobody" ? NO_REGION : asking.caller.region),
    now,
    db,
    load: loadersFor(() => db, now),
    afterCommit,
    triedKeys,
  };
}

export async function runOperation(services: Services, asking: Asking, operation: Operation): Promise<ExecutionResult> {
  const tried = await tryKeys(services, asking.caller, keysToTry(operation));
  return again(() => runOnce(services, asking, operation, tried));
}

async function runOnce(
  services: Services,
  asking: Asking,
  operation: Operation,
  tried: TriedKeys,
): Promise<ExecutionResult> {
  const isQuery = operation.definition.operation === OperationTypeNode.QUERY;
  const after: Following[] = [];
  // Called off in time: a timeout signal of its own would live its ten seconds, and end in an error, for each answer.
  const late = new AbortController();
  const callOff = afterAwake(services.executionMs, () => late.abort());
  let answered: ExecutionResult | null = null;
  try {
    await inTransaction(services, asking.caller, isQuery, async (db) => {
      answered = await executeIn(
        contextFor(services, asking, { db, afterCommit: (follow) => after.push(follow), triedKeys: tried }),
        operation,
        late.signal,
      );
    });
  } catch (error) {
    if (willPass(error)) throw error;
    // A query whose statement failed still gives the parts that it has; of a mutation nothing was kept, so it gives nothing.
    if (answered !== null && isQuery) return answered;
    if (late.signal.aborted) return { errors: [tookTooLong()] };
    throw error;
  } finally {
    callOff();
  }
  followCommit(services, after);
  return answered ?? { errors: [failure("Nothing was answered.", "INTERNAL")] };
}

export function inTransaction<Result>(
  { db }: Pick<Services, "db">,
  caller: Caller,
  readOnly: boolean,
  work: (db: Transaction) => Promise<Result>,
): Promise<Result> {
  const userId = caller.kind === "person" ? caller.userId : null;
  const inIt = ({ drizzle }: { readonly drizzle: Transaction }) => work(drizzle);
  return readOnly
    ? readInTenant(db, organisationOf(caller), inIt, userId)
    : inTenant(db, organisationOf(caller), inIt, userId === null ? {} : { userId });
}

async function executeIn(
  context: Context,
  { schema, document, definition, variables }: Operation,
  signal: AbortSignal,
): Promise<ExecutionResult> {
  return execute({
    schema,
    document,
    contextValue: context,
    variableValues: variables,
    operationName: definition.name?.value,
    abortSignal: signal,
  });
}
