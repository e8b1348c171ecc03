import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { datasourceWorkflowId } from "../client.ts";
import { startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import type { RingTarget } from "../client.ts";
import { historyOf, timesAsked } from "./testing/histories.ts";
import { commandUntil, connected, phaseUntil } from "./testing/waiting.ts";
import { until } from "./testing/until.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ postgresUrl: inject("postgresUrl"), temporalAddress: inject("temporalAddress") });
  await engine.startWorkers();
  const { merchant } = engine;
  const owner = randomUUID();
  await merchant.sql`insert into users (id, name, email) values (${owner}, 'Mira', ${`${owner}@example.com`})`;
  await merchant.sql`insert into memberships (organisation_id, user_id, role) values (${merchant.organisationId}, ${owner}, 'owner')`;
});
afterAll(() => engine.close());

const frozen = {
  kind: "failed",
  failure: { class: "permission", lacks: "open", curedBy: "source", code: "fake.frozen", said: "frozen" },
} as const;
const looks = async (id: string) =>
  timesAsked((await historyOf(engine.client, datasourceWorkflowId(id))).history, "verify");

const told = async ({ organisationId, datasourceId }: RingTarget) => {
  const { sql } = engine.merchant;
  const notices = await sql<{ kind: string; cause: string | null; over: boolean }[]>`
    select kind, detail ->> 'cause' as cause, resolved_at is not null as over from notices
    where datasource_id = ${datasourceId} order by since, id`;
  const page = Buffer.from(`Datasource:${datasourceId}`).toString("base64url");
  const mails = await sql<{ kind: string }[]>`
    select kind from mails where organisation_id = ${organisationId} and details ->> 'page' like ${`%/${page}`} order by created_at, id`;
  return { notices: [...notices], mails: mails.map(({ kind }) => kind) };
};

test("a frozen shop is looked at once, not in a loop, and at once again when somebody consents anew", async () => {
  const { merchant, source } = engine;
  const target = await merchant.connect();
  source.when(target.datasourceId, { verify: () => frozen, keepsCandidate: true });
  await merchant.comeBack(target);
  await phaseUntil(engine, target, "PAUSED");
  await connected(engine); // another one lives through its whole history meanwhile
  expect(await looks(target.datasourceId)).toBe(1);
  const frozenSince = { kind: "frozenAtSource", cause: null };
  expect(await told(target)).toEqual({ notices: [{ ...frozenSince, over: false }], mails: ["frozenAtSource"] });
  source.when(target.datasourceId, {});
  await merchant.comeBack(target);
  await until(
    () => merchant.row(target),
    (row) => row?.auth === "ok" && row.phase === "LIVE",
  );
  expect(await told(target)).toEqual({ notices: [{ ...frozenSince, over: true }], mails: ["frozenAtSource"] });
});

test("a disconnect that was undone asks to sign in again by notice and mail with the undo itself, and says that we had ended it", async () => {
  const target = await connected(engine);
  const { merchant } = engine;
  await merchant.command(
    target,
    "disconnect",
    "disconnected_at = now(), undo_until = now() + interval '10 minutes', generation = generation + 1",
  );
  await commandUntil(engine, await merchant.command(target, "undoDisconnect"));
  await phaseUntil(engine, target, "REAUTHORIZE");
  const notices = [{ kind: "accessLost", cause: "disconnectUndone", over: false }];
  expect(await told(target)).toEqual({ notices, mails: ["disconnectUndone"] });
});

test("undone on a login that another stands on, it is looked at and syncs again, and nobody is told", async () => {
  const { merchant, source } = engine;
  const [target, other] = [await connected(engine), await connected(engine)];
  const { datasourceId } = target;
  await merchant.sql`
    update datasources set grant_id = (select grant_id from datasources where id = ${other.datasourceId}) where id = ${datasourceId}`;
  await merchant.command(
    target,
    "disconnect",
    "disconnected_at = now(), undo_until = now() + interval '10 minutes', generation = generation + 1",
  );
  await until(
    () =>
      merchant.sql`select 1 from datasources where id = ${datasourceId} and phase_reason ->> 'code' = 'compensated'`,
    (rows) => rows.length === 1,
  );
  const before = source.callsOf(datasourceId).length;
  const undone = "disconnected_at = null, undo_until = null, generation = generation + 1";
  await commandUntil(engine, await merchant.command(target, "undoDisconnect", undone));
  const callsSince = await until(
    () => Promise.resolve(source.callsOf(datasourceId).slice(before)),
    (calls) => calls.some((call) => call.startsWith("sync")),
  );
  expect(callsSince[0]).toBe("verify");
  await phaseUntil(engine, target, "LIVE");
  expect(await told(target)).toEqual({ notices: [], mails: [] });
});
