// Another takes the place of one that syncs: it is read once more, up to the switch, and ends soon whatever comes of that.
import { Worker } from "@temporalio/worker";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { RunRef } from "../load/contract.ts";
import { datasourceWorkflowId } from "../client.ts";
import type { RingTarget } from "../client.ts";
import { converterFor } from "../payloads.ts";
import { buildBundle } from "../worker/bundle.ts";
import { FAST, startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import { revoked } from "./testing/fake-source.ts";
import type { Script } from "./testing/fake-source.ts";
import { historyOf, timesAsked } from "./testing/histories.ts";
import { until } from "./testing/until.ts";
import { commandUntil, connected, phaseUntil } from "./testing/waiting.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({
    postgresUrl: inject("postgresUrl"),
    temporalAddress: inject("temporalAddress"),
    // One that continues as new between its last reading and its end reads once more: no test here counts on that.
    durations: { ...FAST, canEvery: 1_000 },
  });
  await engine.startWorkers();
});
afterAll(() => engine.close());

/** From the moment on in which the new one is proven, its source answers as the script says. */
async function replacedWhile(
  script: Partial<Script>,
  { change = "name = name", before }: { change?: string; before?: (old: RingTarget) => Promise<unknown> } = {},
): Promise<RingTarget> {
  const { merchant, source } = engine;
  const old = await connected(engine);
  const next = await merchant.connect({ replaces: old });
  const args = { replacement: next.datasourceId };
  const asked = await merchant.command(old, "replace", change, { args });
  source.when(old.datasourceId, script);
  await merchant.sql`update datasources set complete_through = now() - interval '1 hour' where id = ${old.datasourceId}`;
  await before?.(old);
  await merchant.comeBack(next);
  await commandUntil(engine, asked);
  const row = await merchant.row(old);
  await engine.ringer.ring(old, (row?.generation ?? 0) + 1_000);
  await phaseUntil(engine, old, "END");
  return old;
}

/** What a sync that lands writes of how far it came, a second behind as a source's own clock may be. */
async function landed(): Promise<{ readonly kind: "done" }> {
  const { sql, organisationId } = engine.merchant;
  await sql`
    update datasources set complete_through = now() - interval '1 second'
    where organisation_id = ${organisationId} and replaced_at is not null and disconnected_at is null`;
  return { kind: "done" };
}

async function endOf({ datasourceId }: RingTarget) {
  const [row] = await engine.merchant.sql`
    select coalesce(complete_through >= replaced_at, false) as whole, disconnected_at = replaced_at as "atOnce",
      disconnected_at < replaced_at + interval '8 minutes' as soon,
      (select count(*)::int from runs r where r.datasource_id = d.id and r.kind = 'sync'
        and r.started_at > d.replaced_at and r.state = 'succeeded') > 0 as "isRead"
    from datasources d where id = ${datasourceId}`;
  return row;
}

test("it is read once more after the switch, before anything of it is disconnected, and its history replays", async () => {
  const old = await replacedWhile({ sync: landed });
  expect(await endOf(old)).toEqual({ whole: true, atOnce: false, soon: true, isRead: true });
  const workflowId = datasourceWorkflowId(old.datasourceId);
  const { history } = await historyOf(engine.client, workflowId);
  expect(timesAsked(history, "endReplaced")).toBe(1);
  await Worker.runReplayHistory(
    { workflowBundle: await buildBundle(), dataConverter: converterFor(null) },
    history,
    workflowId,
  );
});

test("a source that asks for a moment is asked again", async () => {
  let asked = 0;
  const sync = () => ((asked += 1) === 1 ? ({ kind: "throttled", forMs: 300 } as const) : landed());
  const old = await replacedWhile({ sync });
  expect(await endOf(old)).toMatchObject({ whole: true, soon: true });
});

test("a sync that was under way at the switch is left for one that reads up to it", async () => {
  // By run: a busy machine may have an attempt at one repeated.
  const begun = new Set<number>();
  const isReplaced = () => engine.merchant.sql`
    select 1 from datasources where organisation_id = ${engine.merchant.organisationId} and replaced_at is not null
      and disconnected_at is null`;
  const sync = async ({ run }: { readonly run: RunRef }) => {
    begun.add(run.n);
    if (begun.size > 1) return landed();
    await until(isReplaced, ({ count }) => count > 0);
    return { kind: "more" } as const;
  };
  const underWay = async (old: RingTarget) => {
    await engine.merchant.command(old, "syncNow");
    await until(
      () => Promise.resolve(begun.size),
      (n) => n > 0,
    );
  };
  const old = await replacedWhile({ sync }, { before: underWay });
  const [first = 0] = begun;
  expect([...begun]).toEqual([first, first + 1]);
  expect(await endOf(old)).toEqual({ whole: true, atOnce: false, soon: true, isRead: true });
});

test("an access that turns out to be dead ends it, and nothing is claimed of the hours before the switch", async () => {
  const old = await replacedWhile({ sync: () => ({ kind: "failed", failure: revoked }) });
  expect(await endOf(old)).toMatchObject({ whole: false, soon: true, isRead: false });
});

test("one that is stopped is ended with the switch itself, and asked for nothing", async () => {
  const old = await replacedWhile({}, { change: "user_paused_at = now()" });
  expect(await endOf(old)).toEqual({ whole: false, atOnce: true, soon: true, isRead: false });
});
