/** The documents that the web build put on record: id to text. Whoever is not signed in may ask these and nothing else. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

export type Documents = ReadonlyMap<string, string>;

const Manifest = v.record(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), v.string());

/** Empty where there is no built web app: then only those who are signed in can ask. */
export function readDocuments(webDist: string | null): Documents {
  const file = webDist === null ? null : join(webDist, "persisted-documents.json");
  if (file === null || !existsSync(file)) return new Map();
  return new Map(Object.entries(v.parse(Manifest, JSON.parse(readFileSync(file, "utf8")))));
}
