// How often a source is asked while it is down: a call's tries are all the tries there are until the next schedule.
import { SourceFailure } from "@headwater/connectors/failure.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import type { SourceRequest } from "@headwater/connectors/session.ts";
import { afterEach, expect, inject, test } from "vitest";
import { makeRig, options, type Rig } from "../load/testing/rig.ts";
import { order, scriptedConnector } from "../load/testing/scripted-source.ts";
import { syncOnce } from "../load/sync-once.ts";

let rig: Rig;
let sent = 0;
afterEach(() => rig.close());

/** `isAhead`: the end that was told lies after the call it follows; how long the telling itself took is no matter. */
const told: { because: string; isAhead: boolean }[] = [];

async function syncedAgainst(failure: () => SourceFailure, once = false, askedBy: readonly string[] = []) {
  sent = 0;
  told.length = 0;
  let until = 0;
  let calledAt = 0;
  const outbound: Outbound = {
    send: async () => {
      sent += 1;
      const [row] = await rig.owner<{ because: string | null; until: Date | null }[]>`
        select throttle_reason->>'code' as because, throttled_until as until from datasources`;
      const next = row?.until?.getTime() ?? 0;
      if (row !== undefined && row.because !== null && next !== until)
        told.push({ because: row.because, isAhead: next > calledAt });
      until = next;
      calledAt = Date.now();
      throw failure();
    },
    browserAddress: (address) => address.href,
    close: () => Promise.resolve(),
  };
  const request: SourceRequest = {
    method: "GET",
    url: "https://source.test/orders",
    credential: "attached",
    cost: 0,
    purpose: "orders",
    once,
  };
  const connector = scriptedConnector({
    pages: async function* pages(_slice, _from, session) {
      await session.http.call(request, (answer) => answer.text());
      yield { kind: "records", records: [order("1")], rejected: [], cursor: {}, done: true };
    },
  });
  rig = await makeRig(inject("postgresUrl"), connector, { outbound });
  return syncOnce(rig.deps, rig.run("sync"), { ...options(), askedBy });
}
const transient = (code: string) => () => new SourceFailure({ class: "transient", code, said: code });

test.each(["outbound.network", "outbound.noAddress", "outbound.certificate", "shopify.trouble"])(
  "%s on every call: eight tries at most, then the next schedule",
  async (code) => {
    expect(await syncedAgainst(transient(code))).toMatchObject({ kind: "providerDown", completeThrough: null });
    expect(sent).toBeLessThanOrEqual(8);
    expect(sent).toBeGreaterThanOrEqual(4);
    const [run] = await rig.owner`select state from runs`;
    expect(run).toEqual({ state: "failed" });
  },
);

test("whoever asked for the sync reads what it waits for from its first wait on, and an hour's own sync writes no word of it", async () => {
  const limited = () =>
    new SourceFailure({
      class: "rate_limit",
      code: "shopify.throttled",
      said: "",
      // Long enough to be told of, however long this process is kept from it: waits of ours run at a thousandth, this does not.
      retryAt: new Date(Date.now() + 1_000).toISOString(),
    });
  const asked = ["2b4b0b5e-2f0c-4a55-8d53-6b53ad6c6b6e"];
  await syncedAgainst(transient("shopify.trouble"), false, asked);
  expect(new Set(told.map((one) => JSON.stringify(one)))).toEqual(
    new Set(['{"because":"providerDown","isAhead":true}']),
  );
  await rig.close();
  const failures = [limited];
  await syncedAgainst(() => (failures.shift() ?? transient("shopify.trouble"))(), false, asked);
  expect(told[0]).toEqual({ because: "rateLimit", isAhead: true });
  await rig.close();
  await syncedAgainst(transient("shopify.trouble"));
  expect(told).toEqual([]);
});

test("a source that asks for ten minutes is not asked again within them", async () => {
  const retryAt = new Date(Date.now() + 600_000).toISOString();
  const failure = () => new SourceFailure({ class: "transient", code: "shopify.trouble", said: "503", retryAt });
  expect(await syncedAgainst(failure)).toMatchObject({ kind: "providerDown", retryAt });
  expect(sent).toBe(1);
});

test("what may not happen twice is begun again by its stream alone, three times", async () => {
  expect(await syncedAgainst(transient("outbound.network"), true)).toMatchObject({ kind: "providerDown" });
  expect(sent).toBe(4);
});
