/** A load path whose source does what a test says, over the real rows: the engine's tests need its answers, not its pages. */
import { inTenant, organisationId } from "@headwater/db";
import type { Database, TenantTransaction } from "@headwater/db";
import type {
  LoadPath,
  PlannedWindow,
  RegisterOutcome,
  RunRef,
  SliceRef,
  UnfitCandidate,
  VerifyOutcome,
  WorkOptions,
} from "../../load/contract.ts";
import { bringForward } from "../../load/bring-forward.ts";
import { emptyLedger } from "../../load/outcome.ts";
import type { FailureSummary, FencedBy, SyncOutcome, WorkOutcome } from "../../load/outcome.ts";
import { Writers } from "./writers.ts";

export type Answer =
  | { readonly kind: "done"; readonly failedStreams?: SyncOutcome["failedStreams"] }
  | { readonly kind: "more" }
  | { readonly kind: "throttled"; readonly forMs: number }
  | { readonly kind: "providerDown"; readonly forMs?: number }
  | { readonly kind: "failed"; readonly failure: FailureSummary }
  | { readonly kind: "throws"; readonly error: Error };

type SyncOptions = Parameters<LoadPath["syncOnce"]>[2];
type Verified = Answer | { readonly kind: "otherAccount" };

/** What the source answers; a test changes it as it goes. */
export interface Script {
  verify: (asked: { readonly n: number; readonly datasourceId: string }) => Verified | Promise<Verified>;
  sync: (asked: {
    readonly run: RunRef;
    readonly signal: AbortSignal;
    readonly askedBy: readonly string[];
  }) => Answer | Promise<Answer>;
  slice: (asked: {
    readonly position: number;
    readonly slice: SliceRef;
    readonly signal: AbortSignal;
  }) => Answer | Promise<Answer>;
  accounts: number;
  /** The account that a login shows; one of its own for each datasource unless said. */
  account: string | null;
  refresh: (run: RunRef) => Answer;
  spotCheck: (run: RunRef) => Answer | Promise<Answer>;
  webhooks: () => RegisterOutcome;
  /** A refusal that no other consent would cure leaves the credential that came where it is. */
  keepsCandidate: boolean;
  /** The earliest day that the grant reaches. */
  historyFrom: string | null;
}

export interface FakeSource {
  readonly load: LoadPath;
  /** For one datasource: tests run side by side. */
  readonly when: (datasourceId: string, script: Partial<Script>) => void;
  /** What one datasource asked, in order, as `verify`, `sync:3`, `slice:0`. */
  readonly callsOf: (datasourceId: string) => readonly string[];
  /** Of all datasources. */
  readonly writers: Writers;
}

export const revoked: FailureSummary = { class: "reauthorize", why: "revoked", code: "fake.revoked", said: "no more" };

const usual: Script = {
  verify: () => ({ kind: "done" }),
  sync: () => ({ kind: "done" }),
  slice: () => ({ kind: "done" }),
  accounts: 1,
  account: null,
  refresh: () => ({ kind: "done" }),
  spotCheck: () => ({ kind: "done" }),
  webhooks: () => ({ kind: "registered" }),
  keepsCandidate: false,
  historyFrom: null,
};

export function fakeSource(db: Database): FakeSource {
  const scripts = new Map<string, Script>();
  const calls: { readonly of: string; readonly call: string }[] = [];
  const callsOf = (datasourceId: string) => calls.flatMap(({ of, call }) => (of === datasourceId ? [call] : []));
  const fake: Fake = {
    db,
    scriptOf: ({ datasourceId }) => scripts.get(datasourceId) ?? usual,
    note: ({ datasourceId }, call) => void calls.push({ of: datasourceId, call }),
    callsOf,
    writers: new Writers(),
  };
  return {
    load: fakeLoadPath(fake),
    writers: fake.writers,
    when: (datasourceId, script) => void scripts.set(datasourceId, { ...usual, ...script }),
    callsOf,
  };
}

