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

async function syncedAgainst(failure: () => SourceFailure, once = false) {
  sent = 0;
  const outbound: Outbound = {
    send: () => {
      sent += 1;
      return Promise.reject(failure());
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
  return syncOnce(rig.deps, rig.run("sync"), options());
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
