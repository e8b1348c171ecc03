/** Writes `schema.graphql` from the code: `node server/graphql/write-schema.ts`. */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { schemaText } from "./schema.ts";

const file = new URL("schema.graphql", import.meta.url);
writeFileSync(file, schemaText());
process.stdout.write(`Wrote ${file.pathname}\n`);
