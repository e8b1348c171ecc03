import { readFileSync } from "node:fs";
import {
  BreakingChangeType,
  buildSchema,
  findSchemaChanges,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from "graphql";
import { describe, expect, test } from "vitest";
import { PERMISSIONS } from "../access/permissions.ts";
import { guard, ruleOf } from "./rules.ts";
import { schema, schemaText } from "./schema.ts";

const committed = () => readFileSync(new URL("schema.graphql", import.meta.url), "utf8");
const types = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith("__"));

describe("the committed schema", () => {
  test("is the one that the code makes: `node server/graphql/write-schema.ts` writes it", () => {
    expect(schemaText()).toBe(committed());
  });

  test("a breaking difference is found, whatever it is", () => {
    const before = buildSchema("type Query { a: Int b(x: Int): Int e: E } enum E { ONE TWO }");
    const after = buildSchema("type Query { b(x: Int!): Int e: E } enum E { ONE }");
    const breaking = findSchemaChanges(before, after).map(({ type }) => type);
    expect(breaking).toContain(BreakingChangeType.FIELD_REMOVED);
    expect(breaking).toContain(BreakingChangeType.ARG_CHANGED_KIND);
    expect(breaking).toContain(BreakingChangeType.VALUE_REMOVED_FROM_ENUM);
  });
});

test("everything has a description that says something", () => {
  const bare: string[] = [];
  const look = (name: string, description: string | null | undefined) => {
    if (description == null || description.length < 4) bare.push(name);
  };
  for (const type of types) {
    if (["Boolean", "Float", "ID", "Int", "String"].includes(type.name)) continue;
    look(type.name, type.description);
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) {
        look(`${type.name}.${field.name}`, field.description);
        for (const argument of field.args) look(`${type.name}.${field.name}(${argument.name})`, argument.description);
      }
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field.description);
  }
  expect(bare).toEqual([]);
});

describe("the permission table", () => {
  test("every field of every object names a row of it", () => {
    for (const type of types)
      if (isObjectType(type))
        for (const field of Object.values(type.getFields()))
          expect(ruleOf(field), `${type.name}.${field.name}`).not.toBeNull();
  });

  test("a field that names none stops the start", () => {
    expect(() => guard(buildSchema("type Query { secret: String }"))).toThrow("Query.secret names no rule");
  });

  test("every row of it is used, and nothing that carries rows is open to anybody", () => {
    const used = new Set<string>();
    for (const type of types)
      if (isObjectType(type)) for (const field of Object.values(type.getFields())) used.add(ruleOf(field) ?? "");
    expect([...used].toSorted((a, b) => a.localeCompare(b))).toEqual(
      Object.keys(PERMISSIONS)
        .filter((name) => name !== "manageTokens")
        .toSorted((a, b) => a.localeCompare(b)),
    );
    const open = types.filter((type) => isObjectType(type) && ruleOf(type) === "anybody").map(({ name }) => name);
    expect(open.toSorted((a, b) => a.localeCompare(b))).toEqual([
      "AlreadyConnected",
      "DatasourceGone",
      "FieldError",
      "FollowReauthorizeLinkSuccess",
      "InvalidInput",
      "InvitedPlatform",
      "InvitedScope",
      "KeyRefused",
      "KeyReused",
      "LinkGone",
      "LinkLapsed",
      "Mutation",
      "NotAllowed",
      "NotPossibleNow",
      "OrganisationGone",
      "PageInfo",
      "PlatformUnavailable",
      "PrerequisiteMissing",
      "Query",
      "Reason",
      "ReauthorizeInvitation",
      "Remedy",
      "SessionGone",
      "SlotLimitReached",
      "TokenGone",
      "TokenLimitReached",
      "TooManyForPlan",
      "UploadGone",
      "UploadRefused",
    ]);
  });
});

describe("the conventions of the schema", () => {
  test("mutations: one input, a union of success and problems, an idempotency key where work begins", () => {
    const mutation = schema.getMutationType();
    expect(mutation).toBeDefined();
    // The same twice changes nothing, or begins nothing but a trip; or tells anew what is of no use untold.
    const withoutKey = [
      "ChooseMailsInput",
      "DecideAccessInput",
      "DismissOnboardingInput",
      "EndSessionInput",
      "FollowReauthorizeLinkInput",
      "MarkDatasourceOpenedInput",
      "MarkNoticeReadInput",
      "OpenSampleBrandInput",
      "PutRequestAsideInput",
      "RemoveSampleBrandInput",
      "RenewCalendarAddressInput",
      "SetWishInput",
      "SignAccessReviewInput",
      "SwitchOrganisationInput",
      "TryKeyInput",
    ];
    for (const field of Object.values(mutation?.getFields() ?? {})) {
      expect(
        field.args.map(({ name }) => name),
        field.name,
      ).toEqual(["input"]);
      const input = schema.getType(String(field.args[0]?.type).replace("!", ""));
      if (isInputObjectType(input) && !withoutKey.includes(input.name))
        expect(String(input.getFields()["idempotencyKey"]?.type), field.name).toBe("String!");
      const result = schema.getType(String(field.type).replace("!", ""));
      if (!isUnionType(result)) throw new Error(`${field.name} does not answer a union`);
      const success = result.name.replace(/Result$/, "Success");
      const members = result.getTypes();
      expect(members.map(({ name }) => name)).toContain(success);
      const problems = members.filter(({ name }) => name !== success);
      for (const problem of problems)
        expect(
          problem.getInterfaces().map(({ name }) => name),
          problem.name,
        ).toEqual(["UserError"]);
    }
  });

  test("lists without an end ask for `first`; times end in At; enum values are UPPER_SNAKE", () => {
    for (const type of types) {
      if (isObjectType(type))
        for (const field of Object.values(type.getFields())) {
          const first = field.args.find(({ name }) => name === "first");
          if (/Connection!?$/.test(String(field.type)))
            expect(String(first?.type), `${type.name}.${field.name}`).toBe("Int!");
          if (String(field.type).replace("!", "") === "DateTime")
            expect(field.name, `${type.name}.${field.name}`).toMatch(
              /At$|Until$|^(at|since|until|from|to|now|completeThrough|notFetchingSince|undoUntil)$/,
            );
        }
      if (isEnumType(type))
        for (const value of type.getValues()) expect(value.name, type.name).toMatch(/^[A-Z][A-Z0-9_]*$/);
    }
  });
});
