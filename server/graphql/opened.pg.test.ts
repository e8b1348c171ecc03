/** Who opened a datasource's page, and what that says where one has to go or to pause. */
import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { give } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { joinAs, makeToken, setPlan, signUp, withToken } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
let made: Made;
beforeEach(async () => {
  owner = await signUp(api);
  made = await makeDatasource(api, owner.organisationId, { facts: { connectedAt: daysAgo(90) } });
});

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
const OPEN = `mutation ($i: MarkDatasourceOpenedInput!) { r: markDatasourceOpened(input: $i) { is: __typename
  ... on MarkDatasourceOpenedSuccess { datasource { id lastOpenedAt } } ... on UserError { code } } }`;
const open = async (who: Visitor, datasource: string) => (await who.ask(OPEN, { i: { datasource } })).data.r;
const seen = async () => {
  const { data } = await owner.ask("{ organisation { usage { apps { datasource { id lastOpenedAt } } } } }");
  return data.organisation.usage.apps[0].datasource.lastOpenedAt;
};
const written = async () => {
  const [row] = await api.owner.sql<{ revision: string; at: Date | null }[]>`
    select revision::text, last_opened_at as at from datasources where id = ${made.id}`;
  return row;
};

test("is told by any member, a viewer too, once a minute at most", async () => {
  expect(await seen()).toBeNull();
  const viewer = await joinAs(api, owner, "viewer");
  expect(await open(viewer, made.gid)).toMatchObject({
    is: "MarkDatasourceOpenedSuccess",
    datasource: { id: made.gid, lastOpenedAt: expect.any(String) },
  });
  const first = await seen();
  expect(Math.abs(Date.parse(first) - Date.now())).toBeLessThan(300_000);
  const before = await written();
  await open(owner, made.gid);
  expect(await written(), "nothing is written so soon again").toEqual(before);
  await api.owner.sql`update datasources set last_opened_at = now() - interval '61 seconds' where id = ${made.id}`;
  await open(owner, made.gid);
  expect(Date.parse(await seen())).toBeGreaterThanOrEqual(Date.parse(first));
});

test("is told by nobody else: of a foreign one nothing is marked and nothing said, and a program opens no page", async () => {
  const stranger = await signUp(api);
  for (const id of [made.gid, "nonsense", Buffer.from("Datasource:1").toString("base64url")])
    expect(await open(stranger, id)).toEqual({ is: "MarkDatasourceOpenedSuccess", datasource: null });
  const { secret } = await makeToken(owner, ["READ", "MANAGE"]);
  expect((await withToken(api, secret)(OPEN, { i: { datasource: made.gid } })).data.r).toMatchObject({
    code: "NOT_ALLOWED",
  });
  expect(await seen()).toBeNull();
});

test("of those that all bring something, the one that nobody opened for longest is named first", async () => {
  await setPlan(api, owner, "growth");
  const facts = { connectedAt: daysAgo(90), lastSuccessAt: new Date() };
  const others = [
    await makeDatasource(api, owner.organisationId, { facts: { ...facts, lastOpenedAt: daysAgo(40) } }),
    await makeDatasource(api, owner.organisationId, { facts: { ...facts, lastOpenedAt: daysAgo(3) } }),
    await makeDatasource(api, owner.organisationId, { facts: { ...facts, lastOpenedAt: daysAgo(20) } }),
  ];
  await open(owner, made.gid);
  const { data } = await owner.ask(
    `mutation ($i: SetPlanInput!) { r: setPlan(input: $i) { ... on TooManyForPlan { datasources { id lastOpenedAt } } } }`,
    { i: { plan: "free", idempotencyKey: randomUUID() } },
  );
  const order = [others[0]?.gid, others[2]?.gid, others[1]?.gid, made.gid];
  expect(data.r.datasources.map(({ id }: { id: string }) => id)).toEqual(order);
  await api.owner.sql`update organisations set plan = 'free' where id = ${owner.organisationId}`;
  const full = await give(owner, "connect", null);
  expect(full).toMatchObject({ is: "SlotLimitReached", leastUsed: { id: order[0] } });
});
