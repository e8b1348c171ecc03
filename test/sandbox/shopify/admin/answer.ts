// From the text of a query to Shopify's answer: parsed, validated against the vendor's schema, weighed, run.
import {
  executeSync,
  getOperationAST,
  GraphQLError,
  parse,
  validate,
  type DocumentNode,
  type GraphQLFieldResolver,
  type OperationDefinitionNode,
} from "graphql";
import type { AccessCheck } from "./access.ts";
import type { CostBucket, ThrottleStatus } from "./bucket.ts";
import type { AdminContext } from "./context.ts";
import { costMax, queryCost } from "./cost.ts";
import type { RootField } from "./root-field.ts";
import type { AdminSchema } from "./schema.ts";

export interface AdminRequest {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface AdminAnswer {
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly extensions: object;
}

export interface Engine {
  readonly admin: AdminSchema;
  readonly check: AccessCheck;
  readonly roots: Readonly<Record<string, RootField>>;
}

const documentation = "https://shopify.dev/api/usage/rate-limits";

/** Shopify runs graphql-ruby: the code and the words are its own, told from those of graphql-js by their shape. */
const wordings: readonly {
  readonly match: RegExp;
  readonly code: string;
  readonly say: (m: RegExpExecArray) => string;
  readonly extra?: (m: RegExpExecArray) => object;
}[] = [
  {
    match: /^Cannot query field "([^"]+)" on type "([^"]+)"/,
    code: "undefinedField",
    say: (m) => `Field '${m[1]}' doesn't exist on type '${m[2]}'`,
    extra: (m) => ({ typeName: m[2], fieldName: m[1] }),
  },
  {
    match: /^Unknown argument "([^"]+)" on field "([^".]+)\.([^"]+)"/,
    code: "argumentNotAccepted",
    say: (m) => `Field '${m[3]}' doesn't accept argument '${m[1]}'`,
    extra: (m) => ({ name: m[3], typeName: "Field", argumentName: m[1] }),
  },
  {
    match: /^Argument "?([^." ]+)\.([^"( ]+)\(([^:]+):\)"? of type|^Field "([^"]+)" argument "([^"]+)"/,
    code: "missingRequiredArguments",
    say: (m) => `Field '${m[2] ?? m[4]}' is missing required arguments: ${m[3] ?? m[5]}`,
  },
  {
    match: /^Field "([^"]+)" of type "([^"]+)" must have a selection/,
    code: "selectionMismatch",
    say: (m) =>
      `Field must have selections (field '${m[1]}' returns ${m[2]} but has no selections. Did you mean '${m[1]} { ... }'?)`,
  },
  {
    match: /^Variable "\$([^"]+)" (?:is never used|is not used)/,
    code: "variableNotUsed",
    say: (m) => `Variable $${m[1]} is declared by anonymous query but not used`,
  },
  {
    match: /^Variable "\$([^"]+)" of type "([^"]+)" used in position expecting type "([^"]+)"/,
    code: "variableMismatch",
    say: (m) => `Type mismatch on variable $${m[1]} and argument (${m[2]} / ${m[3]})`,
  },
  {
    match: /^Unknown type "([^"]+)"/,
    code: "undefinedType",
    say: (m) => `No such type ${m[1]}, so it can't be a fragment condition`,
  },
];

function invalid(error: GraphQLError): object {
  for (const { match, code, say, extra } of wordings) {
    const found = match.exec(error.message);
    if (found)
      return {
        message: say(found),
        locations: error.locations ?? [],
        path: ["query"],
        extensions: { code, ...extra?.(found) },
      };
  }
  return {
    message: error.message,
    locations: error.locations ?? [],
    path: ["query"],
    extensions: { code: "argumentLiteralsIncompatible" },
  };
}

