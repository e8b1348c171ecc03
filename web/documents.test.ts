import { globSync, readFileSync } from "node:fs";
import { buildSchema, Lexer, parse, Source, TokenKind, validate } from "graphql";
import { expect, it } from "vitest";
import { registeredOperations } from "./graphql.ts";

const here = import.meta.dirname;
const schema = buildSchema(readFileSync(`${here}/../server/graphql/schema.graphql`, "utf8"));
for (const file of globSync("**/*.documents.ts", { cwd: here, exclude: ["node_modules/**", "dist/**"] }))
  await import(`./${file}`);
const operations = registeredOperations().map(
  (text) => [/(?:query|mutation|subscription) (\w+)/.exec(text)?.[1] ?? "?", text] as const,
);

it("operations are found", () => expect(operations.length).toBeGreaterThan(20));

it.each(operations)("%s is one that the server can run", (_name, text) => {
  expect(validate(schema, parse(text)).map(({ message }) => message)).toEqual([]);
  expect(tokens(text), "the server reads at most 1,000 tokens").toBeLessThanOrEqual(1000);
});

function tokens(text: string): number {
  const lexer = new Lexer(new Source(text));
  let count = 0;
  while (lexer.advance().kind !== TokenKind.EOF) count++;
  return count;
}
