import type { TenantTransaction } from "@headwater/db";
import { describe, expect, test } from "vitest";
import { placeHold } from "./budget.ts";
import { writeAuth, writeVerdict } from "./judging.ts";
import { noticeFailedStreams, raiseNotice } from "./noticing.ts";
import { tellPeople } from "./telling.ts";
import { closeFrozen } from "./telling-troubles.ts";
import { tellingRig } from "./testing/telling-rig.ts";
import { inTenantOf } from "./writing.ts";

const rig = tellingRig();
const { source, told, mails } = rig;

const ofOwner = async () => (await mails()).filter(({ to }) => to.startsWith("owner"));
const kinds = async () => (await ofOwner()).map(({ kind }) => kind);
const refOf = (id: string) => ({ organisationId: rig.merchant.organisationId, datasourceId: id });
const tell = () => tellPeople(rig.deps);
/** A sync comes through, and a quarter of an hour goes by. */
const works = async (id: string) => {
  await rig.merchant
    .sql`update notices set resolved_at = resolved_at - interval '15 minutes' where datasource_id = ${id}`;
  await rig.merchant.sql`update datasources set last_success_at = clock_timestamp() where id = ${id}`;
  await tell();
};

describe("a store that its source has frozen", () => {
  const freeze = (id: string) =>
    inTenantOf(rig.deps, refOf(id), (tx) => writeVerdict(tx, id, { kind: "frozen", said: "402" }));
  const holds = (id: string, change: "lapse" | "release") => rig.merchant.sql`
    update holds set ${change === "lapse" ? rig.merchant.sql`until = now() - interval '1 second'` : rig.merchant.sql`released_at = now()`}
    where datasource_id = ${id}`;
  const phase = (id: string, to: string) => rig.merchant.sql`update datasources set phase = ${to} where id = ${id}`;

  test("is told with the hold itself, once to each who manages, however often it is looked at again, and when it is open", async () => {
    const id = await source("Tea");
    await phase(id, "PAUSED");
    await freeze(id);
    const standing = [{ kind: "frozenAtSource", times: 1, isOver: false }];
    expect(await told(id)).toMatchObject(standing);
    const sent = await mails();
    expect(sent.map(({ kind }) => kind)).toEqual(["frozenAtSource", "frozenAtSource"]);
    expect(new Set(sent.map(({ to }) => to.split("-")[0]))).toEqual(new Set(["owner", "admin"]));
    expect(sent[0]?.details).toMatchObject({ account: "Tea", page: await rig.pageOf(id) });
    await holds(id, "lapse");
    await freeze(id);
    await holds(id, "release"); // somebody resumes, and it is frozen still
    await tell();
    await freeze(id);
    await tell();
    expect(await told(id)).toMatchObject(standing);
    expect(await kinds()).toEqual(["frozenAtSource"]);
    await holds(id, "release");
    await inTenantOf(rig.deps, refOf(id), (tx) => closeFrozen(tx, id));
    await phase(id, "LIVE");
    expect(await told(id)).toMatchObject([{ isOver: true }]);
    await works(id);
    expect(await kinds()).toEqual(["frozenAtSource", "recovered"]);
  });

  test("and one whose access then ends needs a sign-in, and is told as that alone", async () => {
    const id = await source();
    await phase(id, "PAUSED");
    await freeze(id);
    await holds(id, "lapse");
    const reason = { code: "revokedAtSource", said: "401" } as const;
    await inTenantOf(rig.deps, refOf(id), (tx) => writeAuth(tx, id, "revoked", reason));
    await tell();
    expect((await told(id)).toSorted((a, b) => a.kind.localeCompare(b.kind))).toMatchObject([
      { kind: "accessLost", isOver: false },
      { kind: "frozenAtSource", isOver: true },
    ]);
  });
});