const fieldResolver =
  (engine: Engine): GraphQLFieldResolver<unknown, AdminContext> =>
  (source, args, context, info) => {
    engine.check(info, context.grant);
    if (info.parentType.name === "QueryRoot" || info.parentType.name === "Mutation") {
      const root = Object.hasOwn(engine.roots, info.fieldName) ? engine.roots[info.fieldName] : undefined;
      if (root) return root(args, context);
    } else if (typeof source === "object" && source !== null && info.fieldName in source) {
      const value: unknown = Reflect.get(source, info.fieldName, source);
      return typeof value === "function" ? Reflect.apply(value, source, [args, context, info]) : value;
    }
    throw new GraphQLError(`The stand-in does not serve ${info.parentType.name}.${info.fieldName}.`, {
      extensions: { code: "NOT_SERVED_BY_STAND_IN" },
    });
  };

export function runDocument(
  engine: Engine,
  document: DocumentNode,
  context: AdminContext,
  request: Pick<AdminRequest, "variables" | "operationName">,
): { data?: Record<string, unknown> | null; errors?: readonly GraphQLError[] } {
  const result = executeSync({
    schema: engine.admin.schema,
    document,
    contextValue: context,
    variableValues: request.variables,
    operationName: request.operationName,
    fieldResolver: fieldResolver(engine),
    rootValue: {},
  });
  return {
    ...(result.data === undefined ? {} : { data: result.data }),
    ...(result.errors ? { errors: result.errors } : {}),
  };
}

const cost = (requested: number, actual: number | null, throttleStatus: ThrottleStatus): object => ({
  cost: { requestedQueryCost: requested, actualQueryCost: actual, throttleStatus },
});

function tooDear(operation: string, requested: number): AdminAnswer {
  const message = `Query cost is ${requested}, which exceeds the single query max cost limit (${costMax}).\n\nSee ${documentation} for more information on how the cost of a query is calculated.`;
  const extensions = { code: "MAX_COST_EXCEEDED", cost: requested, maxCost: costMax, documentation };
  return { operation, body: { errors: [{ message, extensions }] }, extensions: {} };
}

interface Understood {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

function understand(engine: Engine, request: AdminRequest): Understood | { errors: readonly object[] } {
  try {
    const document = parse(request.query, { maxTokens: 10_000 });
    const errors = validate(engine.admin.schema, document, undefined, { maxErrors: 10, hideSuggestions: true });
    if (errors.length > 0) return { errors: errors.map(invalid) };
    const operation = getOperationAST(document, request.operationName ?? undefined);
    if (!operation) return { errors: [{ message: "An operation name is required", path: [] }] };
    return { document, operation };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const said = error.message.replace(/^Syntax Error: /, "");
    return { errors: [{ message: `syntax error, ${said}`, locations: error.locations ?? [] }] };
  }
}

const errorBody = (error: GraphQLError): object => ({
  message: error.message,
  ...(error.locations ? { locations: error.locations } : {}),
  ...(error.path ? { path: error.path } : {}),
  ...(Object.keys(error.extensions).length > 0 ? { extensions: error.extensions } : {}),
});

export function answerAdmin(
  engine: Engine,
  request: AdminRequest,
  context: AdminContext,
  bucket: CostBucket,
): AdminAnswer {
  const understood = understand(engine, request);
  if ("errors" in understood) return { operation: "invalid", body: { errors: understood.errors }, extensions: {} };
  const { document, operation } = understood;
  const name =
    operation.name?.value ??
    operation.selectionSet.selections.map((each) => ("name" in each ? each.name.value : "…")).join("+");
  const asked = { document, operation, variables: request.variables };
  const requested = queryCost(engine.admin.schema, asked);
  if (requested > costMax) return tooDear(name, requested);
  if (!bucket.take(requested)) {
    const throttled = { message: "Throttled", extensions: { code: "THROTTLED", documentation } };
    return { operation: name, body: { errors: [throttled] }, extensions: cost(requested, null, bucket.status()) };
  }
  const result = runDocument(engine, document, context, request);
  const spent = queryCost(engine.admin.schema, asked, result.data ?? {});
  const actual = Math.min(requested, spent);
  bucket.giveBack(requested - actual);
  const errors = result.errors ? { errors: result.errors.map(errorBody) } : {};
  return {
    operation: name,
    body: { ...("data" in result ? { data: result.data } : {}), ...errors },
    extensions: cost(requested, actual, bucket.status()),
  };
}
