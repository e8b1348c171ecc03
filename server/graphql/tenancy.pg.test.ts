/* oxlint-disable typescript/no-unsafe-type-assertion -- answers of GraphQL and of SQL are of any shape; each expectation checks what it reads */
/** Two organisations, every field and every node of the schema: no row of one is ever seen by the other. */
import { beforeAll, expect, test } from "vitest";
import { getNamedType, isEnumType, isInterfaceType, isLeafType, isObjectType, isUnionType } from "graphql";
import type { GraphQLArgument, GraphQLField, GraphQLObjectType } from "graphql";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource, makeHistory } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { makeToken, signUp, withToken, ask } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";
import { globalId } from "./node.ts";
import { schema } from "./schema.ts";

const api = ownApi();
let one: Visitor;
let two: Visitor;
let mine: Made;
let theirs: Made;
beforeAll(async () => {
  [one, two] = [await signUp(api, "Canary One"), await signUp(api, "Canary Two")];
  mine = await makeDatasource(api, one.organisationId, { shop: "canary-one.myshopify.com" });
  theirs = await makeDatasource(api, two.organisationId, { shop: "canary-two.myshopify.com" });
  await makeHistory(api, one.organisationId, mine);
  await makeHistory(api, two.organisationId, theirs);
  for (const [who, made] of [
    [one, mine],
    [two, theirs],
  ] as const) {
    await makeToken(who, ["READ"], `canary-${who.slug}`);
    const canary = `canary-${who.slug}`;
    await api.owner
      .sql`insert into rollups (organisation_id, account_id, metric, day, currency, value) values (${who.organisationId}, ${made.accountId}, 'orders', current_date - 1, 'INR', 41)`;
    await api.owner
      .sql`insert into calls (organisation_id, datasource_id, hour, method, path, calls) values (${who.organisationId}, ${made.id}, now(), 'POST', ${canary}, 3)`;
    await api.owner
      .sql`insert into quarantine (organisation_id, datasource_id, stream, reason, detail) values (${who.organisationId}, ${made.id}, 'orders', 'notMapped', ${canary})`;
    await api.owner
      .sql`insert into spot_checks (organisation_id, datasource_id, metric, day, currency, ours, theirs, parts) values (${who.organisationId}, ${made.id}, 'orders', current_date - 1, 'INR', 41, 42, ${api.owner.sql.json([{ because: "testOrders", amount: "-1", records: 1, first: [{ id: canary, name: canary }] }])})`;
    await api.owner
      .sql`insert into account_candidates (organisation_id, datasource_id, external_id, name) values (${who.organisationId}, ${made.id}, ${canary}, ${canary})`;
    await who.ask(`mutation ($i: PauseDatasourceInput!) { pauseDatasource(input: $i) { is: __typename } }`, {
      i: { datasource: made.gid, note: canary, idempotencyKey: "same" },
    });
  }
});

const fieldsOf = (type: GraphQLObjectType): GraphQLField<unknown, unknown>[] => Object.values(type.getFields());

/** Everything that can be asked of a type, lists and all, as deep as the limits let it. */
function everything(type: GraphQLObjectType, depth: number): string {
  return fieldsOf(type)
    .flatMap((field) => {
      const named = getNamedType(field.type);
      const args = argumentsFor(field.args);
      if (args === null) return [];
      if (isLeafType(named)) return [`${field.name}${args}`];
      if (depth <= 0 || !isObjectType(named)) return [];
      const inner = everything(named, depth - (["edges", "node", "nodes"].includes(field.name) ? 0 : 1));
      return inner === "" ? [] : [`${field.name}${args} { ${inner} }`];
    })
    .join(" ");
}

const FILL: Readonly<Record<string, string>> = {
  first: "5",
  range: "{ preset: LAST_7_DAYS }",
  name: '"shopify"',
  id: '"nothing"',
  days: "30",
  token: '"nothing"',
};
function argumentsFor(args: readonly GraphQLArgument[]): string | null {
  const needed = args.filter((argument) => String(argument.type).endsWith("!"));
  if (needed.some(({ name }) => FILL[name] === undefined)) return null;
  return needed.length === 0 ? "" : `(${needed.map(({ name }) => `${name}: ${FILL[name]}`).join(", ")})`;
}

