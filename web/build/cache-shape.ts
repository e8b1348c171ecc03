import { readFileSync, writeFileSync } from "node:fs";
import { buildSchema, isAbstractType, isObjectType } from "graphql";

/** What the cache must know of the schema: which types live inside another object, and which may stand for an interface. */
export interface CacheShape {
  embedded: string[];
  possible: Record<string, string[]>;
}

const schemaFile = new URL("../../server/graphql/schema.graphql", import.meta.url);
export const shapeFile = new URL("../cache-shape.json", import.meta.url);

export function cacheShape(): CacheShape {
  const schema = buildSchema(readFileSync(schemaFile, "utf8"));
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__"));
  return {
    embedded: types
      .filter(isObjectType)
      .filter((type) => !roots.has(type) && !("id" in type.getFields()))
      .map(({ name }) => name)
      .toSorted(),
    possible: Object.fromEntries(
      types
        .filter(isAbstractType)
        .map(
          (type) =>
            [
              type.name,
              schema
                .getPossibleTypes(type)
                .map(({ name }) => name)
                .toSorted(),
            ] as const,
        )
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

if (import.meta.main) writeFileSync(shapeFile, `${JSON.stringify(cacheShape(), null, 2)}\n`);