interface Fake {
  readonly db: Database;
  readonly scriptOf: (ref: { readonly datasourceId: string }) => Script;
  readonly note: (ref: { readonly datasourceId: string }, call: string) => void;
  readonly callsOf: (datasourceId: string) => readonly string[];
  readonly writers: Writers;
}

/** A run that finds everything as it is. */
const noWork = (fake: Fake, name: string) => async (_deps: unknown, run: RunRef) => {
  fake.note(run, `${name}:${run.n}`);
  await fake.writers.during(run, async (wrote) => {
    await beginRun(fake, run);
    await endRun(fake, run, "succeeded");
    wrote();
  });
  return {
    kind: "done" as const,
    pages: 0,
    rows: 0,
    intentVersion: 0,
    tombstoned: 0,
    figures: [] as [],
  } satisfies WorkOutcome & { tombstoned: number; figures: [] };
};

async function asScripted(fake: Fake, run: RunRef, name: "refresh" | "spotCheck"): Promise<WorkOutcome> {
  const answer = await fake.scriptOf(run)[name](run);
  if (answer.kind === "done") return noWork(fake, name)(null, run);
  fake.note(run, `${name}:${run.n}`);
  await beginRun(fake, run);
  return outcomeOf(answer);
}

function fakeLoadPath(fake: Fake): LoadPath {
  return {
    planRun: (_deps, run, windows) => plan(fake, run, windows),
    workOnSlice: (_deps, slice, options) =>
      fake.writers.during(slice, (wrote) => workOnSlice(fake, slice, options, wrote)),
    async closeRun(_deps, run, state) {
      await endRun(fake, run, state);
      return emptyLedger();
    },
    syncOnce: (_deps, run, options) => fake.writers.during(run, (wrote) => syncOnce(fake, run, options, wrote)),
    verifyGrant: (_deps, ref) => verify(fake, ref),
    async listAccounts(_deps, ref) {
      fake.note(ref, "listAccounts");
      const { accounts } = fake.scriptOf(ref);
      await inOrganisation(fake, ref, async (tx) => {
        for (let n = 1; n <= accounts; n += 1)
          await tx.sql`insert into account_candidates (organisation_id, datasource_id, external_id, name)
            values (${ref.organisationId}, ${ref.datasourceId}, ${`account-${n}`}, ${`Account ${n}`})
            on conflict (organisation_id, datasource_id, external_id) do update set listed_at = now()`;
      });
      return { kind: "listed", count: accounts };
    },
    async revokeGrant(_deps, ref) {
      fake.note(ref, "revoke");
      return { kind: "revoked" };
    },
    async eraseCredential(_deps, ref) {
      fake.note(ref, "erase");
      const erased = await inOrganisation(fake, ref, ({ sql }) => sql.unsafe(ERASED, [ref.datasourceId]));
      return { kind: erased.count > 0 ? "erased" : "kept" };
    },
    registerWebhooks: (_deps, ref) => registerWebhooks(fake, ref),
    bringForward: (_deps, tx, ref, wanted) => bringForward({ connectorOf: () => null }, tx, ref, wanted),
    probeSource: () => Promise.resolve("answers" as const),
    refreshStreams: (_deps, run) => asScripted(fake, run, "refresh"),
    rereadWeek: noWork(fake, "reread"),
    sweepDeletes: noWork(fake, "sweep"),
    async spotCheck(_deps, run) {
      const outcome = await asScripted(fake, run, "spotCheck");
      return { ...outcome, ...(outcome.kind === "done" && { rows: 1 }), figures: [] };
    },
    lookAtAccount: () => Promise.resolve({ kind: "done", pages: 0, rows: 0, intentVersion: 0 }),
    eraseCustomer: async () => ({ rows: 0 }),
    endGrant: () => Promise.resolve({ kind: "revoked" as const }),
    async workOnUpload(_deps, ref) {
      fake.note(ref, `upload:${ref.uploadId}`);
      await inOrganisation(
        fake,
        ref,
        (tx) => tx.sql`update uploads set asked = null, state = 'committed' where id = ${ref.uploadId}`,
      );
      return { kind: "done", rows: 1 };
    },
    async purgeBatch(_deps, ref) {
      fake.note(ref, "purge");
      await inOrganisation(fake, ref, ({ sql }) => sql.unsafe(DELETED, [ref.datasourceId]));
      return { kind: "done", rows: 0 };
    },
  };
}

