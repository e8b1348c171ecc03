/** A datasource of files: there without any consent, not synced until its first file, then file after file, each in a child of its own. */
import { deepStrictEqual } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { RingTarget } from "../../client.ts";
import type { Engine } from "./engine.ts";
import { until } from "./until.ts";

/** Asked for so many seconds ago: the oldest is taken first. */
async function putUpload({ merchant }: Engine, target: RingTarget, seconds: number): Promise<string> {
  const id = randomUUID();
  await merchant.sql`
    insert into uploads (organisation_id, id, datasource_id, how, filename, by, mode, size, sha256, state, asked, asked_at)
    values (${target.organisationId}, ${id}, ${target.datasourceId}, 'api', 'costs.csv', '{"kind":"system","name":"test"}',
      'upsert', 1, '0', 'received', 'commit', now() - ${seconds}::int * interval '1 second')`;
  return id;
}

const settled = ({ merchant }: Engine, target: RingTarget, count: number) =>
  until(
    async () =>
      (await merchant.sql`select 1 from uploads where datasource_id = ${target.datasourceId} and asked is null`).length,
    (done) => done === count,
  );

export async function filesImported(engine: Engine): Promise<RingTarget> {
  const { merchant, source } = engine;
  const target = await merchant.connect({ platform: "custom-costs" });
  await until(
    () => merchant.row(target),
    (row) => row?.phase === "LIVE" && row.auth === "ok" && row.backfill === "done",
  );
  const first = await putUpload(engine, target, 0);
  await merchant.command(target, "upload");
  await settled(engine, target, 1);
  const others = [await putUpload(engine, target, 2), await putUpload(engine, target, 1)];
  await merchant.command(target, "upload");
  await settled(engine, target, 3);
  const worked = source.callsOf(target.datasourceId).filter((call) => call.startsWith("upload:"));
  deepStrictEqual(
    [...new Set(worked)], // a busy machine may have a call repeated
    [first, ...others].map((id) => `upload:${id}`),
  );
  // There is nothing to go and fetch: whoever asks is told, and no session is opened that would find no grant.
  const asked = await merchant.command(target, "syncNow");
  await until(
    async () => (await merchant.sql<{ state: string }[]>`select state from commands where id = ${asked}`)[0]?.state,
    (state) => state === "refused",
  );
  deepStrictEqual(
    source.callsOf(target.datasourceId).filter((call) => call.startsWith("sync")),
    [],
  );
  return target;
}
