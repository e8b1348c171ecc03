import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { backfillWorkflowId } from "../client.ts";
import type { RingTarget } from "../client.ts";
import { startEngine } from "./testing/engine.ts";
import type { Engine } from "./testing/engine.ts";
import { runsOf } from "./testing/histories.ts";
import { commandUntil, connected, rowUntil, synced } from "./testing/waiting.ts";
import { until } from "./testing/until.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ postgresUrl: inject("postgresUrl"), temporalAddress: inject("temporalAddress") });
  await engine.startWorkers();
});
afterAll(() => engine.close());

const done = { kind: "done" } as const;
const slotsOf = async ({ datasourceId }: RingTarget): Promise<number> =>
  (await engine.merchant.sql`select 1 from slots where datasource_id = ${datasourceId}`).length;

describe("an account that is gone", () => {
  test("is looked at twice and disconnected by us, slot freed; a sync-now that met it is answered at once, and rings nobody", async () => {
    const { merchant, source } = engine;
    const target = await connected(engine);
    const failure = { class: "gone", what: "account", code: "fake.gone", said: "404" } as const;
    const gone = { kind: "failed", failure } as const;
    const second = Promise.withResolvers<typeof gone>();
    // Not before it is asked for: a sync of the rhythm would have it looked at, and that ends only when this test says so.
    let isAsked = false;
    source.when(target.datasourceId, {
      sync: ({ askedBy }) => {
        isAsked ||= askedBy.length > 0;
        return isAsked ? gone : done;
      },
      verify: () => second.promise,
    });
    const asked = await merchant.command(target, "syncNow");
    await commandUntil(engine, asked, "failed");
    expect((await merchant.row(target))?.phase).not.toBe("DISCONNECTING");
    second.resolve(gone);
    await until(
      () => slotsOf(target),
      (slots) => slots === 0,
    );
    const [row] = await merchant.sql`
      select disconnected_by->>'kind' as by from datasources where id = ${target.datasourceId}`;
    expect(row).toEqual({ by: "system" });
    expect(source.callsOf(target.datasourceId).filter((call) => call === "verify").length).toBeGreaterThanOrEqual(2);
  });

  test("as its history says is looked at before the history is begun again, and disconnected by us", async () => {
    const { merchant, source } = engine;
    const failure = { class: "gone", what: "account", code: "fake.gone", said: "404" } as const;
    const gone = { kind: "failed", failure } as const;
    const target = await merchant.connect();
    let isSeen = false;
    source.when(target.datasourceId, {
      verify: () => (isSeen ? gone : done),
      slice: () => {
        isSeen = true;
        return gone;
      },
    });
    await merchant.comeBack(target);
    await until(
      () => slotsOf(target),
      (slots) => slots === 0,
    );
    const [row] = await merchant.sql`
      select disconnected_by->>'kind' as by from datasources where id = ${target.datasourceId}`;
    expect(row).toEqual({ by: "system" });
    const histories = await until(
      () => runsOf(engine.client, backfillWorkflowId(target.datasourceId, 1)),
      (found) => found.length > 0,
    );
    expect(histories).toHaveLength(1);
  });

  test("and then is there after all gets its history read on", async () => {
    const { merchant, source } = engine;
    const failure = { class: "gone", what: "account", code: "fake.gone", said: "404" } as const;
    const answers = [{ kind: "failed", failure } as const];
    const target = await merchant.connect();
    source.when(target.datasourceId, {
      slice: ({ position }) => (position === 2 ? answers.pop() : undefined) ?? done,
    });
    await merchant.comeBack(target);
    await rowUntil(engine, target, synced);
    expect(await slotsOf(target)).toBe(1);
  });
});