const DELETED = "update datasources set data_deleted_at = now() where id = $1";
/** Where nothing else stands on it. */
const ERASED = `update grants g set candidate_credential_id = null, credential_id = null
  where id = (select grant_id from datasources where id = $1) and not exists (
    select 1 from datasources where grant_id = g.id and id <> $1 and disconnected_at is null)`;

async function registerWebhooks(
  fake: Fake,
  ref: { readonly organisationId: string; readonly datasourceId: string },
): Promise<RegisterOutcome> {
  fake.note(ref, "webhooks");
  await inOrganisation(
    fake,
    ref,
    (tx) => tx.sql`
    update grants set webhooks = '{"state":"asked"}'
    where id = (select grant_id from datasources where id = ${ref.datasourceId})`,
  );
  return fake.scriptOf(ref).webhooks();
}

const inOrganisation = <T>(
  { db }: Fake,
  ref: { readonly organisationId: string },
  work: (tx: TenantTransaction) => Promise<T>,
): Promise<T> => inTenant(db, organisationId(ref.organisationId), work);

async function verify(fake: Fake, ref: RunRef | Parameters<LoadPath["verifyGrant"]>[1]): Promise<VerifyOutcome> {
  const script = fake.scriptOf(ref);
  fake.note(ref, "verify");
  const n = fake.callsOf(ref.datasourceId).filter((call) => call === "verify").length;
  const answer = await script.verify({ n, datasourceId: ref.datasourceId });
  const intentVersion = 0;
  switch (answer.kind) {
    case "throws":
      throw answer.error;
    case "throttled":
      return { kind: "throttled", until: inMs(answer.forMs), because: "test", intentVersion };
    case "providerDown":
      return {
        kind: "providerDown",
        said: "down",
        retryAt: answer.forMs === undefined ? null : inMs(answer.forMs),
        intentVersion,
      };
    case "failed":
      return {
        kind: "failed",
        failure: answer.failure,
        ...(script.keepsCandidate ? {} : await unfit(fake, ref)),
        intentVersion,
      };
    case "otherAccount":
      return {
        kind: "otherAccount",
        saw: "another",
        ...(await unfit(fake, ref)),
        intentVersion,
      };
    case "done":
    case "more":
      return promote(fake, ref);
  }
}

/** As it stood when it was judged; none where no consent waits. */
async function unfit(
  fake: Fake,
  ref: { readonly organisationId: string; readonly datasourceId: string },
): Promise<{ readonly unfit?: UnfitCandidate }> {
  const [judged] = await inOrganisation(
    fake,
    ref,
    (tx) => tx.sql<{ id: string | null }[]>`
    select candidate_credential_id as id from grants
    where id = (select grant_id from datasources where id = ${ref.datasourceId})`,
  );
  const id = judged?.id ?? null;
  if (id === null) return {};
  const drop: UnfitCandidate["drop"] = async (tx) => {
    const dropped = await tx`update grants set candidate_credential_id = null where candidate_credential_id = ${id}`;
    return dropped.count > 0;
  };
  return { unfit: { drop, endLogin: null } };
}

