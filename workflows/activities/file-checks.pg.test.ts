// Which files are due to be held against what stands of them, and how many of them in a day.
import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, expect, test } from "vitest";
import type { RingTarget } from "../client.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import type { SweepDeps } from "./deps.ts";
import { askForChecks } from "./file-checks.ts";
import { ownRows, sweepDeps } from "./testing/own-rows.ts";

let target: RingTarget;
const rung: string[] = [];
const ringer = { ring: (one: RingTarget) => Promise.resolve(void rung.push(one.datasourceId)) };
const own = ownRows(ringer);
let merchant: Merchant;
let deps: SweepDeps;
beforeAll(() => {
  ({ merchant } = own);
  deps = sweepDeps(own.worker, { ringer });
});
beforeEach(async () => {
  await merchant.sql`delete from datasources`;
  target = await merchant.connect({ platform: "custom-costs" });
  await merchant.sql`update datasources set phase = 'LIVE', auth = 'ok' where id = ${target.datasourceId}`;
  await merchant.sql`insert into cost_books (organisation_id, datasource_id, head, last_version)
    values (${target.organisationId}, ${target.datasourceId}, 50, 50)`;
  rung.length = 0;
});

interface Given {
  readonly version: number;
  readonly state?: string;
  readonly checkedDaysAgo?: number;
  readonly checked?: string;
  readonly erased?: boolean;
  readonly asked?: string;
  readonly size?: number;
}
async function put({ version, state = "committed", checkedDaysAgo, checked, erased, asked, size = 1 }: Given) {
  const at = checkedDaysAgo === undefined ? null : new Date(Date.now() - checkedDaysAgo * 86_400_000);
  await merchant.sql`
    insert into uploads (organisation_id, id, datasource_id, how, filename, by, mode, size, sha256, state, version, checked_at, checked, erased_at, asked)
    values (${target.organisationId}, ${randomUUID()}, ${target.datasourceId}, 'api', ${`v${version}`}, '{"kind":"system","name":"test"}', 'upsert',
      ${size}, '0', ${state}, ${version}, ${at}, ${checked ?? null}::text::jsonb, ${erased === true ? new Date() : null}, ${asked ?? null})`;
}
const asked = async (): Promise<string[]> =>
  (await merchant.sql<{ filename: string }[]>`select filename from uploads where asked = 'check' order by version`).map(
    (row) => row.filename,
  );

test("those that count and are kept, a day after they were looked at; nothing twice, and the workflow is rung once", async () => {
  await put({ version: 1 });
  await put({ version: 2, checkedDaysAgo: 2, checked: '{"state":"equal","sums":[]}' });
  await put({ version: 3, checkedDaysAgo: 0.5, checked: '{"state":"equal","sums":[]}' });
  await put({ version: 4, erased: true });
  await put({ version: 5, state: "undone" });
  await put({ version: 6, asked: "undo" });
  await put({ version: 7, checkedDaysAgo: 2, checked: '{"state":"superseded","head":50}' });
  await put({ version: 8, checkedDaysAgo: 2, checked: '{"state":"superseded","head":51}' });
  await put({ version: 51 });
  await askForChecks(deps);
  expect(await asked()).toEqual(["v1", "v2", "v8"]);
  expect(rung).toEqual([target.datasourceId]);
  await askForChecks(deps);
  expect(rung).toHaveLength(1);
});

test("twenty in a day, those that have waited longest first; after the first no more than a gigabyte", async () => {
  for (let version = 1; version <= 30; version += 1) await put({ version, checkedDaysAgo: 40 - version });
  await askForChecks(deps);
  expect(await asked()).toEqual(
    Array.from({ length: 20 }, (_, n) => `v${n + 1}`).toSorted((a, b) => +a.slice(1) - +b.slice(1)),
  );
  await merchant.sql`update uploads set asked = null, checked_at = now(), checked = '{"state":"equal"}' where asked = 'check'`;
  await askForChecks(deps);
  expect(await asked()).toEqual([]);
  await merchant.sql`delete from uploads`;
  await put({ version: 1, checkedDaysAgo: 9, size: 10 ** 10 });
  await put({ version: 2, checkedDaysAgo: 8 });
  await askForChecks(deps);
  expect(await asked()).toEqual(["v1"]);
});

test("a datasource that is paused or ended is left alone", async () => {
  await put({ version: 1 });
  await merchant.sql`update datasources set phase = 'PAUSED'`;
  await askForChecks(deps);
  await merchant.sql`update datasources set phase = 'LIVE', disconnected_at = now()`;
  await askForChecks(deps);
  expect(await asked()).toEqual([]);
});
