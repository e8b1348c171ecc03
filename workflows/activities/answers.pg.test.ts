// No command stays without an end: every kind with who ends it, and with what is said where nobody is left to.
import { randomUUID } from "node:crypto";
import { MockActivityEnvironment } from "@temporalio/testing";
import { commandKinds } from "@headwater/db/schema/values.ts";
import type { CommandKind } from "@headwater/db/schema/values.ts";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { RingTarget } from "../client.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import { answeredBy } from "./answers.ts";
import type { WorkDeps } from "./deps.ts";
import { createEntityActivities } from "./entity.ts";
import { createSweepActivities } from "./sweeps.ts";
import { makeHistoryRig } from "./testing/history-rig.ts";
import { sweepDeps } from "./testing/own-rows.ts";

let deps: WorkDeps;
let merchant: Merchant;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ deps, merchant, close } = await makeHistoryRig(inject("postgresUrl")));
});
afterAll(() => close());

/** Its source works, and was worked on just now. */
async function asked(kind: CommandKind, { ago = "2 days", args = {} }: { ago?: string; args?: object } = {}) {
  const target = await merchant.connect();
  await merchant.sql`update datasources set phase = 'LIVE', auth = 'ok', backfill = 'done', last_attempt_at = now()
    where id = ${target.datasourceId}`;
  const id = randomUUID();
  await merchant.sql`
    insert into commands (organisation_id, id, datasource_id, kind, args, args_hash, idempotency_key, actor, intent_version, created_at)
    values (${target.organisationId}, ${id}, ${target.datasourceId}, ${kind}, ${JSON.stringify(args)}::text::jsonb, '', ${id}, '{}', 1,
      now() - ${ago}::interval)`;
  return { ...target, id };
}
const endOf = async ({ id }: { id: string }) =>
  (await merchant.sql`select state, outcome, settled_at is not null as over from commands where id = ${id}`)[0];
const open = { state: "accepted", outcome: null, over: false };
const unanswered = { state: "failed", outcome: { code: "unanswered" }, over: true };
const sweep = () => new MockActivityEnvironment().run(() => createSweepActivities(sweepDeps(deps.db)).reconcile());
const read = (target: RingTarget) => createEntityActivities(deps).loadIntent(target);

describe("of each kind", () => {
  test.each(answeredBy("reading"))("%s is answered by being read", async (kind) => {
    const command = await asked(kind);
    await read(command);
    expect(await endOf(command)).toEqual({ state: "done", outcome: { code: "applied" }, over: true });
  });

  test.each(answeredBy("plan"))(
    "%s is answered by being read: there is a plan to move it in, or none",
    async (kind) => {
      const command = await asked(kind, { args: { from: "2026-01-01", to: "2026-01-02" } });
      await read(command);
      expect(await endOf(command)).toEqual({ state: "refused", outcome: { code: "nothingQueued" }, over: true });
    },
  );

  const byWork = answeredBy("run", "child", "look", "import", "switch");
  test.each(byWork)("%s is answered by work; what is left of it a day later is said to be", async (kind) => {
    const [command, young] = [await asked(kind), await asked(kind, { ago: "23 hours" })];
    await sweep();
    expect([await endOf(command), await endOf(young)]).toEqual([unanswered, open]);
  });

  test("somebody ends it", () => {
    expect([...answeredBy("reading", "plan"), ...byWork].toSorted()).toEqual([...commandKinds].toSorted());
  });
});

describe("it stays asked for", () => {
  const atWork: readonly [string, CommandKind, (of: RingTarget & { id: string }) => Promise<unknown>][] = [
    [
      "while windows are read: it waits its turn behind them",
      "resync",
      ({ organisationId, datasourceId }) => merchant.sql`insert into runs (organisation_id, id, datasource_id, kind, n)
        values (${organisationId}, ${`${datasourceId}:backfill:1`}, ${datasourceId}, 'backfill', 1)`,
    ],
    [
      "while days count otherwise: they would go on doing so",
      "resync",
      ({ id }) => merchant.sql`update commands set args = '{"because":"accountChanged"}' where id = ${id}`,
    ],
    [
      "while its sync goes on, however long",
      "syncNow",
      ({ organisationId, datasourceId }) => merchant.sql`insert into runs (organisation_id, id, datasource_id, kind, n)
        values (${organisationId}, ${`${datasourceId}:sync:1`}, ${datasourceId}, 'sync', 1)`,
    ],
    [
      "while a credential waits to be judged",
      "reauthorized",
      ({ datasourceId }) => merchant.sql`update grants set candidate_credential_id = gen_random_uuid()
        where id = (select grant_id from datasources where id = ${datasourceId})`,
    ],
    [
      "while the file is worked on",
      "upload",
      async ({ organisationId, datasourceId, id }) => {
        const [upload] = await merchant.sql<{ id: string }[]>`
          insert into uploads (organisation_id, datasource_id, how, filename, by, mode, state, size, sha256, asked)
          values (${organisationId}, ${datasourceId}, 'browser', 'costs.csv', '{}', 'upsert', 'received', 1, '', 'prepare') returning id`;
        await merchant.sql`update commands set args = jsonb_build_object('upload', ${upload?.id ?? ""}::text) where id = ${id}`;
      },
    ],
    [
      "while what is to take the place is on its way",
      "replace",
      async ({ id }) => {
        const { datasourceId } = await merchant.connect();
        await merchant.sql`update commands set args = jsonb_build_object('replacement', ${datasourceId}::text) where id = ${id}`;
      },
    ],
    [
      "while its source cannot be worked on",
      "syncNow",
      ({ datasourceId }) =>
        merchant.sql`update datasources set last_attempt_at = now() - interval '2 days' where id = ${datasourceId}`,
    ],
  ];
  test.each(atWork)("%s (%s)", async (_why, kind, happens) => {
    const command = await asked(kind);
    await happens(command);
    await sweep();
    expect(await endOf(command)).toEqual(open);
  });
});

test("what was to take the place comes to its end instead: whoever asked for that hears so", async () => {
  const replacement = await merchant.connect();
  const command = await asked("replace", { ago: "1 hour", args: { replacement: replacement.datasourceId } });
  await merchant.sql`update datasources set replaces = ${command.datasourceId}, phase = 'DISCONNECTING', disconnected_at = now()
    where id = ${replacement.datasourceId}`;
  const end = { ...replacement, generation: 0, seq: 99, to: "END", reason: "compensated" } as const;
  await createEntityActivities(deps).applyTransition(end);
  expect(await endOf(command)).toEqual({ state: "refused", outcome: { code: "notFinished" }, over: true });
});
