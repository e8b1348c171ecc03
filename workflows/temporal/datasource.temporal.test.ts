import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ApplicationFailure } from "@temporalio/common";
import { startEngine } from "./testing/engine.ts";
import { commandUntil } from "./testing/waiting.ts";
import { until } from "./testing/until.ts";
import type { Engine } from "./testing/engine.ts";
import { datasourceWorkflowId } from "../client.ts";
import type { RingTarget } from "../client.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ postgresUrl: inject("postgresUrl"), temporalAddress: inject("temporalAddress") });
  await engine.startWorkers();
});
afterAll(() => engine.close());

const phaseOf = (target: RingTarget, phase: string) =>
  until(
    () => engine.merchant.row(target),
    (row) => row?.phase === phase,
  );

const live = (target: RingTarget) =>
  until(
    () => engine.merchant.row(target),
    (row) => row?.backfill === "done" && row.phase === "LIVE",
  );

async function connected(): Promise<RingTarget> {
  const target = await engine.merchant.connect();
  await engine.merchant.comeBack(target);
  await live(target);
  return target;
}

describe("connecting", () => {
  test("a consent leads through the first history, with what it met told in order, to a datasource that syncs", async () => {
    const target = await engine.merchant.connect();
    const met = [{ kind: "providerDown", forMs: 100 } as const, { kind: "throttled", forMs: 100 } as const];
    engine.source.when(target.datasourceId, {
      slice: ({ position }) => (position === 1 ? met.shift() : undefined) ?? { kind: "done" },
    });
    await engine.merchant.comeBack(target);
    await live(target);
    const attempts = await engine.merchant.sql`
      select a.n, a.stream = s.stream as "isItsStream", a.ended, a.said, a.next, a.started_at <= a.finished_at as "inOrder"
      from run_attempts a join slices s on s.id = a.slice_id and s.position = 1
      where a.datasource_id = ${target.datasourceId} order by a.n`;
    const each = { isItsStream: true, inOrder: true };
    expect([...attempts]).toEqual([
      { ...each, n: 1, ended: "transient", said: "down", next: "again" },
      { ...each, n: 2, ended: "rate_limit", said: "slow down", next: "waits" },
      { ...each, n: 3, ended: "well", said: null, next: null },
    ]);
    const row = await until(
      () => engine.merchant.row(target),
      (found) => found?.lastSuccessAt != null,
    );
    expect(row).toMatchObject({ phase: "LIVE", auth: "ok", backfill: "done" });
  });

  test("an attempt that nobody finishes gives its slot back and leaves no row", async () => {
    const target = await engine.merchant.connect({ forMs: 2_000 });
    await until(
      () => engine.merchant.row(target),
      (row) => row === undefined,
    );
    const slots = await engine.merchant.sql`select 1 from slots where datasource_id = ${target.datasourceId}`;
    expect(slots).toHaveLength(0);
    expect(await engine.merchant.comeBack(target)).toBe("too late");
  });
});

describe("commands", () => {
  test("a pause is written as the phase, a resume verifies and syncs at once", async () => {
    const target = await connected();
    await engine.merchant.command(target, "pause");
    await phaseOf(target, "PAUSED");
    await engine.merchant.command(target, "resume");
    await phaseOf(target, "LIVE");
  });

  test("a sync that a fault of ours broke for good is over, and says so to whoever asked for it", async () => {
    const target = await connected();
    const error = ApplicationFailure.nonRetryable("x is undefined", "bug");
    engine.source.when(target.datasourceId, {
      sync: ({ askedBy }) => (askedBy.length === 0 ? { kind: "done" } : { kind: "throws", error }),
    });
    const asked = await engine.merchant.command(target, "syncNow");
    await commandUntil(engine, asked, "failed");
    const [told] = await engine.merchant.sql`
      select c.outcome, r.state from commands c join runs r on r.asked_by = c.id where c.id = ${asked}`;
    expect(told).toEqual({ outcome: { code: "bug" }, state: "failed" });
  });

  test("what a disconnect kept is deleted when somebody chooses so after its end, once", async () => {
    const target = await connected();
    await engine.merchant.command(target, "disconnect");
    await phaseOf(target, "END");
    const purges = () => engine.source.callsOf(target.datasourceId).filter((call) => call === "purge").length;
    expect(purges()).toBe(0);
    await commandUntil(engine, await engine.merchant.command(target, "deleteData"));
    await until(
      async () => purges(),
      (times) => times > 0,
    );
    const told = async () => {
      const [row] = await engine.merchant.sql`
        select phase, data_deleted_at is not null as deleted from datasources where id = ${target.datasourceId}`;
      return row;
    };
    await until(told, (row) => row?.["deleted"] === true);
    await engine.ringer.ring(target, 1_000);
    const handle = engine.client.workflow.getHandle(datasourceWorkflowId(target.datasourceId));
    await until(
      () => handle.describe(),
      ({ status }) => status.name === "COMPLETED",
    );
    expect([purges(), await told()]).toEqual([1, { phase: "END", deleted: true }]);
  });

  test("a disconnect revokes, erases and ends", async () => {
    const target = await connected();
    await engine.merchant.command(target, "disconnect");
    await phaseOf(target, "END");
    expect(engine.source.callsOf(target.datasourceId)).toContain("erase");
  });
});
