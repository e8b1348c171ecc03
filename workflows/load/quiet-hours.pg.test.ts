import { expect, test } from "vitest";
import { syncOnce } from "./sync-once.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { order, scripted, scriptedConnector } from "./testing/scripted-source.ts";

const rig = ownRig();

test("a sync fills a gap where points were missed before quiet hours, and none that lay in them", async () => {
  rig.use(scriptedConnector({ pages: scripted([order("1")], [order("2")]) }));
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  const lateFrom = hoursAgo(10).toISOString();
  const filled = async (n: number, lastHours: number) => {
    const last = hoursAgo(lastHours);
    await rig.owner`update datasources set last_success_at = ${last}, complete_through = ${last}`;
    await syncOnce(rig.deps, rig.run("sync", n), { ...options(), lateFrom });
    return (await rig.owner`select 1 from audit_log where verb = 'gapFilled'`).length;
  };
  expect(await filled(1, 9)).toBe(0);
  expect(await filled(2, 11)).toBe(1);
});
