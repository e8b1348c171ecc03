// What a query costs before it runs, by Shopify's published rule: scalar 0, object 1, mutation 10, and a connection
// 2 + floor(2 ln n) times what one of its nodes costs. What it cost after is the same sum over what came back.
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

export const costMax = 1000;

/** Value wrappers without a life of their own cost nothing. */
const freeFields = new Set(["pageInfo", "unitCost", "billingAddress", "currencyFormats", "measurement", "address"]);

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragmentByName: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

const connectionFactor = (size: number): number =>
  size <= 0 ? 0 : Math.floor(2 * Math.log(Math.max(2, Math.min(size, 250))));

const isConnection = (type: GraphQLOutputType): boolean => getNamedType(type).name.endsWith("Connection");

function fieldsOf(
  walk: Walk,
  set: SelectionSetNode,
  type: GraphQLCompositeType,
): { field: FieldNode; on: GraphQLCompositeType }[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [{ field: selection, on: type }];
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : walk.fragmentByName.get(selection.name.value);
    if (!fragment) return [];
    const named = fragment.typeCondition ? walk.schema.getType(fragment.typeCondition.name.value) : type;
    return fieldsOf(walk, fragment.selectionSet, isCompositeType(named) ? named : type);
  });
}

function fieldType(on: GraphQLCompositeType, name: string): GraphQLOutputType | null {
  if (isObjectType(on) || (isAbstractType(on) && "getFields" in on)) return on.getFields()[name]?.type ?? null;
  return null;
}

function sizeAsked(field: FieldNode, variables: Readonly<Record<string, unknown>>): number | null {
  for (const argument of field.arguments ?? []) {
    if (argument.name.value !== "first" && argument.name.value !== "last") continue;
    if (argument.value.kind === Kind.INT) return Number(argument.value.value);
    if (argument.value.kind === Kind.VARIABLE) {
      const value = variables[argument.value.name.value];
      if (typeof value === "number") return value;
    }
  }
  return null;
}

/** Alternatives of a union or interface are not added up: the dearest one counts. */
function setCost(walk: Walk, set: SelectionSetNode, type: GraphQLCompositeType, data: unknown): number {
  const byType = new Map<string, number>();
  const counted = new Set<string>();
  for (const { field, on } of fieldsOf(walk, set, type)) {
    const key = field.alias?.value ?? field.name.value;
    if (counted.has(`${on.name}.${key}`)) continue;
    counted.add(`${on.name}.${key}`);
    byType.set(on.name, (byType.get(on.name) ?? 0) + fieldCost(walk, field, on, at(data, key)));
  }
  const own = byType.get(type.name) ?? 0;
  byType.delete(type.name);
  return own + Math.max(0, ...byType.values());
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** `undefined` stands for "before the run": no data to go by. */
const at = (data: unknown, key: string): unknown =>
  data === undefined ? undefined : isObject(data) ? (data[key] ?? null) : null;

function fieldCost(walk: Walk, field: FieldNode, on: GraphQLCompositeType, data: unknown): number {
  const type = fieldType(on, field.name.value);
  const set = field.selectionSet;
  if (!type || !set || freeFields.has(field.name.value) || data === null) return 0;
  const named = getNamedType(type);
  if (!isCompositeType(named)) return 0;
  if (isConnection(type)) return connectionCost(walk, field, fieldsOf(walk, set, named), data);
  const bare = isNonNullType(type) ? type.ofType : type;
  const items = isListType(bare) && Array.isArray(data) ? data : [data];
  return 1 + Math.max(0, ...items.map((item) => setCost(walk, set, named, item)));
}

type Fields = ReturnType<typeof fieldsOf>;

function connectionCost(walk: Walk, connection: FieldNode, fields: Fields, data: unknown): number {
  let node = 0;
  let came: number | null = null;
  for (const { field, on } of fields) {
    const name = field.name.value;
    if (name !== "nodes" && name !== "edges") continue;
    const items = at(data, field.alias?.value ?? name);
    if (Array.isArray(items)) came = items.length;
    node = Math.max(node, itemCost(walk, field, on, Array.isArray(items) ? items : undefined));
  }
  return 2 + connectionFactor(came ?? sizeAsked(connection, walk.variables) ?? 1) * node;
}

/** `edges { node { … } }` and `nodes { … }` cost the same: one object for each node. */
function itemCost(
  walk: Walk,
  child: FieldNode,
  on: GraphQLCompositeType,
  items: readonly unknown[] | undefined,
): number {
  const type = fieldType(on, child.name.value);
  const named = type ? getNamedType(type) : null;
  if (!named || !isCompositeType(named) || !child.selectionSet) return 0;
  const set = child.selectionSet;
  const dearest =
    items === undefined
      ? setCost(walk, set, named, undefined)
      : Math.max(0, ...items.map((item) => setCost(walk, set, named, item)));
  return child.name.value === "edges" ? dearest : 1 + dearest;
}

interface Asked {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Before it is answered what it may come to; with the data what it came to. */
export function queryCost(schema: GraphQLSchema, { document, operation, variables }: Asked, data?: unknown): number {
  const fragments = document.definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION);
  const walk: Walk = { schema, variables, fragmentByName: new Map(fragments.map((each) => [each.name.value, each])) };
  const root = schema.getRootType(operation.operation);
  if (!root) return 0;
  if (operation.operation === "mutation") return 10 * fieldsOf(walk, operation.selectionSet, root).length;
  return setCost(walk, operation.selectionSet, root, data);
}