async function promote(fake: Fake, ref: Parameters<LoadPath["verifyGrant"]>[1]): Promise<VerifyOutcome> {
  const externalId = fake.scriptOf(ref).account ?? `account-of-${ref.datasourceId}`;
  await inOrganisation(fake, ref, async (tx) => {
    const [account] = await tx.sql<{ id: string }[]>`
      insert into accounts (organisation_id, platform, external_id, name, currency, zone)
      values (${ref.organisationId}, (select platform from datasources where id = ${ref.datasourceId}), ${externalId}, ${externalId}, 'INR', 'UTC')
      on conflict (organisation_id, platform, external_id) do update set name = excluded.name returning id`;
    await tx.sql`update datasources set account_id = ${account?.id ?? null} where id = ${ref.datasourceId}`;
    await tx.sql`
      update grants set credential_id = coalesce(candidate_credential_id, credential_id), candidate_credential_id = null,
        verified_at = now(), scopes = '{read}'
      where id = (select grant_id from datasources where id = ${ref.datasourceId})`;
  });
  return {
    kind: "verified",
    account: {
      externalId,
      name: externalId,
      domain: null,
      currency: "INR",
      zone: "UTC",
      state: "open",
      details: {},
    },
    scopes: ["read"],
    notices: [],
    recordsPerDay: {},
    historyFrom: fake.scriptOf(ref).historyFrom,
    notGranted: [],
    intentVersion: 0,
  };
}

async function plan(fake: Fake, run: RunRef, windows: readonly PlannedWindow[]) {
  await beginRun(fake, run);
  await inOrganisation(fake, run, async (tx) => {
    const [there] = await tx.sql`select 1 from slices where run_id = ${run.runId} limit 1`;
    if (there !== undefined) return;
    for (const { stream, from, to, position } of windows)
      await tx.sql`insert into slices (organisation_id, run_id, datasource_id, stream, from_at, to_at, position)
        values (${run.organisationId}, ${run.runId}, ${run.datasourceId}, ${stream}, ${`${from}T00:00:00Z`}::text::timestamptz,
          ${`${to}T00:00:00Z`}::text::timestamptz, ${position})`;
  });
  return [];
}

const beginRun = (fake: Fake, run: RunRef) =>
  inOrganisation(
    fake,
    run,
    (tx) => tx.sql`
    insert into runs (organisation_id, id, datasource_id, kind, n, asked_by)
    values (${run.organisationId}, ${run.runId}, ${run.datasourceId}, ${run.kind}, ${run.n}, ${run.askedBy ?? null})
    on conflict (organisation_id, id) do update set attempts = runs.attempts + 1`,
  );

const endRun = (fake: Fake, run: RunRef, state: string) =>
  inOrganisation(
    fake,
    run,
    (tx) => tx.sql`
    update runs set state = ${state}, finished_at = now() where id = ${run.runId}`,
  );

async function workOnSlice(fake: Fake, slice: SliceRef, options: WorkOptions, wrote: () => void): Promise<WorkOutcome> {
  const { position, state } = await inOrganisation(fake, slice, async (tx) => {
    const [row] = await tx.sql<{ position: number; state: string }[]>`
      select position, state from slices where id = ${slice.sliceId}`;
    return row ?? { position: -1, state: "none" };
  });
  fake.note(slice, `slice:${position}`);
  // A call that is made again, because its answer was lost, finds the work done.
  if (state === "done") return { kind: "done", pages: 0, rows: 0, intentVersion: 0 };
  const answer = await fake.scriptOf(slice).slice({ position, slice, signal: options.signal });
  const outcome = outcomeOf(answer);
  if (outcome.kind !== "done" && outcome.kind !== "more") return outcome;
  // One page, behind the fence, in one transaction: what the load path promises.
  const by = await inOrganisation(fake, slice, async (tx) => {
    const forbidden = await fence(tx, slice);
    if (forbidden !== null) return forbidden;
    await tx.sql`
      update slices set rows = rows + 1, pages = pages + 1, state = ${outcome.kind === "done" ? "done" : "running"},
        finished_at = case when ${outcome.kind === "done"} then now() end
      where id = ${slice.sliceId} and state <> 'done'`;
    return null;
  });
  if (by === null) wrote();
  return by === null ? outcome : { kind: "fenced", by, pages: 0, rows: 0, intentVersion: 0 };
}

