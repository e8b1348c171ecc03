/** From an admitted subscription to a place in its group. */
import {
  executeSubscriptionEvent,
  getArgumentValues,
  getVariableValues,
  GraphQLError,
  Kind,
  validateSubscriptionArgs,
} from "graphql";
import { createHash } from "node:crypto";
import { datasourceId } from "@headwater/db/schema/ids.ts";
import { classOf, organisationOf } from "../access/caller.ts";
import type { Caller } from "../access/caller.ts";
import { may } from "../access/permissions.ts";
import type { Answering } from "../graphql/answer.ts";
import { watchedOne } from "../graphql/feed.ts";
import type { FeedEvent, Watched } from "../graphql/feed.ts";
import { failure, mask, maskResult } from "../graphql/mask.ts";
import { contextFor, inTransaction } from "../graphql/operation.ts";
import type { Asking, Operation } from "../graphql/operation.ts";
import { refusal } from "../graphql/rules.ts";
import type { Prepared } from "../graphql/prepare.ts";
import { errorFacts } from "../log.ts";
import type { Metrics } from "../http/health.ts";
import { inOrder, readDatasources } from "../reading/datasources.ts";
import type { Show } from "../reading/datasources.ts";
import { Group } from "./group.ts";
import type { GroupRun } from "./group.ts";
import type { Hub } from "./hub.ts";
import type { Member } from "./member.ts";

type Ready = Extract<Prepared, { ok: true }>;

/** Live subscriptions of one person or token, by whatever they listen. */
const LIVE_MOST_PER_CALLER = 100;

export interface Live {
  readonly byCaller: Map<string, number>;
  readonly answering: Answering;
  readonly hub: Hub;
  readonly metrics: Metrics;
}

export type Subscribed = { readonly leave: () => void } | { readonly errors: readonly GraphQLError[] };

export async function subscribe(live: Live, asking: Asking, prepared: Ready, member: Member): Promise<Subscribed> {
  const { services } = live.answering;
  const organisation = organisationOf(asking.caller);
  if (organisation === null || !may(asking.caller, "readDatasources")) return { errors: [refusal(asking)] };
  const watched = watchedIn(prepared.operation);
  if ("errors" in watched) return { errors: watched.errors.map((error) => mask(error, services.log)) };
  const release = countIn(live.byCaller, callerKey(asking.caller));
  if (release === null)
    return { errors: [failure(`At most ${LIVE_MOST_PER_CALLER} live subscriptions.`, "RATE_LIMITED")] };
  const leave = await live.hub.join(
    organisation,
    keyOf(asking, prepared),
    () => groupFor(live, asking, prepared.operation, watched),
    member,
  );
  live.metrics.subscribers.inc();
  let hasLeft = false;
  return {
    leave: () => {
      if (hasLeft) return;
      hasLeft = true;
      live.metrics.subscribers.dec();
      release();
      leave();
    },
  };
}

export const callerKey = (caller: Caller): string =>
  caller.kind === "person" ? caller.userId : caller.kind === "token" ? caller.tokenId : "nobody";

/** Null where there are as many as there may be. */
function countIn(byCaller: Map<string, number>, key: string): (() => void) | null {
  const held = byCaller.get(key) ?? 0;
  if (held >= LIVE_MOST_PER_CALLER) return null;
  byCaller.set(key, held + 1);
  return () => {
    const left = (byCaller.get(key) ?? 1) - 1;
    if (left > 0) byCaller.set(key, left);
    else byCaller.delete(key);
  };
}

function keyOf({ caller, locale }: Asking, { operation, text, measure }: Ready): string {
  const person = measure.isPersonal && caller.kind === "person" ? caller.userId : "";
  const parts = [
    text,
    operation.definition.name?.value ?? "",
    JSON.stringify(sorted(operation.variables)),
    classOf(caller),
    locale,
    person,
  ];
  return createHash("sha256").update(parts.join("\n")).digest("base64url");
}

const sorted = (variables: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(variables).toSorted(([a], [b]) => a.localeCompare(b));

const SHOWS: readonly Show[] = [
  "ALL",
  "CONNECTED",
  "NEEDS_ATTENTION",
  "FETCHING",
  "PAUSED",
  "BEING_CONNECTED",
  "DISCONNECTED",
];

/** What the one root field asks to watch. */
function watchedIn({
  schema,
  definition,
  variables,
}: Operation): Watched | { readonly errors: readonly GraphQLError[] } {
  const [node] = definition.selectionSet.selections;
  const read = getVariableValues(schema, definition.variableDefinitions ?? [], variables, {
    maxErrors: 5,
    hideSuggestions: true,
  });
  if (read.errors !== undefined) return { errors: read.errors };
  const field = node?.kind === Kind.FIELD ? schema.getSubscriptionType()?.getFields()[node.name.value] : undefined;
  if (node?.kind !== Kind.FIELD || field === undefined)
    return { errors: [failure("Ask for the field itself, not through a fragment.", "BAD_REQUEST")] };
  try {
    const args = getArgumentValues(field, node, read.variableValues);
    return node.name.value === "datasource"
      ? watchedOne(String(args["id"]), datasourceId)
      : { kind: "all", filter: filterIn(args["filter"]) };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

function filterIn(given: unknown): { show: Show | null; platform: string | null } | null {
  if (typeof given !== "object" || given === null) return null;
  const show = "show" in given ? SHOWS.find((one) => one === given.show) : undefined;
  const platform = "platform" in given && typeof given.platform === "string" ? given.platform : null;
  return { show: show ?? null, platform };
}

function groupFor({ answering, metrics }: Live, asking: Asking, operation: Operation, watched: Watched): Group {
  const { services } = answering;
  return new Group({
    watched,
    order: inOrder,
    clock: services.clock,
    onExecution: () => metrics.executions.inc(),
    onMessages: (count) => metrics.messages.inc(count),
    onFailure: (error) => services.log.error("subscription group failed", errorFacts(error)),
    open: (work) =>
      inTransaction(services, asking.caller, true, (db) => {
        // Fresh for each event: nothing that one event loaded may be shown at the next.
        const context = contextFor(services, asking, { db, afterCommit: () => {} });
        const run: GroupRun = {
          read: async (ids) => {
            const views = await readDatasources(db, context.now, ids === null ? undefined : [...ids]);
            return { views, answer: (event) => answerEvent(answering, operation, context, event) };
          },
        };
        return work(run);
      }),
  });
}

async function answerEvent(
  { services }: Answering,
  { schema, document, definition, variables }: Operation,
  contextValue: unknown,
  event: FeedEvent,
): Promise<string> {
  const args = validateSubscriptionArgs({
    schema,
    document,
    rootValue: event,
    contextValue,
    variableValues: variables,
    operationName: definition.name?.value,
  });
  const result = "schema" in args ? await executeSubscriptionEvent(args) : { errors: args };
  return JSON.stringify(maskResult(result, services.log));
}
