/** Counts every call made with a merchant's credential, by hour and purpose, and writes the sums with the rows they fetched. */
import type { Answer } from "@headwater/connectors/outbound/outbound.ts";
import type { DatasourceId, OrganisationId } from "@headwater/db";
import type { Sql, TransactionSql } from "postgres";
import { inOrganisation } from "../load/fence.ts";

type CallSum = {
  hour: string;
  method: string;
  path: string;
  calls: number;
  failures: number;
  throttled: number;
  bytes: number;
};

type LedgerRef = { organisationId: OrganisationId; datasourceId: DatasourceId };

const HOUR_MS = 3_600_000;

const upsertCalls = `
  insert into calls as c (organisation_id, datasource_id, hour, method, path, calls, failures, throttled, bytes)
    select $1::uuid, $2::uuid, hour, method, path, calls, failures, throttled, bytes
    from jsonb_to_recordset($3::jsonb) as s(hour timestamptz, method text, path text, calls bigint, failures bigint, throttled bigint, bytes bigint)
    order by hour, method, path
  on conflict (organisation_id, datasource_id, hour, method, path) do update set calls = c.calls + excluded.calls,
    failures = c.failures + excluded.failures, throttled = c.throttled + excluded.throttled, bytes = c.bytes + excluded.bytes`;

export class CallsLedger {
  #sums = new Map<string, CallSum>();
  #taken: CallSum[] = [];
  /** Answers whose body may still be coming in. */
  #open: { answer: Answer; sum: { method: string; path: string }; counted: number }[] = [];
  /** Calls of this session so far, whatever was written already. */
  total = 0;

  record(method: string, purpose: string, answer: Answer | null): void {
    this.total += 1;
    const sum = this.#sum(method, purpose);
    sum.calls += 1;
    if (answer === null || answer.status >= 500) sum.failures += 1;
    if (answer?.status === 429) sum.throttled += 1;
    if (answer === null) return;
    this.#open.push({ answer, sum: { method, path: purpose }, counted: 0 });
    if (this.#open.length > 64) this.#measure();
  }

  /** For what is no HTTP: one call that ended well, and its bytes. */
  brought(method: string, purpose: string, bytes: number): void {
    this.total += 1;
    const sum = this.#sum(method, purpose);
    sum.calls += 1;
    sum.bytes += bytes;
  }

  /** For what the source says inside a 200. */
  throttled(method: string, purpose: string): void {
    this.#sum(method, purpose).throttled += 1;
  }

  take(): CallSum[] {
    this.#measure();
    this.#taken = [...this.#sums.values()];
    this.#sums = new Map();
    return this.#taken;
  }

  /** The transaction that should have carried them was undone. */
  undo(): void {
    for (const sum of this.#taken) {
      const known = this.#sums.get(keyOf(sum));
      if (known === undefined) this.#sums.set(keyOf(sum), sum);
      else {
        known.calls += sum.calls;
        known.failures += sum.failures;
        known.throttled += sum.throttled;
        known.bytes += sum.bytes;
      }
    }
    this.#taken = [];
  }

  async write(tx: TransactionSql, ref: LedgerRef): Promise<void> {
    const sums = this.take();
    if (sums.length === 0) return;
    await tx.unsafe(upsertCalls, [ref.organisationId, ref.datasourceId, sums], { prepare: true });
  }

  /** In the transaction that writes what they fetched. Where that is undone, were it at its very end, they are left to be written. */
  async writeWith<T>(sql: Sql, ref: LedgerRef, work: (tx: TransactionSql) => Promise<T>): Promise<T> {
    this.#taken = [];
    try {
      return await inOrganisation(sql, ref, async (tx) => {
        const result = await work(tx);
        await this.write(tx, ref);
        return result;
      });
    } catch (error) {
      this.undo();
      throw error;
    }
  }

  /** In a transaction of their own: whatever the work came to, each call was made. */
  async writeLeft(sql: Sql, ref: LedgerRef): Promise<void> {
    this.#measure();
    if (this.#sums.size > 0) await inOrganisation(sql, ref, (tx) => this.write(tx, ref));
  }

  #measure(): void {
    for (const open of this.#open) {
      const bytes = open.answer.bytes();
      if (bytes > open.counted) this.#sum(open.sum.method, open.sum.path).bytes += bytes - open.counted;
      open.counted = bytes;
    }
    // Bodies are taken in order, one ahead at most: only the last few can still grow.
    this.#open = this.#open.slice(-4);
  }

  #sum(method: string, path: string): CallSum {
    const hour = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS).toISOString();
    const key = `${hour} ${method} ${path}`;
    let sum = this.#sums.get(key);
    if (sum === undefined) {
      sum = { hour, method, path, calls: 0, failures: 0, throttled: 0, bytes: 0 };
      this.#sums.set(key, sum);
    }
    return sum;
  }
}

const keyOf = ({ hour, method, path }: CallSum): string => `${hour} ${method} ${path}`;
