// Sample data goes the way of any other, without a grant, a credential or a call: verified, read, kept fresh, checked, deleted.
import { connector as ads } from "@headwater/connectors/sample-ads/index.ts";
import { connector as store } from "@headwater/connectors/sample-store/index.ts";
import type { Connector } from "@headwater/connectors/contract.ts";
import { afterEach, expect, inject, test } from "vitest";
import { loadPath } from "./load-path.ts";
import { makeRig, options, type Rig } from "./testing/rig.ts";

let rig: Rig;
afterEach(() => rig.close());

/** Where it is the middle of the day: no midnight comes between two looks. */
const hoursBehind = new Date().getUTCHours() - 12;
const zone = `Etc/GMT${hoursBehind < 0 ? "" : "+"}${hoursBehind}`;

/** As `openSample` leaves it: nothing but a row. */
async function begin(connector: Connector): Promise<void> {
  rig = await makeRig(inject("postgresUrl"), connector);
  await rig.owner`update organisations set zone = ${zone}, currency = 'INR'`;
  await rig.owner`update datasources set grant_id = null, account_id = null, auth = 'none', name = 'Sample'`;
  await rig.owner`delete from credentials`;
  await rig.owner`delete from grants`;
}

async function readHistory(connector: Connector): Promise<void> {
  const to = new Date(Date.now() + 86_400_000).toISOString();
  const from = new Date(Date.now() - 20 * 86_400_000).toISOString();
  const streams = connector.streams.filter(({ carriedBy }) => carriedBy === undefined);
  const windows = streams.map(({ name: stream, window }, position) => ({
    stream,
    from: window.history === "snapshot" ? null : from,
    to,
    position,
  }));
  const planned = await loadPath.planRun(rig.deps, rig.run("backfill"), windows);
  for (const { sliceId } of planned) {
    const outcome = await loadPath.workOnSlice(rig.deps, { ...rig.run("backfill"), sliceId }, options());
    expect(outcome.kind).toBe("done");
  }
}

test.each([
  ["a store", store, "orders"],
  ["an ad account", ads, "ad_days"],
] as const)(
  "%s: ours equals its own report to the cent, before and after a sync, and a purge leaves nothing",
  async (_is, connector, table) => {
    await begin(connector);
    const verified = await loadPath.verifyGrant(rig.deps, rig.ref, options());
    expect(verified).toMatchObject({ kind: "verified", account: { currency: "INR", zone } });
    if (verified.kind !== "verified") return;
    const back = (Date.now() - Date.parse(`${verified.historyFrom}T00:00:00Z`)) / 86_400_000;
    expect(Math.round(back)).toBeGreaterThan(88);
    expect(Math.round(back)).toBeLessThan(92);
    await rig.owner`update datasources set auth = 'ok'`;
    await readHistory(connector);
    const compare = async (n: number) => {
      const { figures } = await loadPath.spotCheck(rig.deps, rig.run("spotCheck", n), options());
      expect(figures.length).toBeGreaterThan(3);
      for (const { metric, day, ours, theirs } of figures)
        expect(Number(ours), `${metric} on ${day}`).toBe(Number(theirs));
      return figures;
    };
    expect((await compare(1)).some(({ ours }) => Number(ours) > 0)).toBe(true);
    const synced = await loadPath.syncOnce(rig.deps, rig.run("sync"), options());
    expect(synced).toMatchObject({ kind: "done", failedStreams: [] });
    await compare(2);
    expect(await loadPath.rereadWeek(rig.deps, rig.run("reread"), options())).toMatchObject({ kind: "done" });
    expect(await loadPath.lookAtAccount(rig.deps, rig.run("reread"), options())).toMatchObject({ kind: "done" });
    await compare(3);
    expect((await rig.owner`select 1 from restatements where cause <> 'edit'`).count).toBe(0);
    expect((await rig.owner`select 1 from calls`).count).toBe(0);
    await rig.owner`update datasources set disconnected_at = now(), delete_data = true`;
    while ((await loadPath.purgeBatch(rig.deps, rig.ref)).kind === "more");
    for (const gone of [table, "rollups"])
      expect((await rig.owner`select 1 from ${rig.owner(gone)}`).count, gone).toBe(0);
  },
);
