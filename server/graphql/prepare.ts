/** From what came over the wire to an operation that may run: document, limits, validation, each done once per text. */
import {
  getVariableValues,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import type { DocumentNode, GraphQLSchema } from "graphql";
import type { Caller } from "../access/caller.ts";
import { exceeded, LIMITS, measure, negativeFirst, operationIn, variablesTooDeep } from "./limits.ts";
import type { Measure } from "./limits.ts";
import { failure } from "./mask.ts";
import type { Operation } from "./operation.ts";
import type { Documents } from "./persisted.ts";

export interface Asked {
  readonly query?: string | null | undefined;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

export type Prepared =
  | { readonly ok: true; readonly operation: Operation; readonly measure: Measure; readonly text: string }
  | { readonly ok: false; readonly errors: readonly GraphQLError[] };

export interface Preparing {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
}

export type Prepare = (asked: Asked, caller: Caller) => Prepared;

const refused = (...errors: GraphQLError[]): Prepared => ({ ok: false, errors });
const KEPT_MOST = 500;
const COERCING = { maxErrors: LIMITS.validationErrors, hideSuggestions: true };

type Checked =
  | { readonly document: DocumentNode; readonly errors: readonly GraphQLError[] }
  | { readonly errors: readonly GraphQLError[]; readonly document: null };

export function makePrepare({ schema, documents }: Preparing): Prepare {
  const checked = new Map<string, Checked>();

  function check(text: string, isOpen: boolean): Checked {
    const key = `${isOpen ? "open" : "closed"} ${text}`;
    const known = checked.get(key);
    if (known !== undefined) return known;
    const found = checkAnew(schema, text, isOpen);
    if (checked.size >= KEPT_MOST) checked.delete(checked.keys().next().value ?? "");
    checked.set(key, found);
    return found;
  }

  return (asked, caller) => {
    const found = textOf(asked, documents, caller);
    if (typeof found !== "string") return refused(found);
    const { document, errors } = check(found, caller.kind !== "nobody");
    if (document === null || errors.length > 0) return { ok: false, errors };
    const definition = operationIn(document, asked.operationName);
    if (definition === null) return refused(failure("Name one operation of the document.", "BAD_REQUEST"));
    const variables = asked.variables ?? {};
    if (variablesTooDeep(variables)) return refused(failure("Variables are nested too deep.", "LIMIT_EXCEEDED"));
    const coerced = getVariableValues(schema, definition.variableDefinitions ?? [], variables, COERCING);
    // A value that is none is the caller's to mend, however the reader of its type put it.
    if (coerced.errors !== undefined)
      return refused(...coerced.errors.map(({ message }) => failure(message, "BAD_REQUEST")));
    const weighed = measure(schema, document, definition, coerced.variableValues.coerced);
    const tooMuch = exceeded(weighed) ?? (weighed.smallestList < 1 ? negativeFirst() : null);
    if (tooMuch !== null) return refused(tooMuch);
    return { ok: true, operation: { schema, document, definition, variables }, measure: weighed, text: found };
  };
}

function checkAnew(schema: GraphQLSchema, text: string, isOpen: boolean): Checked {
  try {
    const document = parse(text, { maxTokens: LIMITS.tokens });
    const rules = isOpen ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
    return {
      document,
      errors: validate(schema, document, rules, { maxErrors: LIMITS.validationErrors, hideSuggestions: true }),
    };
  } catch (error) {
    if (error instanceof GraphQLError) return { document: null, errors: [error] };
    throw error;
  }
}

/** A document of one's own, for those who are signed in; else one on record. */
function textOf({ query, extensions }: Asked, documents: Documents, caller: Caller): string | GraphQLError {
  const id = persistedId(extensions);
  if (id !== null)
    return documents.get(id) ?? failure("No document of that id is on record.", "PERSISTED_DOCUMENT_UNKNOWN");
  if (typeof query !== "string" || query === "") return failure("A query is needed.", "BAD_REQUEST");
  if (caller.kind === "nobody") return failure("Sign in first.", "UNAUTHENTICATED", { http: { status: 401 } });
  return query;
}

function persistedId(extensions: Asked["extensions"]): string | null {
  const persisted = extensions?.["persistedQuery"];
  if (typeof persisted !== "object" || persisted === null || !("sha256Hash" in persisted)) return null;
  return typeof persisted.sha256Hash === "string" ? persisted.sha256Hash : null;
}
