/** The restatement ledger of a datasource, and when a day that is held against the source settles. */
import { expect, test } from "vitest";
import { ownSource } from "../testing/own-source.ts";
import { makeDatasource, makeHistory } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const { api, owner, made, of } = ownSource();

interface Change {
  readonly of?: Made;
  readonly who?: Visitor;
  readonly metric: string;
  readonly at: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly cause?: string;
  readonly runId?: string | null;
}

const restate = ({ of: whose = made, who = owner, cause = "edit", runId = null, ...change }: Change) =>
  api.owner.sql`
    insert into restatements (organisation_id, account_id, metric, day, currency, before, after, cause, run_id, at)
    values (${who.organisationId}, ${whose.accountId}, ${change.metric}, '2026-11-09', 'INR', ${change.before},
      ${change.after}, ${cause}, ${runId}, ${change.at})`;

const FIELDS = "metric title day before after change currency cause at run { id kind }";

test("every change to a past day, the newest change first, a page at a time", async () => {
  await makeHistory(api, owner.organisationId, made);
  const run = `${made.id}:backfill:1`;
  await restate({ metric: "net_sales", at: "2026-11-12T10:00:00Z", before: "100.10", after: "99.9", runId: run });
  await restate({ metric: "orders", at: "2026-11-14T10:00:00Z", before: null, after: "41", cause: "reread" });
  await restate({ metric: "orders", at: "2026-11-13T10:00:00Z", before: "7", after: null, cause: "moonlight" });
  const first = (await of(`restatements(first: 2) { nodes { ${FIELDS} } pageInfo { endCursor hasNextPage } }`))
    .restatements;
  expect(first.nodes).toMatchObject([
    { metric: "orders", before: null, after: "41", change: "41", currency: null, cause: "REREAD", run: null },
    { metric: "orders", before: "7", after: null, change: "-7", cause: null },
  ]);
  expect(first).toMatchObject({ pageInfo: { hasNextPage: true } });
  const { restatements } = await of(
    `restatements(first: 2, after: "${first.pageInfo.endCursor}") { nodes { ${FIELDS} } pageInfo { hasNextPage } }`,
  );
  expect(restatements).toMatchObject({
    nodes: [
      {
        title: "Net sales",
        day: "2026-11-09",
        change: "-0.2",
        currency: "INR",
        cause: "EDIT",
        run: { kind: "BACKFILL" },
      },
    ],
    pageInfo: { hasNextPage: false },
  });
});

test("changes of the same instant are each on one page", async () => {
  const at = "2026-11-12T10:00:00Z";
  for (const after of ["1", "2", "3", "4", "5"]) await restate({ metric: "orders", at, before: "0", after });
  const seen: string[] = [];
  for (let cursor: string | null = null; ;) {
    const from: string = cursor === null ? "" : `, after: "${cursor}"`;
    const { restatements } = await of(
      `restatements(first: 2${from}) { nodes { after } pageInfo { endCursor hasNextPage } }`,
    );
    seen.push(...restatements.nodes.map(({ after }: { after: string }) => after));
    if (!restatements.pageInfo.hasNextPage) break;
    cursor = restatements.pageInfo.endCursor;
  }
  expect(seen.toSorted((a, b) => a.localeCompare(b))).toEqual(["1", "2", "3", "4", "5"]);
});

test("none of another account and none of another organisation is in it", async () => {
  const sister = await makeDatasource(api, owner.organisationId);
  const stranger = await signUp(api);
  const strange = await makeDatasource(api, stranger.organisationId);
  const at = "2026-11-12T10:00:00Z";
  await restate({ metric: "orders", at, before: "1", after: "2", of: sister });
  await restate({ metric: "orders", at, before: "1", after: "3", of: strange, who: stranger });
  expect(await of("restatements(first: 5) { nodes { after } }")).toEqual({
    restatements: { nodes: [] },
  });
});

test.each([
  ["shopify", "2026-11-10T00:30:00.000Z", "as its own totals need"],
  ["meta-ads", "2026-12-07T18:30:00.000Z", "as many days as it restates"],
  ["custom-costs", null, "a file changes nothing by itself"],
])("a changed day of %s settles at %s: %s", async (platform, settles, _why) => {
  await api.owner.sql`update datasources set platform = ${platform} where id = ${made.id}`;
  await restate({ metric: "orders", at: "2026-11-12T10:00:00Z", before: "1", after: "2" });
  expect(await of("restatements(first: 1) { nodes { settlesAt } }")).toEqual({
    restatements: { nodes: [{ settlesAt: settles }] },
  });
});

test("a run of another datasource of the account is not told of", async () => {
  const before = await makeDatasource(api, owner.organisationId);
  await makeHistory(api, owner.organisationId, before);
  const runId = `${before.id}:backfill:1`;
  await restate({ metric: "orders", at: "2026-11-12T10:00:00Z", before: "1", after: "2", runId });
  expect(await of("restatements(first: 5) { nodes { after run { id } } }")).toEqual({
    restatements: { nodes: [{ after: "2", run: null }] },
  });
});

test("a cursor of another list is refused", async () => {
  const { errors } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { restatements(first: 1, after: "eHg") { nodes { day } } } }`,
    { id: made.gid },
  );
  expect(errors?.[0]?.extensions["code"]).toBe("INVALID_INPUT");
});

test("a day settles as many hours after its end as its source needs, by the account's own clock", async () => {
  await api.owner.sql`insert into spot_checks (organisation_id, datasource_id, metric, day, currency, ours, theirs)
    values (${owner.organisationId}, ${made.id}, 'orders', '2026-11-09', 'INR', 1, 1)`;
  expect(await of("isSpotChecked spotChecks(first: 1) { nodes { settlesAt } }")).toEqual({
    isSpotChecked: true,
    spotChecks: { nodes: [{ settlesAt: "2026-11-10T00:30:00.000Z" }] },
  });
  const files = await makeDatasource(api, owner.organisationId, { facts: { platform: "custom-costs" } });
  const { data } = await owner.ask(`query ($id: ID!) { datasource(id: $id) { isSpotChecked } }`, { id: files.gid });
  expect(data.datasource.isSpotChecked).toBe(false);
});
