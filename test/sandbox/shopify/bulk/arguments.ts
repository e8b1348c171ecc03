// The literal arguments of a bulk query's top field; variables do not exist inside the string.
import { Kind, valueFromASTUntyped, type FieldNode } from "graphql";
import type { ListArguments } from "../admin/lists.ts";

export function argumentsOf(field: FieldNode): ListArguments {
  const text = (name: string): string | null => {
    const argument = field.arguments?.find((each) => each.name.value === name);
    if (!argument || (argument.value.kind !== Kind.STRING && argument.value.kind !== Kind.ENUM)) return null;
    const value: unknown = valueFromASTUntyped(argument.value);
    return typeof value === "string" ? value : null;
  };
  return { query: text("query"), sortKey: text("sortKey") };
}
