import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Merchant } from "../temporal/testing/merchant.ts";
import { countFailure } from "./budget.ts";
import type { WorkDeps } from "./deps.ts";
import { createEntityActivities } from "./entity.ts";
import { writeAuth, writeVerdict } from "./judging.ts";
import { makeHistoryRig } from "./testing/history-rig.ts";
import { inTenantOf } from "./writing.ts";

let deps: WorkDeps;
let merchant: Merchant;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ deps, merchant, close } = await makeHistoryRig(inject("postgresUrl")));
  const id = randomUUID();
  await merchant.sql`insert into users (id, name, email) values (${id}, 'Mira', ${`${id}@example.com`})`;
  await merchant.sql`insert into memberships (organisation_id, user_id, role) values (${merchant.organisationId}, ${id}, 'owner')`;
});
afterAll(() => close());

async function connected() {
  const { organisationId, datasourceId } = await merchant.connect();
  await merchant.sql`
    update datasources set phase = 'LIVE', auth = 'ok', connected_at = now(), name = ${datasourceId} where id = ${datasourceId}`;
  return { organisationId, datasourceId, generation: 0 };
}

const told = async ({ datasourceId }: { datasourceId: string }) => {
  const notices = await merchant.sql<{ kind: string; over: boolean }[]>`
    select kind, resolved_at is not null as over from notices where datasource_id = ${datasourceId} order by since, id`;
  const mails = await merchant.sql<{ kind: string }[]>`
    select kind from mails where details ->> 'account' = ${datasourceId} order by kind`;
  return { notices: [...notices], mails: mails.map(({ kind }) => kind) };
};

test("a pause of ours is told with the hold itself, and over when it is read that somebody resumed it", async () => {
  const ref = await connected();
  const said = { notices: [{ kind: "pausedByPlatform", over: false }], mails: ["pausedByUs"] };
  for (let n = 0; n < 50 && (await told(ref)).notices.length === 0; n += 1) await countFailure(deps, ref, "500");
  expect(await told(ref)).toEqual(said);
  const activities = createEntityActivities(deps);
  await activities.loadIntent(ref);
  expect(await told(ref)).toEqual(said);
  await merchant.sql`update holds set released_at = now() where datasource_id = ${ref.datasourceId}`;
  await activities.loadIntent(ref);
  expect(await told(ref)).toEqual({ ...said, notices: [{ kind: "pausedByPlatform", over: true }] });
});

test("a grant that ended by its time is told with the phase that it makes", async () => {
  const ref = await connected();
  await merchant.sql`
    update grants set ends_at = now() - interval '1 second' where id = (select grant_id from datasources where id = ${ref.datasourceId})`;
  await createEntityActivities(deps).applyTransition({
    ...ref,
    seq: 99,
    to: "REAUTHORIZE",
    reason: "credentialFailed",
  });
  expect(await told(ref)).toEqual({ notices: [{ kind: "accessLost", over: false }], mails: ["grantEnded"] });
});

test("a disconnect that was undone before anything moved is told when the engine reads it", async () => {
  const ref = await connected();
  await merchant.sql`
    update datasources set phase = 'REAUTHORIZE', auth = 'revoked', auth_since = now(), auth_reason = '{"code": "disconnectUndone"}'
    where id = ${ref.datasourceId}`;
  const activities = createEntityActivities(deps);
  for (let n = 0; n < 2; n += 1) await activities.loadIntent(ref);
  expect(await told(ref)).toEqual({ notices: [{ kind: "accessLost", over: false }], mails: ["disconnectUndone"] });
});

test("access that works again is over in the notice with the state itself, of that datasource alone", async () => {
  const [ref, other] = [await connected(), await connected()];
  const revoked = { kind: "credential", auth: "revoked", reason: { code: "revokedAtSource", said: "401" } } as const;
  for (const one of [ref, other]) await inTenantOf(deps, one, (tx) => writeVerdict(tx, one.datasourceId, revoked));
  await inTenantOf(deps, ref, (tx) => writeAuth(tx, ref.datasourceId, "ok", null));
  expect([(await told(ref)).notices, (await told(other)).notices]).toEqual([
    [{ kind: "accessLost", over: true }],
    [{ kind: "accessLost", over: false }],
  ]);
});
