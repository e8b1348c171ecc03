import { plural } from "@lingui/core/macro";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useRef } from "react";
import { Link } from "wouter";
import { useFormat } from "../language.tsx";
import { useLive, useLiveDatasource } from "../live/live.tsx";
import type { LiveDatasource } from "../live/live.documents.ts";
import { Bar } from "../parts/bar.tsx";
import { Glyph } from "../parts/glyph.tsx";
import { LongList, type Placed } from "../parts/long-rows.tsx";
import { Panel } from "../parts/panel.tsx";
import { Reeds } from "../parts/reeds.tsx";
import { ConnectionStatus, DataSyncStatus } from "../parts/status.tsx";
import { Ago } from "../parts/time.tsx";
import { Rows } from "../parts/rows.tsx";
import { to } from "../routes.ts";
import { accountOf, shortAccount } from "../live/account-line.ts";
import { dataCounts } from "./data-counts.ts";
import { usePlace } from "./organisation.tsx";
import { countNeeding } from "./page.tsx";
import { useShortcuts } from "./shortcuts.ts";

/** What is connected and moving, from any page. */
export function DataPanel() {
  const { t } = useLingui();
  const format = useFormat();
  const order = useLive((state) => state.order);
  const byId = useLive((state) => state.byId);
  const panel = useRef<HTMLDivElement>(null);
  useShortcuts({ "KeyG KeyD": () => panel.current?.showPopover() });
  const shown = order.flatMap((id) => byId.get(id) ?? []).filter(({ disconnectedAt }) => disconnectedAt === null);
  const { needing, connecting, ...counts } = dataCounts(shown);
  const active = format.count(counts.active);
  const fetching = format.count(counts.fetching);
  const paused = format.count(counts.paused);
  const waiting = format.count(counts.waiting);
  const label = t`DATA. ${plural(shown.length - connecting, { one: "# datasource", other: "# datasources" })}: ${active} active, ${fetching} fetching historical data, ${plural(needing, { one: "# needs someone", other: "# need someone" })}, ${paused} paused, ${waiting} not synced yet`;
  return (
    <>
      <button type="button" className="data" popoverTarget="data-panel" aria-haspopup="dialog">
        <span aria-hidden="true">DATA</span> <Reeds datasources={shown} />
        <span className="vh">
          {label}
          {connecting > 0 && (
            <>
              {", "}
              <Plural value={connecting} one="# being connected" other="# being connected" />
            </>
          )}
        </span>
      </button>
      <Panel id="data-panel" panel={panel} label={t`DATA`} head={<PanelHead />}>
        {shown.length === 0 ? (
          <EmptyPanel />
        ) : (
          <ul>
            <LongList
              rows={shown}
              rowHeight={59}
              renderRow={({ id }, placed) => (
                <PanelRow key={id} id={id} placed={placed} onOpen={() => panel.current?.hidePopover()} />
              )}
            />
          </ul>
        )}
        {shown.length > 0 && <PanelFoot onOpen={() => panel.current?.hidePopover()} />}
      </Panel>
    </>
  );
}

function PanelHead() {
  return (
    <>
      <h2>DATA</h2>
      <span className="xs faint">
        <Trans comment="beside the title of the DATA panel: values move by themselves">live</Trans>
      </span>
    </>
  );
}

function EmptyPanel() {
  const { organisation } = usePlace();
  return (
    <div className="dpe">
      <p className="dim">
        <Trans>Nothing connected yet</Trans>
      </p>
      <Link className="btn" href={to.datasources(organisation.slug)}>
        <Trans>Connect a datasource</Trans>
      </Link>
    </div>
  );
}

function PanelFoot({ onOpen }: { onOpen: () => void }) {
  const { organisation } = usePlace();
  const needing = useLive(countNeeding);
  return (
    <div className="df">
      <Link href={to.datasources(organisation.slug)} onClick={onOpen}>
        <Trans>Manage integrations</Trans> <span aria-hidden="true">→</span>
      </Link>
      <span className="xs faint">
        {needing > 0 && <Plural value={needing} one="# needs attention" other="# need attention" />}
      </span>
    </div>
  );
}

interface PanelRowProps {
  id: string;
  placed: Placed;
  onOpen: () => void;
}

function PanelRow({ id, placed, onOpen }: PanelRowProps) {
  const { organisation } = usePlace();
  const datasource = useLiveDatasource(id);
  const { t } = useLingui();
  if (!datasource) return null;
  const { name, platform, connection, dataSync, backfill, currentRun, disconnectedAt } = datasource;
  const isFetching = dataSync?.status === "FETCHING_HISTORICAL_DATA";
  return (
    <li {...placed}>
      <Glyph title={platform.title} category={platform.category} />
      <div className="grow">
        <p className="cut">
          <Link href={to.datasource(organisation.slug, id)} onClick={onOpen}>
            <b>{name}</b>
          </Link>{" "}
          <span className="xs faint" translate="no">
            {accountOf(datasource, shortAccount)}
          </span>
        </p>
        <p className="ss">
          {connection && dataSync ? (
            <>
              <ConnectionStatus connection={connection} plain />
              <DataSyncStatus dataSync={dataSync} percent={backfill.percent} plain />
            </>
          ) : (
            <span className="dim">
              {disconnectedAt ? <Trans>Just disconnected</Trans> : <Trans>Being connected</Trans>}
            </span>
          )}
        </p>
        {currentRun && <Bar percent={isFetching ? backfill.percent : null} label={t`${name}, progress`} tone="live" />}
      </div>
      <PanelTime datasource={datasource} />
    </li>
  );
}

function PanelTime({ datasource }: { datasource: LiveDatasource }) {
  const format = useFormat();
  const { backfill, lastSuccessAt, currentRun, connection } = datasource;
  const { eta } = backfill;
  if (eta && backfill.state === "RUNNING")
    return (
      <span className="xs faint nowrap num">
        <Trans>{format.durationRange(eta.minSeconds, eta.maxSeconds)} left</Trans>
      </span>
    );
  if (currentRun && currentRun.counts.read !== "0")
    return (
      <span className="xs faint nowrap num">
        <Rows count={currentRun.counts.read} />
      </span>
    );
  return (
    <span className={`xs nowrap num ${connection?.isDead ? "bad" : "faint"}`}>
      {lastSuccessAt ? <Ago at={lastSuccessAt} /> : "–"}
    </span>
  );
}
