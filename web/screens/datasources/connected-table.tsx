import { Trans, useLingui } from "@lingui/react/macro";
import { memo, useEffect, useRef } from "react";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import { useLive, useLiveDatasource } from "../../live/live.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { bringIntoSight } from "../../parts/bring-into-sight.ts";
import { Glyph } from "../../parts/glyph.tsx";
import { longFrom, LongRows, RoomRow } from "../../parts/long-rows.tsx";
import { isShownAs } from "../../parts/reeds.tsx";
import { RunMarks } from "../../parts/run-marks.tsx";
import { Skeleton } from "../../parts/states.tsx";
import { ConnectionStatus, DataSyncStatus } from "../../parts/status.tsx";
import { Ago, Through } from "../../parts/time.tsx";
import { useChosen } from "../../parts/use-chosen.ts";
import { type Show, shows, to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { accountOf } from "../../live/account-line.ts";
import { categoryWords } from "./category-words.ts";
import { FirstRun } from "./first-run.tsx";
import { BeingConnected, JustDisconnected } from "./being-connected.tsx";
import { EndedList } from "./ended-list.tsx";
import { RowActions } from "./row-actions.tsx";
import { useEnded } from "./use-ended.ts";
import { rowReason } from "./ways-out.ts";

/** Places are learned: category, then name, always. Notices and the filter carry the urgency. */
export const ConnectedTable = memo(function ConnectedTable({ show }: { show: Show }) {
  const format = useFormat();
  const isLoading = useLive((state) => state.revision === null);
  const order = useLive((state) => state.order);
  const byId = useLive((state) => state.byId);
  const connected = order.flatMap((id) => byId.get(id) ?? []).filter(({ connection }) => connection !== null);
  const table = useRef<HTMLTableElement>(null);
  useRowKeys(table);
  const ended = useEnded();
  if (isLoading) return <TableSkeleton />;
  const rows = connected.filter((datasource) => isShownAs(datasource, show));
  const count = (which: Show): number =>
    which === "disconnected" ? ended.total : connected.filter((datasource) => isShownAs(datasource, which)).length;
  const isOfEnded = show === "disconnected";
  return (
    <>
      <JustDisconnected />
      <BeingConnected />
      <section className="card" aria-labelledby="connected">
        <header>
          <h2 id="connected">
            {isOfEnded ? <Trans context="by somebody, for good">Disconnected</Trans> : <Trans>Connected</Trans>}
          </h2>
          <span className="faint num sm">{format.count(isOfEnded ? ended.total : connected.length)}</span>
          <span className="grow" />
          {(connected.length > 1 || ended.total > 0 || isOfEnded) && <ShowFilter show={show} count={count} />}
        </header>
        {isOfEnded ? (
          <EndedList pages={ended.pages} />
        ) : connected.length === 0 ? (
          <FirstRun />
        ) : (
          <table className="src-table" ref={table} aria-rowcount={rows.length > longFrom ? rows.length + 1 : undefined}>
            <caption className="vh">
              <Trans>Connected datasources</Trans>
            </caption>
            <TableHead />
            <LongRows
              groups={groupsOf(rows)}
              rowHeight={52}
              renderGroup={(key, shown) => <tbody key={key}>{shown}</tbody>}
              renderRow={({ id }, place) => <Row key={id} id={id} place={place && place + HEAD} />}
              renderRoom={({ key, ref, height }) => <RoomRow key={key} ref={ref} columns={COLUMNS} height={height} />}
            />
          </table>
        )}
        {connected.length > 0 && rows.length === 0 && !isOfEnded && <NothingMatches />}
      </section>
    </>
  );
});

const COLUMNS = 7;
const HEAD = 1;
/** From here on categories are headed. */
const headedFrom = 15;

type Rows = readonly LiveDatasource[];

function groupsOf(rows: Rows) {
  if (rows.length < headedFrom) return [{ key: "all", head: null, rows }];
  return [...Map.groupBy(rows, ({ platform }) => platform.category)].map(([category, group]) => ({
    key: category,
    head: <CategoryHead key={category} category={category} />,
    rows: group,
  }));
}

function CategoryHead({ category }: { category: LiveDatasource["platform"]["category"] }) {
  const { t } = useLingui();
  return (
    <tr className="headed">
      <th colSpan={COLUMNS} scope="rowgroup">
        {t(categoryWords[category])}
      </th>
    </tr>
  );
}

function TableHead() {
  return (
    <thead>
      <tr>
        <th scope="col">
          <Trans>Datasource</Trans>
        </th>
        <th scope="col">
          <Trans>Connection</Trans>
        </th>
        <th scope="col">
          <Trans>Data sync</Trans>
        </th>
        <th scope="col">
          <Trans>Complete through</Trans>
        </th>
        <th scope="col" className="hide-m">
          <Trans>Last 24 runs</Trans>
        </th>
        <th scope="col" className="r hide-m">
          <Trans>Rows, 24 h</Trans>
        </th>
        <th scope="col">
          <span className="vh">
            <Trans>Action</Trans>
          </span>
        </th>
      </tr>
    </thead>
  );
}

function ShowFilter({ show, count }: { show: Show; count: (show: Show) => number }) {
  const { t } = useLingui();
  const [, choose] = useChosen("show", shows);
  const chosen = useRef<HTMLButtonElement>(null);
  useEffect(() => bringIntoSight(chosen.current), []);
  useShortcuts({ KeyF: () => chosen.current?.focus() });
  const words: Record<Show, string> = {
    all: t`All`,
    attention: t`Needs attention`,
    fetching: t`Fetching`,
    paused: t`Paused`,
    disconnected: t({ message: "Disconnected", context: "by somebody, for good" }),
  };
  return (
    <div className="seg" role="group" aria-label={t`Show`}>
      {shows.map((which) => (
        <button
          key={which}
          ref={which === show ? chosen : undefined}
          type="button"
          aria-pressed={which === show}
          onClick={() => choose(which)}
        >
          {words[which]}
          <span className="num dim">{count(which)}</span>
        </button>
      ))}
    </div>
  );
}

function NothingMatches() {
  const [, choose] = useChosen("show", shows);
  return (
    <p className="none sm dim">
      <Trans>No datasource is in this state.</Trans>{" "}
      <button type="button" className="link" onClick={() => choose("all")}>
        <Trans>Clear filters</Trans>
      </button>
    </p>
  );
}

function Row({ id, place }: { id: string; place: number | undefined }) {
  const datasource = useLiveDatasource(id);
  const { organisation } = usePlace();
  const format = useFormat();
  if (!datasource?.connection || !datasource.dataSync) return null;
  const { name, platform, connection, dataSync, backfill, recentRuns, rowsLastDay, currentRun } = datasource;
  const isMoving = currentRun !== null && dataSync.status !== "FETCHING_HISTORICAL_DATA";
  return (
    <tr className={isMoving ? "moving" : ""} aria-rowindex={place}>
      <td>
        <Link className="row src" href={to.datasource(organisation.slug, id)}>
          <Glyph title={platform.title} category={platform.category} />
          <span className="grow">
            <b className="cut" title={name}>
              {name}
            </b>
            <span className="xs faint cut" translate="no" title={accountOf(datasource) ?? undefined}>
              {accountOf(datasource)}
            </span>
          </span>
        </Link>
      </td>
      <td className={connection.status === "CONNECTED" ? "hl" : "con"}>
        <ConnectionStatus connection={connection} />
      </td>
      <td className="syn">
        <div className="two">
          <DataSyncStatus dataSync={dataSync} percent={backfill.percent} />
          <SecondLine datasource={datasource} />
        </div>
      </td>
      <td className="thr">
        <div className="two">
          <span>
            <span className="lab">
              <Trans>Complete through</Trans>{" "}
            </span>
            {datasource.completeThrough ? <Through at={datasource.completeThrough} /> : "–"}
          </span>
          <LastAndNext datasource={datasource} />
        </div>
      </td>
      <td className="hl hide-m">
        <RunMarks runs={recentRuns} />
      </td>
      <td className="r num hl hide-m">{format.count(rowsLastDay)}</td>
      <td className="act">
        <RowActions datasource={datasource} />
      </td>
    </tr>
  );
}

/** The reason stands in the row, not behind a hover: who, what, since when. */
function SecondLine({ datasource }: { datasource: LiveDatasource }) {
  const format = useFormat();
  const { dataSync, backfill } = datasource;
  if (dataSync?.status === "FETCHING_HISTORICAL_DATA") {
    const { eta } = backfill;
    return (
      <span className="xs faint num">
        {eta ? <Trans>{format.durationRange(eta.minSeconds, eta.maxSeconds)} left</Trans> : <Trans>Counting…</Trans>}
      </span>
    );
  }
  const reason = rowReason(datasource);
  return reason ? (
    <span className="xs faint why1" title={reason.message}>
      {reason.message}
    </span>
  ) : null;
}

/** The oldest day that every stream has reached, once all of them have begun. */
function reachedBackTo({ streams }: LiveDatasource): string | null {
  const reached = streams.filter(({ state }) => state !== "NOT_GRANTED").map(({ firstDay }) => firstDay);
  if (reached.length === 0 || reached.includes(null)) return null;
  return reached.reduce((a, b) => (a !== null && b !== null && a > b ? a : b), null);
}

function LastAndNext({ datasource }: { datasource: LiveDatasource }) {
  const format = useFormat();
  const { lastSuccessAt, nextRunAt, currentRun, dataSync, isStale } = datasource;
  const backTo = reachedBackTo(datasource);
  if (dataSync?.status === "FETCHING_HISTORICAL_DATA" && backTo)
    return (
      <span className="xs faint nowrap">
        <Trans>Back to {format.day(backTo, { year: true })}</Trans>
      </span>
    );
  if (currentRun)
    return (
      <span className="xs flow nowrap">
        <Trans>Syncing now</Trans>
      </span>
    );
  return (
    <span className={`xs nowrap num ${isStale && dataSync?.status === "ACTIVE" ? "bad" : "faint"}`}>
      {lastSuccessAt && <Ago at={lastSuccessAt} />}
      {nextRunAt && dataSync?.status !== "INACTIVE" && (
        <>
          {lastSuccessAt && " · "}
          <Trans>next {format.time(nextRunAt)}</Trans>
        </>
      )}
      {dataSync?.status === "INACTIVE" && (
        <>
          {lastSuccessAt && " · "}
          <Trans comment="after the time of the last sync: no next one is planned">stopped</Trans>
        </>
      )}
    </span>
  );
}

/** `j` and `k` walk the rows, Enter opens the link in focus. */
function useRowKeys(table: React.RefObject<HTMLTableElement | null>): void {
  const step = (by: number): void => {
    const links = [...(table.current?.querySelectorAll<HTMLAnchorElement>("tbody a.src") ?? [])];
    const at = links.findIndex((link) => link === document.activeElement);
    links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
  };
  useShortcuts({ KeyJ: () => step(1), KeyK: () => step(-1) });
}

function TableSkeleton() {
  return (
    <Skeleton>
      <section className="card">
        <header>
          <span className="fade w90" />
        </header>
        {[0, 1, 2].map((n) => (
          <div key={n} className="skrow">
            <span className="fade sq" />
            <span className="fade w160" />
            <span className="fade w90" />
            <span className="fade w160" />
          </div>
        ))}
      </section>
    </Skeleton>
  );
}
