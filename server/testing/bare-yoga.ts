/** For the bench: yoga as it comes, over our schema, with an answer that is in memory already. What our own server is held against. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { buildSchema } from "graphql";
import { createYoga } from "graphql-yoga";

const sdl = readFileSync(new URL("../graphql/schema.graphql", import.meta.url), "utf8");

/** Its address. `hello` is the one field that we do not have. */
export async function startBareYoga(answer: Readonly<Record<string, unknown>>): Promise<string> {
  const schema = buildSchema(`${sdl}\nextend type Query { hello: String! }`);
  const fields = schema.getQueryType()?.getFields() ?? {};
  for (const [name, value] of Object.entries({ ...answer, hello: "hello" })) {
    const field = fields[name];
    if (field !== undefined) field.resolve = () => value;
  }
  const yoga = createYoga({ schema, logging: false });
  const server = createServer((request, response) => void yoga.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}