test("every field that can be reached, field by field, as each organisation and as its token", async () => {
  const readers = [
    { who: "one", ask: (query: string) => one.ask(query), foreign: two },
    { who: "two", ask: (query: string) => two.ask(query), foreign: one },
    { who: "one's token", ask: withToken(api, (await makeToken(one, ["READ", "MANAGE"])).secret), foreign: two },
  ];
  let seen = 0;
  for (const { who, ask: askAs, foreign } of readers) {
    for (const [path, type] of [["query", schema.getQueryType()]] as const) {
      if (type == null) continue;
      for (const field of fieldsOf(type)) {
        const args = argumentsFor(field.args);
        const named = getNamedType(field.type);
        if (args === null || !isObjectType(named)) continue;
        for (const inner of fieldsOf(named)) {
          const leaf = getNamedType(inner.type);
          const innerArgs = argumentsFor(inner.args);
          if (innerArgs === null) continue;
          const selection = isLeafType(leaf) ? "" : isObjectType(leaf) ? ` { ${everything(leaf, 2)} }` : null;
          if (selection === null || selection === " {  }") continue;
          const answer = await askAs(`${path} { ${field.name}${args} { ${inner.name}${innerArgs}${selection} } }`);
          const text = JSON.stringify(answer.data ?? {});
          seen += text.length;
          expect(
            answer.errors?.filter(({ extensions }) => extensions["code"] === "INTERNAL"),
            `${field.name}.${inner.name}`,
          ).toEqual(answer.errors === undefined ? undefined : []);
          for (const secret of [
            foreign.slug,
            foreign.organisationId,
            foreign.userId,
            Buffer.from(foreign.organisationId).toString("base64url"),
          ])
            expect(text, `${who}: ${field.name}.${inner.name}`).not.toContain(secret);
        }
      }
    }
  }
  expect(seen).toBeGreaterThan(20_000);
});

test("a datasource in full shows its own canary and never the other's", async () => {
  const type = schema.getType("Datasource");
  if (!isObjectType(type)) throw new Error("no Datasource");
  let text = "";
  for (const field of fieldsOf(type)) {
    const args = argumentsFor(field.args);
    const named = getNamedType(field.type);
    if (args === null) continue;
    // Of another datasource the whole would be more than one document may hold.
    const depth = named === type ? 1 : 2;
    const selection = isLeafType(named) ? "" : isObjectType(named) ? ` { ${everything(named, depth)} }` : "";
    const { data, errors } = await one.ask(
      `query ($id: ID!) { datasource(id: $id) { ${field.name}${args}${selection} } }`,
      { id: mine.gid },
    );
    expect(errors, field.name).toBeUndefined();
    text += JSON.stringify(data);
  }
  expect(text).toContain("canary-one");
  expect(text).not.toContain("canary-two");
});

