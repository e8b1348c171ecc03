import { Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { useLiveDatasource } from "../../live/live.tsx";
import { useMore } from "../../parts/and-more.tsx";
import type { OverviewData } from "./overview.documents.ts";

type Source = OverviewData["sources"][number];

const marks: Record<Source["mark"], string> = {
  COMPLETE: "mk-full",
  PARTIAL: "mk-half",
  STALE: "mk-stale",
  MISSING: "mk-none",
  FETCHING: "mk-half mk-flow",
};

/** Each source with its mark for this range only: what touches these dates, nothing else. */
export function CompleteStrip({ sources, days }: { sources: readonly Source[]; days: number }) {
  const { t } = useLingui();
  const { shown, more } = useMore(sources, { mattersMore: ({ mark }) => mark !== "COMPLETE" });
  const complete = sources.filter(({ mark }) => mark === "COMPLETE").length;
  return (
    <section className="card strip" aria-label={t`Complete through`}>
      <b>
        <Trans>
          {complete} of {sources.length} sources complete
        </Trans>
      </b>
      {shown.map((source) => (
        <span key={source.datasource.id}>
          <i className={marks[source.mark]} />
          {source.datasource.name}
          <SourceNote source={source} days={days} />
        </span>
      ))}
      {more}
    </section>
  );
}

function SourceNote({ source, days }: { source: Source; days: number }) {
  const format = useFormat();
  const { mark, completeThrough, daysReady, frozenAt, otherZone } = source;
  return (
    <em>
      {frozenAt ? (
        <Trans comment="a disconnected source: its numbers are kept and end at this time">
          frozen at {format.whenWithin(frozenAt)}
        </Trans>
      ) : mark === "FETCHING" ? (
        days === 1 ? (
          <Trans>history still arriving</Trans>
        ) : (
          <Trans>
            {format.count(daysReady)} of {format.count(days)} days
          </Trans>
        )
      ) : mark === "COMPLETE" ? null : completeThrough ? (
        <Trans comment="a source is complete up to this time">to {format.throughWithin(completeThrough)}</Trans>
      ) : (
        <Trans comment="a source has no data for these days">nothing yet</Trans>
      )}
      {mark !== "COMPLETE" && <Stopped datasource={source.datasource.id} />}
      {otherZone && (
        <>
          {" · "}
          <Trans>days of {otherZone}</Trans>
        </>
      )}
    </em>
  );
}

/** Why no more comes, where somebody or something has stopped it: in short, for its own page tells the rest. */
function Stopped({ datasource }: { datasource: string }) {
  const dataSync = useLiveDatasource(datasource)?.dataSync;
  const reason = dataSync?.status === "INACTIVE" ? dataSync.reason : null;
  const by = reason?.by?.name;
  if (reason?.code === "credentialsDoNotWork")
    return (
      <>
        {" · "}
        <Trans comment="after a source's name: its sign-in or key no longer works">access has ended</Trans>
      </>
    );
  return (
    by && (
      <>
        {" · "}
        <Trans comment="after a source's name: who stopped its sync">paused by {by}</Trans>
      </>
    )
  );
}
