// The history of feeds: what each pull met, which of our tries it was, what it brought; and how little of it is written
// where nothing changes.
import { connectorFor } from "@headwater/connectors/connectors.ts";
import type { Answer } from "@headwater/connectors/outbound/outbound.ts";
import { runId } from "@headwater/db";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { LoadDeps } from "../load/contract.ts";
import { syncOnce } from "../load/sync-once.ts";
import { makeLedgerRig } from "./testing/ledger-rig.ts";
import type { LedgerRig } from "./testing/ledger-rig.ts";

let rig: LedgerRig;
let deps: LoadDeps;
/** What each path answers next: a status, or a file's text. */
let answers: Map<string, number | string>;
let whileItAnswers: () => Promise<void>;
beforeAll(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
});
afterAll(() => rig.close());
beforeEach(async () => {
  for (const table of ["cost_feeds", "uploads", "runs", "calls"]) await rig.owner`delete from ${rig.owner(table)}`;
  answers = new Map();
  whileItAnswers = () => Promise.resolve();
  const send = async ({ url }: { readonly url: string }) => {
    await whileItAnswers();
    return answer(answers.get(new URL(url).pathname) ?? 304);
  };
  deps = { ...rig.deps, connectorOf: connectorFor, outbound: { ...rig.deps.outbound, send } };
});

const etag = '"mark"';

function answer(given: number | string): Answer {
  const body = typeof given === "string" ? given : "";
  return {
    status: typeof given === "string" ? 200 : given,
    headers: given === 429 ? { "retry-after": "480" } : { etag },
    text: () => Promise.resolve(body),
    json: () => Promise.reject(new Error("no JSON")),
    lines: () => {
      throw new Error("no lines");
    },
    chunks: async function* chunks() {
      yield await Promise.resolve(Buffer.from(body));
    },
    discard: () => Promise.resolve(),
    bytes: () => body.length,
  };
}

let feeds = 0;
/** Pulled before, and a second after the one before it: they are pulled in the order in which they were made. */
async function feed(name: string): Promise<string> {
  const id = randomUUID();
  feeds += 1;
  const url = `https://files.example.com/${name}`;
  const [address, marks] = [
    { kind: "https", url, auth: "none", name: "" },
    { url, etag },
  ];
  const { organisationId, datasourceId } = rig.ref;
  await rig.owner`insert into cost_feeds (organisation_id, id, datasource_id, kind, name, address, marks, every_minutes, mode, created_at)
    values (${organisationId}, ${id}, ${datasourceId}, 'https', ${name}, ${JSON.stringify(address)}::text::jsonb,
      ${JSON.stringify(marks)}::text::jsonb, 15, 'upsert', now() - interval '1 day' + ${feeds} * interval '1 second')`;
  return id;
}

let syncs = 0;
/** Every feed is due, unless one is named. */
async function sync(only?: string, askedBy?: string, heartbeat = (): void => undefined) {
  syncs += 1;
  const { datasourceId } = rig.ref;
  await rig.owner`update cost_feeds set due_at = case when ${only ?? null}::uuid is null or id = ${only ?? null}::uuid
    then now() - interval '1 minute' else now() + interval '1 hour' end`;
  const run = { ...rig.ref, runId: runId(datasourceId, "sync", syncs), kind: "sync" as const, n: syncs };
  const nextRunAt = () => new Date(Date.now() + 15 * 60_000);
  const options = { signal: new AbortController().signal, heartbeat, nextRunAt };
  return syncOnce(deps, askedBy === undefined ? run : { ...run, askedBy }, options);
}

const runs = async () =>
  (
    await rig.owner<{ state: string; times: number; over: boolean }[]>`
      select state, times, finished_at is not null as over from runs where kind = 'sync' order by started_at, n`
  ).map(({ state, times, over }) => `${state} ${times}${over ? "" : " open"}`);
interface Told {
  readonly ended: string;
  readonly code: string;
  readonly said: string | null;
  readonly times: number;
  readonly next: string | null;
  readonly minutes: number | null;
  readonly budget: { rule: string; count: number; most: number } | null;
  readonly files: number;
}
const told = async (id: string) =>
  rig.owner<Told[]>`
    select ended, code, said, times, next, round(extract(epoch from next_at - finished_at) / 60)::int as minutes, budget,
      (select count(*)::int from uploads u where u.run_id = a.run_id and u.feed_id = a.feed_id) as files
    from run_attempts a where feed_id = ${id} order by started_at, n`;
const costs = (amount: number) => `date,cost_type,amount\n2026-11-18,fixed,${amount}\n`;

