/** How a pull ended, written into the row of its feed and into its history, in one transaction. */
import type { AttemptBudget } from "@headwater/db/schema/values.ts";
import type { FeedMarks } from "@headwater/connectors/custom-costs/pull.ts";
import type { TransactionSql } from "postgres";
import type { FailureSummary } from "../load/outcome.ts";
import { FIRST_FILE, SETTLING } from "./feed-rows.ts";
import type { Feed } from "./feed-rows.ts";
import { FETCHED, UNCHANGED } from "./pull-history.ts";
import type { PullEnd } from "./pull-history.ts";
import type { Pull } from "./take-in.ts";

/** What was asked for since the feed was read is not answered by this pull: the source may have changed after it was asked. */
const answeredOf = (parameter: string): string => `asked_at = nullif(asked_at, ${parameter}::timestamptz)`;

const HOST_KEY_NEW = "custom-costs.hostKeyNew";

/** The server's key, met for the first time: shown to a person, and nothing else is asked of the server before that. */
export async function feedMet(tx: TransactionSql, pull: Pull, met: string): Promise<void> {
  const { run, feed } = pull;
  await tx.unsafe(
    `update cost_feeds set met_key = $3, reason = $4::text::jsonb, ${answeredOf("$5")}, misses = 0, tried_at = now(), due_at = null
     where organisation_id = $1 and id = $2`,
    [
      run.organisationId,
      feed.id,
      met,
      JSON.stringify({ code: HOST_KEY_NEW, values: { fingerprint: met } }),
      feed.asked_at,
    ],
  );
  await told(tx, pull, { ended: "well", code: HOST_KEY_NEW });
  await tx.unsafe("select announce_change($1::uuid)", [run.datasourceId]);
}

const told = (tx: TransactionSql, { history, feed, began }: Pull, end: PullEnd): Promise<void> =>
  history.note(tx, feed, began, end);

export interface Answered {
  readonly marks: FeedMarks;
  readonly isNew: boolean;
  /** What keeps the next file from coming in now. */
  readonly waits?: "settling" | "firstFile";
  /** Sooner than its rhythm says. */
  readonly dueAt?: Date;
}

const WAITS = { settling: SETTLING, firstFile: FIRST_FILE } as const;

/** What proves a feed proves its secret. */
export async function feedAnswered(tx: TransactionSql, pull: Pull, came: Answered): Promise<void> {
  const { run, feed } = pull;
  const { waits, dueAt } = came;
  const reason = waits === undefined ? null : JSON.stringify({ code: WAITS[waits] });
  await tx.unsafe(
    `update cost_feeds set state = 'ok', reason = $5::text::jsonb,
       state_since = case when state = 'ok' then state_since else now() end, met_key = host_key, certificate_since = null,
       ${answeredOf("$7")}, marks = $3::text::jsonb, misses = 0, tried_at = now(),
       pulled_at = case when $4 then now() else pulled_at end,
       due_at = coalesce($6::timestamptz, now() + make_interval(mins => every_minutes))
     where organisation_id = $1 and id = $2`,
    [run.organisationId, feed.id, JSON.stringify(came.marks), came.isNew, reason, dueAt ?? null, feed.asked_at],
  );
  const quiet = waits === undefined ? UNCHANGED : WAITS[waits];
  await told(tx, pull, { ended: "well", code: came.isNew ? FETCHED : quiet });
  if (feed.grant_id === null) return;
  await tx.unsafe(
    `update grants set credential_id = coalesce(candidate_credential_id, credential_id), candidate_credential_id = null,
       verified_at = now() where organisation_id = $1 and id = $2 and ended_at is null`,
    [run.organisationId, feed.grant_id],
  );
}

const RETRIES_MINUTES = [1, 5, 30];
/** No file at so many expected times in a row, and it is missing. */
const MISSES = 3;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

interface Beside {
  /** The server's other key. */
  readonly met: string | null;
  /** Sooner than the failure itself would have it tried again. */
  readonly lookAt: Date | null;
}

/** What is wrong with a feed, as its row says it. */
export interface FeedFailure {
  readonly failure: FailureSummary;
  /** A person would have to see to it; before that it is only told to whoever asked. */
  readonly isTrouble: boolean;
}

