// What only the syntax tree tells: imports, casts, assertions.
import { parseSync } from "vite";
import type { SourceFile } from "./tree.ts";

export interface Spot {
  kind: string;
  start: number;
  end: number;
}

const isNode = (value: unknown): value is { type: string; start: number; end: number } & Record<string, unknown> =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/** Every node of the tree, parents before children. */
function* nodesIn(value: unknown): Generator<{ type: string; start: number; end: number } & Record<string, unknown>> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesIn(item);
  } else if (isNode(value)) {
    yield value;
    for (const child of Object.values(value)) if (typeof child === "object") yield* nodesIn(child);
  }
}

const isConstAssertion = (node: Record<string, unknown>) =>
  JSON.stringify(node["typeAnnotation"] ?? "").includes('"name":"const"');

/** `as`, `<T>x` and `x!`: places where the compiler is told, not asked. */
export function assertionsIn({ path, text }: SourceFile): Spot[] {
  const { program } = parseSync(path, text);
  return [...nodesIn(program.body)]
    .filter(
      (node) =>
        ["TSAsExpression", "TSNonNullExpression", "TSTypeAssertion"].includes(node.type) && !isConstAssertion(node),
    )
    .map(({ type, start, end }) => ({ kind: type, start, end }));
}

/** What a file names in imports, re-exports and `import()` of a literal. */
export function importsOf({ path, text }: SourceFile): string[] {
  const { module } = parseSync(path, text);
  const named = [
    ...module.staticImports.map((one) => one.moduleRequest.value),
    ...module.staticExports.flatMap((one) => one.entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
  ];
  const late = module.dynamicImports.map((one) => text.slice(one.moduleRequest.start, one.moduleRequest.end));
  return [...new Set([...named, ...late.flatMap((literal) => /^["'](.+)["']$/u.exec(literal)?.[1] ?? [])])];
}
