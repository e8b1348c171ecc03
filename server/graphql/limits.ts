/**
 * What a question may cost, in one walk over it, fragments opened where they are spread: depth, aliases, root fields,
 * directives, list sizes, static cost. `edges`, `node` and `nodes` are no depth of their own; introspection has none at all.
 */
import {
  getNamedType,
  getNullableType,
  GraphQLError,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
} from "graphql";
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLNamedType,
  GraphQLOutputType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from "graphql";

export const LIMITS = {
  depth: 8,
  aliases: 15,
  rootFields: 10,
  tokens: 1000,
  directives: 20,
  cost: 5000,
  listSize: 100,
  variableDepth: 10,
  bodyBytes: 100_000,
  executionMs: 10_000,
  validationErrors: 5,
} as const;

const TRANSPARENT = new Set(["edges", "node", "nodes", "pageInfo"]);

export interface Measure {
  depth: number;
  aliases: number;
  rootFields: number;
  directives: number;
  cost: number;
  /** Selections visited: fragments that double at each step cost nothing and take for ever. */
  steps: number;
  introspections: number;
  introspectionAliases: number;
  introspectionLists: number;
  largestList: number;
  smallestList: number;
  /** Something in it depends on the person and not only on their role. */
  isPersonal: boolean;
}

type Variables = Readonly<Record<string, unknown>>;

export const operationIn = (
  document: DocumentNode,
  name: string | null | undefined,
): OperationDefinitionNode | null => {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (name != null) return operations.find((one) => one.name?.value === name) ?? null;
  return operations.length === 1 ? (operations[0] ?? null) : null;
};

export function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): Measure {
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  const found: Measure = {
    depth: 0,
    aliases: 0,
    rootFields: 0,
    directives: 0,
    cost: 0,
    steps: 0,
    introspections: 0,
    introspectionAliases: 0,
    introspectionLists: 0,
    largestList: 0,
    smallestList: 1,
    isPersonal: false,
  };
  const root = schema.getRootType(operation.operation) ?? undefined;
  found.directives += operation.directives?.length ?? 0;
  walk({ schema, fragments, variables, found }, operation.selectionSet, {
    type: root,
    depth: 0,
    times: 1,
    isRoot: true,
    path: new Set(),
  });
  return found;
}

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Variables;
  readonly found: Measure;
}

interface Place {
  readonly type: GraphQLNamedType | undefined;
  readonly depth: number;
  /** How many times this place is reached, lists multiplied. */
  readonly times: number;
  readonly isRoot: boolean;
  /** Fragments opened on the way: a circle ends here, and validation refuses it. */
  readonly path: ReadonlySet<string>;
}

/** A question that grew past this is refused whatever is still to come: the walk itself must not be an attack. */
const COST_CEILING = 1_000_000;
const STEPS_MOST = 10_000;

function walk(walking: Walk, selections: SelectionSetNode, place: Place): void {
  const { found, fragments, schema } = walking;
  for (const selection of selections.selections) {
    found.steps += 1;
    // A walk that stops here is refused by `exceeded`: both bounds lie above what may be asked.
    if (found.cost > COST_CEILING || found.steps > STEPS_MOST) return;
    found.directives += selection.directives?.length ?? 0;
    switch (selection.kind) {
      case Kind.FIELD:
        walkField(walking, selection, place);
        break;
      case Kind.INLINE_FRAGMENT: {
        const named = selection.typeCondition?.name.value;
        walk(walking, selection.selectionSet, {
          ...place,
          type: named === undefined ? place.type : schema.getType(named),
        });
        break;
      }
      case Kind.FRAGMENT_SPREAD: {
        const name = selection.name.value;
        const fragment = fragments.get(name);
        if (fragment === undefined || place.path.has(name)) break;
        found.directives += fragment.directives?.length ?? 0;
        const type = schema.getType(fragment.typeCondition.name.value);
        walk(walking, fragment.selectionSet, { ...place, type, path: new Set([...place.path, name]) });
        break;
      }
      default:
        selection satisfies never;
    }
  }
}