export async function feedFailed(
  tx: TransactionSql,
  pull: Pull,
  given: FailureSummary,
  { met, lookAt }: Beside,
): Promise<FeedFailure> {
  const { run, feed } = pull;
  const since = badCertificateSince(feed, given, Date.now());
  const failure = since !== null && Date.now() - since >= DAY_MS ? lasting(given) : given;
  const misses = missesAfter(feed, failure);
  const state = stateAfter(failure, misses);
  const usual = nextAfter(feed, failure, misses, Date.now());
  const next = lookAt === null || usual.due < lookAt ? usual : { ...usual, at: lookAt, due: lookAt };
  await tx.unsafe(
    `update cost_feeds set state = $3, reason = jsonb_set($4::text::jsonb, '{values,at}', to_jsonb(md5(address::text))),
       state_since = case when state = $3 then state_since else now() end, ${answeredOf("$9")}, misses = $5, tried_at = now(),
       due_at = $6::timestamptz, met_key = coalesce($7, met_key), certificate_since = $8::timestamptz
     where organisation_id = $1 and id = $2`,
    [
      run.organisationId,
      feed.id,
      state,
      JSON.stringify({ code: failure.code, values: valuesOf(feed, failure, met) }),
      misses,
      next.due,
      met,
      since === null ? null : new Date(since),
      feed.asked_at,
    ],
  );
  const { class: ended, code, said } = failure;
  await told(tx, pull, { ended, code, said, next });
  return { failure, isTrouble: state !== "failing" || misses >= MISSES };
}

const valuesOf = (feed: Feed, { said }: FailureSummary, met: string | null): object =>
  met === null ? { said } : { said, before: feed.host_key, now: met };

const MISSING = "custom-costs.missing";

/** Trouble on the way and a file that is not there are counted apart; a source that asks to wait counts against nothing. */
function missesAfter(feed: Feed, failure: FailureSummary): number {
  if (failure.class === "rate_limit") return feed.misses;
  if (failure.class !== "gone" && failure.class !== "transient") return 0;
  const wasMissing = feed.reason_code === MISSING;
  return (failure.class === "gone") === wasMissing ? feed.misses + 1 : 1;
}

type Next = NonNullable<PullEnd["next"]> & { readonly due: Date };

/** A file is looked for when one is expected, and only those looks count; trouble on the way is tried again sooner. */
function nextAfter(feed: Feed, failure: FailureSummary, misses: number, now: number): Next {
  const usual = new Date(now + feed.every_minutes * MINUTE_MS);
  const atUsual = (budget: AttemptBudget | null): Next => ({ kind: "nextSync", at: usual, budget, due: usual });
  switch (failure.class) {
    case "rate_limit": {
      const due = new Date(failure.retryAt);
      return { kind: "waits", at: due, budget: null, due };
    }
    case "reauthorize":
    case "permission":
      return { kind: "asks", at: null, budget: null, due: usual };
    case "gone":
      return atUsual({ rule: "misses", count: Math.min(misses, MISSES), most: MISSES });
    case "transient": {
      const minutes = RETRIES_MINUTES[misses - 1];
      const budget = {
        rule: "retries",
        count: Math.min(misses, RETRIES_MINUTES.length),
        most: RETRIES_MINUTES.length,
      } as const;
      if (minutes === undefined) return atUsual(budget);
      const due = new Date(now + minutes * MINUTE_MS);
      return { kind: "again", at: due, budget, due };
    }
    case "invalid_request":
    case "bug":
      return atUsual(null);
  }
}

const CERTIFICATE = "custom-costs.certificate";

/** From the first time on, until the server was reached safely again. That it could not be reached at all says nothing. */
function badCertificateSince(feed: Feed, { code }: FailureSummary, now: number): number | null {
  const before = feed.certificate_since?.getTime() ?? null;
  if (code === CERTIFICATE) return before ?? now;
  return code === "custom-costs.unreachable" ? before : null;
}

/** A day is time enough to renew one: from then on somebody has to see to it. */
const lasting = (failure: FailureSummary): FailureSummary =>
  failure.code === CERTIFICATE
    ? { class: "invalid_request", code: "custom-costs.certificateDay", said: failure.said }
    : failure;

function stateAfter(failure: FailureSummary, misses: number): Feed["state"] {
  if (failure.class === "reauthorize" || failure.class === "permission") return "refused";
  if (failure.class === "gone") return misses >= MISSES ? "missing" : "failing";
  return failure.class === "transient" || failure.class === "rate_limit" ? "failing" : "invalid";
}
