import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import { useSearch } from "wouter";
import { useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { announce } from "../../parts/announcer.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { longFrom, LongRows, RoomRow } from "../../parts/long-rows.tsx";
import { ShowNewer, useNewer } from "../../parts/newer.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { When } from "../../parts/time.tsx";
import { useChoose } from "../../parts/use-chosen.ts";
import { usePages } from "../../parts/use-pages.ts";
import { OneRunQuery, type Run, RunsQuery } from "../detail/detail.documents.ts";
import { stillAs } from "../detail/stands-still.ts";
import { timelineKey } from "../detail/timeline-key.ts";
import { Times } from "./run-attempts.tsx";
import { RunSlices } from "./run-slices.tsx";
import { useRefresh } from "../../live/use-refresh.ts";

const pageSize = 25;
const COLUMNS = 9;
const HEAD = 1;

export const runKinds: Record<Run["kind"], MessageDescriptor> = {
  SYNC: msg({ message: "Sync", comment: "kind of run" }),
  BACKFILL: msg({ message: "History", comment: "kind of run: the first backfill" }),
  RESYNC: msg({ message: "Resync", comment: "kind of run" }),
  REFRESH: msg({ message: "Refresh", comment: "kind of run" }),
  REREAD: msg({ message: "Reading the last days again", comment: "kind of run" }),
  SWEEP: msg({ message: "Looking for deletes", comment: "kind of run" }),
  SPOT_CHECK: msg({ message: "Spot check", comment: "kind of run" }),
  IMPORT: msg({ message: "Import", comment: "kind of run" }),
};

interface Look {
  word: MessageDescriptor;
  icon: IconName;
  look: string;
}

const paused: Look = {
  word: msg({ message: "Paused", context: "state of a stream" }),
  icon: "pause",
  look: "pill idlep",
};

const states: Record<Run["state"], Look> = {
  RUNNING: { word: msg({ message: "Running", comment: "state of a run" }), icon: "sync", look: "pill flowp" },
  SUCCEEDED: { word: msg({ message: "Done", comment: "state of a run" }), icon: "tick", look: "ok" },
  FAILED: { word: msg({ message: "Failed", comment: "state of a run" }), icon: "cross", look: "pill badp" },
  CANCELLED: { word: msg({ message: "Cancelled", comment: "state of a run" }), icon: "pause", look: "" },
};

const stillLooks = { paused, ended: states.CANCELLED };

export function RunsTab({ datasource }: { datasource: LiveDatasource }) {
  const { rows, error, again, more } = usePages(
    RunsQuery,
    { id: datasource.id, first: pageSize },
    (data) => data.datasource?.runs,
  );
  const list = useRef<HTMLDivElement>(null);
  const { standing, waiting, show } = useNewer(rows, list);
  const { run: older, note } = useOlder(standing);
  useRefresh(`${timelineKey(datasource)}|${datasource.currentRun?.counts.read ?? ""}`, again);
  const failed = error && (
    <LoadFailed error={error} onRetry={again} what={<Trans>The runs could not be read.</Trans>} />
  );
  if (standing === null)
    return (
      failed ?? (
        <Skeleton>
          <div className="card skmap" />
        </Skeleton>
      )
    );
  return (
    <div className="stack">
      {failed}
      {note}
      <RunsView
        list={list}
        runs={older ? [older, ...standing] : standing}
        newer={<ShowNewer waiting={waiting} className="btn s newer" onShow={show} />}
        streams={datasource.streams}
        still={stillAs(datasource)}
        onMore={more}
      />
    </div>
  );
}

interface Older {
  run: Run | null;
  /** What stands in its place. */
  note: ReactNode;
}

/** The run that a link leads to, where it is on none of the pages read so far. */
function useOlder(rows: readonly Run[] | null): Older {
  const { t } = useLingui();
  const asked = new URLSearchParams(useSearch()).get("run");
  const isAway = asked !== null && rows !== null && !rows.some(({ id }) => id === asked);
  const [{ data, error, fetching }, refresh] = useQuery({
    query: OneRunQuery,
    variables: { id: asked ?? "" },
    pause: !isAway,
  });
  const run = data?.node?.__typename === "Run" ? data.node : null;
  const isGone = isAway && !fetching && !error && data !== undefined && run?.id !== asked;
  const gone = t`The run of this link is not kept any more.`;
  useEffect(() => {
    if (isGone) announce(gone);
  }, [isGone, gone]);
  if (!isAway || fetching) return { run: null, note: null };
  if (run?.id === asked) return { run, note: null };
  const again = (): void => refresh({ requestPolicy: "network-only" });
  return {
    run: null,
    note: error ? (
      <LoadFailed error={error} onRetry={again} what={<Trans>The run of this link could not be read.</Trans>} />
    ) : (
      isGone && (
        <div className="note">
          <Icon name="dashed" />
          <p>{gone}</p>
        </div>
      )
    ),
  };
}

interface RunsViewProps {
  list: RefObject<HTMLDivElement | null>;
  runs: readonly Run[];
  /** Beside the heading, where it moves no row. */
  newer: ReactNode;
  streams: LiveDatasource["streams"];
  /** What was running goes on only once somebody acts, or not at all. */
  still: ReturnType<typeof stillAs>;
  onMore: (() => void) | null;
}

function RunsView({ list, runs, newer, streams, still, onMore }: RunsViewProps) {
  const open = new URLSearchParams(useSearch()).get("run");
  const choose = useChoose();
  return (
    <section className="card" aria-labelledby="runs">
      <header>
        <h2 id="runs">
          <Trans>Runs</Trans>
        </h2>
        <span className="grow" />
        {newer}
      </header>
      {runs.length === 0 ? (
        <p className="none sm dim">
          <Trans>No run yet. The first one starts within a minute of connecting.</Trans>
        </p>
      ) : (
        <div ref={list} className="tw" tabIndex={0} role="group" aria-labelledby="runs">
          <table
            className="runs-table folds d"
            aria-rowcount={runs.length > longFrom ? (onMore ? -1 : runs.length + HEAD) : undefined}
          >
            <RunsHead />
            <LongRows
              groups={[{ key: "runs", head: null, rows: runs }]}
              renderGroup={(_key, shown) => shown}
              rowHeight={45}
              renderRow={(run, place) => (
                <RunRows
                  key={run.id}
                  run={run}
                  place={place && place + HEAD}
                  streams={streams}
                  still={still}
                  isOpen={open === run.id}
                  onToggle={() => choose({ run: open === run.id ? null : run.id })}
                />
              )}
              renderRoom={({ key, ref, height }) => (
                <tbody key={key} ref={ref}>
                  <RoomRow columns={COLUMNS} height={height} />
                </tbody>
              )}
            />
          </table>
        </div>
      )}
      {onMore && (
        <button type="button" className="more" onClick={onMore}>
          <Trans>Load more</Trans>
        </button>
      )}
    </section>
  );
}

function RunsHead() {
  return (
    <thead>
      <tr>
        <th scope="col">
          <Trans comment="kind of run">Kind</Trans>
        </th>
        <th scope="col">
          <Trans>Outcome</Trans>
        </th>
        <th scope="col">
          <Trans>Started</Trans>
        </th>
        <th scope="col" className="r hide-s">
          <Trans>Took</Trans>
        </th>
        <th scope="col" className="r">
          <Trans comment="rows a run read">Read</Trans>
        </th>
        <th scope="col" className="r hide-s">
          <Trans comment="rows a run wrote">Written</Trans>
        </th>
        <th scope="col" className="r hide-s">
          <Trans comment="rows a run found already here">Already here</Trans>
        </th>
        <th scope="col" className="r hide-s">
          <Trans comment="rows a run could not take">Rejected</Trans>
        </th>
        <th scope="col" className="r hide-s">
          <Trans>Attempts</Trans>
        </th>
      </tr>
    </thead>
  );
}

function Outcome({ run, still }: Pick<RunRowsProps, "run" | "still">) {
  const { t } = useLingui();
  const { word, icon, look } = still !== null && run.state === "RUNNING" ? stillLooks[still] : states[run.state];
  return (
    <>
      <span className={`st ${look}`}>
        <Icon name={icon} />
        {t(word)}
      </span>
      {run.times > 1 && (
        <span className="xs faint block">
          <Times times={run.times} last={run.finishedAt ?? run.startedAt} />
        </span>
      )}
    </>
  );
}

interface RunRowsProps {
  run: Run;
  place: number | undefined;
  streams: LiveDatasource["streams"];
  still: RunsViewProps["still"];
  isOpen: boolean;
  onToggle: () => void;
}

function RunRows({ run, place, streams, still, isOpen, onToggle }: RunRowsProps) {
  const { t } = useLingui();
  const format = useFormat();
  const { read, written, unchanged, deduplicated, rejected, announced } = run.counts;
  // A spot check compares sums and writes nothing: its outcome says what it found.
  const counted = (rows: string): string => (run.kind === "SPOT_CHECK" ? "–" : format.count(rows));
  const here = String(BigInt(unchanged) + BigInt(deduplicated));
  const isShort = announced !== null && run.state === "SUCCEEDED" && BigInt(announced) > BigInt(read);
  return (
    <tbody>
      <tr aria-rowindex={place}>
        <td>
          <button type="button" className="disclose" aria-expanded={isOpen} onClick={onToggle}>
            <Icon name={isOpen ? "expand" : "right"} />
            <b>{t(runKinds[run.kind])}</b>
            <span className="faint num hide-s">{run.n}</span>
          </button>
        </td>
        <td>
          <Outcome run={run} still={still} />
        </td>
        <td className="nowrap">
          <When at={run.startedAt} />
        </td>
        <td className="r num nowrap hide-s">
          {run.finishedAt && run.times === 1
            ? format.duration((Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000)
            : "–"}
        </td>
        <td className={`r num ${isShort ? "bad" : ""}`}>
          {counted(read)}
          {run.kind !== "SPOT_CHECK" && (
            <span className="only-s">
              {" "}
              <Trans comment="beside a number of rows on phones">rows</Trans>
            </span>
          )}
          {isShort && announced !== null && (
            <span className="xs block">
              <Trans>of {format.count(announced)} announced</Trans>
            </span>
          )}
        </td>
        <td className="r num hide-s">{counted(written)}</td>
        <td className="r num hide-s">{counted(here)}</td>
        <td className={`r num hide-s ${rejected === "0" ? "" : "warn"}`}>{counted(rejected)}</td>
        <td className="r num hide-s">{format.count(run.attempts)}</td>
      </tr>
      {isOpen && (
        <tr className="inner">
          <td colSpan={COLUMNS}>
            <p className="only-s sm num">
              <Trans>
                {counted(written)} written, {counted(here)} already here, {counted(rejected)} rejected
              </Trans>
            </p>
            {run.outcome && (
              <p className="sm">
                <b>{run.outcome.message}</b> {run.outcome.meaning}
              </p>
            )}
            <RunSlices run={run.id} streams={streams} />
          </td>
        </tr>
      )}
    </tbody>
  );
}
