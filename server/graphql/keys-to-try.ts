/** Which pasted keys an operation will ask to have tried: read from its document before anything of it runs. */
import { getArgumentValues, getVariableValues, Kind, OperationTypeNode } from "graphql";
import type { DocumentNode, FieldNode, GraphQLSchema, OperationDefinitionNode, SelectionSetNode } from "graphql";
import type { PastedFields } from "../datasources/pasted.ts";

interface Asked {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

const TRYING = new Set(["tryKey", "connectWithKey"]);

export function keysToTry({ schema, document, definition, variables }: Asked): PastedFields[] {
  if (definition.operation !== OperationTypeNode.MUTATION) return [];
  const nodes = fieldsOf(definition.selectionSet, document).filter(({ name }) => TRYING.has(name.value));
  if (nodes.length === 0) return [];
  const { variableValues } = getVariableValues(schema, definition.variableDefinitions ?? [], variables);
  // Wrong variables: the execution says so.
  if (variableValues === undefined) return [];
  return nodes.flatMap((node) => {
    const field = schema.getMutationType()?.getFields()[node.name.value];
    const input: unknown = field === undefined ? undefined : getArgumentValues(field, node, variableValues)["input"];
    return isPasted(input) ? [{ platform: input.platform, fields: input.fields }] : [];
  });
}

/** Fields at the root, through fragments as well. A limit on depth and number has been kept before. */
function fieldsOf(set: SelectionSetNode, document: DocumentNode): FieldNode[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet, document);
    const fragment = document.definitions.find(
      (each) => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === selection.name.value,
    );
    return fragment !== undefined && "selectionSet" in fragment && fragment.selectionSet !== undefined
      ? fieldsOf(fragment.selectionSet, document)
      : [];
  });
}

function isPasted(input: unknown): input is PastedFields {
  if (typeof input !== "object" || input === null || !("platform" in input) || !("fields" in input)) return false;
  return typeof input.platform === "string" && Array.isArray(input.fields);
}
