// The vendor's own 2026-10 Admin schema, so that a misspelled field fails here as it would there.
// The published file is 11 MB, mostly descriptions; the reduced form is kept in the data folder (parse and build: 0.15 s, 30 MB).
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { buildClientSchema, type GraphQLSchema, type IntrospectionQuery } from "graphql";

export interface AccessRule {
  readonly typeName: string;
  readonly fieldName: string | null;
  /** Any one of these will do. */
  readonly scopes: readonly string[];
  readonly needsLevelTwo: boolean;
}

export interface AdminSchema {
  readonly schema: GraphQLSchema;
  readonly rules: readonly AccessRule[];
}

interface PublishedFile {
  readonly data: IntrospectionQuery;
  readonly offline_scopes: {
    readonly items: readonly {
      readonly type: string;
      readonly typeName: string;
      readonly fieldName?: string;
      readonly requiredAccess: string;
      readonly offlineScopes: readonly string[];
    }[];
  };
}

interface ReducedFile {
  readonly data: IntrospectionQuery;
  readonly rules: readonly AccessRule[];
}

const version = "1.16.0";
const wordy = new Set(["description", "gidTypes", "deprecationReason", "isDeprecated"]);

/** Drops the prose while it is read, so that it never piles up. */
const withoutWords = (key: string, value: unknown): unknown => (wordy.has(key) ? undefined : value);

function reduce(): ReducedFile {
  // The package exports no path to its data, so it is found from this package's own folder of links.
  const packed = new URL("../../../node_modules/@shopify/dev-mcp/dist/data/admin_2026-10.json.gz", import.meta.url);
  // The shape of a file that the lockfile pins; schema.test.ts reads it whole.
  const published: PublishedFile = JSON.parse(gunzipSync(readFileSync(packed)).toString("utf8"), withoutWords);
  const rules = published.offline_scopes.items
    .filter((item) => item.offlineScopes.length > 0)
    .map((item): AccessRule => ({
      typeName: item.typeName,
      fieldName: item.type === "type" ? null : (item.fieldName ?? null),
      scopes: item.offlineScopes,
      needsLevelTwo: item.requiredAccess.includes("Level 2 access"),
    }));
  return { data: published.data, rules };
}

/** Reads the reduced form, or makes it once. A file half written by a killed process is never seen: written aside, then renamed. */
export function loadAdminSchema(dataDir: string): AdminSchema {
  const path = join(dataDir, `shopify-admin-2026-10-${version}.json`);
  if (!existsSync(path)) {
    const aside = `${path}.${process.pid}`;
    writeFileSync(aside, JSON.stringify(reduce()));
    renameSync(aside, path);
  }
  // Written by `reduce` of this version.
  const reduced: ReducedFile = JSON.parse(readFileSync(path, "utf8"));
  return { schema: buildClientSchema(reduced.data, { assumeValid: true }), rules: reduced.rules };
}
