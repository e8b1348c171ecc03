/** `/healthz`: alive. `/readyz`: it would answer now. `/metrics`: what it did. And the sign of life, every ten seconds. */
import { setTimeout as sleep } from "node:timers/promises";
import { eq, lt, sql } from "drizzle-orm";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Database } from "@headwater/db";
import { processes } from "@headwater/db/schema/tables.ts";
import { errorFacts } from "../log.ts";
import type { Log } from "../log.ts";

const SIGN_EVERY_MS = 10_000;
const READY_WITHIN_MS = 2_000;
const FORGET_AFTER_MS = 24 * 3_600_000;

export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<"route" | "status">;
  readonly subscribers: Gauge;
  readonly executions: Counter;
  readonly messages: Counter;
  readonly dropped: Counter<"why">;
}

export function makeMetrics(countGroups: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const groups: Gauge = new Gauge({
    name: "headwater_subscription_groups",
    help: "Groups that share one execution.",
    registers,
    collect: () => groups.set(countGroups()),
  });
  return {
    registry,
    requests: new Histogram({
      name: "headwater_http_seconds",
      help: "Time to answer, by route and status.",
      labelNames: ["route", "status"],
      registers,
    }),
    subscribers: new Gauge({ name: "headwater_subscribers", help: "Live subscriptions.", registers }),
    executions: new Counter({
      name: "headwater_subscription_executions_total",
      help: "Executions for all members of a group at once.",
      registers,
    }),
    messages: new Counter({
      name: "headwater_subscription_messages_total",
      help: "Messages written to members.",
      registers,
    }),
    dropped: new Counter({
      name: "headwater_subscribers_dropped_total",
      help: "Members removed by us, by reason.",
      labelNames: ["why"],
      registers,
    }),
  };
}

export interface SignOfLife {
  end(): Promise<void>;
}

/** A row of one's own; what died without a word is forgotten after a day. */
export function giveSignsOfLife(db: Database, log: Log, version: string): SignOfLife {
  let id: string | null = null;
  const sign = async () => {
    try {
      if (id !== null) {
        const seen = await db.drizzle
          .update(processes)
          .set({ seenAt: sql`now()` })
          .where(eq(processes.id, id))
          .returning({ id: processes.id });
        if (seen.length > 0) return;
      }
      const [row] = await db.drizzle.insert(processes).values({ kind: "api", version }).returning({ id: processes.id });
      id = row?.id ?? null;
      await db.drizzle.delete(processes).where(lt(processes.seenAt, new Date(Date.now() - FORGET_AFTER_MS)));
    } catch (error) {
      log.warn("sign of life not written", errorFacts(error));
    }
  };
  void sign();
  const timer = setInterval(() => void sign(), SIGN_EVERY_MS);
  timer.unref();
  return {
    end: async () => {
      clearInterval(timer);
      if (id !== null)
        await db.drizzle
          .delete(processes)
          .where(eq(processes.id, id))
          .catch(() => {}); // the database may be down by now; a day later it is forgotten
    },
  };
}

/** Whoever asks whether we are ready waits for no database: one that is silent is not up. */
export async function isDatabaseUp(db: Database): Promise<boolean> {
  const asked = db.drizzle.execute(sql`select 1`).then(
    () => true,
    () => false, // that is the answer
  );
  return Promise.race([asked, sleep(READY_WITHIN_MS, false, { ref: false })]);
}
