// What only the syntax tree tells: imports, casts, assertions, errors that nobody looks at.
import { parseSync } from "vite";
import type { SourceFile } from "./tree.ts";

export interface Spot {
  kind: string;
  start: number;
  end: number;
}

type Node = { type: string; start: number; end: number } & Record<string, unknown>;

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/** Every node of the tree, parents before children. */
function* nodesIn(value: unknown): Generator<Node> {
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

/** A fixed value, or none: `null`, `undefined`, `"failed"`, `{}`. */
const isFixed = (node: unknown): boolean =>
  isNode(node) &&
  (node.type === "Literal" ||
    (node.type === "Identifier" && node["name"] === "undefined") ||
    (node.type === "UnaryExpression" && isFixed(node["argument"])) ||
    (node.type === "ObjectExpression" && [node["properties"]].flat().length === 0) ||
    (node.type === "ArrayExpression" && [node["elements"]].flat().length === 0));

/** Nothing is done: the block is empty, or gives or sets a fixed value. */
function doesNothing(body: unknown): boolean {
  if (!isNode(body)) return false;
  if (body.type !== "BlockStatement") return isFixed(body);
  const statements: unknown[] = [body["body"]].flat();
  return statements.every(
    (one) =>
      isNode(one) &&
      (["BreakStatement", "ContinueStatement"].includes(one.type) ||
        (one.type === "ReturnStatement" && (one["argument"] === null || isFixed(one["argument"])))),
  );
}

const isHandler = (node: unknown): node is Node =>
  isNode(node) && ["ArrowFunctionExpression", "FunctionExpression"].includes(node.type);

/** The functions that a promise's failure goes to: of `.catch(f)`, and the second of `.then(f, g)`. */
function handlersOf(node: Node): Node[] {
  const { callee } = node;
  if (node.type !== "CallExpression" || !isNode(callee) || !isNode(callee["property"])) return [];
  const called = callee["property"]["name"];
  const given: unknown[] = [node["arguments"]].flat();
  return [called === "catch" ? given[0] : called === "then" ? given[1] : null].filter(isHandler);
}

/** Where an error ends that nobody looked at: `catch {}`, `.catch(() => undefined)`, `.then(use, () => {})`. */
export function swallowedIn({ path, text }: SourceFile): Spot[] {
  const { program } = parseSync(path, text);
  return [...nodesIn(program.body)]
    .flatMap((node) => (node.type === "CatchClause" ? [node] : handlersOf(node)))
    .filter((node) => doesNothing(node["body"]))
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

export interface Export {
  name: string;
  /** The file that it comes from, where it is handed on. */
  from: string | null;
}

/** The values that a file exports; `*` where it hands on all of another. Types are erased, so they bind nobody. */
export function exportsOf({ path, text }: SourceFile): Export[] {
  const { module } = parseSync(path, text);
  return module.staticExports
    .flatMap(({ entries }) => entries)
    .filter((entry) => !entry.isType)
    .map(({ exportName, moduleRequest }) => ({
      name: exportName.name ?? (exportName.kind === "Default" ? "default" : "*"),
      from: moduleRequest?.value ?? null,
    }));
}

/** What a file takes of others, by name; `*` for the whole of one, late imports included. */
export function takenBy({ path, text }: SourceFile): { name: string; from: string }[] {
  const { module } = parseSync(path, text);
  const named = module.staticImports.flatMap((one) =>
    one.entries.map(({ importName }) => ({
      name: importName.kind === "Default" ? "default" : (importName.name ?? "*"),
      from: one.moduleRequest.value,
    })),
  );
  const handedOn = module.staticExports.flatMap((one) =>
    one.entries.flatMap(({ importName, moduleRequest }) =>
      moduleRequest ? [{ name: importName.name ?? "*", from: moduleRequest.value }] : [],
    ),
  );
  const late = module.dynamicImports.map((one) => text.slice(one.moduleRequest.start + 1, one.moduleRequest.end - 1));
  return [...named, ...handedOn, ...late.map((from) => ({ name: "*", from }))];
}