test("a file that came in is told with the sync that brought it; sixty pulls without news are one row", async () => {
  const id = await feed("own.csv");
  answers.set("/own.csv", costs(1));
  await sync();
  answers.set("/own.csv", 304);
  for (let n = 0; n < 60; n += 1) await sync();
  expect(await told(id)).toMatchObject([
    { ended: "well", code: "custom-costs.fetched", times: 1, files: 1, next: null },
    { ended: "well", code: "custom-costs.unchanged", times: 60, files: 0, next: null },
  ]);
  expect(await runs()).toEqual(["succeeded 1", "succeeded 60"]);
  answers.set("/own.csv", costs(2));
  await sync();
  answers.set("/own.csv", costs(2));
  await sync();
  expect((await told(id)).map(({ code, times, files }) => [code.slice(13), times, files])).toEqual([
    ["fetched", 1, 1],
    ["unchanged", 60, 0],
    ["fetched", 1, 1],
    ["unchanged", 1, 0],
  ]);
  const [made] = await rig.owner<[{ calls: string }]>`select sum(calls) as calls from calls`;
  expect(Number(made.calls), "every call is counted all the same").toBe(63);
});

test("a feed removed while it is pulled leaves no next time: nothing is fetched any more", async () => {
  await feed("own.csv");
  answers.set("/own.csv", costs(1));
  whileItAnswers = async () => {
    await rig.owner`update cost_feeds set removed_at = now()`;
    await rig.owner`update datasources set next_run_at = null where id = ${rig.ref.datasourceId}`;
  };
  await sync();
  const [next] = await rig.owner`select next_run_at as at from datasources where id = ${rig.ref.datasourceId}`;
  expect(next).toEqual({ at: null });
});

describe("what was wrong", () => {
  test("on the way is told try by try, then at its usual time, and then as one row", async () => {
    const id = await feed("own.csv");
    answers.set("/own.csv", 503);
    for (let n = 0; n < 7; n += 1) await sync();
    const again = { ended: "transient", code: "custom-costs.trouble", said: "503", next: "again", times: 1 };
    const tried = (count: number) => ({ rule: "retries", count, most: 3 });
    expect(await told(id)).toMatchObject([
      { ...again, minutes: 1, budget: tried(1) },
      { ...again, minutes: 5, budget: tried(2) },
      { ...again, minutes: 30, budget: tried(3) },
      { ...again, next: "nextSync", minutes: 15, budget: tried(3), times: 4 },
    ]);
    expect(await runs()).toEqual(["failed 1", "failed 1", "failed 1", "failed 4"]);
    answers.set("/own.csv", costs(1));
    await sync();
    expect(await runs()).toEqual(["failed 1", "failed 1", "failed 1", "failed 4", "succeeded 1"]);
  });

  test("a file that is not there is looked for when one is expected, and counted apart from trouble on the way", async () => {
    const id = await feed("own.csv");
    for (const given of [503, 404, 404, 404, 404, 503]) {
      answers.set("/own.csv", given);
      await sync();
    }
    const missing = (count: number, times = 1) => ({
      ended: "gone",
      next: "nextSync",
      minutes: 15,
      times,
      budget: { rule: "misses", count, most: 3 },
    });
    const once = { ended: "transient", budget: { rule: "retries", count: 1, most: 3 } };
    expect(await told(id)).toMatchObject([once, missing(1), missing(2), missing(3, 2), once]);
  });

  test("a source that asks to wait counts against nothing; one that lets nobody in asks for a person", async () => {
    const id = await feed("own.csv");
    for (const given of [503, 429, 503, 401]) {
      answers.set("/own.csv", given);
      await sync();
    }
    expect(await told(id)).toMatchObject([
      { next: "again", budget: { count: 1 } },
      { ended: "rate_limit", next: "waits", minutes: 8, budget: null },
      { next: "again", minutes: 5, budget: { count: 2 } },
      { ended: "reauthorize", code: "custom-costs.refused", next: "asks", minutes: null, budget: null },
    ]);
  });
});

