// A check that somebody asked for: answered when it is written, in the source's own words where it fails, and nothing else moves for it.
import { MockActivityEnvironment } from "@temporalio/testing";
import { beforeAll, expect, test } from "vitest";
import type { Failure } from "@headwater/connectors/failure.ts";
import type { RingTarget } from "../client.ts";
import { troubleOf } from "../load/failures.ts";
import type { WorkOutcome } from "../load/outcome.ts";
import { RULES_BY_PLATFORM } from "../temporal/testing/rules.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import type { RunResult } from "./contract.ts";
import type { WorkDeps } from "./deps.ts";
import { createEntityActivities } from "./entity.ts";
import { daily } from "./running.ts";
import { ownRows, rowDeps } from "./testing/own-rows.ts";

const own = ownRows();
let merchant: Merchant;
let deps: Omit<WorkDeps, "load" | "loadDeps">;
beforeAll(() => {
  ({ merchant } = own);
  deps = rowDeps(own.worker);
});

const worked = { pages: 1, rows: 0, intentVersion: 0 };
const said = "Reports are closed for maintenance until noon";

const alive = async (): Promise<RingTarget> => {
  const target = await merchant.connect({ platform: "klaviyo" });
  await merchant.sql`update datasources set phase = 'LIVE', auth = 'ok', backfill = 'done', seq = 4,
    first_numbers_at = now(), last_success_at = now() where id = ${target.datasourceId}`;
  return target;
};

const checked = (target: RingTarget, askedBy: readonly string[], outcome: WorkOutcome | Error): Promise<RunResult> => {
  const load = {
    lookAtAccount: () => Promise.resolve({ kind: "done", ...worked }),
    spotCheck: () =>
      outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve({ ...outcome, figures: [] }),
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else of the load path is called here
  const work = { ...deps, load, loadDeps: {} } as never;
  const asked = {
    ...target,
    askedBy,
    generation: 0,
    n: 1,
    skipped: 0,
    intervalMs: 3_600_000,
    kind: "spotCheck",
  } as const;
  return new MockActivityEnvironment().run(() => daily(work, asked));
};

const answerTo = async (id: string) => (await merchant.sql`select state, outcome from commands where id = ${id}`)[0];

test.each([
  ["with what was compared", { kind: "done", ...worked, rows: 4 }, "done", { code: "checked", figures: 4 }],
  ["with nothing to compare", { kind: "done", ...worked }, "refused", { code: "nothingToCompare" }],
  [
    "by an outage",
    { kind: "providerDown", said, retryAt: null, ...worked },
    "failed",
    { code: "notChecked", because: "providerDown", said },
  ],
  [
    "by a refusal",
    { kind: "failed", failure: { class: "reauthorize", why: "revoked", code: "fake.revoked", said }, ...worked },
    "failed",
    { code: "notChecked", because: "reauthorize", said },
  ],
] as const)("it is answered %s", async (_how, outcome, state, told) => {
  const target = await alive();
  const command = await merchant.command(target, "checkNow");
  await checked(target, [command], outcome);
  expect(await answerTo(command)).toEqual({ state, outcome: told });
});

test("what the source holds back stays asked for", async () => {
  const target = await alive();
  const command = await merchant.command(target, "checkNow");
  const until = new Date(Date.now() + 60_000).toISOString();
  const result = await checked(target, [command], { kind: "throttled", until, because: "test", ...worked });
  expect(result).toMatchObject({ kind: "more", retryAt: Date.parse(until), goOn: true });
  expect(await answerTo(command)).toEqual({ state: "accepted", outcome: null });
});

test("one that came to nothing is over, one that is held back goes on", async () => {
  const target = await alive();
  const run = async (outcome: WorkOutcome | Error) => {
    await checked(target, [await merchant.command(target, "checkNow")], outcome);
    const [row] = await merchant.sql`
      delete from runs where datasource_id = ${target.datasourceId} and kind = 'spotCheck'
      returning state, finished_at is not null as over`;
    return row;
  };
  const until = new Date(Date.now() + 60_000).toISOString();
  const down = { class: "transient", code: "fake.down", said } as const;
  const limited = { class: "rate_limit", code: "fake.limit", said, retryAt: until } as const;
  const met = (failure: Failure) => ({ ...worked, troubles: [troubleOf(failure, {})] });
  expect(await run({ kind: "throttled", until, because: "test", ...met(limited) })).toEqual({
    state: "running",
    over: false,
  });
  const ended = { state: "failed", over: true };
  expect(await run({ kind: "providerDown", said, retryAt: null, ...met(down) })).toEqual(ended);
  expect(await run(new TypeError("ours"))).toEqual(ended);
});

test("pressed again and again beside an answer that nobody can read, it stops no sync", async () => {
  const target = await alive();
  const failure = { class: "invalid_request", code: "fake.shape", said } as const;
  for (let press = 0; press < 6; press += 1) {
    const command = await merchant.command(target, "checkNow");
    expect(await checked(target, [command], { kind: "failed", failure, ...worked })).toMatchObject({ kind: "failed" });
    expect(await answerTo(command)).toMatchObject({ outcome: { because: "invalid_request", said } });
  }
  const held = await merchant.sql`select 1 from holds where datasource_id = ${target.datasourceId}`;
  expect(held).toHaveLength(0);
});

test("a fault of ours is answered at once, as ours, and keeps no sync waiting for another try", async () => {
  const target = await alive();
  const command = await merchant.command(target, "checkNow");
  const broken = new TypeError("Cannot read properties of undefined");
  expect(await checked(target, [command], broken)).toEqual({ kind: "failed", retryAt: null, intentVersion: 0 });
  expect(await answerTo(command)).toEqual({ state: "failed", outcome: { code: "bug" } });
  await expect(checked(target, [], broken), "its own daily check is tried again").rejects.toThrow(broken.message);
});

test("the daily check keeps its own day, whoever asked between", async () => {
  const target = await alive();
  const run = async (n: number, ago: string, askedBy: string | null) =>
    merchant.sql`insert into runs (organisation_id, id, datasource_id, kind, n, state, started_at, finished_at, asked_by)
      values (${target.organisationId}, ${`${target.datasourceId}:spotCheck:${n}`}, ${target.datasourceId}, 'spotCheck', ${n},
        'succeeded', now() - ${ago}::interval, now(), ${askedBy})`;
  await run(1, "20 hours", null);
  await run(2, "1 hour", await merchant.command(target, "checkNow"));
  const read = await createEntityActivities(withRules()).loadIntent(target);
  const hoursAgo = (Date.now() - (read?.lastDaily.spotCheck ?? 0)) / 3_600_000;
  expect(hoursAgo).toBeCloseTo(20, 0);
  expect(read?.lastN.spotCheck).toBe(2);
});

test("paused before it began, it is refused with that", async () => {
  const target = await alive();
  const command = await merchant.command(target, "checkNow", "user_paused_at = now()");
  await createEntityActivities(withRules()).loadIntent(target);
  expect(await answerTo(command)).toEqual({ state: "refused", outcome: { code: "paused" } });
});

const withRules = (): WorkDeps =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- these look at rows alone
  ({ ...deps, platformRules: (platform: string) => RULES_BY_PLATFORM[platform] }) as never;
