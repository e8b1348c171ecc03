/** One of several processes that spend from one bucket: streams of one store, or two products on one app's key. */
import { openDatabase } from "@headwater/db";
import { setTimeout as sleep } from "node:timers/promises";
import { bucketOf } from "../rate-lease.ts";
import { watchAnswers, watchStalls } from "./undisturbed.ts";

export interface BucketWork {
  workerUrl: string;
  key: string;
  maximum: number;
  restorePerSecond: number;
  /** Points of one call of each stream. */
  costs: number[];
}
/** Said once everybody is up: milliseconds since 1970, so that all begin and end together. */
export interface BucketTime {
  from: number;
  until: number;
}
/** The source answers as quickly as any does. */
const ANSWER_MS = 15;

/** When each call was asked for and when it left, and what it cost. */
export interface BucketReport {
  calls: { stream: number; asked: number; at: number; cost: number }[];
  /** How long the machine kept this process, or its database, from what it was about to do, at worst. */
  stoodMs: number;
}

process.once("message", (work: BucketWork) => void begin(work));

async function begin(work: BucketWork): Promise<void> {
  const db = openDatabase({ url: work.workerUrl, max: 2, name: "bucket test" });
  const beside = openDatabase({ url: work.workerUrl, max: 1, name: "beside the bucket" });
  const { key, maximum, restorePerSecond } = work;
  await Promise.all([db.sql`select 1`, beside.sql`select 1`]); // their connections are there before it counts
  const bucket = bucketOf("shopify", key, { maximum, restorePerSecond });
  const calls: BucketReport["calls"] = [];
  const stream = async (cost: number, number: number, { from, until }: BucketTime): Promise<void> => {
    await sleep(Math.max(0, from - Date.now()));
    for (;;) {
      const asked = Date.now();
      const waitMs = await bucket.take(db.sql, cost);
      if (Date.now() + waitMs > until) return;
      if (waitMs > 0) await sleep(waitMs);
      bucket.spent();
      calls.push({ stream: number, asked, at: Date.now(), cost });
      await sleep(ANSWER_MS);
    }
  };
  const spend = async (time: BucketTime): Promise<void> => {
    const stoodMs = watchStalls();
    const ended = new AbortController();
    const answers = watchAnswers(() => beside.sql`select 1`, ended.signal);
    await Promise.all(work.costs.map((cost, number) => stream(cost, number, time)));
    ended.abort();
    const report: BucketReport = { calls, stoodMs: Math.max(stoodMs(), await answers) };
    await Promise.all([db.close(), beside.close()]);
    process.send?.(report);
    process.disconnect();
  };
  process.once("message", (time: BucketTime) => void spend(time));
  process.send?.("up");
}