describe("streams that fail while the others go on", () => {
  const fail = (id: string, ...streams: string[]) =>
    inTenantOf(rig.deps, refOf(id), (tx) =>
      noticeFailedStreams(
        tx,
        id,
        streams.map((stream) => ({ stream, failure: { class: "invalid_request", code: "x", said: "no such field" } })),
      ),
    );

  test("are one notice and, once a second sync has met them, one mail that names them all; and it is told that they are read again", async () => {
    const id = await source("Tea");
    await fail(id, "refunds", "fees");
    await tell();
    expect(await told(id)).toMatchObject([{ kind: "streamsFailed", isOver: false }]);
    expect(await kinds(), "it may come right with the next sync").toEqual([]);
    await fail(id, "refunds", "fees");
    await fail(id, "refunds", "fees", "payouts");
    await tell();
    expect((await ofOwner()).map(({ kind, details }) => [kind, details])).toMatchObject([
      ["streamsFailed", { account: "Tea", streams: ["refunds", "fees"], page: await rig.pageOf(id) }],
    ]);
    await rig.merchant.sql`update notices set resolved_at = now() where datasource_id = ${id}`;
    await works(id);
    expect(await kinds()).toEqual(["streamsFailed", "recovered"]);
  });

  test("where it is for us alone to mend, nobody is written to", async () => {
    const id = await source();
    const failure = { class: "invalid_request", code: "source.versionRetired", said: "gone" } as const;
    for (let n = 0; n < 3; n += 1)
      await inTenantOf(rig.deps, refOf(id), (tx) => noticeFailedStreams(tx, id, [{ stream: "orders", failure }]));
    await tell();
    expect(await told(id)).toMatchObject([{ kind: "versionRetired", isOver: false }]);
    expect(await kinds()).toEqual([]);
  });
});

test("a history with holes is mailed once, though a disconnect came between and was undone; another hole is another mail", async () => {
  const id = await source("Tea");
  const { organisationId } = rig.merchant;
  const hole = async (position: number) => {
    await rig.merchant.sql`insert into runs (organisation_id, id, datasource_id, kind, n, state, finished_at)
      values (${organisationId}, ${`${id}:backfill:${position}`}, ${id}, 'backfill', ${position}, 'failed', now())`;
    await rig.merchant
      .sql`insert into slices (organisation_id, run_id, datasource_id, stream, position, state, finished_at, from_at, to_at)
      values (${organisationId}, ${`${id}:backfill:${position}`}, ${id}, 'orders', ${position}, 'failed', clock_timestamp(),
        now() - interval '7 days', now())`;
    await rig.merchant.sql`update datasources set backfill = 'failed' where id = ${id}`;
  };
  await hole(1);
  await tell();
  for (const at of ["now()", "null"]) {
    await rig.merchant.sql`update datasources set disconnected_at = ${rig.merchant.sql.unsafe(at)} where id = ${id}`;
    await tell();
  }
  expect(await told(id)).toMatchObject([
    { kind: "historyIncomplete", isOver: true },
    { kind: "historyIncomplete", isOver: false },
  ]);
  expect(await kinds()).toEqual(["historyIncomplete"]);
  await rig.merchant.sql`update slices set state = 'done', finished_at = clock_timestamp() where datasource_id = ${id}`;
  await rig.merchant.sql`update datasources set backfill = 'done' where id = ${id}`;
  await tell();
  await hole(2);
  await tell();
  expect(await kinds()).toEqual(["historyIncomplete", "historyIncomplete"]);
});

test("what a run still says of its source after the disconnect stands nowhere: nothing would ever close it", async () => {
  const id = await source();
  await rig.merchant.sql`update datasources set disconnected_at = now() where id = ${id}`;
  await inTenantOf(rig.deps, refOf(id), (tx) => raiseNotice(tx, id, "sourceDown", { said: "503" }));
  expect(await told(id)).toEqual([]);
});

describe("what another took the place of, while it is read once more", () => {
  const turnsOut: readonly [string, (tx: TenantTransaction, id: string) => Promise<unknown>][] = [
    ["its login is gone", (tx, id) => writeAuth(tx, id, "revoked", { code: "revokedAtSource", said: "401" })],
    ["it is frozen", (tx, id) => writeVerdict(tx, id, { kind: "frozen", said: "402" })],
    ["it fails once too often", (tx, id) => placeHold(tx, id, { reason: "repeatedFailures", said: "odd" })],
    [
      "a stream fails again",
      async (tx, id) => {
        const failure = { class: "invalid_request", code: "x", said: "no such field" } as const;
        for (let n = 0; n < 2; n += 1) await noticeFailedStreams(tx, id, [{ stream: "refunds", failure }]);
      },
    ],
  ];

  test.each(turnsOut)("asks nobody to mend it where %s", async (_how, write) => {
    const id = await source("Tea");
    await rig.merchant.sql`update datasources set replaced_at = now() where id = ${id}`;
    await inTenantOf(rig.deps, refOf(id), (tx) => write(tx, id));
    await tell();
    expect(await kinds()).toEqual([]);
  });
});
