import { getIntrospectionQuery, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { NOBODY } from "../access/caller.ts";
import type { Caller } from "../access/caller.ts";
import { organisationId, userId } from "@headwater/db/schema/ids.ts";
import { exceeded, measure, operationIn } from "./limits.ts";
import { makePrepare } from "./prepare.ts";
import { schema } from "./schema.ts";

const person: Caller = {
  kind: "person",
  userId: userId("33333333-3333-7333-8333-333333333333"),
  sessionId: "s",
  name: "n",
  email: "e",
  organisationId: organisationId("11111111-1111-7111-8111-111111111111"),
  region: "IN",
  role: "viewer",
};
const prepare = makePrepare({ schema, documents: new Map() });
const codes = (query: string, variables?: Record<string, unknown>) => {
  const prepared = prepare({ query, variables }, person);
  return prepared.ok
    ? []
    : prepared.errors.map(({ extensions }) => `${String(extensions["code"])} ${String(extensions["limit"])}`);
};

describe("what the walk itself may cost", () => {
  test("fragments that double at each step are refused at once, however long the chain", () => {
    for (const length of [12, 20, 30, 90]) {
      const chain = Array.from(
        { length },
        (_, n) => `fragment f${n} on Me { ${n === length - 1 ? "name" : `...f${n + 1} ...f${n + 1}`} }`,
      ).join(" ");
      const document = parse(`{ me { ...f0 } } ${chain}`);
      const operation = operationIn(document, null);
      if (operation === null) throw new Error("no operation");
      const found = measure(schema, document, operation, {});
      expect(found.steps, `${length}`).toBeLessThan(20_000);
      const refused = exceeded(found);
      if (length > 14) expect(refused?.extensions["code"], `${length}`).toBe("LIMIT_EXCEEDED");
    }
  });

  test("a walk that was stopped is always refused, by whatever it was stopped", () => {
    const wide = `{ ${"catalog { ".repeat(1)} ${"needs { ".repeat(6)} name ${"}".repeat(7)} }`;
    expect(codes(wide).length).toBeGreaterThan(0);
  });
});

describe("introspection", () => {
  test("the standard question passes; under two names, twice, or lists in lists in lists in lists do not", () => {
    expect(codes(getIntrospectionQuery())).toEqual([]);
    expect(
      codes(
        getIntrospectionQuery({
          specifiedByUrl: true,
          inputValueDeprecation: true,
          schemaDescription: true,
          directiveIsRepeatable: true,
        }),
      ),
    ).toEqual([]);
    expect(codes('{ __type(name: "Datasource") { name fields { name type { name } } } }')).toEqual([]);
    expect(
      codes(`{ __schema { ${Array.from({ length: 120 }, (_, n) => `a${n}: types { name }`).join(" ")} } }`),
    ).toEqual(["LIMIT_EXCEEDED introspections"]);
    expect(codes("{ a: __schema { types { name } } b: __schema { types { name } } }")).toEqual([
      "LIMIT_EXCEEDED introspections",
    ]);
    expect(
      codes("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }").length,
    ).toBeGreaterThan(0);
    expect(
      codes("{ __schema { types { possibleTypes { interfaces { enumValues { name } } } } } }").length,
    ).toBeGreaterThan(0);
    const chain = Array.from(
      { length: 60 },
      (_, n) =>
        `fragment f${n} on __Type { ofType { ${n === 59 ? "name" : `...f${n + 1}`} } ${n === 59 ? "" : `interfaces { ...f${n + 1} }`} }`,
    ).join(" ");
    expect(codes(`{ __schema { queryType { ...f0 } } } ${chain}`).length).toBeGreaterThan(0);
  });
});

describe("`first`, wherever it comes from", () => {
  const nested =
    "{ datasources(first: $n) { nodes { runs(first: $n) { nodes { slices(first: $n) { nodes { id } } } } } } }";
  test("a variable's default counts as if it were given", () => {
    expect(codes(`query ($n: Int! = 100000) ${nested}`)).toEqual(["LIMIT_EXCEEDED first"]);
    expect(codes(`query ($n: Int! = 100) ${nested}`)).toEqual(["LIMIT_EXCEEDED cost"]);
    expect(codes(`query ($n: Int! = 0) ${nested}`)).toEqual(["LIMIT_EXCEEDED first"]);
    expect(codes(`query ($n: Int! = -1) ${nested}`)).toEqual(["LIMIT_EXCEEDED first"]);
    expect(codes(`query ($n: Int! = 2) ${nested}`)).toEqual([]);
    expect(codes(`query ($n: Int! = 100000) ${nested}`, { n: 2 })).toEqual([]);
  });
  test("a variable that is not given, or is none, is refused before anything is read", () => {
    expect(codes(`query ($n: Int!) ${nested}`)[0]).toMatch(/^BAD_REQUEST|^undefined/);
    expect(codes(`query ($n: Int!) ${nested}`, { n: "many" })[0]).toMatch(/^BAD_REQUEST|^undefined/);
    expect(codes(`query ($n: Int!) ${nested}`, { n: 1e9 })).toEqual(["LIMIT_EXCEEDED first"]);
  });
});

test("nobody may send a document of their own", () => {
  const prepared = prepare({ query: "{ me { name } }" }, NOBODY);
  expect(prepared.ok).toBe(false);
});
