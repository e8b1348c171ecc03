/**
 * At a release: what is served now becomes what callers were promised, and the notes of `schema-changes.md` are done.
 * `node server/graphql/release-schema.ts`. It refuses while a difference has no note, or `schema.graphql` is not the code's.
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { compareReleased, withoutNotes } from "./schema-changes.ts";
import { schemaText } from "./schema.ts";

const committed = new URL("schema.graphql", import.meta.url);
const released = new URL("schema.released.graphql", import.meta.url);
const notes = new URL("schema-changes.md", import.meta.url);

function release(): string {
  const now = schemaText();
  if (readFileSync(committed, "utf8") !== now)
    throw new Error("schema.graphql is not what the code makes: node server/graphql/write-schema.ts");
  const noted = readFileSync(notes, "utf8");
  const { untold, idle } = compareReleased(readFileSync(released, "utf8"), now, noted);
  if (untold.length + idle.length > 0)
    throw new Error(
      ["schema-changes.md is not true:", ...untold.map((line) => `without a note: ${line}`), ...idle].join("\n"),
    );
  writeFileSync(released, now);
  writeFileSync(notes, withoutNotes(noted));
  return released.pathname;
}

try {
  process.stdout.write(`Wrote ${release()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
