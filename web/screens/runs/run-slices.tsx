import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Icon } from "../../parts/icon.tsx";
import { LongList } from "../../parts/long-rows.tsx";
import { LoadFailed } from "../../parts/states.tsx";
import { Records } from "../../parts/rows.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { FailureLine } from "../detail/failure-line.tsx";
import { RunAttempts } from "./run-attempts.tsx";
import { RunStreams } from "./run-streams.tsx";
import { RunSlicesQuery, type Slice } from "../detail/detail.documents.ts";

type Streams = LiveDatasource["streams"];

const pageSize = 100;

/** The pieces of a run; a failed attempt shows its class, its request and the source's own words. */
export function RunSlices({ run, streams }: { run: string; streams: Streams }) {
  const { data, rows, error, again, more } = usePages(RunSlicesQuery, { id: run, first: pageSize }, ({ node }) =>
    node?.__typename === "Run" ? node.slices : null,
  );
  const opened = data?.node?.__typename === "Run" ? data.node : null;
  if (error) return <LoadFailed error={error} onRetry={again} what={<Trans>The slices could not be read.</Trans>} />;
  if (!opened || !rows) return <span className="fade wide" />;
  const titles = new Map([
    ...streams.map(named),
    ...opened.streams.map(({ stream, title }) => [stream, title] as const),
  ]);
  return (
    <>
      <RunAttempts
        run={run}
        attempts={opened.attemptLog}
        forgotten={opened.attemptsForgotten}
        isRunning={opened.state === "RUNNING"}
        hasRejected={opened.streams.some(({ rejected }) => rejected !== "0")}
      />
      {opened.streams.length > 0 && <RunStreams streams={opened.streams} />}
      {rows.length > 0 ? (
        <SlicesList slices={rows} titles={titles} hasMore={more !== null} />
      ) : (
        <p className="sm dim">
          <Trans>It needed no slices.</Trans>
        </p>
      )}
      {more && (
        <button type="button" className="more" onClick={more}>
          <Trans>Load more</Trans>
        </button>
      )}
    </>
  );
}

const named = ({ name, title }: Streams[number]) => [name, title] as const;

interface SlicesListProps {
  slices: readonly Slice[];
  titles: ReadonlyMap<string, string>;
  hasMore: boolean;
}

function SlicesList({ slices, titles, hasMore }: SlicesListProps) {
  const { t } = useLingui();
  const format = useFormat();
  return (
    <ul className="slices sm">
      <LongList
        rows={slices}
        rowHeight={28}
        hasMore={hasMore}
        renderRow={({ id, stream, from, to, state, rows, attempts, failure }, placed) => (
          <li key={id} {...placed}>
            <span className={state === "DONE" ? "good" : state === "FAILED" ? "bad" : "faint"}>
              <Icon
                name={
                  state === "DONE" ? "tick" : state === "FAILED" ? "cross" : state === "RUNNING" ? "sync" : "dashed"
                }
              />
            </span>
            <span>{titles.get(stream) ?? stream}</span>
            <span className="num dim">
              {from && to
                ? format.dayRange(format.dayOf(from), format.dayOf(new Date(Date.parse(to) - 1)))
                : t`whole list`}
            </span>
            <span className="num">
              <Records count={rows} />
            </span>
            <span className="num faint">
              <Plural value={attempts} one="# attempt" other="# attempts" />
            </span>
            {failure && <FailureLine failure={failure} />}
          </li>
        )}
      />
    </ul>
  );
}
