// How much of what the dossier of costs allows, each at its edge: one more is refused.
import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { globalId, idIn } from "../graphql/node.ts";
import { signUpWithCosts } from "../testing/costs.ts";
import type { CostsOwner } from "../testing/costs.ts";
import { ownApi } from "../testing/own-api.ts";

const api = ownApi();
let its: CostsOwner;
beforeEach(async () => {
  its = await signUpWithCosts(api);
});

const datasource = () => idIn("Datasource", its.costs) ?? "";

/** Files of before, each with a number from 1 on. */
const fill = (times: number, ago: string, state: "announced" | "committed") =>
  api.owner.sql`
    insert into uploads (organisation_id, datasource_id, how, filename, by, mode, size, sha256, state, version, created_at)
    select ${its.owner.organisationId}, ${datasource()}, 'api', 'a.csv', '{"kind":"system","name":"test"}', 'upsert', 1, '0', ${state},
      n, now() - ${ago}::interval from generate_series(1, ${times}::int) as n`;

test.each([
  [30, "50 minutes"],
  [200, "23 hours 50 minutes"],
])("%d files are taken within the time that counts; one more is told when to come again", async (most, ago) => {
  await fill(most - 1, ago, "announced");
  expect((await its.announce()).status).toBe(201);
  const refused = await its.announce();
  expect(refused.status).toBe(429);
  const seconds = Number(refused.headers.get("retry-after"));
  expect(seconds).toBeGreaterThan(60);
  expect(seconds).toBeLessThanOrEqual(600);
  await api.owner
    .sql`update uploads set created_at = created_at - interval '11 minutes' where datasource_id = ${datasource()}`;
  expect((await its.announce()).status).toBe(201);
});

test("twenty commits can be taken back, the one before them no more", async () => {
  await fill(21, "1 day", "committed");
  await api.owner.sql`insert into cost_books (organisation_id, datasource_id, head, last_version)
    values (${its.owner.organisationId}, ${datasource()}, 21, 21)`;
  const rows = await api.owner.sql<{ id: string; version: number }[]>`
    select id, version from uploads where datasource_id = ${datasource()} order by version`;
  const undo = async (version: number): Promise<string> => {
    const upload = globalId("Upload", rows.find((row) => row.version === version)?.id ?? "");
    const { data } = await its.owner.ask(
      `mutation ($i: UndoUploadInput!) { undoUpload(input: $i) { is: __typename } }`,
      {
        i: { upload, idempotencyKey: randomUUID() },
      },
    );
    return data.undoUpload.is;
  };
  const { data } = await its.owner.ask(
    `query ($id: ID!) { datasource(id: $id) { uploads(first: 50) { nodes { canUndo } } } }`,
    { id: its.costs },
  );
  const can = data.datasource.uploads.nodes.filter(({ canUndo }: { canUndo: boolean }) => canUndo);
  expect(can).toHaveLength(20);
  expect([await undo(1), await undo(2)]).toEqual(["UploadRefused", "UndoUploadSuccess"]);
});

test("a program is told a thousand findings of a file, and where the rest is", async () => {
  await fill(1, "1 minute", "announced");
  const [upload] = await api.owner.sql<[{ id: string }]>`select id from uploads where datasource_id = ${datasource()}`;
  await api.owner.sql`insert into upload_findings (organisation_id, upload_id, line, n, code, severity)
    select ${its.owner.organisationId}, ${upload.id}, n, 0, 'E_DATE', 'error' from generate_series(2, 1002) as n`;
  const told = await (await fetch(`${api.url}/v1/uploads/${upload.id}`, { headers: its.bearer })).json();
  expect(told.errors).toHaveLength(1_000);
  expect(told.errors.at(-1)).toMatchObject({ line: 1_001 });
  expect(told.report_url).toBe(`/v1/uploads/${upload.id}/report.csv`);
});

test("a feed is pulled every quarter of an hour at most, and once a week at least", async () => {
  const save = async (everyMinutes: number): Promise<object> => {
    const input = {
      datasource: its.costs,
      name: "Daily",
      url: "https://files.example.com/costs.csv",
      auth: "none",
      everyMinutes,
      idempotencyKey: randomUUID(),
    };
    const { data } = await its.owner.ask(
      `mutation ($input: SaveFeedInput!) { saveFeed(input: $input) { is: __typename ... on InvalidInput { fields { path } } } }`,
      { input },
    );
    return data.saveFeed;
  };
  const refused = { is: "InvalidInput", fields: [{ path: "everyMinutes" }] };
  const week = 7 * 24 * 60;
  expect([await save(14), await save(15), await save(week), await save(week + 1)]).toEqual([
    refused,
    { is: "SaveFeedSuccess" },
    { is: "SaveFeedSuccess" },
    refused,
  ]);
});