describe("several feeds", () => {
  test("each has its own history; a sync is told with the one before it only where all of it went alike", async () => {
    const [quiet, lively] = [await feed("quiet.csv"), await feed("lively.csv")];
    for (let n = 0; n < 3; n += 1) await sync();
    await sync(quiet);
    answers.set("/lively.csv", costs(1));
    await sync();
    answers.set("/lively.csv", 304);
    for (let n = 0; n < 3; n += 1) await sync();
    expect(await runs()).toEqual(["succeeded 5", "succeeded 1", "succeeded 3"]);
    const times = async (id: string) => (await told(id)).map((one) => one.times);
    expect([await times(quiet), await times(lively)]).toEqual([
      [5, 3],
      [3, 1, 3],
    ]);
  });

  test("a quiet one changes nothing of how the sync went that it is told with", async () => {
    const [quiet, broken] = [await feed("quiet.csv"), await feed("broken.csv")];
    answers.set("/broken.csv", 418);
    await sync();
    const outcome = async () => (await rig.owner`select outcome from runs`)[0]?.["outcome"];
    const before = await outcome();
    for (let n = 0; n < 2; n += 1) await sync(quiet);
    expect([await runs(), await outcome()]).toEqual([["failed 3"], before]);
    expect(await told(broken)).toMatchObject([{ ended: "invalid_request", next: "nextSync", times: 1 }]);
  });
});

test("a pull that somebody asked for is a row of its own, and none is told with it", async () => {
  const id = await feed("own.csv");
  await sync();
  const [command] = await rig.owner<{ id: string }[]>`
    insert into commands (organisation_id, datasource_id, kind, args, args_hash, idempotency_key, actor, intent_version, state)
    values (${rig.ref.organisationId}, ${rig.ref.datasourceId}, 'syncNow', '{}', 'x', 'k', '{"kind":"person"}', 1, 'accepted') returning id`;
  await sync(id, command?.id);
  for (let n = 0; n < 2; n += 1) await sync();
  expect((await told(id)).map(({ times }) => times)).toEqual([1, 1, 2]);
});

test.each([304, 503, 401, costs(1)])(
  "what is asked for while a feed is pulled is not answered by that pull, however it ends (%j)",
  async (given) => {
    const id = await feed("own.csv");
    const asked = async () => {
      await rig.owner`update cost_feeds set asked_at = clock_timestamp()`;
    };
    await asked();
    answers.set("/own.csv", given);
    whileItAnswers = asked;
    await sync();
    whileItAnswers = () => Promise.resolve();
    answers.set("/own.csv", 304);
    const isAsked = async () => (await rig.owner`select asked_at from cost_feeds`)[0]?.["asked_at"] !== null;
    expect(await isAsked()).toBe(true);
    const none = randomUUID();
    await sync(none);
    expect((await told(id)).reduce((sum, { times }) => sum + times, 0)).toBe(2);
    expect(await isAsked(), "it is answered by the next").toBe(false);
  },
);

describe("whoever asks hears", () => {
  const heard = async (...given: readonly (number | string)[]) => {
    for (const [at, one] of given.entries()) {
      await feed(`${at}.csv`);
      answers.set(`/${at}.csv`, one);
    }
    return (await sync()).answer;
  };

  test.each([
    [[304], undefined],
    [[costs(1), 304], undefined],
    [[503], "transient"],
    [[404], "noFile"],
    [[429], "rate_limit"],
    [[418], "failed"],
    [[418, 503], "failed"],
    [[304, 503], "streamsFailed"],
    [[404, costs(1)], "streamsFailed"],
  ])("what came of %j: %s", async (given, said) => expect(await heard(...given)).toBe(said));

  test("that its server lets nobody ask for it yet", async () => {
    const id = await feed("own.csv");
    answers.set("/own.csv", 429);
    await sync();
    await rig.owner`update cost_feeds set asked_at = clock_timestamp(), due_at = now() + interval '8 minutes'`;
    const run = {
      ...rig.ref,
      runId: runId(rig.ref.datasourceId, "sync", (syncs += 1)),
      kind: "sync" as const,
      n: syncs,
    };
    const { answer: said } = await syncOnce(deps, run, {
      signal: new AbortController().signal,
      heartbeat: () => undefined,
    });
    expect([said, (await told(id)).length]).toEqual(["rate_limit", 1]);
  });
});

test("a sync that was killed after a pull ends as that pull went", async () => {
  const id = await feed("own.csv");
  answers.set("/own.csv", 503);
  const killed = () => {
    throw new Error("killed");
  };
  await expect(sync(id, undefined, killed)).rejects.toThrow("killed");
  expect([await runs(), (await told(id)).length]).toEqual([["running 1 open"], 1]);
  await rig.owner`update cost_feeds set due_at = now() + interval '1 hour'`;
  const run = { ...rig.ref, runId: runId(rig.ref.datasourceId, "sync", syncs), kind: "sync" as const, n: syncs };
  const { answer: said } = await syncOnce(deps, run, {
    signal: new AbortController().signal,
    heartbeat: () => undefined,
  });
  expect([await runs(), (await told(id)).length, said]).toEqual([["failed 1"], 1, "transient"]);
});