async function syncOnce(fake: Fake, run: RunRef, options: SyncOptions, wrote: () => void): Promise<SyncOutcome> {
  fake.note(run, `sync:${run.n}`);
  await beginRun(fake, run);
  const answer = await fake.scriptOf(run).sync({ run, signal: options.signal, askedBy: options.askedBy ?? [] });
  const outcome = outcomeOf(answer);
  const by = await inOrganisation(fake, run, (tx) => fence(tx, run));
  if (by === null) wrote();
  const settled: WorkOutcome = by === null ? outcome : { kind: "fenced", by, pages: 0, rows: 0, intentVersion: 0 };
  const failedStreams = answer.kind === "done" ? (answer.failedStreams ?? []) : [];
  if (settled.kind !== "more") await endRun(fake, run, settled.kind === "done" ? "succeeded" : "failed");
  const intentVersion = await landSync(fake, run, settled.kind === "done" && failedStreams.length === 0);
  const troubles = [...(settled.troubles ?? []), ...failedStreams];
  return { ...settled, intentVersion, ledger: emptyLedger(), failedStreams, completeThrough: null, troubles };
}

/** The load path writes a sync's own times. */
const landSync = (fake: Fake, run: RunRef, isWhole: boolean): Promise<number> =>
  inOrganisation(fake, run, async (tx) => {
    const [row] = await tx.sql<{ version: number }[]>`
      update datasources set last_attempt_at = now(), throttled_until = null,
        last_success_at = case when ${isWhole} then now() else last_success_at end,
        first_numbers_at = case when ${isWhole} then coalesce(first_numbers_at, now()) else first_numbers_at end,
        failures = case when ${isWhole} then '{}' else failures end
      where id = ${run.datasourceId} returning intent_version as version`;
    return row?.version ?? 0;
  });

async function fence(tx: TenantTransaction, run: RunRef): Promise<FencedBy | null> {
  const [row] = await tx.sql<
    { generation: number; disconnected: boolean; paused: boolean; auth: string; held: boolean }[]
  >`
    select generation, disconnected_at is not null as disconnected,
      user_paused_at is not null and coalesce(user_paused_until > now(), true) as paused, auth,
      exists (select 1 from holds h where h.datasource_id = d.id and h.released_at is null
        and coalesce(h.until > now(), true)) as held
    from datasources d where id = ${run.datasourceId} for share`;
  if (row === undefined) return "missing";
  if (row.disconnected) return "disconnected";
  if (row.generation !== run.generation) return "generation";
  if (row.paused) return "paused";
  if (row.held) return "hold";
  return row.auth === "ok" ? null : "credential";
}

function outcomeOf(answer: Answer): WorkOutcome {
  const worked = { pages: 1, rows: 1, intentVersion: 0 };
  switch (answer.kind) {
    case "throws":
      throw answer.error;
    case "throttled": {
      const until = inMs(answer.forMs);
      const failure = { class: "rate_limit", code: "fake.limit", said: "slow down", retryAt: until } as const;
      return { kind: "throttled", until, because: "test", ...worked, troubles: [{ failure }] };
    }
    case "providerDown": {
      const retryAt = answer.forMs === undefined ? null : inMs(answer.forMs);
      const failure = { class: "transient", code: "fake.down", said: "down" } as const;
      return { kind: "providerDown", said: "down", retryAt, ...worked, troubles: [{ failure }] };
    }
    case "failed":
      return { kind: "failed", failure: answer.failure, ...worked, rows: 0, troubles: [{ failure: answer.failure }] };
    case "done":
    case "more":
      return { kind: answer.kind, ...worked };
  }
}

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