test("every kind of node: one's own is there, a foreign, an absent and a forged id are null alike", async () => {
  const idsOf = async (who: Visitor, made: Made) => {
    const { data } = await who.ask(
      `query ($id: ID!) { organisation { id apiTokens(first: 1) { nodes { id } } } me { id sessions { id } }
        datasource(id: $id) { id streams { id } runs(first: 5) { nodes { id slices(first: 1) { nodes { id } } } } commands { id } timeline(first: 50) { nodes { id } } rejectedRecords(first: 1) { nodes { id } } } }`,
      { id: made.gid },
    );
    const { organisation, me, datasource } = data;
    return [
      organisation.id,
      organisation.apiTokens.nodes[0].id,
      me.id,
      me.sessions[0].id,
      datasource.id,
      datasource.streams[0].id,
      datasource.runs.nodes[0].id,
      datasource.runs.nodes.flatMap((run: { slices: { nodes: { id: string }[] } }) => run.slices.nodes)[0].id,
      datasource.commands[0].id,
      datasource.rejectedRecords.nodes[0].id,
      ...datasource.timeline.nodes.map((entry: { id: string }) => entry.id),
    ] as string[];
  };
  for (const [who, made] of [
    [one, mine],
    [two, theirs],
  ] as const)
    await api.owner.sql`insert into notices (organisation_id, datasource_id, kind)
      values (${who.organisationId}, ${made.id}, 'sourceDown')`;
  const [own, foreign] = [await idsOf(one, mine), await idsOf(two, theirs)];
  const places = own.flatMap(
    (id) => /^TimelineEntry:[^:]+:(.):/.exec(Buffer.from(id, "base64url").toString())?.[1] ?? [],
  );
  expect(new Set(places), "each kind of entry").toEqual(new Set(["a", "n", "r"]));
  const node = async (id: string) =>
    (await one.ask(`query ($id: ID!) { node(id: $id) { id kind: __typename } }`, { id })).data.node;
  for (const id of own) expect(await node(id), Buffer.from(id, "base64url").toString()).toMatchObject({ id });
  for (const id of foreign) expect(await node(id), Buffer.from(id, "base64url").toString()).toBeNull();
  const absent = [
    globalId("Datasource", crypto.randomUUID()),
    globalId("Datasource", "notauuid"),
    globalId("Nothing", crypto.randomUUID()),
    "",
    "%%%",
    "x".repeat(500),
    globalId("Run", `${mine.id}:sync`),
    globalId("Stream", mine.id),
    globalId("TimelineEntry", `${mine.id}:a:999999999999`),
    globalId("TimelineEntry", `${theirs.id}:n:${crypto.randomUUID()}`),
    globalId("TimelineEntry", `${mine.id}:r:${theirs.id}:sync:1`),
    globalId("TimelineEntry", mine.id),
  ];
  for (const id of absent) expect(await node(id), id).toBeNull();
});

test("nodes that a role may not see are null, not an error", async () => {
  const { secret } = await makeToken(one, ["READ"]);
  const { data } = await one.ask("{ organisation { apiTokens(first: 1) { nodes { id } } } me { id } }");
  for (const id of [data.organisation.apiTokens.nodes[0].id, data.me.id]) {
    const answer = await withToken(api, secret)(`query ($id: ID!) { node(id: $id) { id } }`, { id });
    expect(answer).toMatchObject({ data: { node: null }, errors: undefined });
  }
});

test("a header that names another's organisation gets nothing, and there is no falling back", async () => {
  for (const slug of [two.slug, "no-such", "", "../", "canary-two"]) {
    const answer = await ask(
      api,
      { cookie: one.cookie, "x-organisation": slug },
      "{ organisation { id } datasources(first: 5) { nodes { id } } }",
    );
    if (slug === "") continue;
    expect(answer.data?.organisation ?? null, slug).toBeNull();
    expect(answer.errors?.[0]?.extensions["code"], slug).toBe("FORBIDDEN");
  }
});

test("the matrix covers every object type that carries rows", () => {
  const rootless = ["Query", "Mutation", "Subscription", "Snapshot", "Changes", "PageInfo"];
  const reachable = new Set<string>();
  const visit = (type: GraphQLObjectType) => {
    if (reachable.has(type.name)) return;
    reachable.add(type.name);
    for (const field of fieldsOf(type)) {
      const named = getNamedType(field.type);
      if (isObjectType(named)) visit(named);
      if (isUnionType(named) || isInterfaceType(named))
        for (const inner of schema.getPossibleTypes(named)) visit(inner);
    }
  };
  const query = schema.getQueryType();
  if (query != null) visit(query);
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && !type.name.startsWith("__") && !rootless.includes(type.name),
  );
  const unreached = types
    .filter((type) => !reachable.has(type.name) && !/(Success|Result)$/.test(type.name))
    .map(({ name }) => name);
  expect(unreached.filter((name) => !isEnumType(schema.getType(name)))).toEqual([
    "AlreadyConnected",
    "DatasourceGone",
    "FieldError",
    "InvalidInput",
    "KeyCheck",
    "KeyReads",
    "KeyRefused",
    "KeyReused",
    "LinkGone",
    "LinkLapsed",
    "NotAllowed",
    "NotPossibleNow",
    "OrganisationGone",
    "PlatformUnavailable",
    "PrerequisiteMissing",
    "SessionGone",
    "TokenGone",
    "TokenLimitReached",
    "TooManyForPlan",
    "UploadGone",
    "UploadRefused",
  ]);
});
