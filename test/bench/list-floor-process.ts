/** What a list stands on, each alone: yoga that says hello, yoga with the same answer in memory, the driver with the same statements. */
import { openDatabase } from "@headwater/db";
import { startBareYoga } from "@headwater/server/testing/bare-yoga.ts";
import type { ReservedSql } from "postgres";
import type { Sent } from "./api-process.ts";

export type Order =
  | { kind: "open"; answer: Readonly<Record<string, unknown>> }
  | {
      kind: "read";
      databaseUrl: string;
      statements: readonly Sent[];
      connections: number;
      lanes: number;
      forMs: number;
    };
export type Told =
  | { kind: "open"; url: string }
  | { kind: "read"; perSecond: number }
  | { kind: "failed"; why: string };

const tell = (told: Told): void => void process.send?.(told);

/** As fast as can be: all of a list's statements on one connection, in one trip. What begins and ends them is plain text. */
async function readOnce(lane: ReservedSql, statements: readonly Sent[]): Promise<void> {
  const planned = { prepare: true, simple: false }; // the second is known to the driver, though not to its types
  await Promise.all(
    statements.map(({ text, values }) =>
      /^(begin|commit)/.test(text) ? lane.unsafe(text) : lane.unsafe(text, [...values], planned).raw(),
    ),
  );
}

async function read({ databaseUrl, statements, connections, lanes, forMs }: Extract<Order, { kind: "read" }>) {
  const db = openDatabase({ url: databaseUrl, max: connections });
  const until = performance.now() + forMs;
  let lists = 0;
  const goOn = async (): Promise<void> => {
    while (performance.now() < until) {
      const lane = await db.sql.reserve();
      await readOnce(lane, statements).finally(() => lane.release());
      lists += 1;
    }
  };
  await Promise.all(Array.from({ length: lanes }, goOn));
  await db.close();
  return (lists * 1000) / forMs;
}

async function carryOut(order: Order): Promise<void> {
  if (order.kind === "open") return tell({ kind: "open", url: await startBareYoga(order.answer) });
  tell({ kind: "read", perSecond: await read(order) });
}

process.on("message", (order: Order) => {
  carryOut(order).catch((error: unknown) => tell({ kind: "failed", why: String(error) }));
});
process.on("disconnect", () => process.exit(0));
