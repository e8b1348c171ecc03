import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { spotCheck } from "./spot-check.ts";
import { dayAgo, zoneAtNoon } from "./testing/days.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { scripted, scriptedConnector } from "./testing/scripted-source.ts";

const zone = zoneAtNoon();
const rig = ownRig({ zone });
const ago = (days: number) => dayAgo(zone, days);

/** Days of which the source was asked, by how long ago they were. */
function asked(): number[] {
  const days: number[] = [];
  rig.use({
    ...scriptedConnector({ pages: scripted([]) }),
    reconcile: {
      settledAfterHours: 72,
      aggregates: (_session, day) => {
        days.push(Array.from({ length: 40 }, (_, n) => n).find((n) => ago(n) === day) ?? -1);
        return Promise.resolve([{ metric: "orders", day, value: "0", currency: null, figure: "ordersCount" }]);
      },
    },
  });
  return days;
}

const stands = (days: number, theirs: string | null, settled: boolean) => rig.owner`
  insert into spot_checks (organisation_id, datasource_id, metric, day, currency, ours, theirs, figure, settled)
  values (${rig.ref.organisationId}, ${rig.ref.datasourceId}, 'orders', ${ago(days)}, 'INR', 0, ${theirs}, 'ordersCount', ${settled})`;

test("whoever asks has the days that did not agree asked for again, within what the page shows; the daily check has not", async () => {
  await stands(2, "3", false);
  await stands(6, "3", true);
  await stands(7, "0", true);
  await stands(8, null, true);
  await stands(25, "3", true);
  const daily = asked();
  await spotCheck(rig.deps, rig.run("spotCheck"), options());
  expect(daily).toEqual([1, 4]);
  const wished = asked();
  const run = { ...rig.run("spotCheck", 2), askedBy: randomUUID() };
  expect(await spotCheck(rig.deps, run, options())).toMatchObject({ kind: "done", rows: 5 });
  expect(wished).toEqual([1, 4, 2, 6, 8]);
  const after = await rig.owner<{ day: string; settled: boolean }[]>`
    select day::text, settled from spot_checks where theirs = 0 order by day desc`;
  expect(after).toEqual([
    { day: ago(1), settled: false },
    { day: ago(2), settled: false },
    { day: ago(4), settled: true },
    { day: ago(6), settled: true },
    { day: ago(7), settled: true },
    { day: ago(8), settled: true },
  ]);
});
