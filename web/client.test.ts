import { readFileSync } from "node:fs";
import { buildSchema, isObjectType } from "graphql";
import { expect, it } from "vitest";
import { embeddedTypes } from "./client.ts";

it("every type without an id is declared as embedded, and no type with one is", () => {
  const schema = buildSchema(readFileSync(new URL("../server/graphql/schema.graphql", import.meta.url), "utf8"));
  const roots = new Set(["Query", "Mutation", "Subscription"]);
  const results =
    /(Success|Limit|Reached|Gone|Now|Reused|Input|Allowed|Unavailable|Missing|Connected|Lapsed|Excluded)$/;
  const withoutId = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(
      (type) =>
        !type.name.startsWith("__") && !roots.has(type.name) && !results.test(type.name) && !("id" in type.getFields()),
    )
    .map((type) => type.name)
    .sort();
  expect([...embeddedTypes]).toEqual(withoutId);
});
