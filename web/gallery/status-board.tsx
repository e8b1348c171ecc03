import type { LiveDatasource } from "../live/live.documents.ts";
import { ConnectionStatus, DataSyncStatus } from "../parts/status.tsx";
import { Reeds } from "../parts/reeds.tsx";
import { RunMarks } from "../parts/run-marks.tsx";
import { Bar } from "../parts/bar.tsx";
import { AttentionNotice } from "../screens/datasources/notices.tsx";
import { datasourceFixture, reason, storyDatasources } from "./fixtures.ts";

type Connection = NonNullable<LiveDatasource["connection"]>;
type DataSync = NonNullable<LiveDatasource["dataSync"]>;

const connections: readonly Connection[] = [
  { status: "CONNECTED", isDead: false, reason: null },
  { status: "REAUTHORIZE", isDead: false, reason: reason("Priya’s grant ends in 6 days") },
  { status: "REAUTHORIZE", isDead: true, reason: reason("Key revoked at Klaviyo, yesterday 18:40") },
];
const syncs: readonly DataSync[] = [
  { status: "ACTIVE", reason: null },
  { status: "FETCHING_HISTORICAL_DATA", reason: null },
  { status: "NOT_SYNCED", reason: reason("First sync queued, starts within a minute") },
  { status: "INACTIVE", reason: reason("Paused by Headwater: 10 failures, last 20:12") },
];

/** Every pair of statuses, in words and as reeds. */
export function StatusBoard() {
  const many = Array.from({ length: 14 }, (_, n) => datasourceFixture({ id: `many-${n}` }));
  return (
    <main className="main">
      <h1>Statuses</h1>
      <div className="tw" tabIndex={0} role="group" aria-label="Pairs">
        <table>
          <thead>
            <tr>
              <th scope="col">Connection</th>
              <th scope="col">Data sync</th>
              <th scope="col">In the panel</th>
              <th scope="col">Reed</th>
            </tr>
          </thead>
          <tbody>
            {connections.flatMap((connection, c) =>
              syncs.map((dataSync, d) => (
                <tr key={`${c}-${d}`}>
                  <td>
                    <ConnectionStatus connection={connection} />
                  </td>
                  <td>
                    <DataSyncStatus dataSync={dataSync} percent={41} />
                    <span className="xs faint block">{dataSync.reason?.message ?? connection.reason?.message}</span>
                  </td>
                  <td>
                    <p className="ss">
                      <ConnectionStatus connection={connection} plain />
                      <DataSyncStatus dataSync={dataSync} percent={41} plain />
                    </p>
                  </td>
                  <td>
                    <Reeds datasources={[datasourceFixture({ id: `${c}${d}`, connection, dataSync })]} />
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
      <h2>Reeds, runs, bars, notices</h2>
      <p>
        <Reeds datasources={storyDatasources()} /> <Reeds datasources={many} />
      </p>
      <p>
        <RunMarks runs={storyDatasources()[3]?.recentRuns ?? []} />
      </p>
      <Bar percent={41} label="Live" tone="live" />
      <Bar percent={100} label="Done" tone="g" />
      <Bar percent={null} label="Unknown" tone="live" />
      {storyDatasources()
        .filter((datasource) => datasource.needsAttention)
        .map((datasource) => (
          <AttentionNotice key={datasource.id} datasource={datasource} />
        ))}
    </main>
  );
}
