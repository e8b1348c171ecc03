/**
 * The history of feeds: every pull is an attempt of the sync that made it. One that goes just as the one before it makes no
 * row: the row of that one says how often, and until when. So a year in which nothing changes is one row.
 */
import type { AttemptBudget, AttemptEnding, AttemptNext } from "@headwater/db/schema/values.ts";
import type { TransactionSql } from "postgres";
import type { RunRef } from "../load/contract.ts";
import { writeAttempts } from "../load/write-attempts.ts";
import type { Feed } from "./feed-rows.ts";

export interface PullEnd {
  readonly ended: AttemptEnding;
  readonly code: string;
  /** The source's own words, redacted. */
  readonly said?: string;
  readonly next?: { readonly kind: AttemptNext; readonly at: Date | null; readonly budget: AttemptBudget | null };
}

/** What is new came in: never told as one with the time before. */
export const FETCHED = "custom-costs.fetched";
export const UNCHANGED = "custom-costs.unchanged";

/** A sync before this one, that this one is told with. */
export interface EarlierRun {
  readonly id: RunRef["runId"];
  readonly n: number;
  readonly state: "succeeded" | "failed";
  readonly outcome: object;
  readonly started_at: Date;
}

/** Of one sync. */
export class PullHistory {
  readonly #run: RunRef;
  #earlier: EarlierRun | null = null;
  #hasOwn = false;

  constructor(run: RunRef) {
    this.#run = run;
  }

  /** Where every pull went just as the time before. */
  get earlier(): EarlierRun | null {
    return this.#hasOwn ? null : this.#earlier;
  }

  /** In the transaction of the feed's own row. */
  async note(tx: TransactionSql, feed: Feed, began: Date, end: PullEnd): Promise<void> {
    const earlier = end.code === FETCHED || this.#run.askedBy !== undefined ? null : await this.#again(tx, feed, end);
    if (earlier !== null) {
      this.#earlier = earlier;
      return;
    }
    this.#hasOwn = true;
    const { ended: how, code, said = "", next } = end;
    const attempt = { began: began.toISOString(), ended: new Date().toISOString(), feed: feed.id, how, code, read: 0 };
    await writeAttempts(tx, this.#run, [{ ...attempt, said: said === "" ? null : said }], {
      next: next?.kind ?? null,
      at: next?.at?.getTime() ?? null,
      budget: next?.budget ?? null,
    });
  }

  /** Only of the newest sync, which nobody asked for and which brought nothing; the sync itself is counted once. */
  async #again(tx: TransactionSql, feed: Feed, { ended, code, said, next }: PullEnd): Promise<EarlierRun | null> {
    const { organisationId, datasourceId, runId } = this.#run;
    const [earlier] = await tx.unsafe<[EarlierRun?]>(
      `with newest as (
         select r.* from runs as r where r.organisation_id = $1 and r.datasource_id = $2 and r.kind = 'sync'
         order by r.started_at desc, r.n desc limit 1),
       last as (
         select t.run_id, t.n from run_attempts as t where t.organisation_id = $1 and t.feed_id = $3
         order by t.started_at desc, t.n desc limit 1),
       told as (
         update run_attempts as t set times = t.times + 1, finished_at = now(), said = $6, next_at = $9::timestamptz
         from last, newest as r
         where t.organisation_id = $1 and t.run_id = last.run_id and t.n = last.n and r.id = last.run_id and r.id <> $10
           and r.finished_at is not null and r.asked_by is null
           and (t.ended, t.code, t.next, t.budget) is not distinct from ($4::text, $5::text, $7::text, $8::text::jsonb)
           and not exists (select from run_attempts as o where o.organisation_id = $1 and o.run_id = r.id and o.code = '${FETCHED}')
         returning t.run_id)
       update runs as r set times = r.times + $11, finished_at = now() from told where r.organisation_id = $1 and r.id = told.run_id
       returning r.id, r.n, r.state, r.outcome, r.started_at`,
      [
        organisationId,
        datasourceId,
        feed.id,
        ended,
        code,
        said === undefined || said === "" ? null : said,
        next?.kind ?? null,
        next?.budget == null ? null : JSON.stringify(next.budget),
        next?.at ?? null,
        runId,
        this.#earlier === null ? 1 : 0,
      ],
      { prepare: true },
    );
    return earlier ?? null;
  }
}
