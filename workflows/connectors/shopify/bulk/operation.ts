// One bulk operation at a shop: started at most once for a window, found again after a crash, asked after, judged.
import type { SliceSpec } from "../../contract.ts";
import { SourceFailure } from "../../failure.ts";
import { numberIn } from "../../json.ts";
import { saidBy } from "../../outbound/redact.ts";
import { textOrNull, type Fields } from "../../read-fields.ts";
import type { SourceSession } from "../../session.ts";
import { callShop, part } from "../api.ts";
import { asList, asObject } from "../graphql-answer.ts";
import { withinRange, type TimeField } from "../search.ts";
import { bulkText, granted } from "../selection.ts";
import type { Subject } from "../subject.ts";

/** Without a range: all there is. */
export function operationText(
  subject: Subject,
  scopes: SourceSession["scopes"],
  within: { readonly field: TimeField; readonly range: Pick<SliceSpec, "from" | "to"> } | null,
): string {
  const sortKey = within?.field === "updated_at" ? "UPDATED_AT" : "CREATED_AT";
  const args =
    within === null ? "" : `(query: ${JSON.stringify(withinRange(within.field, within.range))}, sortKey: ${sortKey})`;
  return `{ ${subject.root}${args} { edges { node { __typename ${bulkText(granted(subject.fields, scopes))} } } } }`;
}

export const startText = `mutation Start($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: false) { bulkOperation { id status } userErrors { code field message } }
}`;
export const runningText = `query Running {
  bulkOperations(first: 10, query: "status:RUNNING type:QUERY") { nodes { id status query } }
}`;
export const pollText = `query Poll($id: ID!) {
  bulkOperation(id: $id) { id status errorCode createdAt completedAt objectCount rootObjectCount fileSize url partialDataUrl }
}`;
export const START_COST = 10;
export const RUNNING_COST = 8;
export const POLL_COST = 1;

export type Started = { readonly kind: "started"; readonly id: string } | { readonly kind: "busy" };

export async function startOperation(session: SourceSession, { root }: Subject, query: string): Promise<Started> {
  const result = await callShop(session, {
    query: startText,
    variables: { query },
    cost: START_COST,
    purpose: `${root}.bulk`,
    once: true,
  });
  const payload = part(result, "bulkOperationRunQuery");
  const errors = asList(payload["userErrors"]).map((error) => asObject(error) ?? {});
  if (errors.some(isBusy)) return { kind: "busy" };
  const id = asObject(payload["bulkOperation"])?.["id"];
  if (typeof id === "string") return { kind: "started", id };
  const said = saidBy(errors.map((error) => JSON.stringify(error["message"])).join("; "));
  throw new SourceFailure({ class: "invalid_request", code: "shopify.bulkRefused", said });
}

const isBusy = ({ code, message }: Fields): boolean =>
  code === "OPERATION_IN_PROGRESS" ||
  code === "LIMIT_REACHED" ||
  (typeof message === "string" && /already in progress/i.test(message));

/** Those with this text, whoever began them. */
export async function runningWith(session: SourceSession, query: string): Promise<string[]> {
  const result = await callShop(session, { query: runningText, cost: RUNNING_COST, purpose: "bulk.running" });
  const nodes = asList(part(result, "bulkOperations")["nodes"]).map((node) => asObject(node) ?? {});
  const same = nodes.filter((node) => typeof node["query"] === "string" && node["query"].trim() === query.trim());
  return same.flatMap(({ id }) => (typeof id === "string" ? [id] : []));
}

export type OperationState =
  | { readonly kind: "running" }
  /** `url` null: done, and nothing in it. */
  | {
      readonly kind: "done";
      readonly url: string | null;
      readonly objects: number;
      /** Null where the shop does not say. */
      readonly roots: number | null;
      readonly begunAt: number | null;
    }
  /** Took too long as it was asked: ask for less. */
  | { readonly kind: "tooMuch" }
  /** Ended without fault of ours: ask again. */
  | { readonly kind: "lost"; readonly said: string }
  /** Something in it may not be read; it does not say what. */
  | { readonly kind: "denied"; readonly said: string };

export async function pollOperation(session: SourceSession, id: string): Promise<OperationState> {
  const result = await callShop(session, {
    query: pollText,
    variables: { id },
    cost: POLL_COST,
    purpose: "bulk.poll",
  });
  const operation = asObject(result.data["bulkOperation"]);
  return operation === null ? { kind: "lost", said: "the operation is unknown" } : stateOf(operation);
}

function stateOf(operation: Fields): OperationState {
  const status = textIn(operation, "status");
  if (status === "CREATED" || status === "RUNNING" || status === "CANCELING") return { kind: "running" };
  if (status === "FAILED") return failedState(operation["errorCode"]);
  // CANCELED (it had stalled), EXPIRED (its file is gone), or a state that is new to us.
  if (status !== "COMPLETED") return { kind: "lost", said: `the operation is ${status}` };
  const begunAt = Date.parse(textIn(operation, "createdAt"));
  return {
    kind: "done",
    url: textOrNull(operation, "url"),
    objects: countOf(operation, "objectCount"),
    roots: textOrNull(operation, "rootObjectCount") === null ? null : countOf(operation, "rootObjectCount"),
    begunAt: Number.isNaN(begunAt) ? null : begunAt,
  };
}

function textIn(operation: Fields, name: string): string {
  return textOrNull(operation, name) ?? "";
}

function failedState(errorCode: unknown): OperationState {
  if (errorCode === "TIMEOUT") return { kind: "tooMuch" };
  const said = `the bulk operation failed: ${JSON.stringify(errorCode)}`;
  return { kind: errorCode === "ACCESS_DENIED" ? "denied" : "lost", said };
}

/** Counts come as text (unsigned 64-bit). */
function countOf(operation: Fields, name: string): number {
  const count = numberIn(operation[name]);
  return Number.isSafeInteger(count) ? count : 0;
}
