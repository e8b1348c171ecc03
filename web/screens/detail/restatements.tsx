import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useRefresh } from "../../live/use-refresh.ts";
import { longFrom, LongRows, RoomRow } from "../../parts/long-rows.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { useShown } from "./spot-check-mark.tsx";
import { type Restatement, RestatementsQuery } from "./spot-checks.documents.ts";
import { timelineKey } from "./timeline-key.ts";

const pageSize = 50;
const COLUMNS = 9;
const HEAD = 1;

/** Every change to a day that was over: what it was, what it is, why, when, and which run brought it. */
export function Restatements({ datasource }: { datasource: LiveDatasource }) {
  const { data, rows, error, again, more } = usePages(
    RestatementsQuery,
    { id: datasource.id, first: pageSize },
    (page) => page.datasource?.restatements,
  );
  useRefresh(timelineKey(datasource), again);
  const { organisation } = usePlace();
  const read = data?.datasource;
  return (
    <section className="card" aria-labelledby="restatements">
      <header>
        <h2 id="restatements">
          <Trans>Changes to past days</Trans>
        </h2>
        <span className="grow" />
        {read && rows !== null && rows.length > 0 && (
          <a className="btn s" href={to.file(organisation.slug, read.restatementsUrl)} download>
            <Trans>All changes as CSV</Trans>
          </a>
        )}
      </header>
      {error && <LoadFailed error={error} onRetry={again} what={<Trans>The changes could not be read.</Trans>} />}
      {rows === null ? (
        !error && (
          <Skeleton>
            <div className="skrows" />
          </Skeleton>
        )
      ) : rows.length === 0 ? (
        <p className="none sm dim">
          <Trans>No day that was over has changed since.</Trans>
        </p>
      ) : (
        <Ledger datasource={datasource} rows={rows} hasMore={more !== null} />
      )}
      {rows && more && (
        <button type="button" className="more" onClick={more}>
          <Trans>Load more</Trans>
        </button>
      )}
    </section>
  );
}

interface LedgerProps {
  datasource: LiveDatasource;
  rows: readonly Restatement[];
  hasMore: boolean;
}

function Ledger({ datasource, rows, hasMore }: LedgerProps) {
  return (
    <div className="tw" tabIndex={0} role="group" aria-labelledby="restatements">
      <table
        className="restated folds d"
        aria-rowcount={rows.length > longFrom ? (hasMore ? -1 : rows.length + HEAD) : undefined}
      >
        <LedgerHead />
        <LongRows
          groups={[{ key: "changes", head: null, rows }]}
          renderGroup={(key, shown) => <tbody key={key}>{shown}</tbody>}
          rowHeight={45}
          renderRow={(row, place) => (
            <LedgerRow key={row.id} datasource={datasource} row={row} place={place && place + HEAD} />
          )}
          renderRoom={({ key, ref, height }) => <RoomRow key={key} ref={ref} columns={COLUMNS} height={height} />}
        />
      </table>
    </div>
  );
}

function LedgerHead() {
  return (
    <thead>
      <tr>
        <th scope="col">
          <Trans>Day</Trans>
        </th>
        <th scope="col">
          <Trans comment="which number is compared">Number</Trans>
        </th>
        <th scope="col" className="r">
          <Trans comment="what a number was before it changed">Was</Trans>
        </th>
        <th scope="col" className="r">
          <Trans comment="what a number is since it changed">Is</Trans>
        </th>
        <th scope="col" className="r">
          <Trans context="by how much a number changed">Change</Trans>
        </th>
        <th scope="col">
          <Trans comment="why a number changed">Why</Trans>
        </th>
        <th scope="col">
          <Trans comment="when a number changed">When</Trans>
        </th>
        <th scope="col">
          <Trans comment="the day from which on the source no longer changes a past day by itself">Settles on</Trans>
        </th>
        <th scope="col">
          <Trans comment="the run that changed a number">Run</Trans>
        </th>
      </tr>
    </thead>
  );
}

interface LedgerRowProps {
  datasource: LiveDatasource;
  row: Restatement;
  /** Among all rows of the table, where not all of them are there. */
  place: number | undefined;
}

function LedgerRow({ datasource, row, place }: LedgerRowProps) {
  const format = useFormat();
  const { organisation } = usePlace();
  const shown = useShown(row);
  const { day, title, before, after, change, at, settlesAt, run } = row;
  const runs = to.datasource(organisation.slug, datasource.id, "runs");
  return (
    <tr aria-rowindex={place}>
      <th scope="row" className="nowrap">
        {format.day(day)}
      </th>
      <td>{title}</td>
      <td className="r num">
        <Term>
          <Trans comment="what a number was before it changed">Was</Trans>
        </Term>
        {shown(before)}
      </td>
      <td className="r num">
        <Term>
          <Trans comment="what a number is since it changed">Is</Trans>
        </Term>
        {shown(after)}
      </td>
      <td className="r num">
        <Term>
          <Trans context="by how much a number changed">Change</Trans>
        </Term>
        {shown(change, { change: true })}
      </td>
      <td>
        <Why row={row} />
      </td>
      <td className="nowrap">
        <time dateTime={at} title={format.exact(at)}>
          {format.when(at)}
        </time>
      </td>
      <td className="nowrap">
        {settlesAt && (
          <>
            <Term>
              <Trans comment="the day from which on the source no longer changes a past day by itself">
                Settles on
              </Trans>
            </Term>
            <time dateTime={settlesAt} title={format.exact(settlesAt)}>
              {format.day(format.dayOf(settlesAt))}
            </time>
          </>
        )}
      </td>
      <td className="nowrap">
        {run && (
          <Link href={`${runs}?run=${encodeURIComponent(run.id)}`}>
            <Trans comment="leads to the run that changed a number">See the run</Trans>
          </Link>
        )}
      </td>
    </tr>
  );
}

/** On a phone, where the head of the table is away. */
export function Term({ children }: { children: ReactNode }) {
  return <span className="lbl xs faint">{children} </span>;
}

function Why({ row: { cause } }: { row: Restatement }) {
  switch (cause) {
    case "EDIT":
      return <Trans comment="why a number changed">Changed at the source</Trans>;
    case "DELETE":
      return <Trans comment="why a number changed">Deleted at the source</Trans>;
    case "REREAD":
      return <Trans comment="why a number changed">The last days were read again</Trans>;
    case "RESYNC":
      return <Trans comment="why a number changed">Somebody had the days read again</Trans>;
    case null:
      return "–";
  }
}