function walkField(walking: Walk, node: FieldNode, place: Place): void {
  const { found } = walking;
  const name = node.name.value;
  if (node.alias !== undefined) found.aliases += 1;
  if (place.isRoot) found.rootFields += 1;
  if (name.startsWith("__")) {
    if (node.selectionSet !== undefined) lookInside(walking, node.selectionSet, place.path, 0);
    found.cost += node.selectionSet === undefined ? 1 : INTROSPECTION_COST;
    found.introspections += node.selectionSet === undefined ? 0 : 1;
    return;
  }
  const field = fieldIn(place.type, name);
  if (field?.extensions["isPersonal"] === true) found.isPersonal = true;
  const depth = place.depth + (TRANSPARENT.has(name) ? 0 : 1);
  found.depth = Math.max(found.depth, depth);
  const isComposite = field !== undefined && isCompositeType(getNamedType(field.type));
  found.cost += isComposite || field === undefined ? place.times : 0;
  if (node.selectionSet === undefined) return;
  const asked = firstOf(node, walking.variables);
  if (asked !== null) {
    found.largestList = Math.max(found.largestList, asked);
    found.smallestList = Math.min(found.smallestList, asked);
  }
  const declared = field?.extensions["listSize"];
  const isList = field !== undefined && isPlainList(field.type, name);
  const size = asked ?? (typeof declared === "number" ? declared : isList ? 5 : 1);
  walk(walking, node.selectionSet, {
    type: field === undefined ? undefined : getNamedType(field.type),
    depth,
    times: Math.min(place.times * Math.max(1, size), COST_CEILING),
    isRoot: false,
    path: place.path,
  });
}

const fieldIn = (type: GraphQLNamedType | undefined, name: string): GraphQLField<unknown, unknown> | undefined =>
  isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;

/** `edges` and `nodes` are as many as their connection's `first`, counted there. */
const isPlainList = (type: GraphQLOutputType, name: string): boolean =>
  !TRANSPARENT.has(name) && isListType(getNullableType(type));

const INTROSPECTION_COST = 1000;
/** As the standard question goes: types, their fields, their arguments. */
const INTROSPECTION_LISTS = 3;
const LISTS_OF_THE_SCHEMA = new Set([
  "types",
  "directives",
  "fields",
  "args",
  "inputFields",
  "interfaces",
  "enumValues",
  "possibleTypes",
]);

/** No depth, for it is deep by nature; but no list within a list within a list within a list, and nothing under two names. */
function lookInside(walking: Walk, selections: SelectionSetNode, path: ReadonlySet<string>, lists: number): void {
  const { found, fragments } = walking;
  for (const selection of selections.selections) {
    found.steps += 1;
    if (found.steps > STEPS_MOST) return;
    found.directives += selection.directives?.length ?? 0;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = path.has(selection.name.value) ? undefined : fragments.get(selection.name.value);
      if (fragment !== undefined)
        lookInside(walking, fragment.selectionSet, new Set([...path, selection.name.value]), lists);
      continue;
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      lookInside(walking, selection.selectionSet, path, lists);
      continue;
    }
    if (selection.alias !== undefined) found.introspectionAliases += 1;
    const within = lists + (LISTS_OF_THE_SCHEMA.has(selection.name.value) ? 1 : 0);
    found.introspectionLists = Math.max(found.introspectionLists, within);
    if (selection.selectionSet !== undefined) lookInside(walking, selection.selectionSet, path, within);
  }
}

function firstOf(node: FieldNode, variables: Variables): number | null {
  const value = node.arguments?.find((argument) => argument.name.value === "first")?.value;
  if (value === undefined) return null;
  if (value.kind === Kind.INT) return Number(value.value);
  const given = value.kind === Kind.VARIABLE ? variables[value.name.value] : null;
  // Coerced before the walk, defaults included; what is no number still counts as a whole page.
  return typeof given === "number" ? given : LIMITS.listSize;
}

const tooMuch = (what: string, most: number): GraphQLError =>
  new GraphQLError(`Too much in one question: ${what} may be ${most} at most.`, {
    extensions: { code: "LIMIT_EXCEEDED", limit: what, most },
  });

export function exceeded(found: Measure): GraphQLError | null {
  if (found.largestList > LIMITS.listSize) return tooMuch("first", LIMITS.listSize);
  if (found.steps > STEPS_MOST) return tooMuch("selections", STEPS_MOST);
  if (found.introspections > 1 || found.introspectionAliases > 0) return tooMuch("introspections", 1);
  if (found.introspectionLists > INTROSPECTION_LISTS)
    return tooMuch("lists within lists of the schema", INTROSPECTION_LISTS);
  if (found.depth > LIMITS.depth) return tooMuch("depth", LIMITS.depth);
  if (found.aliases > LIMITS.aliases) return tooMuch("aliases", LIMITS.aliases);
  if (found.rootFields > LIMITS.rootFields) return tooMuch("root fields", LIMITS.rootFields);
  if (found.directives > LIMITS.directives) return tooMuch("directives", LIMITS.directives);
  if (found.cost > LIMITS.cost) return tooMuch("cost", LIMITS.cost);
  return null;
}

export function variablesTooDeep(value: unknown, most: number = LIMITS.variableDepth): boolean {
  if (typeof value !== "object" || value === null) return false;
  return most <= 0 || Object.values(value).some((inner) => variablesTooDeep(inner, most - 1));
}

export const negativeFirst = (): GraphQLError =>
  new GraphQLError("`first` is 1 to 100.", {
    extensions: { code: "LIMIT_EXCEEDED", limit: "first", most: LIMITS.listSize },
  });
