// What Shopify refuses of a bulk query, in its own words; several complaints may come back together.
import {
  getNamedType,
  GraphQLError,
  isCompositeType,
  isListType,
  isNonNullType,
  Kind,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
} from "graphql";

const bulkConnectionsMax = 5;
const bulkDepthMax = 2;
const bulkQueryBytesMax = 65_535;

export interface BulkQuery {
  readonly document: DocumentNode;
}

interface Findings {
  readonly byNodes: string[];
  readonly withoutId: string[];
  hasTopNode: boolean;
  hasConnectionInList: boolean;
  connections: number;
  depth: number;
}

const named = (field: FieldNode, name: string): FieldNode | undefined =>
  field.selectionSet?.selections.find(
    (each): each is FieldNode => each.kind === Kind.FIELD && each.name.value === name,
  );

function look(schema: GraphQLSchema, document: DocumentNode): Findings {
  const findings: Findings = {
    byNodes: [],
    withoutId: [],
    hasTopNode: false,
    hasConnectionInList: false,
    connections: 0,
    depth: 0,
  };
  const info = new TypeInfo(schema);
  /** The connections around the visitor, and whether a plain list lies between it and the innermost. */
  const around: { field: FieldNode; isList: boolean }[] = [];
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: {
        enter(field) {
          const type = info.getType();
          const parent = info.getParentType()?.name;
          if (parent === "QueryRoot" && (field.name.value === "node" || field.name.value === "nodes"))
            findings.hasTopNode = true;
          if (!type) return;
          const bare = isNonNullType(type) ? type.ofType : type;
          const isConnection = getNamedType(type).name.endsWith("Connection");
          const isPlainList =
            isListType(bare) &&
            isCompositeType(getNamedType(type)) &&
            field.name.value !== "edges" &&
            field.name.value !== "nodes";
          if (isConnection) noteConnection(findings, field, around);
          if (isConnection || isPlainList) around.push({ field, isList: isPlainList });
        },
        leave(field) {
          if (around.at(-1)?.field === field) around.pop();
        },
      },
    }),
  );
  return findings;
}

function noteConnection(
  findings: Findings,
  field: FieldNode,
  around: readonly { field: FieldNode; isList: boolean }[],
): void {
  findings.connections += 1;
  if (around.some((each) => each.isList)) findings.hasConnectionInList = true;
  const outer = around.filter((each) => !each.isList);
  findings.depth = Math.max(findings.depth, outer.length);
  if (named(field, "nodes")) findings.byNodes.push(field.name.value);
  const parent = outer.at(-1)?.field;
  if (!parent) return;
  const edges = named(parent, "edges");
  const node = edges && named(edges, "node");
  const id = node && named(node, "id");
  if ((!id || id.alias) && !findings.withoutId.includes(parent.name.value)) findings.withoutId.push(parent.name.value);
}

function complaints(findings: Findings): string[] {
  const found: string[] = [];
  if (findings.byNodes.length > 0) {
    found.push(
      `All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: 'products { edges { node {'. Selecting via 'nodes' is not supported. Invalid connection fields: '${findings.byNodes.join("', '")}'.`,
    );
  }
  if (findings.hasTopNode) found.push("Bulk queries cannot contain a top level `node` field.");
  if (findings.depth > bulkDepthMax)
    found.push(`Bulk queries cannot contain connections with a nesting depth greater than ${bulkDepthMax}.`);
  if (findings.connections > bulkConnectionsMax)
    found.push(`Bulk queries cannot contain more than ${bulkConnectionsMax} connections.`);
  if (findings.withoutId.length > 0) {
    found.push(
      `The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type. Connection fields without 'id': ${findings.withoutId.join(", ")}.`,
    );
  }
  if (findings.hasConnectionInList)
    found.push("Queries that contain a connection field within a list field are not currently supported.");
  if (findings.connections === 0) found.push("Bulk queries must contain at least one connection.");
  return found;
}

function syntaxComplaint(error: GraphQLError, text: string): string {
  if (text.trim() === "" || error.message.includes("<EOF>"))
    return "Invalid bulk query: syntax error, unexpected end of file";
  const at = error.locations?.[0];
  return `Invalid bulk query: ${error.message.replace(/^Syntax Error: /, "syntax error, ").replace(/\.$/, "")}${at ? ` at [${at.line}, ${at.column}]` : ""}`;
}

export function readBulkQuery(schema: GraphQLSchema, text: string): BulkQuery | { complaints: readonly string[] } {
  let document: DocumentNode;
  try {
    document = parse(text);
  } catch (error) {
    if (error instanceof GraphQLError) return { complaints: [syntaxComplaint(error, text)] };
    throw error;
  }
  const operations = document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  if (operations.some((each) => each.operation !== "query"))
    return { complaints: ["Invalid operation type. Only `query` operations are supported."] };
  if (operations.length !== 1) return { complaints: ["Bulk queries must contain exactly one operation."] };
  const invalid = validate(schema, document, undefined, { maxErrors: 5, hideSuggestions: true });
  if (invalid.length > 0) return { complaints: invalid.map((error) => `Invalid bulk query: ${error.message}`) };
  const found = complaints(look(schema, document));
  if (found.length > 0) return { complaints: found };
  if (Buffer.byteLength(text) > bulkQueryBytesMax) return { complaints: ["Query is too large"] };
  return { document };
}
